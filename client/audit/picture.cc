#include "client/audit/picture.h"

namespace eagle::audit {

uint32_t Picture::RowNumber(const std::string& name) {
  const auto at = std::find(rows.begin(), rows.end(), name);
  if (at != rows.end()) return static_cast<uint32_t>(at - rows.begin());
  rows.push_back(name);
  return static_cast<uint32_t>(rows.size() - 1);
}

void Picture::Arm(const StoredClock& clock, uint64_t seq, bool of_case) {
  if (!clock.marks.empty()) timers.insert({clock.marks.front().first, seq, of_case});
}

void Picture::Complete(const OrderSeen& order, uint64_t seq) {
  Disarm(order.clock, seq, false);
  if (order.action == goldeneagle::v1::ACTION_DEDUCT) deductions[order.freeze].last_word = now;
}

void Picture::Disarm(const StoredClock& clock, uint64_t seq, bool of_case) {
  if (!clock.marks.empty()) timers.erase({clock.marks.front().first, seq, of_case});
}

}  // namespace eagle::audit
