#include "server/core/time_keeper.h"

#include <algorithm>
#include <utility>

namespace eagle::core {
namespace {

absl::Time WholeMicros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

}  // namespace

void TimeKeeper::Start(absl::Time recorded, bool alarm_stands, absl::Time wall, absl::Duration monotonic) {
  recorded_ = recorded;
  last_monotonic_ = monotonic;
  anchor_wall_ = wall, anchor_monotonic_ = monotonic, anchored_ = true;
  if (recorded == absl::InfinitePast()) return;
  if (!alarm_stands) {
    if (wall < recorded - kJump) pending_ = "BACK_AFTER_RESTART";
    if (wall > recorded + kAhead) pending_ = "FAR_AHEAD_AFTER_RESTART";
  }
  if (alarm_stands || pending_) follow_monotonic_ = true, base_ = recorded, base_monotonic_ = monotonic;
}

TimeKeeper::Reading TimeKeeper::Observe(absl::Time wall, absl::Duration monotonic) {
  if (!anchored_) anchor_wall_ = wall, anchor_monotonic_ = monotonic, anchored_ = true;
  if (!follow_monotonic_) {
    const absl::Duration parted = (wall - anchor_wall_) - (monotonic - anchor_monotonic_);
    if (parted > kJump || parted < -kJump) {
      pending_ = "JUMP";
      follow_monotonic_ = true;
      base_ = recorded_ == absl::InfinitePast() ? anchor_wall_ : recorded_;
      base_monotonic_ = last_monotonic_;
    }
  }
  last_monotonic_ = monotonic;
  absl::Time now = follow_monotonic_ ? base_ + (monotonic - base_monotonic_) : wall;
  now = WholeMicros(now);
  recorded_ = std::max(recorded_, now);
  return {recorded_, std::exchange(pending_, std::nullopt)};
}

}  // namespace eagle::core
