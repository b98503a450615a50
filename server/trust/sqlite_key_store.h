// The key store in a SQLite file of its own, keys.db: apart from the journal, so that a backup of the one doesn't keep
// keys which were destroyed in the other.
//
// One process has the file, locked from Open until the store goes. Each Put and Delete is a transaction of its own,
// synced (synchronous EXTRA, journal truncated and synced) when it returns. Deleted bytes are overwritten in the file
// (secure_delete) and cut out of its journal; copies that a file system or a backup keeps are not this store's to find,
// which is why keys lie in it wrapped only.
//
// After a failed write the store answers UNAVAILABLE to everything until it is opened again: what the failed write did
// is found out from the medium, not from a cache that may differ from it.
//
// Threads: any, at the same time; one statement runs at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteKeyStore> store, SqliteKeyStore::Open("data/keys.db"));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/trust/key_store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::trust {

class SqliteKeyStore : public KeyStore {
 public:
  // Opens the file, or makes it with mode 0600. Its folder must exist.
  // Errors: FOLDER_LOCKED when another process has it; KEY_UNUSABLE when it isn't a key store of this version or others
  // may read it; UNAVAILABLE when the medium failed.
  static absl::StatusOr<std::unique_ptr<SqliteKeyStore>> Open(const std::string& path);
  ~SqliteKeyStore() override;

  absl::Status Put(const StoredKey& key) override;
  absl::StatusOr<StoredKey> Get(std::string_view key_id) override;
  absl::Status Delete(std::string_view key_id) override;
  absl::Status Rewrap(const std::vector<StoredKey>& keys) override;
  absl::StatusOr<std::vector<StoredKey>> Page(std::string_view after, size_t most) override;
  absl::StatusOr<std::vector<std::string>> List(std::string_view scope) override;

  // Copies the store into a new file with mode 0600, synced. It holds wrapped keys only, and none that was deleted.
  // Errors: UNAVAILABLE when it can't be written; nothing is left behind then.
  absl::Status Copy(const std::string& path);

 private:
  explicit SqliteKeyStore(sqlite3* db) : db_(db) {}
  absl::Status SetUp();
  absl::Status Execute(const char* sql) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<int> UserVersion() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status RewrapAll(const std::vector<StoredKey>& keys) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Write(sqlite3_stmt* statement) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Usable() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Failed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Mutex mu_;
  sqlite3* const db_;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  sqlite3_stmt* delete_ = nullptr;
  sqlite3_stmt* list_ = nullptr;
  sqlite3_stmt* rewrap_ = nullptr;
  sqlite3_stmt* page_ = nullptr;
  bool failed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace eagle::trust
