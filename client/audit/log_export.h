// Publishing a log as static files, which is all that an auditor needs (log_folder.h says how they lie): what is new is
// fetched, hashed here, and published when it leads to a root that the log signed and that continues what was published
// before.
//
// The checkpoint is written last, by one rename: whoever reads the folder meanwhile, and whatever becomes of this
// process, finds a log that is whole at the size that its checkpoint says. A partial tile stays until the full one is
// there.
//
// Threads: one; one process a folder.
//
//   EAGLE_ASSIGN_OR_RETURN(Exported done, ExportLog(source, policy, "export", {.payloads = false}, progress));
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/log_policy.h"

namespace eagle::audit {

// Where the entries come from: a gateway, a stopped folder. Nothing of it is believed.
class EntrySource {
 public:
  struct Entry {
    std::string leaf, sealed;
  };
  virtual ~EntrySource() = default;
  // The newest signed note.
  virtual absl::StatusOr<std::string> Checkpoint() = 0;
  // Entries from `first` on, in order, at least one and at most `most`. Errors: the implementation's.
  virtual absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) = 0;
};

struct ExportOptions {
  bool payloads = false;  // sealed payloads beside the leaves; only for who may hold them, and from the beginning on
};
struct Exported {
  journal::Checkpoint checkpoint;
  uint64_t size_before = 0, files_written = 0, files_removed = 0;
};

// Errors: NOTE_* for a checkpoint that the policy doesn't take; LOG_FORKED when what was published before isn't the
// beginning of what is signed now, or the entries don't hash to the signed root; JOURNAL_OLDER when less is signed than
// was published; JOURNAL_BROKEN when the folder isn't what its own checkpoint says; FIELD_INVALID for payloads that the
// published part lacks, or has and would not get further; STORAGE_UNUSABLE; the source's own. After each the folder is
// published as before.
absl::StatusOr<Exported> ExportLog(EntrySource& source, const journal::LogPolicy& policy, const std::string& folder,
                                   const ExportOptions& options,
                                   const std::function<void(uint64_t done, uint64_t of)>& progress);

}  // namespace eagle::audit
