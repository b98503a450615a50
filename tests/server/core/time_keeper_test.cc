// The recorded clock: follows the wall, holds when it jumps, is accepted by people.
#include "server/core/time_keeper.h"

#include <gtest/gtest.h>

namespace eagle::core {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);

TEST(TimeKeeperTest, FollowsTheWallWhileItAgreesWithTheMonotonicClock) {
  TimeKeeper keeper;
  keeper.Start(absl::InfinitePast(), false, kStart, absl::Seconds(10));
  for (int hour = 0; hour < 1000; ++hour) {
    const auto reading = keeper.Observe(kStart + absl::Hours(hour), absl::Seconds(10) + absl::Hours(hour));
    EXPECT_EQ(reading.now, kStart + absl::Hours(hour));
    EXPECT_FALSE(reading.alarm);
  }
}

TEST(TimeKeeperTest, AJumpOfTheWallIsAlarmedOnceAndNotFollowed) {
  for (absl::Duration jump : {absl::Hours(24 * 8), -absl::Hours(24 * 8), absl::Minutes(6), -absl::Minutes(6)}) {
    TimeKeeper keeper;
    keeper.Start(kStart, false, kStart, absl::ZeroDuration());
    EXPECT_FALSE(keeper.Observe(kStart + absl::Seconds(1), absl::Seconds(1)).alarm);
    const auto reading = keeper.Observe(kStart + jump, absl::Seconds(3));
    EXPECT_EQ(reading.alarm, "JUMP");
    EXPECT_EQ(reading.now, kStart + absl::Seconds(3));
    const auto later = keeper.Observe(kStart + jump + absl::Seconds(60), absl::Seconds(63));
    EXPECT_FALSE(later.alarm);
    EXPECT_EQ(later.now, kStart + absl::Seconds(63));
  }
}

TEST(TimeKeeperTest, AcceptedTimeIsFollowedAgainButNeverBackwards) {
  TimeKeeper keeper;
  keeper.Start(kStart, false, kStart, absl::ZeroDuration());
  keeper.Observe(kStart - absl::Hours(2), absl::Seconds(1));
  keeper.Accept();
  const auto held = keeper.Observe(kStart - absl::Hours(2), absl::Seconds(2));
  EXPECT_FALSE(held.alarm);
  EXPECT_EQ(held.now, kStart + absl::Seconds(1));  // stands still until the wall has caught up
  EXPECT_EQ(keeper.Observe(kStart + absl::Hours(1), absl::Hours(3)).now, kStart + absl::Hours(1));
}

TEST(TimeKeeperTest, ARestartDoesNotFireAWeekOfEscalations) {
  for (auto [wall, cause] : {std::pair{kStart + absl::Hours(25), "FAR_AHEAD_AFTER_RESTART"},
                             std::pair{kStart - absl::Hours(1), "BACK_AFTER_RESTART"}}) {
    TimeKeeper keeper;
    keeper.Start(kStart, false, wall, absl::Seconds(5));
    const auto reading = keeper.Observe(wall + absl::Seconds(1), absl::Seconds(6));
    EXPECT_EQ(reading.alarm, cause);
    EXPECT_EQ(reading.now, kStart + absl::Seconds(1));
  }
  TimeKeeper keeper;
  keeper.Start(kStart, false, kStart + absl::Hours(23), absl::Seconds(5));
  EXPECT_FALSE(keeper.Observe(kStart + absl::Hours(23), absl::Seconds(5)).alarm);
}

TEST(TimeKeeperTest, AnAlarmThatStoodBeforeARestartStillStands) {
  TimeKeeper keeper;
  keeper.Start(kStart, true, kStart + absl::Seconds(10), absl::Seconds(5));
  const auto reading = keeper.Observe(kStart + absl::Seconds(11), absl::Seconds(6));
  EXPECT_FALSE(reading.alarm);
  EXPECT_EQ(reading.now, kStart + absl::Seconds(1));
}

}  // namespace
}  // namespace eagle::core
