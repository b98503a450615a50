// The civil month, week or year that a scorecard is of.
//
// An instant at midnight is 24:00 of the day before, as deadlines are told: a period has every instant after its start,
// its end included. What is due at 24:00 of 30 September falls due in September.
//
// Units:   microseconds since 1970 UTC; civil days of the zone that the period was made with. Nothing else in this room
//          reads time-zone data, but what prints.
// Threads: values and pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(Period month, ParseMonth("2026-09", zone));
//   Scorecard card({Before(month, zone), month});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace eagle::scorecard {

enum class Span : uint8_t { kWeek, kMonth, kYear };

struct Period {
  std::string name;  // "2026-09"; "2026-W39", ISO 8601; "2026"
  Span span = Span::kMonth;
  absl::CivilDay first, last;     // both belong to it
  int64_t start = 0, end = 0;     // the last instant before it; its last instant
  std::vector<int64_t> day_ends;  // of each day, rising; the last one is `end`

  bool Has(int64_t instant) const { return instant > start && instant <= end; }
  // Place of the day that has it, from 0. Pre: Has(instant).
  size_t DayOf(int64_t instant) const;
};

// Errors: FIELD_INVALID unless it is "YYYY-MM" of the years 1970 to 9998.
absl::StatusOr<Period> ParseMonth(std::string_view text, const absl::TimeZone& zone);
// Errors: FIELD_INVALID unless it is "YYYY-Www" and that year has such a week.
absl::StatusOr<Period> ParseWeek(std::string_view text, const absl::TimeZone& zone);
// Errors: FIELD_INVALID unless it is "YYYY" of the years 1970 to 9998.
absl::StatusOr<Period> ParseYear(std::string_view text, const absl::TimeZone& zone);
// The month before a month, the week before a week, the year before a year: it ends where `period` starts.
Period Before(const Period& period, const absl::TimeZone& zone);

}  // namespace eagle::scorecard
