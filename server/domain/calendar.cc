#include "server/domain/calendar.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/civil_day.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::CalendarDays;
using goldeneagle::v1::CalendarRow;

constexpr size_t kCalendarNameBytes = 63;
constexpr int kCalendarDaysMax = 100;  // of either list
constexpr uint32_t kCalendarYearMin = 2000, kCalendarYearMax = 2199;

bool IsWeekday(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

// Nothing, or whole levels of a region code: province, city, district.
bool BeginsRegionCodes(const std::string& region) {
  return region.size() <= 6 && region.size() % 2 == 0 &&
         std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The days of one row, as far as they are days.
class DaysChecker {
 public:
  DaysChecker(const CalendarRow& row, std::string path, Violations& wrong)
      : row_(row), path_(std::move(path)), wrong_(wrong) {}

  void Check() {
    CheckList(row_.holidays(), "holidays", false);
    CheckList(row_.working_days(), "working_days", true);
    std::sort(seen_.begin(), seen_.end());
    for (size_t i = 1; i < seen_.size(); ++i) {
      if (seen_[i].first <= seen_[i - 1].second)
        wrong_.Add(path_, Reason::kFieldInvalid,
                   absl::StrCat("it names ", absl::FormatCivilTime(seen_[i].first), " twice"));
    }
  }

 private:
  void CheckList(const google::protobuf::RepeatedPtrField<CalendarDays>& list, const char* field, bool worked) {
    if (list.size() > kCalendarDaysMax)
      wrong_.Add(absl::StrCat(path_, ".", field), Reason::kTooLarge, absl::StrCat("at most ", kCalendarDaysMax));
    for (int i = 0; i < list.size(); ++i) CheckOne(list[i], absl::StrCat(path_, ".", field, "[", i, "]"), worked);
  }

  void CheckOne(const CalendarDays& days, const std::string& path, bool worked) {
    if (days.en().empty() || days.zh().empty() || days.en().size() > kCalendarNameBytes ||
        days.zh().size() > kCalendarNameBytes)
      wrong_.Add(path + ".en", Reason::kFieldMissing,
                 absl::StrCat("why, in English and Chinese, at most ", kCalendarNameBytes, " bytes each"));
    const auto first = ParseCivilDay(days.first()), last = days.last().empty() ? first : ParseCivilDay(days.last());
    if (!first || !last || *last < *first || first->year() != row_.year() || last->year() != row_.year())
      return wrong_.Add(path + ".first", Reason::kFieldInvalid, "days of the calendar's year, YYYY-MM-DD, rising");
    seen_.emplace_back(*first, *last);
    for (absl::CivilDay day = *first; worked && row_.region().empty() && day <= *last; ++day) {
      if (IsWeekday(day))
        wrong_.Add(path + ".first", Reason::kFieldInvalid,
                   absl::StrCat(absl::FormatCivilTime(day), " is a weekday: it is worked anyway"));
    }
  }

  const CalendarRow& row_;
  const std::string path_;
  Violations& wrong_;
  std::vector<std::pair<absl::CivilDay, absl::CivilDay>> seen_;
};

absl::CivilDay LastOf(const CalendarDays& days) {
  return *ParseCivilDay(days.last().empty() ? days.first() : days.last());
}

}  // namespace

Calendars::Calendars(const goldeneagle::v1::PolicyTable& table) {
  for (const CalendarRow& row : table.calendars()) {
    Region& region = regions_[row.region()];
    region.years.insert(row.year());
    const auto add = [&](const CalendarDays& days, bool works) {
      region.first_days[*ParseCivilDay(days.first())] = {LastOf(days), works, days};
    };
    for (const CalendarDays& days : row.holidays()) add(days, false);
    for (const CalendarDays& days : row.working_days()) add(days, true);
  }
}

Calendars::Day Calendars::Of(absl::CivilDay day, std::string_view region) const {
  for (size_t length = region.size() + 1; length-- > 0 && !regions_.empty();) {
    const auto of = regions_.find(region.substr(0, length));
    if (of == regions_.end()) continue;
    const auto& first_days = of->second.first_days;
    auto named = first_days.upper_bound(day);
    if (named == first_days.begin()) continue;
    --named;
    if (day <= named->second.last) return {named->second.works, &named->second.days};
  }
  return {IsWeekday(day), nullptr};
}

bool Calendars::Knows(int64_t year, std::string_view region) const {
  return std::all_of(regions_.begin(), regions_.end(), [&](const auto& of) {
    return region.substr(0, of.first.size()) != of.first || of.second.years.contains(year);
  });
}

int64_t Calendars::DaysLeft(absl::CivilDay today) const {
  int64_t year = today.year();
  const auto lacks = [&](const auto& of) { return !of.second.years.contains(year); };
  while (std::none_of(regions_.begin(), regions_.end(), lacks)) ++year;
  return std::max<int64_t>(0, absl::CivilDay(year, 1, 1) - today);
}

Calendars::Day Territory::Of(absl::CivilDay day) const {
  static const Calendars* const kNone = new Calendars();
  return (calendars != nullptr ? calendars : kNone)->Of(day, region);
}

void CheckCalendars(const goldeneagle::v1::PolicyTable& table, Violations& wrong) {
  std::set<std::string> names;
  std::set<std::pair<std::string, uint32_t>> years;
  for (int i = 0; i < table.calendars_size(); ++i) {
    const CalendarRow& row = table.calendars(i);
    const std::string path = absl::StrCat("calendars[", i, "]");
    if (row.name().empty() || row.name().size() > kCalendarNameBytes || !names.insert(row.name()).second)
      wrong.Add(path + ".name", Reason::kFieldInvalid, absl::StrCat("unique, 1 to ", kCalendarNameBytes, " bytes"));
    if (!BeginsRegionCodes(row.region()))
      wrong.Add(path + ".region", Reason::kFieldInvalid, "2, 4 or 6 digits, or empty for the whole country");
    if (row.year() < kCalendarYearMin || row.year() > kCalendarYearMax)
      wrong.Add(path + ".year", Reason::kFieldInvalid, absl::StrCat(kCalendarYearMin, " to ", kCalendarYearMax));
    else if (!years.insert({row.region(), row.year()}).second)
      wrong.Add(path + ".year", Reason::kFieldInvalid, "one calendar a region and year");
    DaysChecker(row, path, wrong).Check();
  }
}

}  // namespace eagle::domain
