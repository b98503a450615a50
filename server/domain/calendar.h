// Which civil days are worked 工作日, as the calendars of the policy table say it: the most local one first, day by
// day.
//
// Used when a deadline is computed or explained, never when one is replayed. Threads: immutable after construction.
//
//   policy.calendars().Of(absl::CivilDay(2026, 10, 1), "210102").works   // false: 国庆节
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/base/reason.h"

namespace eagle::domain {

class Calendars {
 public:
  Calendars() = default;  // none: Mondays to Fridays
  // Pre: CheckCalendars found nothing wrong.
  explicit Calendars(const goldeneagle::v1::PolicyTable& table);

  struct Day {
    bool works = false;
    const goldeneagle::v1::CalendarDays* named = nullptr;  // by which a calendar says so; null: its weekday does
  };
  // At a region code, or any beginning of one ("" = the whole country).
  Day Of(absl::CivilDay day, std::string_view region) const;
  // Whether no calendar that is needed at `region` lacks the year. It lacks one when its region has one for another
  // year.
  bool Knows(int64_t year, std::string_view region) const;
  // From `today` to the end of the last year that no region lacks, both counted; 0: this very year is missing. Pre:
  // !empty().
  int64_t DaysLeft(absl::CivilDay today) const;
  bool empty() const { return regions_.empty(); }

 private:
  struct Named {
    absl::CivilDay last;
    bool works = false;
    goldeneagle::v1::CalendarDays days;
  };
  struct Region {
    std::set<int64_t> years;
    std::map<absl::CivilDay, Named> first_days;  // by the first of them: they don't overlap
  };
  std::map<std::string, Region, std::less<>> regions_;  // by the beginning of region codes
};

// Where days are counted: by which clock, and whose calendars.
struct Territory {
  absl::TimeZone zone;
  const Calendars* calendars = nullptr;  // null: Mondays to Fridays are worked
  std::string region = {};               // code, or the beginning of one

  Calendars::Day Of(absl::CivilDay day) const;
};

// Regions, years and days that can't be (a day that doesn't exist, one that is named twice, a working day that is
// worked anyway), all at once. Sources aren't looked at.
void CheckCalendars(const goldeneagle::v1::PolicyTable& table, Violations& wrong);

}  // namespace eagle::domain
