#include "client/duty/duty_clock.h"

#include <algorithm>

namespace eagle::duty {
namespace {

constexpr absl::Duration kApartMax = absl::Minutes(5);

}  // namespace

DutyClock::DutyClock(Clock& clock, absl::Time not_before)
    : clock_(clock), now_(std::max(clock.WallNow(), not_before)), monotonic_(clock.MonotonicNow()) {}

absl::Time DutyClock::Now() {
  const absl::Duration monotonic = clock_.MonotonicNow();
  const absl::Time expected = now_ + (monotonic - monotonic_), wall = clock_.WallNow();
  monotonic_ = monotonic;
  parted_ = absl::AbsDuration(wall - expected) > kApartMax;
  now_ = parted_ ? expected : std::max(now_, wall);
  return now_;
}

}  // namespace eagle::duty
