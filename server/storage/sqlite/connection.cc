#include "server/storage/sqlite/connection.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/store.h"

namespace eagle::storage {
namespace {

constexpr int kReaderWaitMs = 250;

// A rowid table with an index over the key, not WITHOUT ROWID: with rows of 1,500 bytes that one took 2.3 times the
// space and 2.6 times as long, as keys and values share the pages of the tree. An integer key would save about 15 %,
// but not every table is keyed by one number.
std::string SchemaSql() {
  std::string sql = absl::StrCat("PRAGMA application_id = ", kSqliteApplicationId,
                                 ";PRAGMA user_version = ", kSqliteSchemaVersion, ";",
                                 "CREATE TABLE journal ("
                                 " first_index INTEGER PRIMARY KEY,"
                                 " count INTEGER NOT NULL,"
                                 " time_us INTEGER NOT NULL,"
                                 " decider_version INTEGER NOT NULL,"
                                 " previous_checkpoint BLOB NOT NULL,"
                                 " entries BLOB NOT NULL) STRICT;");
  for (const TableInfo& table : kTables) {
    absl::StrAppend(&sql, "CREATE TABLE ", std::string(table.name),
                    " (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;");
  }
  return sql;
}

absl::Status OpenError(int code, const std::string& path, std::string_view what, std::string_view text) {
  const int primary = code & 0xff;
  const bool damaged = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  const Reason reason = damaged                  ? Reason::kStorageDamaged
                        : primary == SQLITE_BUSY ? Reason::kUnavailable
                                                 : Reason::kStorageUnusable;
  return Fail(reason, what).With("path", path).With("cause", text);
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement& SqliteStatement::BindInt(int position, int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), position, value);
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
  return *this;
}

SqliteStatement& SqliteStatement::BindBytes(int position, std::string_view value) {
  // A null pointer would bind NULL, not the empty value.
  const char* bytes = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_blob64(statement_.get(), position, bytes, value.size(), SQLITE_STATIC);
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
  return *this;
}

int SqliteStatement::Step() { return bind_error_ != SQLITE_OK ? bind_error_ : sqlite3_step(statement_.get()); }
int SqliteStatement::Reset() {
  bind_error_ = SQLITE_OK;
  return sqlite3_reset(statement_.get());
}
int SqliteStatement::Run() {
  const int code = Step();
  Reset();
  return code;
}
int64_t SqliteStatement::Int(int column) { return sqlite3_column_int64(statement_.get(), column); }
std::string SqliteStatement::Bytes(int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(size));
}

void SqliteConnection::Close::operator()(sqlite3* database) const {
  // Every statement was finalized before its connection (owners declare statements after it), so this can't refuse.
  GATEWAY_ASSERT(sqlite3_close(database) == SQLITE_OK, "a statement outlived its connection");
}

absl::StatusOr<SqliteConnection> SqliteConnection::Open(const std::string& path, SqliteRole role,
                                                        const std::string& vfs, int64_t cache_bytes) {
  const int flags = (role == SqliteRole::kWriter ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, vfs.empty() ? nullptr : vfs.c_str());
  SqliteConnection connection;
  connection.database_.reset(database);
  if (code != SQLITE_OK) return OpenError(code, path, "the database can't be opened", sqlite3_errstr(code));
  if (absl::Status status = connection.Configure(role, cache_bytes); !status.ok()) {
    if (Failure failure = FailureOf(status); failure.reason != Reason::kInternal) {
      failure.metadata.emplace_back("path", path);
      return ToStatus(failure);
    }
    return OpenError(sqlite3_extended_errcode(database), path, FromAbsl(status.message()), connection.ErrorText());
  }
  return connection;
}

// Errors of SQLite come out as kInternal here and get their reason and path in Open.
absl::Status SqliteConnection::Configure(SqliteRole role, int64_t cache_bytes) {
  const bool writer = role == SqliteRole::kWriter;
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, writer ? 0 : 1, nullptr);
  if (!writer) sqlite3_busy_timeout(get(), kReaderWaitMs);

  EAGLE_RETURN_IF_ERROR(
      Execute("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;"
              "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"));
  EAGLE_RETURN_IF_ERROR(Execute(absl::StrCat("PRAGMA cache_size = -", cache_bytes / 1024).c_str()));
  if (writer) {
    // The first two count only while the file is empty.
    EAGLE_RETURN_IF_ERROR(
        Execute(absl::StrCat("PRAGMA page_size = ", kSqlitePageBytes, "; PRAGMA auto_vacuum = NONE;").c_str()));
  }
  EAGLE_RETURN_IF_ERROR(CreateOrCheckSchema(role));

  EAGLE_ASSIGN_OR_RETURN(SqliteStatement mode, Prepare("PRAGMA journal_mode"));
  if (mode.Step() != SQLITE_ROW || mode.Bytes(0) != "wal") {
    return Fail(Reason::kStorageUnusable, "the file system doesn't allow a write-ahead log");
  }
  EAGLE_ASSIGN_OR_RETURN(const int64_t synchronous, PragmaInt("PRAGMA synchronous"));
  if (synchronous != 2) return Fail(Reason::kStorageUnusable, "SQLite doesn't take synchronous = FULL");
  return absl::OkStatus();
}

// A file is ours by its application id; an empty one becomes ours, tables and version in one transaction.
absl::Status SqliteConnection::CreateOrCheckSchema(SqliteRole role) {
  EAGLE_ASSIGN_OR_RETURN(const int64_t application_id, PragmaInt("PRAGMA application_id"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t version, PragmaInt("PRAGMA user_version"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t tables, PragmaInt("SELECT count(*) FROM sqlite_schema"));
  if (role == SqliteRole::kWriter && application_id == 0 && version == 0 && tables == 0) {
    EAGLE_RETURN_IF_ERROR(Execute("PRAGMA journal_mode = WAL"));
    return Execute(absl::StrCat("BEGIN IMMEDIATE;", SchemaSql(), "COMMIT").c_str());
  }
  if (application_id != kSqliteApplicationId)
    return Fail(Reason::kStorageUnusable, "the file is not a store of the gateway");
  if (version != kSqliteSchemaVersion) {
    return Fail(Reason::kSchemaVersion, "the store has another schema version")
        .With("version", version)
        .With("expected", kSqliteSchemaVersion);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SqliteConnection::PragmaInt(const char* sql) {
  EAGLE_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  if (statement.Step() != SQLITE_ROW) return absl::InternalError(absl::StrCat("can't read ", sql));
  return statement.Int(0);
}

absl::StatusOr<SqliteStatement> SqliteConnection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return absl::InternalError(absl::StrCat("can't prepare ", std::string(sql)));
  return SqliteStatement(statement);
}

absl::Status SqliteConnection::Execute(const char* sql) {
  if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return absl::OkStatus();
  return absl::InternalError("can't set up the database");
}

std::string SqliteConnection::ErrorText() const {
  return absl::StrCat(sqlite3_errmsg(get()), " (", sqlite3_extended_errcode(get()), ")");
}

absl::Status SqliteReadError(int code, std::string_view what, std::string_view text) {
  if ((code & 0xff) == SQLITE_BUSY) return Fail(Reason::kUnavailable, what).With("cause", text);
  return Fail(Reason::kStorageDamaged, what).With("cause", text);
}

}  // namespace eagle::storage
