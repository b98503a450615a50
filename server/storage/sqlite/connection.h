// One SQLite connection with every setting that durability and safety rest on, and its prepared statements.
//
// This file and its .cc are the only place where a connection is opened. Threads: one at a time (SQLite's own mutexes
// are off); owners hand connections over through a lock.
//
//   EAGLE_ASSIGN_OR_RETURN(SqliteConnection connection, SqliteConnection::Open(path, SqliteRole::kReader, options));
//   EAGLE_ASSIGN_OR_RETURN(SqliteStatement get, connection.Prepare("SELECT value FROM orders WHERE key = ?"));
//   get.BindBytes(1, key);  int rc = get.Step();  if (rc == SQLITE_ROW) Use(get.Bytes(0));  get.Reset();
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::storage {

// The version of the tables' layout, kept in user_version. Another one is refused, never guessed at.
inline constexpr int kSqliteSchemaVersion = 4;
inline constexpr int kSqliteApplicationId = 0x47456167;  // "GEag": a file of ours, whoever finds it
inline constexpr int kSqlitePageBytes = 4096;

enum class SqliteRole {
  kWriter,  // creates the file and the tables; the only one that writes and checkpoints
  kReader,  // read-only, never checkpoints, waits up to 250 ms for a lock
};

// A prepared statement. Bound bytes must live until Reset. The first error of a Bind comes back from Step.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  SqliteStatement& BindInt(int position, int64_t value);
  SqliteStatement& BindBytes(int position, std::string_view value);
  int Step();  // an (extended) result code of SQLite
  int Reset();
  int Run();  // Step, Reset; for statements without rows: SQLITE_DONE or an error
  int64_t Int(int column);
  std::string Bytes(int column);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_error_ = 0;
};

class SqliteConnection {
 public:
  // `vfs`: name of SQLite's file layer, empty for the default (tests put a failing one there).
  // Errors: STORAGE_UNUSABLE  the file can't be opened, isn't ours, or a setting wasn't taken.
  //         SCHEMA_VERSION    ours, of another version.
  //         STORAGE_DAMAGED   it is no database any more.
  //         UNAVAILABLE       another connection holds a lock that must be waited for.
  static absl::StatusOr<SqliteConnection> Open(const std::string& path, SqliteRole role, const std::string& vfs,
                                               int64_t cache_bytes);
  absl::StatusOr<SqliteStatement> Prepare(std::string_view sql);
  // Runs SQL without parameters that is fixed in our source.
  absl::Status Execute(const char* sql);
  // What SQLite says about the last error; holds no stored bytes.
  std::string ErrorText() const;
  sqlite3* get() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  absl::Status Configure(SqliteRole role, int64_t cache_bytes);
  absl::Status CreateOrCheckSchema(SqliteRole role);
  absl::StatusOr<int64_t> PragmaInt(const char* sql);
  std::unique_ptr<sqlite3, Close> database_;
};

// The error of a call that only reads: UNAVAILABLE for BUSY, else STORAGE_DAMAGED.
absl::Status SqliteReadError(int code, std::string_view what, std::string_view text);

}  // namespace eagle::storage
