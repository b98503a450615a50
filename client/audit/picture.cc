#include "client/audit/picture.h"

#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"

namespace eagle::audit {

uint32_t Picture::RowNumber(const std::string& name) {
  const auto at = std::find(rows.begin(), rows.end(), name);
  if (at != rows.end()) return static_cast<uint32_t>(at - rows.begin());
  rows.push_back(name);
  return static_cast<uint32_t>(rows.size() - 1);
}

void Picture::Arm(const StoredClock& clock, uint64_t seq, ClockOwner owner) {
  if (!clock.marks.empty()) timers.insert({clock.marks.front().first, seq, owner});
}

void Picture::Complete(const OrderSeen& order, uint64_t seq) {
  Disarm(order.clock, seq, ClockOwner::kOrder);
  if (order.waits) timers.erase({order.begins, seq, ClockOwner::kBegin});
  if (Takes(order.action) && order.freeze != 0) deductions[order.freeze].last_word = now;
}

void Picture::Disarm(const StoredClock& clock, uint64_t seq, ClockOwner owner) {
  if (!clock.marks.empty()) timers.erase({clock.marks.front().first, seq, owner});
}

bool Picture::Fire(StoredClock& clock, uint64_t seq, ClockOwner owner, uint32_t permille, int64_t due,
                   const std::string& row, uint64_t index) {
  const auto wrong = [&](std::string_view why) { findings.Add(Rule::kMark, index, std::string(why), {seq}); };
  const auto mark = std::find_if(clock.marks.begin(), clock.marks.end(),
                                 [&](const auto& stored) { return stored.second == permille; });
  if (mark == clock.marks.end()) {
    wrong(absl::StrCat("no mark of ", permille, " permille is to come: not stored, or fired before"));
    return false;
  }
  if (mark != clock.marks.begin()) wrong("a mark before it has not fired");
  if (now < mark->first) wrong("it fires before its instant");
  if (due != clock.due || row != rows[clock.row]) wrong("due instant or row are not those that were stored");
  Disarm(clock, seq, owner);
  clock.marks.erase(clock.marks.begin(), mark + 1);
  Arm(clock, seq, owner);
  return true;
}

}  // namespace eagle::audit
