#include "adapters/register/query.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

#include "server/base/assert.h"

namespace eagle::registry {
namespace {

void Expect(sqlite3* database, int code) {
  if (code == SQLITE_OK) return;
  std::fprintf(stderr, "register: %s (%d); stopping, the next start reads what is there\n", sqlite3_errmsg(database),
               sqlite3_extended_errcode(database));
  std::abort();
}

}  // namespace

Query::Query(sqlite3* database, std::string_view sql) : database_(database) {
  GATEWAY_ASSERT(database != nullptr, "the register lives in a SQLite inbox");
  Expect(database_, sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Query::~Query() { sqlite3_finalize(statement_); }

Query& Query::Bind(std::string_view text) {
  const char* bytes = text.empty() ? "" : text.data();
  Expect(database_, sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Query& Query::Bind(int64_t value) {
  Expect(database_, sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

Query& Query::BindBytes(std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  Expect(database_, sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Query& Query::BindNull() {
  Expect(database_, sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

bool Query::Row() {
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  // Our tables refuse only what our own code got wrong.
  GATEWAY_ASSERT((code & 0xff) != SQLITE_CONSTRAINT, sqlite3_errmsg(database_));
  if (code != SQLITE_DONE) Expect(database_, code);
  return false;
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

}  // namespace eagle::registry
