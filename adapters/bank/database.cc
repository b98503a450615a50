#include "adapters/bank/database.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/schema.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

[[noreturn]] void Stop(sqlite3* database, const char* what) {
  std::fprintf(stderr, "core.db: %s: %s (%d); stopping, the next start reads what is there\n", what,
               sqlite3_errmsg(database), sqlite3_extended_errcode(database));
  std::abort();
}

void Expect(sqlite3* database, int code, const char* what) {
  if (code != SQLITE_OK) Stop(database, what);
}

// The first row's first column; absent on any error.
std::optional<int64_t> ReadNumber(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  std::optional<int64_t> value;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  return value;
}

absl::Status OpenError(sqlite3* database, const std::string& path) {
  const int code = sqlite3_errcode(database);
  const bool locked = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  return Fail(locked ? Reason::kFolderLocked : Reason::kStorageUnusable,
              locked ? "another process has the core: ask through it" : "the core can't be opened")
      .With("path", path)
      .With("cause", sqlite3_errmsg(database));
}

}  // namespace

// ---- Query ----

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      bound_(other.bound_),
      column_(other.column_) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *in_use_ = false;
}

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

Query& Query::BindNull() {
  Expect(database_, sqlite3_bind_null(statement_, ++bound_), "can't bind");
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

int64_t Query::Int() { return sqlite3_column_int64(statement_, column_++); }

std::string Query::Text() {
  const int column = column_++;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(size));
}

std::optional<absl::Time> Query::MaybeTime() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return Time();
  ++column_;
  return std::nullopt;
}

// ---- Database ----

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, const Kind& kind) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) return OpenError(handle, path);
  absl::Status status = database->Prepare(path == kInMemory, kind);
  if (absl::IsInternal(status)) return OpenError(handle, path);
  if (!status.ok()) return status;
  return database;
}

Database::~Database() {
  for (auto& [sql, cached] : cache_) {
    GATEWAY_ASSERT(!cached.in_use, "a query outlived its database");
    sqlite3_finalize(cached.statement);
  }
  sqlite3_close(database_);
}

// INTERNAL stands for what SQLite said last.
absl::Status Database::Prepare(bool in_memory, const Kind& kind) {
  const auto execute = [this](const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  };
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  // Exclusive before the first look: from then on no other process gets in, and no shared memory is needed.
  if (!execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA "
               "mmap_size = 0;"
               "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; "
               "ROLLBACK")) {
    return absl::InternalError("");
  }
  if (!in_memory && ReadNumber(database_, "PRAGMA synchronous") != 2)
    return Fail(Reason::kStorageUnusable, "SQLite doesn't take synchronous = FULL");
  const auto application = ReadNumber(database_, "PRAGMA application_id"),
             version = ReadNumber(database_, "PRAGMA user_version"),
             tables = ReadNumber(database_, "SELECT count(*) FROM sqlite_schema");
  if (!application || !version || !tables) return absl::InternalError("");
  if (*application == 0 && *version == 0 && *tables == 0) {
    const std::string create =
        absl::StrCat("BEGIN IMMEDIATE;", kCoreSchema, kind.tables, "PRAGMA application_id = ", kind.application_id,
                     "; PRAGMA user_version = ", kCoreSchemaVersion, "; COMMIT");
    if (!execute(create)) return absl::InternalError("");
    return absl::OkStatus();
  }
  if (*application != kind.application_id)
    return Fail(Reason::kStorageUnusable, absl::StrCat("the file is no core of ", kind.office));
  if (*version == kCoreSchemaVersion - 1) {
    // In one transaction, so that a death leaves the core as it was.
    const std::string go_on =
        absl::StrCat("BEGIN IMMEDIATE;", kCoreSince4, "PRAGMA user_version = ", kCoreSchemaVersion, "; COMMIT");
    return execute(go_on) ? absl::OkStatus() : absl::InternalError("");
  }
  if (*version != kCoreSchemaVersion) {
    return Fail(Reason::kSchemaVersion, "the core has another schema version")
        .With("version", *version)
        .With("expected", kCoreSchemaVersion);
  }
  return absl::OkStatus();
}

Query Database::Ask(const char* sql) {
  Cached& cached = cache_[sql];
  if (cached.statement == nullptr) {
    Expect(database_, sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &cached.statement, nullptr),
           sql);
  }
  if (!cached.in_use) {
    cached.in_use = true;
    return Query(database_, cached.statement, &cached.in_use);
  }
  sqlite3_stmt* own = nullptr;
  Expect(database_, sqlite3_prepare_v2(database_, sql, -1, &own, nullptr), sql);
  return Query(database_, own, nullptr);
}

int64_t Database::LastRowId() const { return sqlite3_last_insert_rowid(database_); }

// ---- Transaction ----

Transaction::Transaction(Database& database) : database_(database) {
  Expect(database_.database_, sqlite3_exec(database_.database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), "BEGIN");
}

Transaction::~Transaction() {
  if (open_)
    Expect(database_.database_, sqlite3_exec(database_.database_, "ROLLBACK", nullptr, nullptr, nullptr), "ROLLBACK");
}

void Transaction::Commit() {
  Expect(database_.database_, sqlite3_exec(database_.database_, "COMMIT", nullptr, nullptr, nullptr), "COMMIT");
  open_ = false;
}

}  // namespace eagle::bank
