// The port of the inbox: what an adapter must not forget. An ordered table of bytes with transactions; inbox_rows.h
// says what is in it.
//
// Nothing that was not committed is visible after a crash, and everything that was is: an adapter records the arrival
// of an order before it acts, its intent before it applies, and every receipt before it is sent.
//
// Keys that begin with kAuthorKeys belong to the author of the adapter: who keeps a register in the inbox writes his
// rows in the same transaction as the answer, and can't lose one without the other. SqliteInbox also hands out its
// connection for tables of the author's own.
//
// Life of a transaction: Begin, any calls, Commit; destroyed without Commit it never was. One at a time.
// Threads: one owner.
//
//   auto transaction = inbox.Begin();
//   transaction->Put("x/land/unit/1", row);
//   EAGLE_RETURN_IF_ERROR(transaction->Commit());
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

struct sqlite3;

namespace eagle::sdk {

inline constexpr std::string_view kAuthorKeys = "x/";

class InboxTransaction {
 public:
  virtual ~InboxTransaction() = default;

  // Reads see what this transaction wrote.
  virtual std::optional<std::string> Get(std::string_view key) = 0;
  // Rows with from <= key < to in the order of their bytes, at most `limit`.
  virtual std::vector<std::pair<std::string, std::string>> Scan(std::string_view from, std::string_view to,
                                                                size_t limit) = 0;
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;

  // Durable when it returns OK. An error means that nobody knows what is on the disk: the agent stops, and a new start
  // reads what is there (an inbox on a real disk doesn't return, it ends the process). Called at most once, and last.
  virtual absl::Status Commit() = 0;

  // The connection, inside this transaction; null when the inbox is no SQLite one.
  virtual sqlite3* sqlite() { return nullptr; }
};

class Inbox {
 public:
  virtual ~Inbox() = default;
  // Pre: no other transaction of this inbox is alive.
  virtual std::unique_ptr<InboxTransaction> Begin() = 0;
};

}  // namespace eagle::sdk
