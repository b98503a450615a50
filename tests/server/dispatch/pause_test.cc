// Orders that stand still because a key was revoked: not handed out, until they are signed anew.
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

}  // namespace
}  // namespace eagle::dispatch
