// Both inboxes under the one contract, the rows in them, and what only a file can do.
#include "adapters/sdk/inbox.h"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "adapters/sdk/inbox_codec.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/contract/inbox_contract.h"
#include "tests/support/sdk_fakes.h"
#include "tests/support/temp_folder.h"

namespace eagle::sdk {
namespace {

class FakeHarness : public InboxHarness {
 public:
  Inbox& Open() override { return *(inbox_ = std::make_unique<FakeInbox>(disk_, crash_)); }

 private:
  FakeDisk disk_;
  CrashPlan crash_;
  std::unique_ptr<FakeInbox> inbox_;
};
class SqliteHarness : public InboxHarness {
 public:
  Inbox& Open() override {
    inbox_.reset();
    auto opened = SqliteInbox::Open(folder_ / "inbox.db");
    EXPECT_TRUE(opened.ok()) << opened.status();
    inbox_ = *std::move(opened);
    return *inbox_;
  }

 private:
  TempFolder folder_;
  std::unique_ptr<SqliteInbox> inbox_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Fake, InboxContract,
                         testing::Values(InboxFactory([] { return std::make_unique<FakeHarness>(); })));
INSTANTIATE_TEST_SUITE_P(Sqlite, InboxContract,
                         testing::Values(InboxFactory([] { return std::make_unique<SqliteHarness>(); })));

namespace {

TEST(InboxRows, AreReadBackAsTheyWereWrittenAndNotWhenTheyWereCut) {
  RegisterChange change;
  change.sequence = 9;
  change.kind = RegisterChange::Kind::kEvent;
  change.operation = {std::string(16, 'o'), "9900001", 2};
  change.answer.kind = AnswerKind::kReturned;
  change.answer.items.emplace_back().set_reason("R");
  change.answer.effect_at = absl::FromUnixMicros(-5);
  change.answer.return_remark = "remark";
  change.change = v1::MEASURE_CHANGE_LAPSED;
  change.item.set_outcome(v1::OUTCOME_NIL);
  change.at = absl::FromUnixMicros(12345);
  const std::string bytes = EncodeChange(change);
  const auto back = DecodeChange(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(EncodeChange(*back), bytes);
  EXPECT_EQ(back->operation, change.operation);
  EXPECT_EQ(back->answer.effect_at, change.answer.effect_at);
  EXPECT_EQ(back->at, change.at);
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(DecodeChange(bytes.substr(0, cut)).has_value()) << cut;
  EXPECT_FALSE(DecodeChange(bytes + "x").has_value());

  BatchRow batch;
  batch.sequence = 4;
  batch.stream = ReceiptStream::kEvents;
  batch.receipts = {1, 5};
  batch.fates = {{1, ""}, {4, "LEASE_LOST"}};
  batch.head.set_payload("head");
  const std::string batch_bytes = EncodeBatch(batch);
  EXPECT_EQ(EncodeBatch(*DecodeBatch(batch_bytes)), batch_bytes);
  for (size_t cut = 0; cut < batch_bytes.size(); ++cut)
    EXPECT_FALSE(DecodeBatch(batch_bytes.substr(0, cut)).has_value()) << cut;
}

TEST(InboxRows, ATaskGoesOnlyWhereTheTableLeads) {
  using enum TaskState;
  EXPECT_TRUE(MayFollow(kApplying, kInDoubt));
  EXPECT_FALSE(MayFollow(kInDoubt, kApplying)) << "never a second Apply";
  EXPECT_FALSE(MayFollow(kInDoubt, kWaiting));
  EXPECT_FALSE(MayFollow(kInDoubt, kWithdrawn));
  EXPECT_FALSE(MayFollow(kApplying, kWithdrawn));
  int allowed = 0;
  for (int from = 1; from <= 9; ++from) {
    EXPECT_NE(TaskStateName(static_cast<TaskState>(from)), "UNKNOWN");
    for (int to = 1; to <= 9; ++to)
      allowed += from != to && MayFollow(static_cast<TaskState>(from), static_cast<TaskState>(to)) ? 1 : 0;
    if (from >= 7) {
      for (int to = 1; to <= 9; ++to)
        EXPECT_EQ(MayFollow(static_cast<TaskState>(from), static_cast<TaskState>(to)), from == to);
    }
  }
  EXPECT_EQ(allowed, 24);
}

TEST(SqliteInbox, ASecondOneOnTheSameFileIsRefused) {
  TempFolder folder;
  auto first = SqliteInbox::Open(folder / "inbox.db");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ReasonOf(SqliteInbox::Open(folder / "inbox.db").status()), Reason::kFolderLocked);
  first->reset();
  EXPECT_TRUE(SqliteInbox::Open(folder / "inbox.db").ok());
}

TEST(SqliteInbox, OnlyItsOwnFilesAreOpened) {
  TempFolder folder;
  EXPECT_EQ(ReasonOf(SqliteInbox::Open(folder / "no/such/folder.db").status()), Reason::kStorageUnusable);
  const auto make = [&](const std::string& name, const char* sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open((folder / name).c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    return ReasonOf(SqliteInbox::Open(folder / name).status());
  };
  EXPECT_EQ(make("other.db", "CREATE TABLE t (x)"), Reason::kStorageUnusable);
  EXPECT_EQ(make("newer.db", "PRAGMA application_id = 1195731298; PRAGMA user_version = 2; CREATE TABLE t (x)"),
            Reason::kSchemaVersion);
}

TEST(SqliteInbox, AnAuthorsTablesAreInTheSameTransaction) {
  TempFolder folder;
  auto inbox = SqliteInbox::Open(folder / "inbox.db");
  ASSERT_TRUE(inbox.ok());
  const auto count = [&] {
    auto transaction = (*inbox)->Begin();
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(transaction->sqlite(), "SELECT count(*) FROM units", -1, &statement, nullptr),
              SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const int rows = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rows;
  };
  {
    auto transaction = (*inbox)->Begin();
    ASSERT_EQ(sqlite3_exec(transaction->sqlite(),
                           "CREATE TABLE units (id TEXT PRIMARY KEY) STRICT; INSERT INTO units VALUES ('U1')", nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  {
    auto transaction = (*inbox)->Begin();
    ASSERT_EQ(sqlite3_exec(transaction->sqlite(), "INSERT INTO units VALUES ('U2')", nullptr, nullptr, nullptr),
              SQLITE_OK);
  }
  EXPECT_EQ(count(), 1);
}

TEST(SqliteInbox, AKilledProcessLeavesWhatItCommittedAndNoMore) {
  TempFolder folder;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto inbox = SqliteInbox::Open(folder / "inbox.db");
    if (!inbox.ok()) _exit(3);
    {
      auto transaction = (*inbox)->Begin();
      transaction->Put("committed", "1");
      if (!transaction->Commit().ok()) _exit(4);
    }
    auto transaction = (*inbox)->Begin();
    transaction->Put("lost", "1");
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto inbox = SqliteInbox::Open(folder / "inbox.db");
  ASSERT_TRUE(inbox.ok()) << inbox.status();
  auto transaction = (*inbox)->Begin();
  EXPECT_EQ(transaction->Get("committed"), "1");
  EXPECT_EQ(transaction->Get("lost"), std::nullopt);
}

TEST(SqliteInbox, AWriteThatTheDiskRefusesEndsTheProcess) {
  TempFolder folder;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto inbox = SqliteInbox::Open(folder / "inbox.db");
    if (!inbox.ok()) _exit(3);
    if (freopen("/dev/null", "w", stderr) == nullptr) _exit(5);
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {128 * 1024, 128 * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 1000; ++i) {
      auto transaction = (*inbox)->Begin();
      transaction->Put("key " + std::to_string(i), std::string(4096, 'x'));
      if (!transaction->Commit().ok()) _exit(4);
    }
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
}

}  // namespace
}  // namespace eagle::sdk
