// Which calendars of a policy table end soon: next year's working days 工作日 are published in autumn, and somebody has
// to put them in.
//
// Threads: pure functions.
//
//   for (const CalendarEnd& end : CalendarsThatEnd(table, now)) ...   "the whole country", 2026, 34
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"

namespace eagle::client {

// From so many days before the last year's end on it is worth a word.
inline constexpr int64_t kCalendarDaysAhead = 60;

struct CalendarEnd {
  std::string region;     // beginning of region codes; empty: the whole country
  int64_t last_year = 0;  // the last one that is there without a gap from now on; else the newest of all
  int64_t days_left = 0;  // to its end; 0: this very year is missing
};

// By region. `now` is looked at in the table's time zone (UTC where this machine doesn't know it).
std::vector<CalendarEnd> CalendarsThatEnd(const goldeneagle::v1::PolicyTable& table, absl::Time now,
                                          int64_t days_ahead = kCalendarDaysAhead);

}  // namespace eagle::client
