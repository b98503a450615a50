// A stopped gateway's data folder, or a backup of one, opened for an audit: nothing in it is changed. What `eagle
// journal verify|replay|reads --data` does.
//
//   Verify   leaves, tree, tiles, every signed head on the way and the last-signed one; with a master key also payloads
//   and commitments.
//            Damage is a finding, and the audit goes on after it.
//   Replay   folds the journal anew and compares tables; needs the master key, as state lies in payloads.
//   Reads    verifies, and lists who looked at whom; finding one person needs the tag keys or the master key.
//
// RotateMasterKey and RotateTagKey alone change something, in keys.db; in the journal nothing.
//
// Life: the folder's lock is held until the object goes. Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(auto folder, JournalFolder::Open({.data_folder = "data", .master_key_file =
//   "keys/master.key"}, entropy)); EAGLE_ASSIGN_OR_RETURN(FolderVerified report, folder->Verify());
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/entropy.h"
#include "server/base/reason.h"
#include "server/data_keys.h"
#include "server/journal/note.h"
#include "server/journal/payload.h"
#include "server/journal_folder_looks.h"
#include "server/storage/folder_lock.h"
#include "server/storage/last_signed.h"
#include "server/storage/sqlite/reader.h"

namespace eagle {

struct JournalFolderOptions {
  std::string data_folder;
  std::string last_signed;      // empty: beside the data if it is there
  std::string log_key;          // pinned verifier key; empty: entry 0's own
  std::string master_key_file;  // empty: the public audit
};

struct JournalFinding {
  uint64_t index = 0;  // of the entry; of a head: the first entry that it doesn't cover
  Reason reason = Reason::kNone;
  std::string message;
};

// One LOG_RECOVERED entry: what stood in the old origin's log from `index` to `lost_end` is lost.
struct FolderRecovery {
  uint64_t index = 0, lost_end = 0;
  std::string old_origin, new_origin;
  std::vector<uint32_t> approvers;  // administrators' ordinals
};

struct FolderVerified {
  std::string origin, verifier_key;  // as they are now
  uint64_t entries = 0;
  std::string root;  // 32 bytes, of the tree over them
  goldeneagle::v1::LogFounded founding;
  uint64_t payloads_opened = 0, payloads_sealed = 0,
           payloads_erased = 0;   // sealed: not looked into, for want of a master key
  uint64_t checkpoints = 0;       // signed heads that agree
  std::string newest_checkpoint;  // the note
  std::string last_signed;        // the note in the last-signed store; empty: not at hand
  std::vector<FolderRecovery> recoveries;
  std::vector<JournalFinding> findings;
};

struct TableReplayed {
  std::string name;
  uint64_t rows = 0;
  std::string stored_digest,
      replayed_digest;  // hexadecimal; the second is empty for a table that the replay didn't come to
};
struct FolderReplayed {
  uint64_t entries = 0;
  std::vector<TableReplayed> tables;
  std::vector<JournalFinding> findings;
};

// Whom Reads looks for.
struct ReadsQuery {
  std::vector<std::string> tag_key_files;  // of the log's tag keys; empty: the folder's own, which the master key opens
  std::string id_kind, id_number;          // "CITIZEN_ID", any case of letters; both empty: everybody
};
struct FolderReads {
  std::string origin;
  uint64_t entries = 0;
  std::vector<Look> looks;               // in journal order
  std::vector<TagKeyUse> tag_keys;       // of all looks, found or not; one that isn't `given` hides some
  std::vector<JournalFinding> findings;  // as Verify's: with any, the list is not to be relied on
};

class JournalFolder {
 public:
  static constexpr size_t kFindingsMax = 1000;  // then the audit stops looking

  // `entropy` must outlive the folder. Errors: FOLDER_LOCKED while a gateway runs on it; STORAGE_UNUSABLE,
  // STORAGE_DAMAGED, SCHEMA_VERSION; KEY_UNUSABLE; NOTE_MALFORMED for a pinned key that is none.
  static absl::StatusOr<std::unique_ptr<JournalFolder>> Open(const JournalFolderOptions& options, Entropy& entropy);

  absl::StatusOr<FolderVerified> Verify();
  // Errors also: KEY_UNUSABLE without a master key.
  absl::StatusOr<FolderReplayed> Replay();
  // Errors also: FIELD_MISSING: one half of a number; KEY_UNUSABLE: a number without a key for its tag, or with the tag
  // key of another log (it would find nobody, and that must not read as "nobody looked").
  absl::StatusOr<FolderReads> Reads(const ReadsQuery& query);
  // Ids of the log's tag keys, 4 bytes each, newest first. Errors: KEY_UNUSABLE without a master key.
  absl::StatusOr<std::vector<std::string>> TagKeys();
  // Writes the tag key with this id, empty: the newest, to a new file, for an auditor who may find people in leaves,
  // and open nothing. Errors: KEY_UNUSABLE without a master key, when there is no such key, or when the path exists.
  absl::Status WriteTagKey(const std::string& path, const std::string& id);
  // Makes a further tag key, durable when this returns: what a gateway writes from its next start on is tagged with it;
  // the older ones stay. Returns its id. Errors: KEY_UNUSABLE without a master key; those of KeyRing::RotateTagKey.
  absl::StatusOr<std::string> RotateTagKey(Entropy& entropy);
  // The newest head that was signed over what is here: the last-signed store's, or, where that isn't at hand, the
  // newest one in the journal. Errors: JOURNAL_OLDER when none is.
  absl::StatusOr<std::string> Checkpoint();
  // Entries as they lie, from `first` on, at most `most`; fewer where a commit ends. Errors: JOURNAL_BROKEN.
  struct RawEntry {
    std::string leaf, sealed;
  };
  absl::StatusOr<std::vector<RawEntry>> Entries(uint64_t first, size_t most);
  // See data_keys.h. Errors also: KEY_UNUSABLE without a master key.
  absl::StatusOr<MasterKeyRotation> RotateMasterKey(Entropy& entropy);
  // Writes the payload keys of these cases (indexes of CASE_OPENED; none: all keys) and of whatever has no case, to a
  // new file for an opened audit. Keys that were erased are left out. Returns how many were written. Errors:
  // KEY_UNUSABLE without a master key, or when the path exists.
  absl::StatusOr<uint64_t> WritePayloadKeys(const std::string& path, const std::vector<uint64_t>& cases);
  // Salt and payload of the entries at these indexes, by index: what an auditor holds against their leaves. Entries
  // without a payload, and those whose key was erased, are left out. Errors: KEY_UNUSABLE without a master key;
  // JOURNAL_BROKEN: there is no such entry.
  absl::StatusOr<std::map<uint64_t, journal::OpenedPayload>> Openings(const std::set<uint64_t>& indexes);

 private:
  class Audit;
  // The tags that the query means, one for each key at hand; absent: everybody.
  absl::StatusOr<std::optional<std::vector<std::string>>> TagsOf(const ReadsQuery& query);
  JournalFolder(storage::FolderLock lock, const std::string& journal)
      : lock_(std::move(lock)), readers_(journal, "", 8 << 20) {}

  const storage::FolderLock lock_;
  storage::ReaderPool readers_;
  std::string folder_, master_key_file_;
  std::unique_ptr<DataKeys> keys_;  // null: the public audit
  std::unique_ptr<journal::NoteVerifier> log_;
  std::string verifier_key_;
  std::optional<storage::SignedHead> last_signed_;  // absent: it isn't known
};

}  // namespace eagle
