// core.db: the bank's own SQLite file, with the settings that durability rests on, and its queries.
//
// One process at a time: the file is locked exclusively from Open until the end of the process, however that comes.
// An error of the disk ends the process: nobody knows then what is written, and the next start reads what is there.
// Threads: one at a time; the owner (BankCore) has a lock.
//
//   EAGLE_ASSIGN_OR_RETURN(auto database, Database::Open(folder + "/core.db"));
//   Transaction transaction(*database);
//   Query query = database->Ask("SELECT name FROM customers WHERE customer = ?");
//   query.Bind(number);
//   while (query.Row()) Use(query.Text());
//   transaction.Commit();
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/bank/kind.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::bank {

inline constexpr int kCoreSchemaVersion = 4;
// A core in memory, for tests: the same rules, gone with the object.
inline constexpr char kInMemory[] = ":memory:";

// One run of one statement. Values are bound and columns read from left to right.
class Query {
 public:
  Query(Query&& other) noexcept;
  ~Query();
  Query(const Query&) = delete;

  Query& Bind(std::string_view text);
  Query& Bind(int64_t value);
  Query& Bind(absl::Time time) { return Bind(absl::ToUnixMicros(time)); }
  Query& Bind(const std::optional<absl::Time>& time) { return time ? Bind(*time) : BindNull(); }
  Query& BindBytes(std::string_view bytes);
  Query& BindNull();

  // Steps to the next row; false after the last one.
  bool Row();
  // For statements without rows.
  void Run() { Row(); }

  int64_t Int();
  std::string Text();  // also bytes
  absl::Time Time() { return absl::FromUnixMicros(Int()); }
  std::optional<absl::Time> MaybeTime();

 private:
  friend class Database;
  Query(sqlite3* database, sqlite3_stmt* statement, bool* in_use)
      : database_(database), statement_(statement), in_use_(in_use) {}
  sqlite3* database_;
  sqlite3_stmt* statement_;
  bool* in_use_;  // of the cache; null: the statement is this object's own
  int bound_ = 0;
  int column_ = 0;
};

class Database {
 public:
  // Creates the file and its tables, the kind's own among them, when there is none; a core of version 3 gets what it
  // lacks.
  // Errors: FOLDER_LOCKED     another process has it.
  //         STORAGE_UNUSABLE  it can't be opened, or is no core of ours.   SCHEMA_VERSION   it is one of another
  //         version.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, const Kind& kind = kBank);
  ~Database();
  Database(const Database&) = delete;

  // `sql` is a literal of our source: it is the key of the cache.
  Query Ask(const char* sql);
  int64_t LastRowId() const;

 private:
  friend class Transaction;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  absl::Status Prepare(bool in_memory, const Kind& kind);
  sqlite3* database_;
  std::map<const void*, Cached> cache_;
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

}  // namespace eagle::bank
