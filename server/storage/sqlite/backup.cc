#include "server/storage/sqlite/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "absl/strings/str_format.h"
#include "server/base/reason.h"

namespace eagle::storage {
namespace {

absl::Status Unusable(const std::string& path, std::string_view what, std::string_view cause) {
  return Fail(Reason::kStorageUnusable, what).With("path", path).With("cause", cause);
}

std::string PartOf(const std::string& path) { return path + ".part"; }

// The path as a URI that promises SQLite a file nobody changes: it then needs no locks and leaves no files beside it.
std::string ImmutableUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += absl::StrFormat("%%%02X", static_cast<unsigned char>(c));
    } else {
      uri.push_back(c);
    }
  }
  return uri + "?immutable=1";
}

absl::Status Sync(const std::string& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return Unusable(path, "the copy can't be opened", std::strerror(errno));
  const bool synced = fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  return synced ? absl::OkStatus() : Unusable(path, "the copy can't be synced", std::strerror(error));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteBackup>> SqliteBackup::Start(sqlite3* source, const std::string& path) {
  const std::string part = PartOf(path);
  std::remove(part.c_str());
  sqlite3* target = nullptr;
  const int code =
      sqlite3_open_v2(part.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_backup* backup = nullptr;
  if (code == SQLITE_OK) {
    // A copy that is cut short is thrown away, so it needs neither journal nor sync; Publish syncs it once.
    sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    backup = sqlite3_backup_init(target, "main", source, "main");
  }
  if (backup == nullptr) {
    const std::string cause = sqlite3_errmsg(target);
    sqlite3_close(target);
    return Unusable(part, "the copy can't be made", cause);
  }
  return std::unique_ptr<SqliteBackup>(new SqliteBackup(path, target, backup));
}

SqliteBackup::~SqliteBackup() {
  CloseTarget();
  if (!published_) std::remove(PartOf(path_).c_str());
}

void SqliteBackup::CloseTarget() {
  if (backup_ != nullptr) sqlite3_backup_finish(backup_);
  backup_ = nullptr;
  if (target_ != nullptr) sqlite3_close(target_);
  target_ = nullptr;
}

absl::StatusOr<bool> SqliteBackup::Step(int pages) {
  const int code = sqlite3_backup_step(backup_, pages);
  if (code == SQLITE_OK) return false;
  const std::string cause = sqlite3_errstr(code);
  CloseTarget();
  if (code == SQLITE_DONE) return true;
  return Unusable(PartOf(path_), "the copy can't be written", cause);
}

absl::Status SqliteBackup::Publish() {
  const std::string part = PartOf(path_);
  EAGLE_RETURN_IF_ERROR(Sync(part, O_RDWR));
  EAGLE_RETURN_IF_ERROR(CheckSqliteFile(part));
  if (std::rename(part.c_str(), path_.c_str()) != 0) {
    return Unusable(path_, "the copy can't be given its name", std::strerror(errno));
  }
  published_ = true;
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  return Sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

absl::StatusOr<StoreHead> HeadOfCopy(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_stmt* head = nullptr;
  int code = sqlite3_open_v2(ImmutableUri(path).c_str(), &database,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2(database,
                              "SELECT first_index + count, time_us FROM journal ORDER BY first_index DESC LIMIT 1", -1,
                              &head, nullptr);
  StoreHead out;
  if (code == SQLITE_OK) code = sqlite3_step(head);
  if (code == SQLITE_ROW) out = {static_cast<uint64_t>(sqlite3_column_int64(head, 0)), sqlite3_column_int64(head, 1)};
  const std::string cause = sqlite3_errmsg(database);
  sqlite3_finalize(head);
  sqlite3_close(database);
  if (code == SQLITE_ROW || code == SQLITE_DONE) return out;
  return Fail(code == SQLITE_CANTOPEN ? Reason::kStorageUnusable : Reason::kStorageDamaged,
              "the copy's journal can't be read")
      .With("path", path)
      .With("cause", cause);
}

absl::Status CheckSqliteFile(const std::string& path) {
  sqlite3* database = nullptr;
  int code = sqlite3_open_v2(ImmutableUri(path).c_str(), &database,
                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  sqlite3_stmt* check = nullptr;
  std::string finding;
  if (code == SQLITE_OK) code = sqlite3_prepare_v2(database, "PRAGMA integrity_check(1)", -1, &check, nullptr);
  const bool opened = code == SQLITE_OK;
  if (opened && sqlite3_step(check) == SQLITE_ROW)
    finding = reinterpret_cast<const char*>(sqlite3_column_text(check, 0));
  if (finding.empty()) finding = sqlite3_errmsg(database);
  sqlite3_finalize(check);
  sqlite3_close(database);
  if (finding == "ok") return absl::OkStatus();
  const bool damaged = opened || (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
  return Fail(damaged ? Reason::kStorageDamaged : Reason::kStorageUnusable, "the database doesn't pass its check")
      .With("path", path)
      .With("cause", finding);
}

}  // namespace eagle::storage
