#include "server/storage/sqlite/sqlite_store.h"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::storage {
namespace {

// After these the transaction is as if it had never been; after anything else nobody knows (fatal.h).
bool CanBeUndone(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_BUSY || primary == SQLITE_CONSTRAINT;
}

std::string FolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// A reader that meets the head of the WAL index in the middle of a change takes the write lock for the microseconds in
// which it reads it again (walIndexReadHdr). Only the beginning of a commit waits for that: a checkpoint must wait for
// nobody.
constexpr int kBeginWaitMs = 250;

absl::Status SomebodyElseWrites() {
  return Fail(Reason::kUnavailable, "another connection holds the write lock of the store");
}

}  // namespace

SqliteStore::SqliteStore(std::string path, SqliteOptions options, SqliteConnection writer)
    : path_(std::move(path)),
      folder_(FolderOf(path_)),
      options_(std::move(options)),
      writer_(std::move(writer)),
      readers_(path_, options_.vfs, options_.reader_cache_bytes) {}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path, SqliteOptions options) {
  EAGLE_ASSIGN_OR_RETURN(SqliteConnection writer,
                         SqliteConnection::Open(path, SqliteRole::kWriter, options.vfs, options.writer_cache_bytes));
  auto store = std::unique_ptr<SqliteStore>(new SqliteStore(path, std::move(options), std::move(writer)));
  if (absl::Status status = store->Prepare(); !status.ok()) {
    return Fail(Reason::kStorageUnusable, "the store can't be prepared").With("cause", store->writer_.ErrorText());
  }
  EAGLE_RETURN_IF_ERROR(store->LoadHead());
  // Empties the log that a killed process may have left.
  if (const int code = store->Checkpoint(SQLITE_CHECKPOINT_PASSIVE); code != SQLITE_OK) {
    return Fail(Reason::kStorageUnusable, "the log can't be copied into the file")
        .With("path", path)
        .With("cause", store->writer_.ErrorText());
  }
  store->UpdateFull();
  return store;
}

SqliteStore::~SqliteStore() {
  std::lock_guard lock(job_mu_);
  GATEWAY_ASSERT(job_ == nullptr, "a backup outlived its store");
}

absl::Status SqliteStore::Prepare() {
  EAGLE_ASSIGN_OR_RETURN(statements_.begin, writer_.Prepare("BEGIN IMMEDIATE"));
  EAGLE_ASSIGN_OR_RETURN(statements_.commit, writer_.Prepare("COMMIT"));
  EAGLE_ASSIGN_OR_RETURN(statements_.rollback, writer_.Prepare("ROLLBACK"));
  EAGLE_ASSIGN_OR_RETURN(
      statements_.entry,
      writer_.Prepare("INSERT INTO journal (first_index, count, time_us, decider_version, previous_checkpoint, entries)"
                      " VALUES (?, ?, ?, ?, ?, ?)"));
  for (const TableInfo& table : kTables) {
    const auto i = static_cast<size_t>(table.table);
    const std::string name(table.name);
    EAGLE_ASSIGN_OR_RETURN(statements_.put[i],
                           writer_.Prepare(absl::StrCat("INSERT INTO ", name,
                                                        " (key, value) VALUES (?, ?)"
                                                        " ON CONFLICT (key) DO UPDATE SET value = excluded.value")));
    EAGLE_ASSIGN_OR_RETURN(statements_.remove[i],
                           writer_.Prepare(absl::StrCat("DELETE FROM ", name, " WHERE key = ?")));
  }
  sqlite3_wal_hook(
      writer_.get(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteStore*>(self)->wal_pages_.store(pages, std::memory_order_relaxed);
        return SQLITE_OK;
      },
      this);
  return absl::OkStatus();
}

absl::Status SqliteStore::LoadHead() {
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, readers_.NewReader());
  head_ = reader->Head();
  return absl::OkStatus();
}

absl::Status SqliteStore::Append(const Commit& commit) {
  CheckCommit(commit);
  if (dead_) return Dead();
  if (commit.first_index != head_.next_index) return HeadMoved(head_.next_index, commit.first_index);
  const int64_t pages_before = WalPages();
  sqlite3_busy_timeout(writer_.get(), kBeginWaitMs);
  int code = statements_.begin.Run();
  sqlite3_busy_timeout(writer_.get(), 0);
  if (code != SQLITE_DONE) return CanBeUndone(code) ? SomebodyElseWrites() : Fatal("a transaction can't begin", code);
  code = WriteEntries(commit);
  for (size_t i = 0; i < commit.rows.size() && code == SQLITE_DONE; ++i) code = WriteRow(commit.rows[i]);
  if (code == SQLITE_DONE) code = statements_.commit.Run();
  if (code != SQLITE_DONE) return CanBeUndone(code) ? Undo(code, commit) : Fatal("a commit can't be written", code);
  head_ = {commit.first_index + commit.count, commit.time_us};
  // The log has begun again at its start. (One that begins with a commit longer than the whole log was before isn't
  // seen here; the error is less than that commit, and Maintain's limit is no sharp one.)
  if (WalPages() <= pages_before) backfilled_pages_ = 0;
  if (WalPages() >= options_.full_pages) full_.store(true, std::memory_order_relaxed);
  return absl::OkStatus();
}

int SqliteStore::WriteEntries(const Commit& commit) {
  return statements_.entry.BindInt(1, static_cast<int64_t>(commit.first_index))
      .BindInt(2, commit.count)
      .BindInt(3, commit.time_us)
      .BindInt(4, commit.decider_version)
      .BindBytes(5, commit.previous_checkpoint)
      .BindBytes(6, commit.entries)
      .Run();
}

