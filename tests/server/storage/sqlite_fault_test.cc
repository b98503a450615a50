// The SQLite store and a world that breaks: failing disks, lost power, killed processes. One judgement after each:
// every acknowledged commit is there, the one under way is wholly there or wholly absent, and SQLite's own check is
// content.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/server/storage/fault_vfs.h"
#include "tests/server/storage/sample_history.h"
#include "tests/server/storage/small_files.h"
#include "tests/support/temp_folder.h"

namespace eagle::storage {
namespace {

constexpr int64_t kFewPages = 12;  // a log this long is copied into the file, so that short runs meet it too

// One life of a process: opens, appends what is missing up to `until`, house-keeping after each. Ends where a fault
// stops it.
struct Life {
  size_t acknowledged = 0;  // commits known to be there when it ended
  bool fatal = false;       // the process would have aborted
};
Life Live(const std::string& path, const SampleHistory& history, size_t from, size_t until) {
  Life life{.acknowledged = from};
  SqliteOptions options{.checkpoint_pages = kFewPages, .vfs = FaultVfs::kName};
  options.on_fatal = [&](const std::string&) { life.fatal = true; };
  absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path, options);
  if (!store.ok()) return life;
  for (size_t n = from; n < until; ++n) {
    if (!(*store)->Append(history.at(n)).ok()) break;
    life.acknowledged = n + 1;
    if (!(*store)->Maintain(/*idle=*/n % 3 == 2).ok()) break;
  }
  return life;
}

// Opens what was left, judges it, goes on with two more commits, judges again, and lets SQLite check the file.
std::string JudgeAndGoOn(const std::string& path, const SampleHistory& history, size_t acknowledged) {
  {
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path, {.vfs = FaultVfs::kName});
    if (!store.ok()) return "it doesn't open: " + store.status().ToString();
    if (std::string wrong = history.Judge(**store, acknowledged); !wrong.empty()) return wrong;
    size_t n = 0;
    while (n < history.size() && history.at(n).first_index != (*store)->Head().next_index) ++n;
    const size_t end = std::min(n + 2, history.size());
    for (; n < end; ++n) {
      if (!(*store)->Append(history.at(n)).ok()) return "it doesn't go on";
    }
    if (std::string wrong = history.Judge(**store, n); !wrong.empty()) return "after going on: " + wrong;
  }
  const absl::Status check = CheckSqliteFile(path);
  return check.ok() ? "" : check.ToString();
}

void RemoveAll(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
}

class SqliteFaultTest : public testing::Test {
 protected:
  // Fails the k-th change of a file for k = 1, 2, 3 ... until a run goes through; returns how many runs that took. A
  // run is two lives, so that opening an existing store is in it too.
  size_t FailEveryOperation(FaultVfs::Fault fault, std::optional<uint64_t> power_seed) {
    FaultVfs& vfs = FaultVfs::Get();
    for (uint64_t k = 1;; ++k) {
      RemoveAll(path_);
      vfs.StartProcess();
      vfs.Arm(k, fault);
      Life life = Live(path_, history_, 0, 6);
      if (!vfs.fired()) life = Live(path_, history_, 6, 9);
      const bool fired = vfs.fired();
      EXPECT_TRUE(fired || !life.fatal) << "an abort without a fault, operation " << k;
      if (power_seed) vfs.LosePower(*power_seed * 1000 + k);
      vfs.StartProcess();
      const std::string wrong = JudgeAndGoOn(path_, history_, life.acknowledged);
      EXPECT_EQ(wrong, "") << "operation " << k << ", power seed " << power_seed.value_or(0);
      if (!fired || HasFailure()) {
        RecordProperty("runs", static_cast<int>(runs_ += k));
        return k;
      }
    }
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "store.db";
  const SampleHistory history_{12};
  uint64_t runs_ = 0;
};

TEST_F(SqliteFaultTest, EveryOperationMayFailBeforeItsEffect) {
  EXPECT_GT(FailEveryOperation(FaultVfs::Fault::kBefore, std::nullopt), 100u);
}

TEST_F(SqliteFaultTest, EveryOperationMayFailAfterItsEffect) {
  EXPECT_GT(FailEveryOperation(FaultVfs::Fault::kAfter, std::nullopt), 100u);
}

TEST_F(SqliteFaultTest, EveryWriteMayMeetAFullDisk) {
  EXPECT_GT(FailEveryOperation(FaultVfs::Fault::kPartly, std::nullopt), 100u);
}

TEST_F(SqliteFaultTest, PowerMayBeLostAtEveryOperation) {
  for (const uint64_t seed : {1, 2, 3}) {
    EXPECT_GT(FailEveryOperation(FaultVfs::Fault::kBefore, seed), 100u);
    if (HasFailure()) return;
  }
}

// Without this the loops over lost power would prove nothing: what is not synced can really go.
TEST_F(SqliteFaultTest, LostPowerTakesWhatWasNotSynced) {
  FaultVfs& vfs = FaultVfs::Get();
  int lost = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    RemoveAll(path_);
    vfs.StartProcess();
    ASSERT_EQ(Live(path_, history_, 0, 4).acknowledged, 4u);
    vfs.StartProcess();
    {
      auto connection = SqliteConnection::Open(path_, SqliteRole::kWriter, FaultVfs::kName, 1 << 20);
      ASSERT_TRUE(connection.ok());
      ASSERT_TRUE(connection->Execute("PRAGMA synchronous = OFF; DELETE FROM journal WHERE first_index > 0").ok());
      vfs.Arm(vfs.operations() + 1, FaultVfs::Fault::kBefore);  // power goes before the log is copied
    }
    vfs.LosePower(seed);
    vfs.StartProcess();
    if (JudgeAndGoOn(path_, history_, 4).empty()) ++lost;
  }
  EXPECT_GT(lost, 0) << "an unsynced deletion always survived";
}

