// Terms of measures: months or years from the first effect, counted in civil days of the unit's time zone.
//
// The first day counts, so a term ends with the day before the corresponding day: one year from 28 September 2026 ends
// with 27 September 2027. Where the corresponding day doesn't exist it ends with the last day of that month: one year
// from 29 February 2028 with 28 February 2029. Legal limits of terms are rows of a policy table, not known here.
//
// Threads: pure functions.
// Source:  Civil Code arts 200 to 203; interpretation of the Civil Procedure Law art 485 (terms of measures).
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace eagle::sdk {

// Exactly one of the two is above zero; both zero: no end is known (a measure of another authority, entered at a
// counter).
struct MeasureTerm {
  uint32_t months = 0;
  uint32_t years = 0;
  bool HasEnd() const { return months != 0 || years != 0; }
  friend bool operator==(const MeasureTerm&, const MeasureTerm&) = default;
};

// The last day of a term whose first day is `first`.
absl::CivilDay LastDayOf(const MeasureTerm& term, absl::CivilDay first);

// The first instant that the term no longer covers, which people write as 24:00 of its last day. Pre: the term has an
// end.
absl::Time EndOf(const MeasureTerm& term, absl::Time first_effect, absl::TimeZone zone);

// The last day that ends at or before `end`, to show it: 2027-09-27 for 24:00 of that day.
absl::CivilDay LastDayBefore(absl::Time end, absl::TimeZone zone);

}  // namespace eagle::sdk
