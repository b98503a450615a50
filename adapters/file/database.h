// exchange.db: what was asked and answered through the drop, in one SQLite file with the settings that durability rests
// on.
//
// One process at a time: the file is locked exclusively from Open until the end of the process, however that comes. An
// error of the disk ends the process: nobody knows then what is written, and the next start reads what is there.
// Threads: one at a time; the owner (Store) has a lock.
//
//   Query query = database->Ask("SELECT state FROM requests WHERE request = ?");
//   query.Bind(request);
//   while (query.Row()) Use(query.Int());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/file/steps.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::file {

inline constexpr int kExchangeSchemaVersion = 2;
inline constexpr int kExchangeApplicationId = 0x47456678;  // "GEfx"

// One run of one statement. Values are bound and columns read from left to right.
class Query {
 public:
  Query(Query&& other) noexcept;
  ~Query();
  Query(const Query&) = delete;

  Query& Bind(std::string_view text);
  Query& Bind(int64_t value);
  Query& Bind(absl::Time time) { return Bind(absl::ToUnixMicros(time)); }
  Query& BindBytes(std::string_view bytes);

  // Steps to the next row; false after the last one.
  bool Row();
  // For statements without rows. Gives how many rows it changed.
  int Run();

  int64_t Int();
  std::string Text();  // also bytes
  absl::Time Time() { return absl::FromUnixMicros(Int()); }

 private:
  friend class Database;
  Query(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  int column_ = 0;
};

class Database {
 public:
  // Creates the file and its tables when there is none; one of version 1 gets what it lacks. `steps` outlives it.
  // Errors: FOLDER_LOCKED     another process has it.
  //         STORAGE_UNUSABLE  it can't be opened, or is no exchange of ours.   SCHEMA_VERSION   of a later version.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, Steps& steps);
  ~Database();
  Database(const Database&) = delete;

  Query Ask(const char* sql);

 private:
  friend class Transaction;
  Database(sqlite3* database, Steps& steps) : database_(database), steps_(steps) {}
  absl::Status Prepare();
  sqlite3* database_;
  Steps& steps_;
};

// BEGIN IMMEDIATE ... COMMIT; rolled back unless committed. One at a time.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  // Durable when it returns.
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace eagle::file
