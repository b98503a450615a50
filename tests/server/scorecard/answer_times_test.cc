#include "server/scorecard/answer_times.h"

#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace eagle::scorecard {
namespace {

constexpr int64_t kSecond = 1'000'000;

TEST(AnswerTimes, BegunSecondsCountAndNothingIsNoTime) {
  AnswerTimes times;
  EXPECT_FALSE(times.Quantile(500).has_value());
  times.Add(0), times.Add(1), times.Add(kSecond), times.Add(kSecond + 1), times.Add(-5);
  EXPECT_EQ(times.count(), 5u);
  EXPECT_EQ(times.Quantile(400), 0);  // 0, 0, 1, 1, 2
  EXPECT_EQ(times.Quantile(500), 1);
  EXPECT_EQ(times.Quantile(1000), 2);
}

TEST(AnswerTimes, FiveMinutesAreFiveMinutesToTheMicrosecond) {
  AnswerTimes times;
  times.Add(300 * kSecond), times.Add(300 * kSecond + 1), times.Add(60 * kSecond);
  EXPECT_EQ(times.quick(), 2u);
  EXPECT_EQ(times.InBand(0), 1u);
  EXPECT_EQ(times.InBand(1), 1u);
  EXPECT_EQ(times.InBand(2), 1u);
}

// Nearest rank over the times themselves, sorted: what the counters must tell up to 1/128 too long, never too short.
TEST(AnswerTimes, AQuantileIsNeverTooShortAndAtMostOneIn128TooLong) {
  std::mt19937_64 dice(7);
  for (int round = 0; round < 40; ++round) {
    AnswerTimes times, first, second;
    std::vector<int64_t> all;
    const size_t count = dice() % 2000 + 1;
    const int bits = static_cast<int>(dice() % 30) + 1;
    for (size_t i = 0; i < count; ++i) {
      const auto seconds = static_cast<int64_t>(dice() % (uint64_t{1} << bits));
      all.push_back(seconds);
      times.Add(seconds * kSecond);
      (i % 2 == 0 ? first : second).Add(seconds * kSecond);
    }
    std::sort(all.begin(), all.end());
    second.AddAll(first);
    for (const uint32_t permille : {1u, 250u, 500u, 950u, 999u, 1000u}) {
      const int64_t exact = all[(count * permille + 999) / 1000 - 1], told = times.Quantile(permille).value();
      EXPECT_GE(told, exact);
      EXPECT_LE(told, exact + exact / 128);
      if (exact < 256) {
        EXPECT_EQ(told, exact);
      }
      EXPECT_EQ(second.Quantile(permille), told);
    }
  }
}

TEST(AnswerTimes, ACenturyIsNoDefect) {
  AnswerTimes times;
  times.Add(INT64_MAX);
  EXPECT_GE(times.Quantile(500).value(), int64_t{1} << 31);
}

}  // namespace
}  // namespace eagle::scorecard
