// The law's register on its own, by hand: small cases that anybody can reckon.
#include "tests/sim/law.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eagle::sim {
namespace by_hand {

const absl::Time kNow = absl::FromUnixSeconds(1'790'557'200);  // 2026-09-28 09:00 in Shanghai

Law Register() {
  Law law(absl::FixedTimeZone(8 * 3600));
  law.Open("A", 100);
  return law;
}
Law::Claim Freeze(const std::string& id, uint64_t served, int64_t limit) {
  return {.id = id,
          .served = {kNow, served},
          .scope = {"A"},
          .limit = limit,
          .catches = Law::Catches::kInflow,
          .months = 12};
}
std::string Stands(const Law& law, const std::string& id) {
  const Law::Claim& claim = *law.Find(id);
  return std::to_string(claim.Held()) + "+" + std::to_string(claim.Lacks());
}

TEST(Law, EachTakesWhatIsLeftInTheOrderOfService) {
  Law law = Register();
  law.Place(Freeze("second", 2, 80), kNow);
  law.Place(Freeze("first", 1, 70), kNow);
  law.Place(Freeze("third", 3, 10), kNow);
  EXPECT_EQ(Stands(law, "first"), "70+0");
  EXPECT_EQ(Stands(law, "second"), "30+50");
  EXPECT_EQ(law.Find("third")->stage, Law::Stage::kWaits);
  law.Credit("A", 55, kNow);
  EXPECT_EQ(Stands(law, "second"), "80+0");
  EXPECT_EQ(Stands(law, "third"), "5+5");
}

TEST(Law, ADeductionOpensNoWindowAndAReleaseDoes) {
  Law law = Register();
  law.Place(Freeze("first", 1, 100), kNow);
  law.Place(Freeze("second", 2, 50), kNow);
  Law::Cuts cuts;
  EXPECT_TRUE(law.Deduct("first", 60, kNow, cuts));
  EXPECT_EQ(Stands(law, "second"), "0+50");
  law.GiveBack("first", cuts, kNow);
  EXPECT_EQ(Stands(law, "first"), "100+0");
  EXPECT_TRUE(law.Release("first", 30, kNow));
  EXPECT_EQ(Stands(law, "second"), "30+20");
}

TEST(Law, ATermEndsTheDayBeforeTheCorrespondingOneAndTheNextMovesUp) {
  Law law = Register();
  law.Place(Freeze("first", 1, 100), kNow);
  law.Place(Freeze("second", 2, 50), kNow);
  EXPECT_EQ(law.Find("first")->ends, absl::FromUnixSeconds(1'822'060'800));  // 2027-09-28 00:00 in Shanghai
  law.PassTo(law.Find("first")->ends);
  EXPECT_EQ(law.Find("first")->stage, Law::Stage::kLapsed);
  EXPECT_EQ(Stands(law, "second"), "50+0");
}

TEST(Law, OfTheWholeTheQueueIsVoidAndOfAPartTheNextTakesEffect) {
  for (const bool whole : {true, false}) {
    Law law(absl::FixedTimeZone(8 * 3600));
    law.Open("A", 1);
    law.Place(Freeze("first", 1, 1), kNow);
    law.Place(Freeze("second", 2, 1), kNow);
    EXPECT_TRUE(whole ? law.SellWhole("first", kNow) : law.SellPart("first", kNow));
    EXPECT_EQ(law.Find("first")->stage, Law::Stage::kDisposed);
    EXPECT_EQ(law.Find("second")->stage, whole ? Law::Stage::kVoid : Law::Stage::kStands);
  }
}

TEST(Law, OfIncomeWhatIsKeptOfTheMonthStays) {
  Law law = Register();
  Law::Claim income = Freeze("income", 1, 500);
  income.catches = Law::Catches::kIncome;
  law.Place(income, kNow);
  EXPECT_EQ(Stands(law, "income"), "0+500") << "what was there before isn't income";
  const auto [first, left] = law.CreditIncome("A", 150, 0, {{"income", 200}}, kNow);
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(left, 150);
  const auto [second, still] = law.CreditIncome("A", 90, left, {{"income", 200}}, kNow);
  EXPECT_EQ(second.at("income"), 40);
  EXPECT_EQ(still, 50);
}

}  // namespace by_hand
}  // namespace eagle::sim
