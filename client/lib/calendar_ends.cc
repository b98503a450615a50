#include "client/lib/calendar_ends.h"

#include <map>
#include <set>

#include "absl/time/civil_time.h"

namespace eagle::client {

std::vector<CalendarEnd> CalendarsThatEnd(const goldeneagle::v1::PolicyTable& table, absl::Time now,
                                          int64_t days_ahead) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(table.time_zone(), &zone)) zone = absl::UTCTimeZone();
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  std::map<std::string, std::set<int64_t>> years;
  for (const auto& calendar : table.calendars()) years[calendar.region()].insert(calendar.year());
  std::vector<CalendarEnd> ends;
  for (const auto& [region, known] : years) {
    int64_t missing = today.year();
    while (known.contains(missing)) ++missing;
    const bool none = missing == today.year();
    const int64_t left = none ? 0 : absl::CivilDay(missing, 1, 1) - today;
    if (left <= days_ahead) ends.push_back({region, none ? *known.rbegin() : missing - 1, left});
  }
  return ends;
}

}  // namespace eagle::client
