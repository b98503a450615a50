#include "server/storage/sqlite/reader.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::storage {
namespace {

constexpr char kCommitColumns[] =
    "SELECT first_index, count, time_us, decider_version, previous_checkpoint, entries FROM journal ";

CommitRow CommitOf(SqliteStatement& row) {
  return {.first_index = static_cast<uint64_t>(row.Int(0)),
          .count = static_cast<uint32_t>(row.Int(1)),
          .time_us = row.Int(2),
          .decider_version = static_cast<uint32_t>(row.Int(3)),
          .entries = row.Bytes(5),
          .previous_checkpoint = row.Bytes(4)};
}

// Indexes are signed in SQLite; one above that range is above every journal.
int64_t AsKey(uint64_t index) { return index > INT64_MAX ? INT64_MAX : static_cast<int64_t>(index); }

}  // namespace

class SqliteReader : public Reader {
 public:
  SqliteReader(ReaderPool& pool, std::unique_ptr<ReaderConnection> connection)
      : pool_(pool), connection_(std::move(connection)) {}

  ~SqliteReader() override {
    if (!broken_ && connection_->end.Run() != SQLITE_DONE) broken_ = true;
    if (broken_) connection_.reset();
    pool_.TakeBack(std::move(connection_));
  }

  // The snapshot is taken by the first read, so this one is part of making the reader.
  absl::Status Begin() {
    if (const int code = connection_->begin.Run(); code != SQLITE_DONE) return Broken(code, "a snapshot can't begin");
    SqliteStatement& head = connection_->head;
    const int code = head.Step();
    if (code == SQLITE_ROW) head_ = {static_cast<uint64_t>(head.Int(0) + head.Int(1)), head.Int(2)};
    head.Reset();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return Broken(code, "the journal's end can't be read");
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> Get(Table table, std::string_view key) override {
    EAGLE_ASSIGN_OR_RETURN(SqliteStatement * get,
                           Prepared(connection_->get, table, "SELECT value FROM ", " WHERE key = ?"));
    std::optional<std::string> value;
    const int code = get->BindBytes(1, key).Step();
    if (code == SQLITE_ROW) value = get->Bytes(0);
    get->Reset();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return Broken(code, "a row can't be read");
    return value;
  }

  absl::StatusOr<std::vector<Row>> Scan(Table table, std::string_view from_key, size_t limit) override {
    GATEWAY_ASSERT(limit >= 1, "a list has a limit");
    EAGLE_ASSIGN_OR_RETURN(SqliteStatement * scan, Prepared(connection_->scan, table, "SELECT key, value FROM ",
                                                            " WHERE key >= ? ORDER BY key LIMIT ?"));
    std::vector<Row> rows;
    scan->BindBytes(1, from_key).BindInt(2, AsKey(limit));
    int code = SQLITE_OK;
    while ((code = scan->Step()) == SQLITE_ROW) rows.emplace_back(scan->Bytes(0), scan->Bytes(1));
    scan->Reset();
    if (code != SQLITE_DONE) return Broken(code, "rows can't be read");
    return rows;
  }

  absl::StatusOr<std::optional<CommitRow>> CommitAt(uint64_t index) override {
    if (index >= head_.next_index) return std::nullopt;
    SqliteStatement& statement = connection_->commit_at;
    std::optional<CommitRow> commit;
    const int code = statement.BindInt(1, AsKey(index)).Step();
    if (code == SQLITE_ROW) commit = CommitOf(statement);
    statement.Reset();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return Broken(code, "a commit can't be read");
    if (!commit || index - commit->first_index >= commit->count) {
      return Fail(Reason::kStorageDamaged, "the journal has a hole").With("index", std::to_string(index));
    }
    return commit;
  }

  absl::StatusOr<std::vector<CommitRow>> Commits(uint64_t first_index, size_t limit) override {
    GATEWAY_ASSERT(limit >= 1, "a list has a limit");
    std::vector<CommitRow> commits;
    EAGLE_ASSIGN_OR_RETURN(std::optional<CommitRow> first, CommitAt(first_index));
    if (!first) return commits;
    uint64_t next_index = first->first_index + first->count;
    commits.push_back(*std::move(first));
    SqliteStatement& statement = connection_->commits;
    statement.BindInt(1, AsKey(next_index)).BindInt(2, AsKey(limit - 1));
    int code = SQLITE_OK;
    while ((code = statement.Step()) == SQLITE_ROW) {
      commits.push_back(CommitOf(statement));
      if (commits.back().first_index != next_index) break;
      next_index += commits.back().count;
    }
    statement.Reset();
    if (code == SQLITE_ROW) {
      return Fail(Reason::kStorageDamaged, "the journal has a hole").With("index", std::to_string(next_index));
    }
    if (code != SQLITE_DONE) return Broken(code, "commits can't be read");
    return commits;
  }

  StoreHead Head() override { return head_; }

 private:
  using Statements = std::array<std::optional<SqliteStatement>, kTables.size()>;

  absl::StatusOr<SqliteStatement*> Prepared(Statements& statements, Table table, const char* before,
                                            const char* after) {
    std::optional<SqliteStatement>& statement = statements[static_cast<size_t>(table)];
    if (!statement) {
      absl::StatusOr<SqliteStatement> made =
          connection_->connection.Prepare(absl::StrCat(before, std::string(NameOf(table)), after));
      if (!made.ok())
        return Broken(sqlite3_extended_errcode(connection_->connection.get()), "a query can't be prepared");
      statement = *std::move(made);
    }
    return &*statement;
  }

  absl::Status Broken(int code, std::string_view what) {
    broken_ = true;
    return SqliteReadError(code, what, connection_->connection.ErrorText());
  }

  ReaderPool& pool_;
  std::unique_ptr<ReaderConnection> connection_;
  StoreHead head_;
  bool broken_ = false;  // the connection is closed, not kept
};

ReaderPool::~ReaderPool() {
  std::lock_guard lock(mu_);
  GATEWAY_ASSERT(out_ == 0, "a reader outlived its store");
}

absl::StatusOr<std::unique_ptr<ReaderConnection>> ReaderPool::Connect() {
  auto made = std::make_unique<ReaderConnection>();
  EAGLE_ASSIGN_OR_RETURN(made->connection, SqliteConnection::Open(path_, SqliteRole::kReader, vfs_, cache_bytes_));
  SqliteConnection& connection = made->connection;
  EAGLE_ASSIGN_OR_RETURN(made->begin, connection.Prepare("BEGIN"));
  EAGLE_ASSIGN_OR_RETURN(made->end, connection.Prepare("COMMIT"));
  EAGLE_ASSIGN_OR_RETURN(
      made->head,
      connection.Prepare("SELECT first_index, count, time_us FROM journal ORDER BY first_index DESC LIMIT 1"));
  EAGLE_ASSIGN_OR_RETURN(
      made->commit_at,
      connection.Prepare(absl::StrCat(kCommitColumns, "WHERE first_index <= ? ORDER BY first_index DESC LIMIT 1")));
  EAGLE_ASSIGN_OR_RETURN(made->commits, connection.Prepare(absl::StrCat(
                                            kCommitColumns, "WHERE first_index >= ? ORDER BY first_index LIMIT ?")));
  return made;
}

absl::StatusOr<std::unique_ptr<Reader>> ReaderPool::NewReader() {
  std::unique_ptr<ReaderConnection> connection;
  {
    std::lock_guard lock(mu_);
    if (out_ >= kReadersMax) {
      return Fail(Reason::kBusy, "too many readers at once").RetryAfter(absl::Milliseconds(100));
    }
    ++out_;
    if (!kept_.empty()) {
      connection = std::move(kept_.back());
      kept_.pop_back();
    }
  }
  if (connection == nullptr) {
    absl::StatusOr<std::unique_ptr<ReaderConnection>> made = Connect();
    if (!made.ok()) {
      TakeBack(nullptr);
      return made.status();
    }
    connection = *std::move(made);
  }
  auto reader = std::make_unique<SqliteReader>(*this, std::move(connection));
  EAGLE_RETURN_IF_ERROR(reader->Begin());
  return reader;
}

void ReaderPool::TakeBack(std::unique_ptr<ReaderConnection> connection) {
  std::lock_guard lock(mu_);
  --out_;
  if (connection != nullptr && kept_.size() < kReadersKept) kept_.push_back(std::move(connection));
}

size_t ReaderPool::ReadersOut() const {
  std::lock_guard lock(mu_);
  return out_;
}

}  // namespace eagle::storage
