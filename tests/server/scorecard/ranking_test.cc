#include "server/scorecard/ranking.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eagle::scorecard {
namespace {

using testing::ElementsAre;

AgencyFigures Did(uint64_t on_time, uint64_t missed, int64_t seconds = 60) {
  AgencyFigures of;
  of.on_time = on_time, of.missed = missed, of.answered = on_time;
  for (uint64_t i = 0; i < on_time; ++i) of.times.Add(seconds * 1'000'000);
  return of;
}
std::vector<uint32_t> Order(const std::vector<RankRow>& rows) {
  std::vector<uint32_t> out;
  for (const RankRow& row : rows) out.push_back(row.agency);
  return out;
}
std::vector<uint32_t> Flagged(const std::vector<RankRow>& rows, bool RankRow::*flag) {
  std::vector<uint32_t> out;
  for (const RankRow& row : rows) {
    if (row.*flag) out.push_back(row.agency);
  }
  return out;
}

TEST(Ranking, SharesAreComparedAsFractions) {
  PeriodFigures now;
  // 999/1000, 9991/10000 and 99/100: the first two are 99.90 and 99.91 %.
  now.agencies = {{1, Did(99, 1)}, {2, Did(999, 1)}, {3, Did(9991, 9)}};
  EXPECT_THAT(Order(Rank(now, {}, {})), ElementsAre(3, 2, 1));
  // 19990/20000 and 2000/2001 are both 99.95 % when they are cut; the second is the larger fraction, of fewer tasks.
  now.agencies = {{1, Did(19'990, 10)}, {2, Did(2'000, 1)}};
  EXPECT_EQ(now.agencies[1].punctual().points(), now.agencies[2].punctual().points());
  EXPECT_THAT(Order(Rank(now, {}, {})), ElementsAre(2, 1));
}

TEST(Ranking, TiesGoByTimeThenByNumberThenByRegistration) {
  PeriodFigures now;
  now.agencies = {{1, Did(10, 0, 90)}, {2, Did(10, 0, 30)}, {3, Did(20, 0, 90)}, {4, Did(10, 0, 90)}};
  EXPECT_THAT(Order(Rank(now, {}, {})), ElementsAre(2, 3, 1, 4));
}

TEST(Ranking, FewTasksAreNotRanked) {
  PeriodFigures now;
  now.agencies = {{1, Did(9, 0)}, {2, Did(9, 1)}, {3, Did(0, 0)}, {4, Did(0, 12)}};
  EXPECT_THAT(Order(Rank(now, {}, {})), ElementsAre(2, 4));
  EXPECT_THAT(Order(Rank(now, {}, {.least_judged = 1})), ElementsAre(1, 2, 4));
}

TEST(Ranking, WhoMissedNothingIsNotAmongTheLastAndNoGroupTakesMoreThanHalf) {
  PeriodFigures now;
  for (uint32_t i = 1; i <= 7; ++i) now.agencies[i] = Did(100, i >= 6 ? i : 0, i);
  const auto rows = Rank(now, {}, {});
  EXPECT_THAT(Flagged(rows, &RankRow::top), ElementsAre(1, 2, 3));
  EXPECT_THAT(Flagged(rows, &RankRow::bottom), ElementsAre(6, 7));  // the fifth is faultless
  now.agencies.erase(1), now.agencies.erase(2), now.agencies.erase(3), now.agencies.erase(4);
  const auto three = Rank(now, {}, {});
  EXPECT_THAT(Flagged(three, &RankRow::top), ElementsAre(5));
  EXPECT_THAT(Flagged(three, &RankRow::bottom), ElementsAre(7));
}

TEST(Ranking, TwoPeriodsRunningAmongTheLastIsFlagged) {
  PeriodFigures before, now;
  for (uint32_t i = 1; i <= 8; ++i) before.agencies[i] = Did(100, i), now.agencies[i] = Did(100, i == 7 ? 0 : i);
  EXPECT_THAT(Flagged(Rank(now, before, {}), &RankRow::bottom), ElementsAre(5, 6, 8));
  EXPECT_THAT(Flagged(Rank(now, before, {}), &RankRow::twice), ElementsAre(6, 8));
  EXPECT_THAT(Flagged(Rank(now, {}, {}), &RankRow::twice), ElementsAre());
}

}  // namespace
}  // namespace eagle::scorecard
