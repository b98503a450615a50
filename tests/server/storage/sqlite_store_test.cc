// What the SQLite store promises beyond the port: its file, its log, its readers, its backups.
#include "server/storage/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/digest.h"
#include "server/storage/sqlite/connection.h"
#include "tests/server/storage/sample_history.h"
#include "tests/server/storage/small_files.h"
#include "tests/support/temp_folder.h"

namespace eagle::storage {
namespace {

// A connection that isn't the store's: the stranger with a command-line shell.
class Stranger {
 public:
  explicit Stranger(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK); }
  ~Stranger() { sqlite3_close(database_); }
  int Run(const std::string& sql) { return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr); }
  std::string Ask(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(database_);
    std::string answer;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      answer += reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)) + std::string(";");
    }
    sqlite3_finalize(statement);
    return answer;
  }

 private:
  sqlite3* database_ = nullptr;
};

class SqliteStoreTest : public testing::Test {
 protected:
  void Open(SqliteOptions options = {}) {
    store_.reset();
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, std::move(options));
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  Reason OpenReason() { return ReasonOf(SqliteStore::Open(path_, {}).status()); }

  Commit Next(std::string value = "v") {
    const uint64_t index = store_->Head().next_index;
    return {.first_index = index,
            .count = 1,
            .time_us = 1,
            .entries = "e",
            .rows = {{Table::kOrders, BigEndian(index), value}}};
  }
  void Append(int count, const std::string& value = "v") {
    for (int i = 0; i < count; ++i) ASSERT_EQ(store_->Append(Next(value)), absl::OkStatus());
  }
  uintmax_t LogBytes() { return std::filesystem::file_size(path_ + "-wal"); }