int SqliteStore::WriteRow(const RowChange& row) {
  const auto i = static_cast<size_t>(row.table);
  if (!row.value) return statements_.remove[i].BindBytes(1, row.key).Run();
  return statements_.put[i].BindBytes(1, row.key).BindBytes(2, *row.value).Run();
}

// The only constraint that can be in the way is the journal's key: somebody else has written this index.
absl::Status SqliteStore::Undo(int code, const Commit& commit) {
  const int undone = statements_.rollback.Run();
  if (undone != SQLITE_DONE) return Fatal("a transaction can't be undone", undone);
  return (code & 0xff) == SQLITE_BUSY ? SomebodyElseWrites() : HeadMoved(head_.next_index, commit.first_index);
}

absl::Status SqliteStore::Maintain(bool idle) {
  if (dead_) return Dead();
  const int64_t waiting = WalPages() - backfilled_pages_;
  int code = SQLITE_OK;
  if (WalPages() >= options_.full_pages) {
    // Waits for nobody: while readers stand in the way it copies what it can, and the next call tries again.
    code = Checkpoint(SQLITE_CHECKPOINT_RESTART);
  } else if (waiting >= options_.checkpoint_pages || (idle && waiting > 0)) {
    code = Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  }
  if (code != SQLITE_OK) return Fatal("the log can't be copied into the file", code);
  if (copy_wanted_.load(std::memory_order_acquire)) CopySome(idle);
  UpdateFull();
  return absl::OkStatus();
}

// SQLITE_OK also when readers kept it from copying everything.
int SqliteStore::Checkpoint(int mode) {
  int pages = 0;
  int backfilled = 0;
  const int code = sqlite3_wal_checkpoint_v2(writer_.get(), "main", mode, &pages, &backfilled);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return code;
  // A RESTART that met no reader: the next commit begins at the log's start.
  const bool restarts = mode == SQLITE_CHECKPOINT_RESTART && code == SQLITE_OK;
  wal_pages_.store(restarts ? 0 : pages, std::memory_order_relaxed);
  backfilled_pages_ = restarts ? 0 : backfilled;
  return SQLITE_OK;
}

void SqliteStore::UpdateFull() {
  bool full = WalPages() >= options_.full_pages;
  struct statvfs volume {};
  if (statvfs(folder_.c_str(), &volume) == 0) {
    full = full || static_cast<uint64_t>(volume.f_bavail) * volume.f_frsize < options_.free_bytes_min;
  }
  full_.store(full, std::memory_order_relaxed);
}

absl::Status SqliteStore::Backup(const std::string& path) {
  if (dead_) return Dead();
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteBackup> copy, SqliteBackup::Start(writer_.get(), path));
  for (bool done = false; !done;) {
    EAGLE_ASSIGN_OR_RETURN(done, copy->Step(kBackupIdleStepPages));
  }
  return copy->Publish();
}

absl::Status SqliteStore::BackupWhileServing(const std::string& path) {
  BackupJob job{.path = path};
  {
    std::unique_lock lock(job_mu_);
    if (no_more_backups_) return Fail(Reason::kDraining, "the gateway is about to end");
    if (job_ != nullptr) return Fail(Reason::kBusy, "another backup is being made").RetryAfter(absl::Seconds(10));
    job_ = &job;
    copy_wanted_.store(true, std::memory_order_release);
    job_copied_.wait(lock, [&] { return job.copied; });
    job_ = nullptr;
  }
  EAGLE_RETURN_IF_ERROR(job.status);
  return job.copy->Publish();
}

void SqliteStore::EndBackups() {
  std::lock_guard lock(job_mu_);
  no_more_backups_ = true;
}

// One part of the copy that somebody waits for.
void SqliteStore::CopySome(bool idle) {
  std::lock_guard lock(job_mu_);
  if (no_more_backups_) {
    job_->copy.reset();
    job_->status = Fail(Reason::kDraining, "the gateway is about to end");
  } else if (job_->copy == nullptr) {
    absl::StatusOr<std::unique_ptr<SqliteBackup>> copy = SqliteBackup::Start(writer_.get(), job_->path);
    job_->status = copy.status();
    if (copy.ok()) job_->copy = *std::move(copy);
  }
  if (job_->status.ok()) {
    const absl::StatusOr<bool> done = job_->copy->Step(idle ? kBackupIdleStepPages : kBackupStepPages);
    job_->status = done.status();
    job_->copied = !done.ok() || *done;
  } else {
    job_->copied = true;
  }
  if (!job_->copied) return;
  copy_wanted_.store(false, std::memory_order_release);
  job_copied_.notify_one();
}

absl::Status SqliteStore::Fatal(std::string_view what, int code) {
  dead_ = true;
  sqlite3_db_config(writer_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  options_.on_fatal(
      absl::StrCat(path_, ": ", std::string(what), ": ", sqlite3_errstr(code), " (", code, "), ", writer_.ErrorText()));
  std::lock_guard lock(job_mu_);
  if (job_ != nullptr) {
    job_->status = Dead();
    job_->copied = true;
    job_copied_.notify_one();
  }
  return Dead();
}

absl::Status SqliteStore::Dead() const {
  return Fail(Reason::kStorageDamaged, "the store has failed before").With("path", path_);
}

}  // namespace eagle::storage
