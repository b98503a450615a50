// What a bank states of a day: of each measure what its answers and news had told, nothing that ended, in order of the
// order ids.
#include "adapters/bank/positions.h"

#include <map>

#include "tests/adapters/bank/small_bank.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::bank {
namespace {

std::map<std::string, v1::MeasureState> Stated(Bank& bank) {
  sdk::FakeDisk disk;
  sdk::CrashPlan crash;
  sdk::FakeInbox inbox(disk, crash);
  const auto transaction = inbox.Begin();
  std::map<std::string, v1::MeasureState> stated;
  std::string last;
  CorePositions source(bank.core());
  EXPECT_TRUE(source
                  .VisitPositions({"2026-09-28", bank.clock.now}, *transaction,
                                  [&](const sdk::Operation& operation, const v1::MeasureState& state) {
                                    EXPECT_LT(last, operation.order_id);
                                    last = operation.order_id;
                                    stated[operation.order_id] = state;
                                  })
                  .ok());
  return stated;
}

TEST(BankPositions, EachMeasureIsAsItsNewestWordSaidAndWhatEndedIsGone) {
  SmallBank bank = OneAccount();
  Sent first = bank.Freeze(kLin, 600'00), second = bank.Freeze(kLin, 600'00);
  const v1::MeasureState told = bank.Do(first).items.at(0).measure();
  bank.Do(second);
  auto stated = Stated(bank);
  ASSERT_EQ(stated.size(), 2u);
  EXPECT_EQ(stated[first.operation.order_id].SerializeAsString(), told.SerializeAsString());
  EXPECT_EQ(stated[second.operation.order_id].controlled_minor_units(), 400'00);
  bank.Do(bank.Release(kLin, first));
  const auto news = bank.News();
  ASSERT_EQ(news.size(), 1u);
  stated = Stated(bank);
  ASSERT_EQ(stated.size(), 1u);
  EXPECT_EQ(stated[second.operation.order_id].revision(), news[0].item.measure().revision());
  EXPECT_EQ(stated[second.operation.order_id].controlled_minor_units(), 600'00);
}

}  // namespace
}  // namespace eagle::bank
