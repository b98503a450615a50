// What a bank states of a day: of each measure what its answers and news had told, nothing that ended, in order of the
// order ids.
#include "adapters/bank/positions.h"

#include <map>

#include "adapters/bank/acts.h"
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

// What a receipt says of a measure, its statement says: units of a product, and income that is on its way to the court.
TEST(BankPositions, AProductThatIsFrozenByQuantityIsStatedWithItsUnits) {
  SmallBank bank(LinAndCourt(),
                 {{.account = Account(1), .balance = "100.00", .holders = "C1"},
                  {.account = Account(2), .kind = "PRODUCT", .balance = "1,050.00", .holders = "C1"}},
                 {{.account = Account(2), .units = "1,000", .price = "1.05", .return_account = Account(1)}});
  const Sent freeze = bank.FreezeProduct(kLin, Account(2), 2'000'00, 400'0000);
  const v1::MeasureState told = bank.Do(freeze).items.at(0).measure();
  EXPECT_EQ(told.requested_quantity_e4(), 400'0000);
  EXPECT_EQ(Stated(bank)[freeze.operation.order_id].SerializeAsString(), told.SerializeAsString());
}

TEST(BankPositions, IncomeOnItsWayToTheCourtIsStillAPartOfTheLimit) {
  SmallBank bank(LinAndCourt(), {{.account = Account(1), .balance = "500.00", .holders = "C1", .nature = "WAGE"},
                                 {.account = kCourtAccount, .holders = "C2", .nature = "COURT_ENFORCEMENT"}});
  const Sent order = bank.Extract(kLin, Account(1), 1'000'00, 2'000'00, kSongyue, "9900020000000099010");
  bank.Do(order);
  const auto salary = [&](int64_t amount, const std::string& request) {
    EXPECT_EQ(bank.Counter([&](const Work& work) { return PaySalary(work, Account(1), amount, request); }),
              absl::OkStatus());
  };
  salary(2'600'00, "s1");
  EXPECT_TRUE(bank.News().empty()) << "nothing is told until the court has it";
  EXPECT_EQ(Stated(bank)[order.operation.order_id].requested_minor_units(), 1'000'00);
  EXPECT_EQ(Stated(bank)[order.operation.order_id].unfunded_minor_units(), 1'000'00);
  salary(900'00, "s2");
  auto stated = Stated(bank);
  ASSERT_EQ(stated.size(), 1u) << "all of it is on its way, and none has come";
  EXPECT_EQ(stated[order.operation.order_id].requested_minor_units(), 1'000'00);
  EXPECT_FALSE(stated[order.operation.order_id].ended());
  EXPECT_EQ(bank.Counter([](const Work& work) { return ConfirmAll(work).status(); }), absl::OkStatus());
  EXPECT_TRUE(Stated(bank).empty());
}

}  // namespace
}  // namespace eagle::bank
