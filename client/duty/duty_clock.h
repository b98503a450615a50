// The instant by which the duty decides: never before the newest record, and not led astray by a clock that jumps.
//
// While wall time and monotonic time agree within five minutes it is wall time. When they part, the monotonic one
// counts on from the last instant, until they agree again or the process is started anew with the clock put right.
//
// Threads: one.
#pragma once

#include "absl/time/time.h"
#include "server/base/clock.h"

namespace eagle::duty {

class DutyClock {
 public:
  // `not_before`: the newest record's time. `clock` must outlive it.
  DutyClock(Clock& clock, absl::Time not_before);
  absl::Time Now();
  // Whether the machine's clock isn't believed, as of the last Now().
  bool parted() const { return parted_; }

 private:
  Clock& clock_;
  absl::Time now_;
  absl::Duration monotonic_;
  bool parted_ = false;
};

}  // namespace eagle::duty
