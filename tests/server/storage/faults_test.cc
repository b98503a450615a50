// The fault wrappers do what they say: else a simulation over them proves nothing.
#include "tests/support/faults.h"

#include <gtest/gtest.h>

#include "server/base/reason.h"
#include "tests/contract/sample_head.h"
#include "tests/server/storage/sample_history.h"
#include "tests/support/fake_store.h"

namespace eagle::storage {
namespace {

TEST(FaultsTest, AnAppendFailsBeforeOrAfterItsEffectAndTheProcessIsDead) {
  const SampleHistory history(6);
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    for (uint64_t k = 1; k <= history.size(); ++k) {
      FakeStore disk;
      FaultInjector faults;
      faults.Arm({FaultPoint::kAppend, k, moment});
      FaultyStore store(disk, faults);
      size_t acknowledged = 0;
      while (acknowledged < history.size() && store.Append(history.at(acknowledged)).ok()) ++acknowledged;
      EXPECT_EQ(acknowledged, k - 1);
      EXPECT_TRUE(faults.crashed());
      EXPECT_EQ(ReasonOf(store.Maintain(false)), Reason::kStorageDamaged);
      EXPECT_EQ(ReasonOf(store.NewReader().status()), Reason::kStorageDamaged);

      faults.Clear();
      const bool happened = moment == FaultMoment::kAfter;
      const size_t there = happened ? k : k - 1;
      EXPECT_EQ(history.Judge(disk, acknowledged), "");
      EXPECT_EQ(history.Judge(disk, there), "");
      for (size_t n = there; n < history.size(); ++n) EXPECT_TRUE(store.Append(history.at(n)).ok());
      EXPECT_EQ(history.Judge(disk, history.size()), "");
    }
  }
}

TEST(FaultsTest, TheLoopEndsWhenThereIsNothingLeftToFail) {
  uint64_t k = 1;
  for (;; ++k) {
    FakeLastSigned disk;
    FaultInjector faults;
    faults.Arm({FaultPoint::kLastSignedWrite, k, FaultMoment::kAfter});
    FaultyLastSigned last_signed(disk, faults);
    uint64_t size = 0;
    while (size < 5 && last_signed.Write(SampleHead(size + 1)).ok()) ++size;
    EXPECT_EQ(*disk.Read(), SampleHead(std::min<uint64_t>(k, 5)));
    if (!faults.fired()) break;
    EXPECT_TRUE(faults.crashed());
  }
  EXPECT_EQ(k, 6u);
}

TEST(FaultsTest, AFailedReadIsOnlyAnError) {
  const SampleHistory history(3);
  FakeStore disk;
  FaultInjector faults;
  FaultyStore store(disk, faults);
  for (size_t n = 0; n < history.size(); ++n) ASSERT_TRUE(store.Append(history.at(n)).ok());
  const std::vector<std::pair<FaultPoint, std::function<bool(Reader&)>>> reads = {
      {FaultPoint::kGet, [](Reader& reader) { return reader.Get(Table::kSequences, "k").ok(); }},
      {FaultPoint::kScan, [](Reader& reader) { return reader.Scan(Table::kSequences, "", 1).ok(); }},
      {FaultPoint::kCommitAt, [](Reader& reader) { return reader.CommitAt(0).ok(); }},
      {FaultPoint::kCommits, [](Reader& reader) { return reader.Commits(0, 1).ok(); }}};
  for (const auto& [point, read] : reads) {
    faults.Arm({point, 2});
    auto reader = store.NewReader();
    ASSERT_TRUE(reader.ok());
    EXPECT_TRUE(read(**reader));
    EXPECT_FALSE(read(**reader));
    EXPECT_TRUE(read(**reader));
    EXPECT_TRUE(faults.fired());
    EXPECT_FALSE(faults.crashed());
  }
  faults.Arm({FaultPoint::kNewReader, 1});
  EXPECT_FALSE(store.NewReader().ok());
  EXPECT_TRUE(store.NewReader().ok());
}

TEST(FakeStoreTest, RestoringAnOlderBackupForgetsTheNewestCommits) {
  const SampleHistory history(8);
  FakeStore disk;
  for (size_t n = 0; n < history.size(); ++n) ASSERT_TRUE(disk.Append(history.at(n)).ok());
  disk.RestoreOlder(history.at(5).first_index);
  EXPECT_EQ(history.Judge(disk, 5), "");
  EXPECT_EQ(disk.Head().next_index, history.at(5).first_index);
  for (size_t n = 5; n < history.size(); ++n) ASSERT_TRUE(disk.Append(history.at(n)).ok());
  EXPECT_EQ(history.Judge(disk, history.size()), "");
}

TEST(CommitTest, ACommitWithoutEntriesOrWithAKeyThatIsTooLongIsADefect) {
  FakeStore disk;
  EXPECT_DEATH((void)disk.Append({.count = 0}), "nothing changes without an entry");
  EXPECT_DEATH((void)disk.Append({.count = 1, .rows = {{Table::kSequences, "", "v"}}}), "keys have 1 to 255 bytes");
  EXPECT_DEATH((void)disk.Append({.count = 1, .rows = {{Table::kSequences, std::string(256, 'k'), "v"}}}),
               "keys have 1 to 255");
}

}  // namespace
}  // namespace eagle::storage
