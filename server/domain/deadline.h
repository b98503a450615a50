// When an answer is due and at which parts of the way something happens. Computed once, at acceptance, and stored:
// replay needs neither policy nor time-zone data.
//
// Units:   UTC instants; civil days are counted in the policy's time zone.
// Threads: values and pure functions.
// Source:  policy rows "deadlines"; domain decision 1 (Civil Code arts 201 to 203: the day of the start is not
// counted).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"

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

// hours: start + n x 3600 s. civil_days: the first instant of the (n+1)th civil day after the day of the start, shown
// as 24:00 of the nth. Marks: start + permille x (due - start) / 1000, rounded up to a whole second.
Deadline ComputeDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, const absl::TimeZone& zone);

// "due Tue 2026-09-29 09:00 (Asia/Shanghai), because ..." for people.
std::string ExplainDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, absl::Time due,
                            const absl::TimeZone& zone);

}  // namespace eagle::domain
