// The readers of the SQLite store: read-only connections that are kept for the next one who asks.
//
// Threads: ReaderPool any; each SqliteReader one at a time. The pool outlives its readers.
//
//   ReaderPool pool(path, vfs, /*cache_bytes=*/8 << 20);
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, pool.NewReader());
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/store.h"

namespace eagle::storage {

inline constexpr size_t kReadersMax = 64;   // out at once; one more is BUSY
inline constexpr size_t kReadersKept = 16;  // connections kept open for later

// A connection with its statements, in or out of the pool. Statements over tables are prepared at their first use.
struct ReaderConnection {
  SqliteConnection connection;
  SqliteStatement begin, end, head, commit_at, commits;
  std::array<std::optional<SqliteStatement>, kTables.size()> get, scan;
};

class ReaderPool {
 public:
  ReaderPool(std::string path, std::string vfs, int64_t cache_bytes)
      : path_(std::move(path)), vfs_(std::move(vfs)), cache_bytes_(cache_bytes) {}
  // Pre: every reader has come back.
  ~ReaderPool();

  // Begins a snapshot. Errors: those of Store::NewReader and of SqliteConnection::Open.
  absl::StatusOr<std::unique_ptr<Reader>> NewReader();
  size_t ReadersOut() const;

 private:
  friend class SqliteReader;
  absl::StatusOr<std::unique_ptr<ReaderConnection>> Connect();
  // A null connection is one that failed and was closed.
  void TakeBack(std::unique_ptr<ReaderConnection> connection);

  const std::string path_;
  const std::string vfs_;
  const int64_t cache_bytes_;
  mutable std::mutex mu_;  // a standard one: the thread sanitizer sees it, unlike one in a packaged library
  // Guarded by mu_.
  size_t out_ = 0;
  std::vector<std::unique_ptr<ReaderConnection>> kept_;
};

}  // namespace eagle::storage
