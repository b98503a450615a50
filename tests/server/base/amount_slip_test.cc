// Slips of the hand, as arithmetic.
#include "server/base/amount_slip.h"

#include <gtest/gtest.h>

#include "server/base/money.h"

namespace eagle {
namespace {

TEST(AmountSlip, AnotherUnitOrAZeroIsSeenInBothDirections) {
  EXPECT_EQ(SlipBetween(1'982'870'000, 19'828'700, 4), Slip::kUnit);  // yuan written as fen
  EXPECT_EQ(SlipBetween(198'287, 19'828'700, 4), Slip::kUnit);
  EXPECT_EQ(SlipBetween(198'287'000'000, 19'828'700, 4), Slip::kUnit);  // yuan as ten thousand yuan
  EXPECT_EQ(SlipBetween(198'287'000, 19'828'700, 4), Slip::kDigit);
  EXPECT_EQ(SlipBetween(1'982'870, 19'828'700, 4), Slip::kDigit);
}

TEST(AmountSlip, TwoNeighbouringDigitsExchangedAreSeenAndNothingElse) {
  EXPECT_EQ(SlipBetween(5'827'800, 5'828'700, 4), Slip::kSwapped);
  EXPECT_EQ(SlipBetween(8'528'700, 5'828'700, 4), Slip::kSwapped);
  EXPECT_EQ(SlipBetween(5'887'200, 5'828'700, 4), Slip::kNone);  // not neighbours
  EXPECT_EQ(SlipBetween(5'828'701, 5'828'700, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(5'828'700, 5'828'700, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(8'278'500, 2'857'800, 4), Slip::kNone);
}

TEST(AmountSlip, RoundAmountsProveNothing) {
  EXPECT_EQ(SlipBetween(80'000'00, 8'000'00, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(21'000'00, 12'000'00, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(21'000'00, 12'000'00, 2), Slip::kSwapped);
}

TEST(AmountSlip, NothingFollowsFromZeroOrLess) {
  EXPECT_EQ(SlipBetween(0, 1234, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(1234, 0, 4), Slip::kNone);
  EXPECT_EQ(SlipBetween(-1234, 12340, 4), Slip::kNone);
  EXPECT_EQ(SlipUpwards(0, 0, 10), Slip::kNone);
}

TEST(AmountSlip, AboutSoManyTimesIsSeenUpwardsWithinTheTolerance) {
  EXPECT_EQ(SlipUpwards(20'000'000'00, 198'287'00, 10), Slip::kUnit);  // 100.86 times
  EXPECT_EQ(SlipUpwards(20'000'000'00, 198'287'00, 8), Slip::kNone);
  EXPECT_EQ(SlipUpwards(1'000'000'00, 100'000'00, 0), Slip::kDigit);
  EXPECT_EQ(SlipUpwards(100'000'00, 1'000'000'00, 10), Slip::kNone);  // downwards a debt is paid
  EXPECT_EQ(SlipUpwards(kAmountBoundMinorUnits, kAmountBoundMinorUnits, 50), Slip::kNone);
  EXPECT_EQ(SlipUpwards(kAmountBoundMinorUnits, kAmountBoundMinorUnits / 10'000, 50), Slip::kUnit);
}

}  // namespace
}  // namespace eagle