TEST_F(SqliteFaultTest, AFailedWriteEndsTheProcess) {
  // A limit on the file size stands for a full disk: the default handler must abort, not answer.
  const auto fill = [&] {
    auto store = SqliteStore::Open(path_, {});
    SmallFiles small(200 << 10);
    if (!store.ok()) _exit(3);
    for (size_t n = 0; n < history_.size(); ++n) {
      if (!(*store)->Append(history_.at(n)).ok()) _exit(4);
    }
    _exit(5);
  };
  EXPECT_EXIT(fill(), testing::KilledBySignal(SIGABRT), "storage: .*store.db: a commit can't be written: .*; stopping");
  FaultVfs::Get().StartProcess();
  auto store = SqliteStore::Open(path_, {});
  ASSERT_TRUE(store.ok()) << store.status();
  size_t commits = 0;
  while (commits < history_.size() && history_.at(commits).first_index < (*store)->Head().next_index) ++commits;
  EXPECT_GT(commits, 0u);
  EXPECT_EQ(history_.Judge(**store, commits), "");
}

TEST_F(SqliteFaultTest, AfterAFailedWriteTheStoreTouchesItsFileNoMore) {
  FaultVfs& vfs = FaultVfs::Get();
  vfs.StartProcess();
  int fatal = 0;
  SqliteOptions options{.vfs = FaultVfs::kName};
  options.on_fatal = [&](const std::string&) { ++fatal; };
  auto store = SqliteStore::Open(path_, options);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Append(history_.at(0)).ok());
  vfs.Arm(vfs.operations() + 1, FaultVfs::Fault::kBefore);
  EXPECT_EQ(ReasonOf((*store)->Append(history_.at(1))), Reason::kStorageDamaged);
  const uint64_t operations = vfs.operations();
  EXPECT_EQ(ReasonOf((*store)->Append(history_.at(1))), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf((*store)->Maintain(true)), Reason::kStorageDamaged);
  EXPECT_EQ(ReasonOf((*store)->Backup(folder_ / "copy.db")), Reason::kStorageDamaged);
  EXPECT_EQ(fatal, 1);
  EXPECT_EQ(vfs.operations(), operations);
  EXPECT_EQ((*store)->Head().next_index, history_.at(1).first_index);
}

TEST_F(SqliteFaultTest, ABackupUnderWayKeepsOthersOutAndEndsWithItsStore) {
  FaultVfs& vfs = FaultVfs::Get();
  vfs.StartProcess();
  SqliteOptions options{.vfs = FaultVfs::kName};
  options.on_fatal = [](const std::string&) {};
  auto store = SqliteStore::Open(path_, options);
  ASSERT_TRUE(store.ok());
  Commit large{.count = 1};
  for (uint64_t i = 0; i < 1000; ++i) large.rows.push_back({Table::kOrders, BigEndian(i), std::string(3000, 'x')});
  ASSERT_TRUE((*store)->Append(large).ok());
  absl::Status status;
  std::thread other([&] { status = (*store)->BackupWhileServing(folder_ / "copy.db"); });
  while (!std::filesystem::exists(folder_ / "copy.db.part")) EXPECT_TRUE((*store)->Maintain(/*idle=*/false).ok());
  EXPECT_EQ(ReasonOf((*store)->BackupWhileServing(folder_ / "second.db")), Reason::kBusy);
  vfs.Arm(vfs.operations() + 1, FaultVfs::Fault::kBefore);
  EXPECT_FALSE((*store)->Append({.first_index = 1, .count = 1}).ok());
  other.join();
  EXPECT_EQ(ReasonOf(status), Reason::kStorageDamaged);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.db.part"));
}

// The child: appends for as long as it lives and says so byte by byte.
[[noreturn]] void AppendUntilKilled(const std::string& path, const SampleHistory& history, int say) {
  auto store = SqliteStore::Open(path, {.checkpoint_pages = kFewPages});
  if (!store.ok()) _exit(3);
  for (size_t n = 0; n < history.size(); ++n) {
    if (!(*store)->Append(history.at(n)).ok()) _exit(4);
    if (write(say, "+", 1) != 1) _exit(5);
    if (!(*store)->Maintain(n % 5 == 4).ok()) _exit(6);
  }
  for (;;) pause();
}

TEST_F(SqliteFaultTest, AKilledProcessLosesNothingThatItAcknowledged) {
  const SampleHistory history(80);
  std::mt19937_64 random(7);
  FaultVfs::Get().StartProcess();
  for (int round = 0; round < 40; ++round) {
    RemoveAll(path_);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      AppendUntilKilled(path_, history, ends[1]);
    }
    close(ends[1]);
    char byte = 0;
    size_t acknowledged = 0;
    for (const size_t wait = 1 + random() % 60; acknowledged < wait && read(ends[0], &byte, 1) == 1;) ++acknowledged;
    for (volatile uint64_t spin = random() % 400'000; spin > 0;) spin = spin - 1;  // somewhere within the next commits
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
    while (read(ends[0], &byte, 1) == 1) ++acknowledged;
    close(ends[0]);
    ASSERT_EQ(JudgeAndGoOn(path_, history, acknowledged), "")
        << "round " << round << ", " << acknowledged << " acknowledged";
  }
}

}  // namespace
}  // namespace eagle::storage
