// The port through which time comes in. Nothing else in the gateway reads a clock.
#pragma once

#include "absl/time/time.h"

namespace eagle {

// Wall time is for records and deadlines, monotonic time for waits and leases. The two may part: an operator sets the
// clock, a machine sleeps. Who must notice compares both (design: law 7).
//
// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  // UTC, as the machine believes it to be. May jump either way.
  virtual absl::Time WallNow() = 0;
  // Time since an unspecified start, never decreasing; the start changes with every process.
  virtual absl::Duration MonotonicNow() = 0;
};

}  // namespace eagle
