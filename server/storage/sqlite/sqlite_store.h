// The embedded default of the Store port: one SQLite file with a write-ahead log.
//
// Journal and tables change in one transaction, synced once. One connection writes and checkpoints; readers have
// read-only connections and never checkpoint (SQLite 3.40.1 can corrupt a file when two connections write or checkpoint
// at once).
//
// Life cycle: hold the FolderLock of the folder, Open, use, destroy. Nothing else may touch the file: no second
// process,
//   no command-line shell, not even open() and close() of it in this process (that would drop SQLite's locks). Copy it
//   with Backup, never with cp.
// Threads: as in store.h; BackupWhileServing may be called from any thread but the writing one.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteStore> store, SqliteStore::Open("/var/lib/goldeneagle/store.db", {}));
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/fatal.h"
#include "server/storage/sqlite/backup.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/reader.h"
#include "server/storage/store.h"

namespace eagle::storage {

struct SqliteOptions {
  int64_t checkpoint_pages = 1000;                     // pages in the log at which Maintain copies them into the file
  int64_t full_pages = (64 << 20) / kSqlitePageBytes;  // pages in the log at which Full() becomes true
  uint64_t free_bytes_min = 128 << 20;  // Full() too when the volume has less left: room to finish what was taken
  int64_t writer_cache_bytes = 64 << 20;
  int64_t reader_cache_bytes = 8 << 20;  // each
  FatalHandler on_fatal = AbortOnFatal;
  std::string vfs;  // SQLite's file layer; empty = the system's. Tests put a failing one there
};

class SqliteStore : public Store {
 public:
  // Opens `path`, or makes it, and takes over what an earlier process left in the log.
  // Errors: those of SqliteConnection::Open.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path, SqliteOptions options);
  // Pre: no reader is out, no backup runs.
  ~SqliteStore() override;

  absl::Status Append(const Commit& commit) override;
  absl::StatusOr<std::unique_ptr<Reader>> NewReader() override { return readers_.NewReader(); }
  absl::Status Maintain(bool idle) override;
  bool Full() override { return full_.load(std::memory_order_relaxed); }
  StoreHead Head() override { return head_; }

  // Copies the store to `path`, checks the copy, gives it its name. On the writing thread and in one go: for tools.
  // Errors: those of SqliteBackup; the store itself is none the worse. Afterwards back up the last-signed store.
  absl::Status Backup(const std::string& path);
  // The same from another thread, while the writing one goes on: each Maintain copies a part. Blocks until the copy is
  // checked, so it returns only if the writing thread keeps calling Maintain. BUSY when another copy is being made.
  absl::Status BackupWhileServing(const std::string& path);
  // Ends one that is under way with DRAINING, at the next Maintain, and refuses later ones. Any thread.
  void EndBackups();

  // Pages in the log that wait to be overwritten; readers that are out. For metrics, any thread.
  int64_t WalPages() const { return wal_pages_.load(std::memory_order_relaxed); }
  size_t ReadersOut() const { return readers_.ReadersOut(); }

 private:
  struct Statements {
    SqliteStatement begin, commit, rollback, entry;
    std::array<SqliteStatement, kTables.size()> put, remove;
  };
  struct BackupJob {
    std::string path;
    std::unique_ptr<SqliteBackup> copy;
    bool copied = false;
    absl::Status status;
  };

  SqliteStore(std::string path, SqliteOptions options, SqliteConnection writer);
  absl::Status Prepare();
  absl::Status LoadHead();
  int WriteEntries(const Commit& commit);
  int WriteRow(const RowChange& row);
  absl::Status Undo(int code, const Commit& commit);
  int Checkpoint(int mode);
  void CopySome(bool idle);
  void UpdateFull();
  // Tells the handler, which in production ends the process; else the store is dead.
  absl::Status Fatal(std::string_view what, int code);
  absl::Status Dead() const;

  const std::string path_;
  const std::string folder_;
  const SqliteOptions options_;
  SqliteConnection writer_;
  Statements statements_;
  ReaderPool readers_;
  StoreHead head_;
  bool dead_ = false;
  int64_t backfilled_pages_ = 0;  // of those in the log, how many the file has already
  std::atomic<int64_t> wal_pages_ = 0;
  std::atomic<bool> full_ = false;
  std::atomic<bool> copy_wanted_ = false;  // job_ has something for Maintain to do
  std::mutex job_mu_;
  std::condition_variable job_copied_;
  bool no_more_backups_ = false;  // guarded by job_mu_
  BackupJob* job_ = nullptr;      // guarded by job_mu_; lives on the stack of BackupWhileServing
};

}  // namespace eagle::storage
