// Orders that stand still because a key was revoked, until they are signed anew, or because their person left the case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/dispatch/bench.h"

namespace eagle::dispatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint32_t> Many() {
  std::vector<uint32_t> all;
  for (uint32_t i = 1; i <= 70; ++i) all.push_back(i);  // more than a wide order needs
  return all;
}

TEST(PausedTest, WaitsUntilItIsSignedAnew) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Freeze(1, "S1"), behind = bench.Freeze(1, "S1");
  bench.Pause(order);
  EXPECT_THAT(bench.Drain(1), ElementsAre(behind)) << "what waited behind it on its subject goes on";
  auto polled = bench.Poll(1, ~uint64_t{0});
  bench.Step();
  EXPECT_FALSE(polled->answered());
  bench.Resume(order);
  bench.Step();
  ASSERT_TRUE(polled->answered());
  EXPECT_THAT(Seqs(polled), ElementsAre(order));
}

TEST(PausedTest, ARestartForgetsNoPause) {
  Bench bench;
  const uint64_t order = bench.Inquire(1), wide = bench.Accept({.agencies = Many()});
  bench.Pause(order);
  bench.Pause(wide);
  bench.Restart();
  ASSERT_TRUE(bench.Hello(1).ok());
  EXPECT_THAT(bench.Drain(1), IsEmpty());
  bench.Resume(order);
  bench.Resume(wide);
  EXPECT_THAT(bench.Drain(1), ::testing::UnorderedElementsAre(order, wide));
}

// Planned, but not durable: what is paused in between isn't told.
TEST(PausedTest, AHandOutUnderWayLosesIt) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1), other = bench.Inquire(1);
  auto polled = bench.Poll(1);
  auto planned = bench.dispatcher->Plan(bench.state);
  ASSERT_EQ(planned.size(), 1u);
  bench.Pause(order);
  bench.Commit(planned[0]);
  EXPECT_THAT(Seqs(polled), ElementsAre(other));
  bench.Resume(order);
  EXPECT_THAT(bench.Drain(1), ElementsAre(order, other)) << "the poll confirmed nothing";
}

TEST(PausedTest, AWideOrderComesToEachAgencyOnce) {
  Bench bench;
  for (uint32_t agency : {1u, 2u, 3u}) ASSERT_TRUE(bench.Hello(agency).ok());
  const uint64_t wide = bench.Accept({.agencies = Many()}), next = bench.Accept({.agencies = Many()});
  EXPECT_THAT(bench.Drain(1), ElementsAre(wide, next));
  bench.state.orders.at(wide).delivered.Add(AgencyOrdinal(1));
  bench.Pause(wide);
  EXPECT_THAT(bench.Drain(2), ElementsAre(next)) << "its cursor passes the paused one";
  bench.Answer(next, 2);
  bench.Resume(wide);
  EXPECT_THAT(bench.Drain(2), ElementsAre(wide));
  EXPECT_THAT(bench.Drain(3), ElementsAre(wide, next)) << "its cursor had not come there";
  bench.Answer(wide, 3);
  bench.Answer(next, 3);
  EXPECT_THAT(bench.Drain(3), IsEmpty());
}

TEST(PausedTest, AnswersAndWithdrawalsEndIt) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t answered = bench.Accept({.action = v1::ACTION_DEDUCT, .case_seq = 7}), withdrawn = bench.Inquire(1);
  bench.Pause(answered);
  bench.Pause(withdrawn);
  bench.Answer(answered, 1);
  bench.Withdraw(withdrawn);
  bench.Resume(answered);
  EXPECT_THAT(bench.Drain(1), IsEmpty());
}

// Somebody leaves his case, and may come back.
class WhoLeft : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bench_.Hello(1).ok());
    domain::Case& of = bench_.state.cases[1000];
    for (int place = 0; place < 2; ++place) of.open.add_respondents(), of.standings.emplace_back();
  }
  uint64_t About(uint32_t place, v1::Action action, std::vector<uint32_t> agencies = {1}) {
    bench_.state.cases.at(1000).orders[bench_.next_index].respondent = place;
    return bench_.Accept({.action = action, .subject = "S", .agencies = std::move(agencies), .case_seq = 1000});
  }
  void Stands(bool removed) {
    bench_.state.cases.at(1000).standings[1].removed = removed;
    bench_.dispatcher->Applied(
        {.index = bench_.next_index++, .type = v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED, .case_seq = CaseSeq(1000)},
        bench_.state);
  }
  Bench bench_;
};

TEST_F(WhoLeft, NothingAboutHimIsHandedOutButReleasesUntilHeIsBack) {
  const uint64_t freeze = About(1, v1::ACTION_FREEZE), inquiry = About(1, v1::ACTION_INQUIRE),
                 wide = About(1, v1::ACTION_INQUIRE, Many()), other = About(0, v1::ACTION_FREEZE),
                 release = About(1, v1::ACTION_RELEASE);
  Stands(true);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(other, release)) << "what waited behind his goes on";
  bench_.Restart();
  ASSERT_TRUE(bench_.Hello(1).ok());
  EXPECT_THAT(bench_.Drain(1), ElementsAre(other, release)) << "and a restart forgets nothing";
  Stands(false);
  EXPECT_THAT(bench_.Drain(1), ::testing::IsSupersetOf({freeze, inquiry, wide}));
}

TEST_F(WhoLeft, WhatHadBegunSomewhereGoesOnThereAndNowhereElse) {
  ASSERT_TRUE(bench_.Hello(2).ok());
  const uint64_t inquiry = About(1, v1::ACTION_INQUIRE, {1, 2});
  EXPECT_THAT(bench_.Drain(1), ElementsAre(inquiry));
  bench_.state.orders.at(inquiry).delivered.Add(AgencyOrdinal(1));
  Stands(true);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(inquiry));
  EXPECT_THAT(bench_.Drain(2), IsEmpty());
}

TEST_F(WhoLeft, WhatIsSignedAnewMeanwhileStandsStillAllTheSame) {
  const uint64_t freeze = About(1, v1::ACTION_FREEZE);
  bench_.Pause(freeze);
  Stands(true);
  bench_.Resume(freeze);
  EXPECT_THAT(bench_.Drain(1), IsEmpty());
  Stands(false);
  EXPECT_THAT(bench_.Drain(1), ElementsAre(freeze));
}

}  // namespace
}  // namespace eagle::dispatch
