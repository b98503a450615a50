// A backup of a running gateway: journal and keys of one moment, the signed head over exactly that journal, and a
// manifest. It holds neither the master key, without which the keys open nothing, nor the log's own, without which
// nothing can be signed: both are kept apart from it.
//
//   <backup folder>/20261126T204000Z-1234/   journal.db  keys.db  blobs/  checkpoint  manifest
//
// The copy of the journal is made on the writing connection between batches (storage/sqlite/backup.h), those of the
// keys and of the papers after it: so every payload in the copy has its key, and every order its papers, but for those
// of cases that were erased.
//
// Threads: one backup at a time, on a thread that may wait.
//
//   EAGLE_ASSIGN_OR_RETURN(BackupMade made, MakeBackup({*store, *keys, *sequencer, *papers, clock}, "/backups"));
//   EAGLE_ASSIGN_OR_RETURN(BackupFacts facts, CheckBackup("/backups/20261126T204000Z-1234"));
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/blobs/blob_store.h"
#include "server/core/sequencer.h"
#include "server/data_keys.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace eagle {

struct BackupSource {
  storage::SqliteStore& store;
  DataKeys& keys;
  const core::Sequencer& sequencer;
  const blobs::BlobStore& papers;
  Clock& clock;
};

struct BackupMade {
  std::string folder;
  uint64_t size = 0;       // entries
  std::string checkpoint;  // the note over them
  uint64_t bytes = 0;      // of all files
  absl::Duration took;
};

// Durable, checked by SQLite and complete when it returns; until then its folder's name begins with "part-".
// Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED, UNAVAILABLE (the copy can't be written, or is damaged: nothing stays);
// BUSY, DRAINING.
absl::StatusOr<BackupMade> MakeBackup(const BackupSource& source, const std::string& backup_folder);

// What a manifest says, once its files were found to be what it says.
struct BackupFacts {
  std::string made, origin, root_hex, checkpoint;
  uint64_t size = 0, bytes = 0, papers = 0;
};
// Hashes every file, has SQLite check the databases, and compares the journal's length with manifest and checkpoint;
// that the entries hash to the checkpoint is JournalFolder::Verify's to say. Errors: BACKUP_INVALID; STORAGE_UNUSABLE.
absl::StatusOr<BackupFacts> CheckBackup(const std::string& folder);

}  // namespace eagle
