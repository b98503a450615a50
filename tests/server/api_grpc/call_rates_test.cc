// One party's calls a second: what the limit lets through, what it refuses, and that nobody else pays for it.
#include "server/api/grpc/call_rates.h"

#include <gtest/gtest.h>

#include "server/base/reason.h"

namespace eagle::api {
namespace {

class StandingClock : public Clock {
 public:
  absl::Time WallNow() override { return absl::UnixEpoch(); }
  absl::Duration MonotonicNow() override { return monotonic; }
  absl::Duration monotonic = absl::Seconds(7);
};

size_t TakenAtOnce(CallRates& rates, std::string_view party, size_t tried) {
  size_t taken = 0;
  for (size_t i = 0; i < tried; ++i) taken += rates.Take(party).ok() ? 1 : 0;
  return taken;
}

TEST(CallRatesTest, ABurstOfTwoSecondsPassesAndNoMore) {
  StandingClock clock;
  CallRates rates(100, clock);
  EXPECT_EQ(TakenAtOnce(rates, "court", 1000), 200u);
  clock.monotonic += absl::Seconds(1);
  EXPECT_EQ(TakenAtOnce(rates, "court", 1000), 100u);
  clock.monotonic += absl::Hours(1);
  EXPECT_EQ(TakenAtOnce(rates, "court", 1000), 200u);  // silence isn't saved up
}

TEST(CallRatesTest, AFloodOfOnePartyCostsTheOthersNothing) {
  StandingClock clock;
  CallRates rates(100, clock);
  TakenAtOnce(rates, "flood", 100'000);
  EXPECT_EQ(TakenAtOnce(rates, "bank", 200), 200u);
}

TEST(CallRatesTest, TheDelayIsWhenOneMoreIsTaken) {
  StandingClock clock;
  CallRates rates(10, clock);
  TakenAtOnce(rates, "court", 20);
  const absl::Status refused = rates.Take("court");
  EXPECT_EQ(ReasonOf(refused), Reason::kCallsTooFrequent);
  const absl::Duration delay = FailureOf(refused).retry_delay;
  clock.monotonic += delay - absl::Milliseconds(1);
  EXPECT_FALSE(rates.Take("court").ok());
  clock.monotonic += absl::Milliseconds(1);
  EXPECT_TRUE(rates.Take("court").ok());
}

}  // namespace
}  // namespace eagle::api
