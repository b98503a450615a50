// Orders that wait for their begin: no task before it, one like any other afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/dispatch/bench.h"

namespace eagle::dispatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint32_t> EveryAgency() {
  std::vector<uint32_t> all;
  for (uint32_t i = 1; i <= 70; ++i) all.push_back(i);  // more than a wide order needs
  return all;
}

TEST(WaitingTest, IsNoTaskBeforeItsBegin) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Accept({.waits = true}), wide = bench.Accept({.agencies = EveryAgency(), .waits = true});
  EXPECT_EQ(bench.dispatcher->counters().queued, 0u);
  auto polled = bench.Poll(1);
  bench.Step();
  EXPECT_FALSE(polled->answered());
  bench.Begin(order);
  bench.Step();
  ASSERT_TRUE(polled->answered());
  EXPECT_THAT(Seqs(polled), ElementsAre(order));
  bench.Begin(wide);
  EXPECT_THAT(bench.Drain(1), ::testing::Contains(wide));
}

TEST(WaitingTest, ARestartLoadsNoneOfThem) {
  Bench bench;
  const uint64_t order = bench.Accept({.waits = true});
  bench.Restart();
  ASSERT_TRUE(bench.Hello(1).ok());
  EXPECT_THAT(bench.Drain(1), IsEmpty());
  bench.Begin(order);
  EXPECT_THAT(bench.Drain(1), ElementsAre(order));
}

TEST(WaitingTest, WhatIsWithdrawnOrEndedNeverGoesOut) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  ASSERT_TRUE(bench.Hello(2).ok());
  const uint64_t withdrawn = bench.Accept({.waits = true}), ended = bench.Accept({.agencies = {1, 2}, .waits = true}),
                 partly = bench.Accept({.agencies = {1, 2}, .waits = true});
  bench.Withdraw(withdrawn);
  bench.Begin(ended, {1, 2});
  bench.Begin(partly, {1});
  EXPECT_THAT(bench.Drain(1), IsEmpty());
  EXPECT_THAT(bench.Drain(2), ElementsAre(partly));
}

TEST(WaitingTest, WhatIsUrgentGoesBeforeAThousandThatHaveBegun) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  std::vector<uint64_t> searches;
  for (int i = 0; i < 1000; ++i) searches.push_back(bench.Accept({.waits = true}));
  for (uint64_t search : searches) bench.Begin(search);
  const uint64_t urgent = bench.Inquire(1, 2, /*urgent=*/true);
  auto polled = bench.Poll(1, 0, "a", 1);
  bench.Step();
  ASSERT_TRUE(polled->answered());
  EXPECT_THAT(Seqs(polled), ElementsAre(urgent));
}

}  // namespace
}  // namespace eagle::dispatch
