// The last-signed store: what size and root this log has last put its name to. It lies apart from the data (another
// file, best on another disk) and is written before a checkpoint leaves the process; so a start on an old backup is
// found out.
//
// Life cycle: read once at the start and compared with the data; written once a commit, after the transaction, before
//   the answers.
// Threads: the writing thread.
//
//   EAGLE_ASSIGN_OR_RETURN(std::optional<SignedHead> last, last_signed.Read());
//   if (last && last->size > store.Head().next_index) return Fail(Reason::kJournalOlder, "...");
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::storage {

struct SignedHead {
  uint64_t size = 0;               // entries under the checkpoint
  std::array<uint8_t, 32> root{};  // of the tree over them
  std::string note;                // the signed checkpoint, verbatim
  friend bool operator==(const SignedHead&, const SignedHead&) = default;
};

inline constexpr size_t kNoteBytesMax = 3072;  // the log's own note; cosignatures are kept elsewhere

class LastSigned {
 public:
  virtual ~LastSigned() = default;

  // What was last written; absent when nothing ever was. After a write that was cut short: the head before it.
  // Errors: STORAGE_DAMAGED  neither copy can be read: stop, nothing may be signed.
  virtual absl::StatusOr<std::optional<SignedHead>> Read() = 0;

  // Durable on OK. The same head again is OK, a fresh note over the same size and root too.
  // Errors: JOURNAL_OLDER   `head` is smaller than what was signed.
  //         JOURNAL_BROKEN  another root for the size that was signed: two histories. Neither writes anything.
  // What the disk refuses ends the process (fatal.h); the next Read gives this head or the one before it.
  // Pre: note has at most kNoteBytesMax bytes.
  virtual absl::Status Write(const SignedHead& head) = 0;

  // Goes on with the head of another origin, of whatever size: what `eagle recover` made of older data. The head before
  // it is kept aside first. Durable on OK; after a crash Read gives the one or the other.
  // Errors: STORAGE_UNUSABLE: what was there can't be kept aside, and nothing was written. Pre: as for Write.
  virtual absl::Status Restart(const SignedHead& head) = 0;
};

// The rule of Write, for every implementation: OK when `next` may follow `last`.
absl::Status MayFollow(const std::optional<SignedHead>& last, const SignedHead& next);

}  // namespace eagle::storage
