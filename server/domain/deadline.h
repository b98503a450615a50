// When an answer is due and at which parts of the way something happens. Computed once, at acceptance, and stored:
// replay needs neither policy nor calendars nor time-zone data.
//
// Units:   UTC instants; days are counted in the policy's time zone.
// Threads: values and pure functions.
// Source:  policy rows "deadlines" and "calendars"; domain decision 1. Civil Code art 201: the day of the start is not
// counted; art 203: a last day that is a holiday rolls on (the row's choice), and ends at 24:00 or with business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/domain/calendar.h"

namespace eagle::domain {

struct Deadline {
  std::string row;  // name of the policy row that decided
  absl::Time due;
  std::vector<absl::Time> marks;         // rising
  std::vector<uint32_t> marks_permille;  // what each mark is: 1000 = due
  size_t fired = 0;                      // marks already journalled: the first `fired` ones
  bool armed() const { return fired < marks.size(); }
  absl::Time next() const { return armed() ? marks[fired] : absl::InfiniteFuture(); }
};

// hours: start + n x 3600 s. civil_days, working_days: the end of the nth such day after the day of the start, which is
// the first instant of the day after it, shown as 24:00, or the row's cut-off; with `roll` of the next working day when
// the nth isn't one. Marks: start + permille x (due - start) / 1000, rounded up to a whole second.
Deadline ComputeDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, const Territory& territory);

// "due Tue 2026-09-29 09:00 (Asia/Shanghai), because ..." for people; where working days are counted, with the holidays
// on the way, and with the years that no calendar is there for. `since`: what the start is.
std::string ExplainDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, absl::Time due,
                            const Territory& territory, std::string_view since = "acceptance");

}  // namespace eagle::domain
