#include "adapters/file/database.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/file/schema.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

[[noreturn]] void Stop(sqlite3* database, const char* what) {
  std::fprintf(stderr, "exchange.db: %s: %s (%d); stopping, the next start reads what is there\n", what,
               sqlite3_errmsg(database), sqlite3_extended_errcode(database));
  std::abort();
}

void Expect(sqlite3* database, int code, const char* what) {
  if (code != SQLITE_OK) Stop(database, what);
}

std::optional<int64_t> ReadNumber(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  std::optional<int64_t> value;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
    value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return value;
}

absl::Status OpenError(sqlite3* database, const std::string& path) {
  const int code = sqlite3_errcode(database) & 0xff;
  const bool locked = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  return Fail(locked ? Reason::kFolderLocked : Reason::kStorageUnusable,
              locked ? "another process has the exchange: ask through it" : "the exchange can't be opened")
      .With("path", path)
      .With("cause", sqlite3_errmsg(database));
}

}  // namespace

// ---- Query ----

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      column_(other.column_) {}

Query::~Query() { sqlite3_finalize(statement_); }

Query& Query::Bind(std::string_view text) {
  const char* bytes = text.empty() ? "" : text.data();
  Expect(database_, sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
         "can't bind");
  return *this;
}

Query& Query::Bind(int64_t value) {
  Expect(database_, sqlite3_bind_int64(statement_, ++bound_, value), "can't bind");
  return *this;
}

Query& Query::BindBytes(std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  Expect(database_, sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_TRANSIENT), "can't bind");
  return *this;
}

bool Query::Row() {
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // Our tables refuse only what our own code got wrong.
  GATEWAY_ASSERT((code & 0xff) != SQLITE_CONSTRAINT, sqlite3_errmsg(database_));
  Stop(database_, sqlite3_sql(statement_));
}

int Query::Run() {
  Row();
  return sqlite3_changes(database_);
}

int64_t Query::Int() { return sqlite3_column_int64(statement_, column_++); }

std::string Query::Text() {
  const int column = column_++;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(size));
}

// ---- Database ----

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, Steps& steps) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle, steps));
  if (code != SQLITE_OK) return OpenError(handle, path);
  absl::Status status = database->Prepare();
  if (absl::IsInternal(status)) return OpenError(handle, path);
  if (!status.ok()) return status;
  return database;
}

Database::~Database() { sqlite3_close(database_); }

// INTERNAL stands for what SQLite said last.
absl::Status Database::Prepare() {
  const auto execute = [this](const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  };
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Exclusive before the first look: from then on no other process gets in, and no shared memory is needed. What is
  // deleted is overwritten: it is about people.
  if (!execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA "
               "secure_delete = ON;"
               "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; "
               "ROLLBACK"))
    return absl::InternalError("");
  if (ReadNumber(database_, "PRAGMA synchronous") != 2)
    return Fail(Reason::kStorageUnusable, "SQLite doesn't take synchronous = FULL");
  const auto application = ReadNumber(database_, "PRAGMA application_id"),
             version = ReadNumber(database_, "PRAGMA user_version"),
             tables = ReadNumber(database_, "SELECT count(*) FROM sqlite_schema");
  if (!application || !version || !tables) return absl::InternalError("");
  // In one transaction, so that a death leaves the file as it was.
  const auto make = [&](const char* lacking) {
    const std::string create =
        absl::StrCat("BEGIN IMMEDIATE;", lacking, kExchangeSince2, "PRAGMA application_id = ", kExchangeApplicationId,
                     "; PRAGMA user_version = ", kExchangeSchemaVersion, "; COMMIT");
    return execute(create) ? absl::OkStatus() : absl::InternalError("");
  };
  if (*application == 0 && *version == 0 && *tables == 0) return make(kExchangeSchema);
  if (*application == kExchangeApplicationId && *version == 1) return make("");
  if (*application != kExchangeApplicationId) return Fail(Reason::kStorageUnusable, "the file is no exchange of ours");
  if (*version != kExchangeSchemaVersion)
    return Fail(Reason::kSchemaVersion, "the exchange has another schema version")
        .With("version", *version)
        .With("expected", kExchangeSchemaVersion);
  return absl::OkStatus();
}

Query Database::Ask(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Expect(database_, sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr), sql);
  return Query(database_, statement);
}

// ---- Transaction ----

Transaction::Transaction(Database& database) : database_(database) {
  Expect(database_.database_, sqlite3_exec(database_.database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), "BEGIN");
}

Transaction::~Transaction() {
  if (open_)
    Expect(database_.database_, sqlite3_exec(database_.database_, "ROLLBACK", nullptr, nullptr, nullptr), "ROLLBACK");
}

void Transaction::Commit() {
  database_.steps_.Reach("commit: before");
  Expect(database_.database_, sqlite3_exec(database_.database_, "COMMIT", nullptr, nullptr, nullptr), "COMMIT");
  open_ = false;
  database_.steps_.Reach("commit: after");
}

}  // namespace eagle::file
