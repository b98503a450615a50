// The recorded clock (law 7): follows the wall while wall and monotonic time agree, and the monotonic one alone once
// they don't, until an operator accepts the wall again. Never decreases.
//
// Life: Start once with the time of the last commit, then Observe once a batch. Threads: the sequencer's.
//
//   TimeKeeper keeper;  keeper.Start(last_commit, alarm_stands, clock.WallNow(), clock.MonotonicNow());
//   TimeKeeper::Reading reading = keeper.Observe(clock.WallNow(), clock.MonotonicNow());
//   if (reading.alarm) Submit(AlarmClock{reading.wall, *reading.alarm});
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace eagle::core {

class TimeKeeper {
 public:
  // Wall and monotonic time may part by this much before it counts as a jump.
  static constexpr absl::Duration kJump = absl::Minutes(5);
  // A restart may find the wall this far ahead of the last commit.
  static constexpr absl::Duration kAhead = absl::Hours(24);

  struct Reading {
    absl::Time now;                    // whole microseconds, never before the one before
    std::optional<std::string> alarm;  // JUMP, BACK_AFTER_RESTART, FAR_AHEAD_AFTER_RESTART: raise it once
  };

  // `recorded`: time of the last commit; InfinitePast for a new log. `alarm_stands`: an alarm was not accepted before
  // the restart.
  void Start(absl::Time recorded, bool alarm_stands, absl::Time wall, absl::Duration monotonic);
  Reading Observe(absl::Time wall, absl::Duration monotonic);
  // An operator accepted the wall: it is followed again from the next Observe on (never backwards).
  void Accept() { follow_monotonic_ = false, anchored_ = false; }
  bool alarmed() const { return follow_monotonic_; }

 private:
  absl::Time recorded_ = absl::InfinitePast();
  absl::Time anchor_wall_;  // where wall and monotonic agreed last
  absl::Duration anchor_monotonic_;
  bool anchored_ = false;
  bool follow_monotonic_ = false;
  absl::Time base_;  // following: recorded time at base_monotonic_
  absl::Duration base_monotonic_;
  absl::Duration last_monotonic_;  // of the Observe before
  std::optional<std::string> pending_;
};

}  // namespace eagle::core