  TempFolder folder_;
  const std::string path_ = folder_ / "store.db";
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SqliteStoreTest, TheFileIsWhatThePageOnDurabilitySays) {
  Open();
  Append(1);
  Stranger stranger(path_);
  EXPECT_EQ(stranger.Ask("PRAGMA journal_mode"), "wal;");
  EXPECT_EQ(stranger.Ask("PRAGMA user_version"), std::to_string(kSqliteSchemaVersion) + ";");
  EXPECT_EQ(stranger.Ask("PRAGMA auto_vacuum"), "0;");
  EXPECT_EQ(stranger.Ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"), "12;");
  EXPECT_EQ(stranger.Ask("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT'"), "");
}

TEST_F(SqliteStoreTest, AnotherSchemaVersionIsRefused) {
  const std::string ours = std::to_string(kSqliteSchemaVersion), next = std::to_string(kSqliteSchemaVersion + 1);
  Open();
  store_.reset();
  ASSERT_EQ(Stranger(path_).Run("PRAGMA user_version = " + next), SQLITE_OK);
  const absl::Status status = SqliteStore::Open(path_, {}).status();
  EXPECT_EQ(ReasonOf(status), Reason::kSchemaVersion);
  EXPECT_THAT(FailureOf(status).metadata, testing::Contains(testing::Pair("version", next)));
  ASSERT_EQ(Stranger(path_).Run("PRAGMA user_version = " + ours), SQLITE_OK);
  Open();
}

TEST_F(SqliteStoreTest, AFileThatIsNotOursIsLeftAlone) {
  ASSERT_EQ(Stranger(path_).Run("CREATE TABLE theirs (x)"), SQLITE_OK);
  EXPECT_EQ(OpenReason(), Reason::kStorageUnusable);
  EXPECT_EQ(Stranger(path_).Ask("SELECT name FROM sqlite_schema"), "theirs;");
  std::filesystem::remove(path_);
  std::ofstream(path_) << std::string(10'000, 'x');
  EXPECT_EQ(OpenReason(), Reason::kStorageDamaged);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(OpenReason(), Reason::kStorageUnusable);
  EXPECT_EQ(ReasonOf(SqliteStore::Open(folder_ / "no/such/folder/store.db", {}).status()), Reason::kStorageUnusable);
}

TEST_F(SqliteStoreTest, AReaderConnectionCannotWrite) {
  Open();
  Append(1);
  auto connection = SqliteConnection::Open(path_, SqliteRole::kReader, "", 1 << 20);
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_FALSE(connection->Execute("DELETE FROM orders").ok());
  EXPECT_FALSE(connection->Execute("PRAGMA user_version = 9").ok());
  sqlite3_wal_checkpoint_v2(connection->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  EXPECT_EQ(Stranger(path_).Ask("SELECT count(*) FROM orders"), "1;");
}

TEST_F(SqliteStoreTest, SomebodyElsesLockIsUnavailableAndLeavesNothing) {
  Open();
  Append(1);
  Stranger stranger(path_);
  ASSERT_EQ(stranger.Run("BEGIN IMMEDIATE"), SQLITE_OK);
  EXPECT_EQ(ReasonOf(store_->Append(Next())), Reason::kUnavailable);
  EXPECT_EQ(store_->Head().next_index, 1u);
  ASSERT_EQ(stranger.Run("ROLLBACK"), SQLITE_OK);
  Append(1);
  EXPECT_EQ(store_->Head().next_index, 2u);
}

TEST_F(SqliteStoreTest, AnIndexThatSomebodyElseWroteFencesTheStore) {
  Open();
  Append(1);
  ASSERT_EQ(Stranger(path_).Run("INSERT INTO journal VALUES (1, 1, 1, 1, x'', x'')"), SQLITE_OK);
  EXPECT_EQ(ReasonOf(store_->Append(Next("mine"))), Reason::kHeadMoved);
  EXPECT_EQ(Stranger(path_).Ask("SELECT count(*) FROM orders"), "1;") << "its rows were not changed either";
  Open();
  EXPECT_EQ(store_->Head().next_index, 2u);
}

TEST_F(SqliteStoreTest, TheLogIsReusedAndDoesNotGrow) {
  Open({.checkpoint_pages = 50});
  int64_t most = 0;
  for (int i = 0; i < 400; ++i) {
    Append(1);
    most = std::max(most, store_->WalPages());
    ASSERT_TRUE(store_->Maintain(/*idle=*/false).ok());
  }
  EXPECT_GE(most, 50);
  EXPECT_LT(most, 70);
  EXPECT_LT(LogBytes(), 70u * (kSqlitePageBytes + 24) + 32);
}

TEST_F(SqliteStoreTest, WhenIdleTheLogIsCopiedIntoTheFile) {
  Open();
  const uintmax_t empty = std::filesystem::file_size(path_);
  Append(3, std::string(10'000, 'x'));
  ASSERT_TRUE(store_->Maintain(/*idle=*/false).ok());
  EXPECT_EQ(std::filesystem::file_size(path_), empty);
  ASSERT_TRUE(store_->Maintain(/*idle=*/true).ok());
  EXPECT_GT(std::filesystem::file_size(path_), empty + 30'000);
}

TEST_F(SqliteStoreTest, ALongReaderFillsTheLogAndItsEndFreesIt) {
  Open({.checkpoint_pages = 50, .full_pages = 200});
  Append(1);
  auto reader = store_->NewReader();
  ASSERT_TRUE(reader.ok());
  int commits = 0;
  for (; commits < 1000 && !store_->Full(); ++commits) {
    Append(1);
    ASSERT_TRUE(store_->Maintain(false).ok());
  }
  ASSERT_TRUE(store_->Full()) << "after " << commits << " commits";
  Append(3);  // what was taken before may still be finished
  ASSERT_TRUE(store_->Maintain(true).ok());
  EXPECT_TRUE(store_->Full()) << "the reader still stands in it";
  EXPECT_EQ((*reader)->Head().next_index, 1u);
  reader->reset();
  ASSERT_TRUE(store_->Maintain(true).ok());
  EXPECT_FALSE(store_->Full());
  Append(1);
  EXPECT_LT(store_->WalPages(), 20);
}

TEST_F(SqliteStoreTest, AVolumeWithTooLittleSpaceIsFull) {
  Open({.free_bytes_min = UINT64_MAX});
  EXPECT_TRUE(store_->Full());
  Append(1);
  ASSERT_TRUE(store_->Maintain(true).ok());
  EXPECT_TRUE(store_->Full());
  Open();
  EXPECT_FALSE(store_->Full());
}

TEST_F(SqliteStoreTest, OneReaderTooManyIsBusyAndConnectionsAreKept) {
  Open();
  std::vector<std::unique_ptr<Reader>> readers;
  for (size_t i = 0; i < kReadersMax; ++i) {
    auto reader = store_->NewReader();
    ASSERT_TRUE(reader.ok()) << reader.status();
    readers.push_back(*std::move(reader));
  }
  EXPECT_EQ(store_->ReadersOut(), kReadersMax);
  EXPECT_EQ(ReasonOf(store_->NewReader().status()), Reason::kBusy);
  readers.clear();
  EXPECT_EQ(store_->ReadersOut(), 0u);
  EXPECT_TRUE(store_->NewReader().ok());
}

TEST_F(SqliteStoreTest, AReaderThatOutlivesItsStoreIsADefect) {
  Open();
  auto reader = store_->NewReader();
  EXPECT_DEATH(store_.reset(), "a reader outlived its store");
}

TEST_F(SqliteStoreTest, DamagedPagesAreFoundWhenTheyAreRead) {
  Open();
  Append(200);
  store_.reset();
  const int root = std::stoi(Stranger(path_).Ask("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'"));
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(root - 1) * kSqlitePageBytes);
  file << std::string(kSqlitePageBytes, '\xaa');
  file.close();
  Open();
  auto reader = store_->NewReader();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(ReasonOf((*reader)->Get(Table::kOrders, BigEndian(1)).status()), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf((*reader)->Scan(Table::kOrders, "", 500).status()), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf(TableDigests(**reader).status()), Reason::kStorageDamaged);
  reader->reset();
  store_.reset();
  EXPECT_EQ(ReasonOf(CheckSqliteFile(path_)), Reason::kStorageDamaged);
}

TEST_F(SqliteStoreTest, AHoleInTheJournalIsDamage) {
  Open();
  Append(5);
  ASSERT_EQ(Stranger(path_).Run("DELETE FROM journal WHERE first_index = 2"), SQLITE_OK);
  auto reader = store_->NewReader();
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(ReasonOf((*reader)->CommitAt(2).status()), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf((*reader)->Commits(0, 5).status()), Reason::kStorageDamaged);
  EXPECT_TRUE((*reader)->Commits(0, 2).ok());
}

class SqliteBackupTest : public SqliteStoreTest {
 protected:
  // The copy, opened as a store, against its source.
  void ExpectEqualStores(const std::string& copy_path) {
    auto copy = SqliteStore::Open(copy_path, {});
    ASSERT_TRUE(copy.ok()) << copy.status();
    auto theirs = (*copy)->NewReader();
    auto ours = store_->NewReader();
    ASSERT_TRUE(theirs.ok() && ours.ok());
    EXPECT_EQ((*theirs)->Head(), (*ours)->Head());
    EXPECT_EQ(*TableDigests(**theirs), *TableDigests(**ours));
    EXPECT_EQ(*(*theirs)->Commits(0, 10'000), *(*ours)->Commits(0, 10'000));
  }
};

TEST_F(SqliteBackupTest, ABackupEqualsItsSource) {
  Open();
  Append(100, std::string(3000, 'x'));
  ASSERT_EQ(store_->Backup(folder_ / "odd name?#%.db"), absl::OkStatus());
  ExpectEqualStores(folder_ / "odd name?#%.db");
  Append(10);
  ASSERT_EQ(store_->Backup(folder_ / "odd name?#%.db"), absl::OkStatus()) << "it replaces an older one";
  ExpectEqualStores(folder_ / "odd name?#%.db");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "odd name?#%.db.part"));
}

TEST_F(SqliteBackupTest, ABackupIsMadeWhileTheWriterGoesOn) {
  Open({.checkpoint_pages = 100});
  Append(1500, std::string(3000, 'x'));  // several steps
  std::atomic<bool> done = false;
  absl::Status status = absl::UnknownError("never ran");
  std::thread other([&] {
    status = store_->BackupWhileServing(folder_ / "copy.db");
    done = true;
  });
  int commits = 0;
  while (!done) {
    // Old rows too, so that pages change that have been copied already.
    Commit commit = Next("new");
    commit.rows.push_back({Table::kOrders, BigEndian(static_cast<uint64_t>(commits) % 1000), "changed"});
    ASSERT_TRUE(store_->Append(commit).ok());
    ASSERT_TRUE(store_->Maintain(/*idle=*/false).ok());
    ++commits;
  }
  other.join();
  ASSERT_EQ(status, absl::OkStatus());
  EXPECT_LT(store_->WalPages(), 400) << "the copy kept the log from being used again";
  // The copy is the source as it was at some commit: its tables are what its journal says.
  auto copy = SqliteStore::Open(folder_ / "copy.db", {});
  ASSERT_TRUE(copy.ok());
  EXPECT_GT((*copy)->Head().next_index, 1500u);
  EXPECT_LE((*copy)->Head().next_index, store_->Head().next_index);
  auto reader = (*copy)->NewReader();
  ASSERT_TRUE(reader.ok());
  const auto commits_there = (*reader)->Commits(0, 100'000);
  ASSERT_TRUE(commits_there.ok());
  EXPECT_EQ(commits_there->size(), (*copy)->Head().next_index);
  const std::string last = BigEndian((*copy)->Head().next_index - 1);
  EXPECT_EQ(*(*reader)->Get(Table::kOrders, last), "new");
  EXPECT_EQ(*(*reader)->Get(Table::kOrders, BigEndian((*copy)->Head().next_index)), std::nullopt);
}

TEST_F(SqliteBackupTest, OneUnderWayEndsWhenTheStoreIsAboutToAndNoOtherBegins) {
  Open();
  Append(3000, std::string(3000, 'x'));  // more than one step
  absl::Status status;
  std::thread other([&] { status = store_->BackupWhileServing(folder_ / "copy.db"); });
  while (!std::filesystem::exists(folder_ / "copy.db.part")) ASSERT_TRUE(store_->Maintain(/*idle=*/false).ok());
  store_->EndBackups();
  ASSERT_TRUE(store_->Maintain(/*idle=*/false).ok());
  other.join();
  EXPECT_EQ(ReasonOf(status), Reason::kDraining);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db.part"));
  EXPECT_EQ(ReasonOf(store_->BackupWhileServing(folder_ / "copy.db")), Reason::kDraining);
  EXPECT_EQ(HeadOfCopy(folder_ / "none.db").ok(), false);
}

TEST_F(SqliteBackupTest, ABackupThatCannotBeWrittenLeavesTheStoreAsItWas) {
  Open();
  Append(100, std::string(3000, 'x'));
  EXPECT_EQ(ReasonOf(store_->Backup(folder_ / "no/such/folder.db")), Reason::kStorageUnusable);
  ASSERT_TRUE(store_->Maintain(/*idle=*/true).ok());
  {
    SmallFiles small(100 << 10);
    EXPECT_EQ(ReasonOf(store_->Backup(folder_ / "copy.db")), Reason::kStorageUnusable);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db.part"));
  std::atomic<bool> done = false;
  std::thread other([&] {
    EXPECT_EQ(ReasonOf(store_->BackupWhileServing(folder_ / "no/such/folder.db")), Reason::kStorageUnusable);
    done = true;
  });
  while (!done) EXPECT_TRUE(store_->Maintain(/*idle=*/true).ok());
  other.join();
  Append(10);
  ASSERT_EQ(store_->Backup(folder_ / "copy.db"), absl::OkStatus());
  ExpectEqualStores(folder_ / "copy.db");
}

}  // namespace
}  // namespace eagle::storage
