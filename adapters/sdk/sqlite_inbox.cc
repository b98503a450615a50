#include "adapters/sdk/sqlite_inbox.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr int64_t kSchemaVersion = 1;
constexpr int64_t kApplicationId = 0x47456962;  // "GEib"

constexpr char kSettings[] =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA secure_delete = ON;"  // what is forgotten is overwritten
    "PRAGMA mmap_size = 0;";
constexpr char kSchema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE inbox (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1195731298;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

[[noreturn]] void Die(sqlite3* database, const char* what) {
  std::fprintf(stderr, "inbox: %s: %s; stopping, the next start decides what was written\n", what,
               sqlite3_errmsg(database));
  std::abort();
}

void BindBytes(sqlite3_stmt* statement, int position, std::string_view bytes) {
  // A null pointer would bind NULL; an empty value is a value.
  sqlite3_bind_blob64(statement, position, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}

std::string Column(sqlite3_stmt* statement, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const int size = sqlite3_column_bytes(statement, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

class SqliteInboxTransaction : public InboxTransaction {
 public:
  explicit SqliteInboxTransaction(SqliteInbox& inbox) : inbox_(inbox) {
    GATEWAY_ASSERT(!inbox_.in_transaction_, "one transaction at a time");
    inbox_.in_transaction_ = true;
    Run(inbox_.begin_.get(), "begin");
  }
  ~SqliteInboxTransaction() override {
    if (open_) Run(inbox_.rollback_.get(), "rollback");
    inbox_.in_transaction_ = false;
  }

  std::optional<std::string> Get(std::string_view key) override {
    sqlite3_stmt* get = inbox_.get_.get();
    BindBytes(get, 1, key);
    const int code = sqlite3_step(get);
    std::optional<std::string> value;
    if (code == SQLITE_ROW) {
      value = Column(get, 0);
    } else if (code != SQLITE_DONE) {
      Die(database(), "read");
    }
    sqlite3_reset(get);
    return value;
  }

  std::vector<std::pair<std::string, std::string>> Scan(std::string_view from, std::string_view to,
                                                        size_t limit) override {
    sqlite3_stmt* scan = inbox_.scan_.get();
    BindBytes(scan, 1, from);
    BindBytes(scan, 2, to);
    sqlite3_bind_int64(scan, 3, limit > static_cast<size_t>(INT64_MAX) ? -1 : static_cast<int64_t>(limit));
    std::vector<std::pair<std::string, std::string>> rows;
    int code = sqlite3_step(scan);
    for (; code == SQLITE_ROW; code = sqlite3_step(scan)) rows.emplace_back(Column(scan, 0), Column(scan, 1));
    if (code != SQLITE_DONE) Die(database(), "read");
    sqlite3_reset(scan);
    return rows;
  }

  void Put(std::string_view key, std::string_view value) override {
    BindBytes(inbox_.put_.get(), 1, key);
    BindBytes(inbox_.put_.get(), 2, value);
    Run(inbox_.put_.get(), "write");
  }
  void Delete(std::string_view key) override {
    BindBytes(inbox_.delete_.get(), 1, key);
    Run(inbox_.delete_.get(), "write");
  }
  absl::Status Commit() override {
    GATEWAY_ASSERT(open_, "a transaction is committed once");
    open_ = false;
    Run(inbox_.commit_.get(), "commit");
    return absl::OkStatus();
  }
  sqlite3* sqlite() override { return database(); }

 private:
  sqlite3* database() { return inbox_.database_.get(); }
  void Run(sqlite3_stmt* statement, const char* what) {
    if (sqlite3_step(statement) != SQLITE_DONE) Die(database(), what);
    sqlite3_reset(statement);
  }

  SqliteInbox& inbox_;
  bool open_ = true;
};

void SqliteInbox::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void SqliteInbox::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
SqliteInbox::~SqliteInbox() { GATEWAY_ASSERT(!in_transaction_, "the inbox outlives its transaction"); }

absl::StatusOr<std::unique_ptr<SqliteInbox>> SqliteInbox::Open(const std::string& path) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteInbox> inbox(new SqliteInbox(database));
  if (code != SQLITE_OK) return Fail(Reason::kStorageUnusable, "the inbox can't be opened").With("path", path);
  EAGLE_RETURN_IF_ERROR(inbox->Configure());
  return inbox;
}

std::unique_ptr<InboxTransaction> SqliteInbox::Begin() { return std::make_unique<SqliteInboxTransaction>(*this); }

absl::Status SqliteInbox::Configure() {
  sqlite3_extended_result_codes(database_.get(), 1);
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  EAGLE_RETURN_IF_ERROR(Execute(kSettings));
  EAGLE_ASSIGN_OR_RETURN(const int64_t version, PragmaInt("PRAGMA user_version"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t application, PragmaInt("PRAGMA application_id"));
  EAGLE_ASSIGN_OR_RETURN(const int64_t tables, PragmaInt("SELECT count(*) FROM sqlite_schema"));
  if (version == 0 && application == 0 && tables == 0) {
    EAGLE_RETURN_IF_ERROR(Execute(kSchema));
  } else if (application != kApplicationId) {
    return Fail(Reason::kStorageUnusable, "the file is no inbox of ours");
  } else if (version != kSchemaVersion) {
    return Fail(Reason::kSchemaVersion, "the inbox is of another version");
  }
  EAGLE_ASSIGN_OR_RETURN(begin_, Prepare("BEGIN IMMEDIATE"));
  EAGLE_ASSIGN_OR_RETURN(commit_, Prepare("COMMIT"));
  EAGLE_ASSIGN_OR_RETURN(rollback_, Prepare("ROLLBACK"));
  EAGLE_ASSIGN_OR_RETURN(get_, Prepare("SELECT value FROM inbox WHERE key = ?"));
  EAGLE_ASSIGN_OR_RETURN(scan_,
                         Prepare("SELECT key, value FROM inbox WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"));
  EAGLE_ASSIGN_OR_RETURN(
      put_,
      Prepare("INSERT INTO inbox (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
  EAGLE_ASSIGN_OR_RETURN(delete_, Prepare("DELETE FROM inbox WHERE key = ?"));
  return absl::OkStatus();
}

absl::Status SqliteInbox::Execute(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  if ((code & 0xFF) == SQLITE_BUSY) return Fail(Reason::kFolderLocked, "another process has the inbox");
  return Fail(Reason::kStorageUnusable, "the inbox can't be prepared").With("sqlite", sqlite3_errmsg(database_.get()));
}

absl::StatusOr<SqliteInbox::Statement> SqliteInbox::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Statement owned(statement);
  if (code == SQLITE_OK) return owned;
  if ((code & 0xFF) == SQLITE_BUSY) return Fail(Reason::kFolderLocked, "another process has the inbox");
  return Fail(Reason::kStorageUnusable, "the inbox can't be read").With("sqlite", sqlite3_errmsg(database_.get()));
}

absl::StatusOr<int64_t> SqliteInbox::PragmaInt(const char* sql) {
  EAGLE_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  const int code = sqlite3_step(statement.get());
  if ((code & 0xFF) == SQLITE_BUSY) return Fail(Reason::kFolderLocked, "another process has the inbox");
  if (code != SQLITE_ROW) return Fail(Reason::kStorageUnusable, "the inbox can't be read");
  return sqlite3_column_int64(statement.get(), 0);
}

}  // namespace eagle::sdk
