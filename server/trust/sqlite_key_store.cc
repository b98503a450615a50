#include "server/trust/sqlite_key_store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::trust {
namespace {

constexpr int kVersion = 1;
constexpr size_t kScopeBytesMax = 256, kWrappedBytesMax = 4096;

// In this order: the lock is taken by the first statement that touches the file.
constexpr const char* kSettings =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA synchronous = EXTRA;"
    "PRAGMA journal_mode = TRUNCATE;"
    "PRAGMA temp_store = MEMORY;";
constexpr const char* kSchema =
    "BEGIN EXCLUSIVE;"
    "CREATE TABLE keys (key_id BLOB PRIMARY KEY, scope TEXT NOT NULL, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX keys_by_scope ON keys (scope, key_id);"
    "PRAGMA user_version = 1;"
    "COMMIT;";

// Resets a statement when it goes: an open one would hold its transaction.
class Run {
 public:
  explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
  ~Run() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  Run& Blob(int place, std::string_view bytes) {
    sqlite3_bind_blob64(statement_, place, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    return *this;
  }
  Run& Text(int place, std::string_view text) {
    sqlite3_bind_text64(statement_, place, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
  }

 private:
  sqlite3_stmt* statement_;
};

std::string Column(sqlite3_stmt* statement, int place) {
  const void* bytes = sqlite3_column_blob(statement, place);
  const int size = sqlite3_column_bytes(statement, place);
  return size > 0 ? std::string(static_cast<const char*>(bytes), static_cast<size_t>(size)) : std::string();
}

// Makes the file with its mode before SQLite sees it, and refuses one that others may read.
absl::Status PrepareFile(const std::string& path) {
  const auto refuse = [&path](Reason reason, std::string_view what) { return Fail(reason, what).With("path", path); };
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return refuse(Reason::kUnavailable, "the key store can't be opened");
  struct stat facts {};
  const bool examined = ::fstat(descriptor, &facts) == 0;
  ::close(descriptor);
  if (!examined) return refuse(Reason::kUnavailable, "the key store can't be examined");
  if (!S_ISREG(facts.st_mode) || (facts.st_mode & 077) != 0) {
    return refuse(Reason::kKeyUnusable, "the key store must be a plain file that only its owner may use: chmod 600");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteKeyStore>> SqliteKeyStore::Open(const std::string& path) {
  EAGLE_RETURN_IF_ERROR(PrepareFile(path));
  sqlite3* db = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<SqliteKeyStore> store(new SqliteKeyStore(db));
  if (opened != SQLITE_OK) return Fail(Reason::kUnavailable, "the key store can't be opened").With("path", path);
  const absl::Status ready = store->SetUp();
  if (!ready.ok()) return Fail(ReasonOf(ready), FailureOf(ready).message).With("path", path);
  return store;
}

SqliteKeyStore::~SqliteKeyStore() {
  for (sqlite3_stmt* statement : {put_, get_, delete_, list_, rewrap_, page_}) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

absl::Status SqliteKeyStore::SetUp() {
  absl::MutexLock lock(&mu_);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  EAGLE_RETURN_IF_ERROR(Execute(kSettings));
  EAGLE_RETURN_IF_ERROR(Execute("BEGIN EXCLUSIVE; COMMIT;"));  // takes the lock, and keeps it
  EAGLE_ASSIGN_OR_RETURN(int version, UserVersion());
  if (version == 0) {
    EAGLE_RETURN_IF_ERROR(Execute(kSchema));
    EAGLE_ASSIGN_OR_RETURN(version, UserVersion());
  }
  if (version != kVersion) return Fail(Reason::kKeyUnusable, "the key store is of another version");
  const auto prepare = [this](const char* sql, sqlite3_stmt** statement) {
    return sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, nullptr) == SQLITE_OK;
  };
  if (!prepare("INSERT INTO keys (key_id, scope, wrapped) VALUES (?, ?, ?)", &put_) ||
      !prepare("SELECT scope, wrapped FROM keys WHERE key_id = ?", &get_) ||
      !prepare("DELETE FROM keys WHERE key_id = ?", &delete_) ||
      !prepare("SELECT key_id FROM keys WHERE scope = ? ORDER BY key_id", &list_) ||
      !prepare("UPDATE keys SET wrapped = ? WHERE key_id = ?", &rewrap_) ||
      !prepare("SELECT key_id, scope, wrapped FROM keys WHERE key_id > ? ORDER BY key_id LIMIT ?", &page_)) {
    return Fail(Reason::kKeyUnusable, "the key store has other tables than this version");
  }
  return absl::OkStatus();
}

absl::Status SqliteKeyStore::Execute(const char* sql) {
  switch (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)) {
    case SQLITE_OK:
      return absl::OkStatus();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fail(Reason::kFolderLocked, "another process has the key store");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
      return Fail(Reason::kKeyUnusable, "the file isn't a key store of this version");
    default:
      return Failed();
  }
}

absl::StatusOr<int> SqliteKeyStore::UserVersion() {
  int version = -1;
  const auto read = [](void* to, int, char** values, char**) {
    *static_cast<int*>(to) = std::atoi(values[0]);
    return 0;
  };
  if (sqlite3_exec(db_, "PRAGMA user_version", read, &version, nullptr) != SQLITE_OK) {
    return Fail(Reason::kKeyUnusable, "the file isn't a key store");
  }
  return version;
}

absl::Status SqliteKeyStore::Usable() const {
  if (!failed_) return absl::OkStatus();
  return Fail(Reason::kUnavailable, "a write to the key store failed: it must be opened again");
}

absl::Status SqliteKeyStore::Failed() {
  failed_ = true;
  return Fail(Reason::kUnavailable, "the key store's medium failed").With("sqlite", sqlite3_extended_errcode(db_));
}

absl::Status SqliteKeyStore::Write(sqlite3_stmt* statement) {
  switch (sqlite3_step(statement)) {
    case SQLITE_DONE:
      return absl::OkStatus();
    case SQLITE_CONSTRAINT:
      return Fail(Reason::kKeyUnusable, "a key with this id is stored already");
    default:
      return Failed();
  }
}

absl::Status SqliteKeyStore::Put(const StoredKey& key) {
  if (key.key_id.size() != kStoredKeyIdSize || key.scope.empty() || key.scope.size() > kScopeBytesMax ||
      key.wrapped.empty() || key.wrapped.size() > kWrappedBytesMax) {
    return Fail(Reason::kKeyUnusable,
                "a stored key has an id of 16 bytes, a scope and wrapped bytes within their limits");
  }
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  Run run(put_);
  run.Blob(1, key.key_id).Text(2, key.scope).Blob(3, key.wrapped);
  return Write(put_);
}

absl::StatusOr<StoredKey> SqliteKeyStore::Get(std::string_view key_id) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  Run run(get_);
  run.Blob(1, key_id);
  switch (sqlite3_step(get_)) {
    case SQLITE_ROW:
      return StoredKey{std::string(key_id), Column(get_, 0), Column(get_, 1)};
    case SQLITE_DONE:
      return Fail(Reason::kNotFound, "no such key");
    default:
      return Fail(Reason::kUnavailable, "the key store can't be read").With("sqlite", sqlite3_extended_errcode(db_));
  }
}

absl::Status SqliteKeyStore::Delete(std::string_view key_id) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  Run run(delete_);
  run.Blob(1, key_id);
  return Write(delete_);
}

absl::Status SqliteKeyStore::Rewrap(const std::vector<StoredKey>& keys) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  EAGLE_RETURN_IF_ERROR(Execute("BEGIN"));
  if (absl::Status status = RewrapAll(keys); !status.ok()) {
    if (sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) return Failed();
    return status;
  }
  return sqlite3_exec(db_, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK ? absl::OkStatus() : Failed();
}

absl::Status SqliteKeyStore::RewrapAll(const std::vector<StoredKey>& keys) {
  for (const StoredKey& key : keys) {
    if (key.wrapped.empty() || key.wrapped.size() > kWrappedBytesMax)
      return Fail(Reason::kKeyUnusable, "wrapped bytes within their limits");
    Run run(rewrap_);
    run.Blob(1, key.wrapped).Blob(2, key.key_id);
    EAGLE_RETURN_IF_ERROR(Write(rewrap_));
    if (sqlite3_changes(db_) != 1) return Fail(Reason::kNotFound, "no such key");
  }
  return absl::OkStatus();
}

absl::Status SqliteKeyStore::Copy(const std::string& path) {
  const auto refuse = [&path](std::string_view what) { return Fail(Reason::kUnavailable, what).With("path", path); };
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return refuse("the copy of the keys can't be made");
  sqlite3* target = nullptr;
  bool copied = false;
  {
    absl::MutexLock lock(&mu_);
    if (absl::Status usable = Usable(); !usable.ok()) {
      ::close(descriptor);
      ::unlink(path.c_str());
      return usable;
    }
    if (sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
      sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
      sqlite3_backup* const backup = sqlite3_backup_init(target, "main", db_, "main");
      copied = backup != nullptr && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
      if (backup != nullptr) sqlite3_backup_finish(backup);
    }
  }
  sqlite3_close(target);
  copied = copied && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (copied) return absl::OkStatus();
  ::unlink(path.c_str());
  return refuse("the copy of the keys can't be written");
}

absl::StatusOr<std::vector<StoredKey>> SqliteKeyStore::Page(std::string_view after, size_t most) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  Run run(page_);
  run.Blob(1, after);
  sqlite3_bind_int64(page_, 2, static_cast<int64_t>(most));
  std::vector<StoredKey> keys;
  int step = sqlite3_step(page_);
  for (; step == SQLITE_ROW; step = sqlite3_step(page_))
    keys.push_back({Column(page_, 0), Column(page_, 1), Column(page_, 2)});
  if (step != SQLITE_DONE) {
    return Fail(Reason::kUnavailable, "the key store can't be read").With("sqlite", sqlite3_extended_errcode(db_));
  }
  return keys;
}

absl::StatusOr<std::vector<std::string>> SqliteKeyStore::List(std::string_view scope) {
  absl::MutexLock lock(&mu_);
  EAGLE_RETURN_IF_ERROR(Usable());
  Run run(list_);
  run.Text(1, scope);
  std::vector<std::string> ids;
  int step = sqlite3_step(list_);
  for (; step == SQLITE_ROW; step = sqlite3_step(list_)) ids.push_back(Column(list_, 0));
  if (step != SQLITE_DONE) {
    return Fail(Reason::kUnavailable, "the key store can't be read").With("sqlite", sqlite3_extended_errcode(db_));
  }
  return ids;
}

}  // namespace eagle::trust
