// A copy of a live store, page by page on the writing connection between batches.
//
// Why there: a reader that copies must either hold its snapshot for the whole copy (the log then grows until new work
// is refused) or begin again after every commit. What the writing connection changes while it copies is carried over.
//
// Life cycle: Start, Step until true, Publish. Destroying it earlier leaves no file.
// Threads: Start, Step and the end of an unfinished copy belong to the writing thread; Publish, after Step said true,
// to any.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteBackup> copy, SqliteBackup::Start(writer, "/backup/2026-10-01.db"));
//   for (bool done = false; !done;) EAGLE_ASSIGN_OR_RETURN(done, copy->Step(kBackupStepPages));
//   EAGLE_RETURN_IF_ERROR(copy->Publish());
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/store.h"

struct sqlite3;
struct sqlite3_backup;

namespace eagle::storage {

inline constexpr int kBackupStepPages = 256;       // 1 MiB: a millisecond or two between batches
inline constexpr int kBackupIdleStepPages = 8192;  // 32 MiB when nobody waits

class SqliteBackup {
 public:
  // Copies into `path` + ".part". Errors: STORAGE_UNUSABLE, that file can't be made.
  static absl::StatusOr<std::unique_ptr<SqliteBackup>> Start(sqlite3* source, const std::string& path);
  ~SqliteBackup();

  // Copies up to `pages`; true when all are copied. Errors: STORAGE_UNUSABLE, the copy can't be written (the source
  // goes on).
  absl::StatusOr<bool> Step(int pages);

  // Syncs the copy, lets SQLite check every page and index of it, and gives it its name, replacing what was there.
  // Errors: STORAGE_DAMAGED   the copy doesn't pass: nothing has got the name.
  //         STORAGE_UNUSABLE  it can't be synced or renamed.
  absl::Status Publish();

 private:
  SqliteBackup(std::string path, sqlite3* target, sqlite3_backup* backup)
      : path_(std::move(path)), target_(target), backup_(backup) {}
  void CloseTarget();

  const std::string path_;
  sqlite3* target_;
  sqlite3_backup* backup_;
  bool published_ = false;
};

// Entries in the copy `path` and the time of the last one, 0 and 0 in an empty one. Leaves no file beside it.
// Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
absl::StatusOr<StoreHead> HeadOfCopy(const std::string& path);

// SQLite's own check of every page, row and index of the database `path`, which nobody may be using.
// Errors: STORAGE_DAMAGED with the first finding; STORAGE_UNUSABLE when it can't be opened.
absl::Status CheckSqliteFile(const std::string& path);

}  // namespace eagle::storage
