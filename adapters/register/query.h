// One run of one SQL statement on the inbox's connection, inside the transaction at hand. Values are bound and columns
// read from left to right.
//
// An error of the disk ends the process, as it does in the inbox itself: nobody knows then what is written, and the
// next start reads what is there. Threads: the connection's owner.
//
//   Query query(database, "SELECT name FROM vehicle_holders WHERE unit = ?");
//   query.Bind(unit);
//   while (query.Row()) Use(query.Text());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::registry {

class Query {
 public:
  Query(sqlite3* database, std::string_view sql);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::string_view text);
  Query& Bind(const std::string& text) { return Bind(std::string_view(text)); }
  Query& Bind(const char* text) { return Bind(std::string_view(text)); }
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
  uint32_t Small() { return static_cast<uint32_t>(Int()); }
  std::string Text();  // also bytes
  absl::Time Time() { return absl::FromUnixMicros(Int()); }
  std::optional<absl::Time> MaybeTime();

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int column_ = 0;
};

}  // namespace eagle::registry
