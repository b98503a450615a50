// The real clock, and its replacement for demonstrations: the one place where the gateway's programs read time.
//
//   SystemClock   what the machine says. Threads: any.
//   StepClock     what a file says: two 64-bit integers, little-endian, microseconds: wall time since 1970 UTC, then
//   monotonic
//                 time. Every process that maps the file sees the same time; it stands still until a script moves both.
//                 For logs of the test environment only: the caller checks that. Waits and time limits of calls stay
//                 real.
//   MakeClock     picks: StepClock when the environment variable EAGLE_STEP_CLOCK names such a file, else SystemClock.
//
//   EAGLE_ASSIGN_OR_RETURN(ChosenClock chosen, MakeClock());
//   if (chosen.steps && environment != test) return Fail(Reason::kConfigurationInvalid, "...");
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"

namespace eagle {

inline constexpr char kStepClockVariable[] = "EAGLE_STEP_CLOCK";
inline constexpr size_t kStepClockBytes = 16;

class SystemClock : public Clock {
 public:
  absl::Time WallNow() override;
  absl::Duration MonotonicNow() override;
};

// Threads: any, at the same time as whoever moves the file. The two times are read one after the other: a reader may
// see one moved and the other not yet, never half a number.
class StepClock : public Clock {
 public:
  // Maps `path`, which must hold at least kStepClockBytes. Errors: CONFIGURATION_INVALID.
  static absl::StatusOr<std::unique_ptr<StepClock>> Open(const std::string& path);
  // Writes a file that Open takes, for scripts and tests; an existing one is moved in place, so those who map it see
  // the new time. `monotonic` must not go back. Errors: CONFIGURATION_INVALID when it can't be written.
  static absl::Status Move(const std::string& path, absl::Time wall, absl::Duration monotonic);
  ~StepClock() override;
  StepClock(const StepClock&) = delete;
  StepClock& operator=(const StepClock&) = delete;

  absl::Time WallNow() override;
  absl::Duration MonotonicNow() override;

 private:
  explicit StepClock(const int64_t* mapped) : mapped_(mapped) {}
  const int64_t* mapped_;
};

struct ChosenClock {
  std::unique_ptr<Clock> clock;
  bool steps = false;  // a StepClock: only for the test environment
};
// Errors: CONFIGURATION_INVALID when EAGLE_STEP_CLOCK names a file that can't be used.
absl::StatusOr<ChosenClock> MakeClock();

}  // namespace eagle
