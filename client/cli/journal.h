// A stopped gateway's folder, or a backup of one, as `eagle journal verify|replay|reads --data` reads it. The rooms
// that can are the gateway's own; the build that has them gives an OpenJournalFolder.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/audit/tag_keys.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"

namespace eagle::client {

class Verb;

struct JournalFolderOptions {
  std::string data_folder;
  std::string last_signed;      // empty: beside the data, as configured
  std::string log_key;          // pinned verifier key; empty: entry 0's own, told in the report
  std::string master_key_file;  // empty: the public audit; else the opened one, payloads included
};

// One thing that is wrong. An audit goes on after it.
struct JournalFinding {
  uint64_t index = 0;  // journal index
  Reason reason = Reason::kNone;
  std::string message;
};

// What stood in the old origin's log from `index` to `lost_end` is lost.
struct FolderRecovery {
  uint64_t index = 0, lost_end = 0;
  std::string old_origin, new_origin;
  std::vector<uint32_t> approvers;  // administrators' ordinals
};

struct FolderVerified {
  std::string origin, verifier_key;  // the key that the newest checkpoints were verified with
  uint64_t entries = 0;
  uint64_t payloads_opened = 0, payloads_sealed = 0, payloads_erased = 0;
  uint64_t checkpoints = 0;       // signed heads that were compared
  std::string newest_checkpoint;  // the note
  std::vector<JournalFinding> findings;
  std::string root;  // 32 bytes
  goldeneagle::v1::LogFounded founding;
  std::string last_signed;  // the note in the last-signed store; empty: not at hand
  std::vector<FolderRecovery> recoveries;
};

// One table: what is stored, and what the journal replays to. Equal digests, or a finding.
struct TableReplayed {
  std::string name;
  uint64_t rows = 0;
  std::string stored_digest, replayed_digest;  // hexadecimal
};
struct FolderReplayed {
  uint64_t entries = 0;
  std::vector<TableReplayed> tables;
  std::vector<JournalFinding> findings;
};

// Whom a list of looks is about: by the number of one person, or everybody.
struct ReadsQuery {
  std::vector<std::string> tag_key_files;  // empty: the folder's own, which the master key opens
  std::string id_kind, id_number;          // both or neither
};
// One look: a call that returned somebody's data, an inquiry, or a refused order. Words are empty while sealed.
struct JournalLook {
  uint64_t index = 0;
  absl::Time time;
  std::string act, what;          // READ, INQUIRY, REFUSED; the method or the order's action
  Reason reason = Reason::kNone;  // of a refusal
  uint32_t court_ordinal = 0;
  std::string court, system;
  std::vector<std::string> officers, officer_tags;  // tags in hexadecimal
  std::string case_number, purpose;
  std::vector<std::string> subjects, subject_tags;
  bool sealed = false;
};
struct FolderReads {
  std::string origin;
  uint64_t entries = 0;
  std::vector<JournalLook> looks;
  std::vector<audit::TagKeyUse> tag_keys;  // of all looks, found or not
  std::vector<JournalFinding> findings;
};

struct RawEntry {
  std::string leaf, sealed;
};

struct MasterKeyRotated {
  uint64_t rewrapped = 0;  // keys wrapped anew
  bool resumed = false;    // one that had died was brought to its end
};

// Threads: one.
class JournalFolder {
 public:
  virtual ~JournalFolder() = default;
  // Leaves, tree, checkpoints and, with a master key, commitments and payloads. Damage is a finding; errors are what
  // stops the audit itself.
  virtual absl::StatusOr<FolderVerified> Verify() = 0;
  // Folds the journal into fresh tables and compares them with the stored ones.
  virtual absl::StatusOr<FolderReplayed> Replay() = 0;
  // Verifies, and lists who looked at whom. Errors also: KEY_UNUSABLE when a person can't be found without a key.
  virtual absl::StatusOr<FolderReads> Reads(const ReadsQuery& query) = 0;
  // Ids of the log's tag keys, 4 bytes each, newest first; one of them, empty: the newest, into a new file of its
  // owner's; a further one, which new entries are tagged with from the gateway's next start on, and its id.
  virtual absl::StatusOr<std::vector<std::string>> TagKeys() = 0;
  virtual absl::Status WriteTagKey(const std::string& path, const std::string& id) = 0;
  virtual absl::StatusOr<std::string> RotateTagKey() = 0;
  // The newest signed head of what is here, and entries as they lie from `first` on: at least one, at most `most`.
  virtual absl::StatusOr<std::string> Checkpoint() = 0;
  virtual absl::StatusOr<std::vector<RawEntry>> Entries(uint64_t first, size_t most) = 0;
  // Replaces the master key: a new one wraps every key, the old one leaves its file. An interrupted one goes on.
  virtual absl::StatusOr<MasterKeyRotated> RotateMasterKey() = 0;
  // The payload keys of these cases (none: all), and of what has no case, into a new file; how many.
  virtual absl::StatusOr<uint64_t> WritePayloadKeys(const std::string& path, const std::vector<uint64_t>& cases) = 0;
  // Salt and payload of these entries, by index; without a payload or erased: left out.
  struct Opening {
    std::string salt, payload;
  };
  virtual absl::StatusOr<std::map<uint64_t, Opening>> Openings(const std::set<uint64_t>& indexes) = 0;
};

// Errors: FOLDER_LOCKED while a gateway runs on it; STORAGE_*, KEY_UNUSABLE.
using OpenJournalFolder =
    std::function<absl::StatusOr<std::unique_ptr<JournalFolder>>(const JournalFolderOptions& options)>;

void AddJournal(Verb& root);

}  // namespace eagle::client
