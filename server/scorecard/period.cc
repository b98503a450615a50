#include "server/scorecard/period.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "server/base/reason.h"

namespace eagle::scorecard {
namespace {

std::optional<int> NumberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

Period Make(std::string name, Span span, absl::CivilDay first, absl::CivilDay last, const absl::TimeZone& zone) {
  Period period{.name = std::move(name), .span = span, .first = first, .last = last};
  period.start = absl::ToUnixMicros(absl::FromCivil(first, zone));
  for (absl::CivilDay day = first; day <= last; ++day)
    period.day_ends.push_back(absl::ToUnixMicros(absl::FromCivil(day + 1, zone)));
  period.end = period.day_ends.back();
  return period;
}

Period Month(absl::CivilMonth month, const absl::TimeZone& zone) {
  return Make(absl::StrFormat("%04d-%02d", month.year(), month.month()), Span::kMonth, absl::CivilDay(month),
              absl::CivilDay(month + 1) - 1, zone);
}

Period Year(absl::CivilYear year, const absl::TimeZone& zone) {
  return Make(absl::StrFormat("%04d", year.year()), Span::kYear, absl::CivilDay(year), absl::CivilDay(year + 1) - 1,
              zone);
}

// The week of the year `year` has its first Thursday, and so 4 January, in its week 1.
absl::CivilDay MondayOf(int year, int week) {
  const absl::CivilDay fourth(year, 1, 4);
  const absl::CivilDay monday = absl::PrevWeekday(fourth + 1, absl::Weekday::monday);
  return monday + 7 * (week - 1);
}

Period Week(absl::CivilDay monday, const absl::TimeZone& zone) {
  const int year = static_cast<int>((monday + 3).year());
  const int week = static_cast<int>((monday - MondayOf(year, 1)) / 7) + 1;
  return Make(absl::StrFormat("%04d-W%02d", year, week), Span::kWeek, monday, monday + 6, zone);
}

}  // namespace

size_t Period::DayOf(int64_t instant) const {
  return static_cast<size_t>(std::lower_bound(day_ends.begin(), day_ends.end(), instant) - day_ends.begin());
}

absl::StatusOr<Period> ParseMonth(std::string_view text, const absl::TimeZone& zone) {
  const auto year = text.size() == 7 ? NumberOf(text.substr(0, 4)) : std::nullopt;
  const auto month = text.size() == 7 && text[4] == '-' ? NumberOf(text.substr(5)) : std::nullopt;
  if (!year || !month || *year < 1970 || *year > 9998 || *month < 1 || *month > 12)
    return Fail(Reason::kFieldInvalid, "no month: " + std::string(text)).At("month", "a civil month as 2026-09");
  return Month(absl::CivilMonth(*year, *month), zone);
}

absl::StatusOr<Period> ParseWeek(std::string_view text, const absl::TimeZone& zone) {
  const bool shape = text.size() == 8 && text.substr(4, 2) == "-W";
  const auto year = shape ? NumberOf(text.substr(0, 4)) : std::nullopt;
  const auto week = shape ? NumberOf(text.substr(6)) : std::nullopt;
  if (!year || !week || *year < 1971 || *year > 9998 || *week < 1 || MondayOf(*year, *week) >= MondayOf(*year + 1, 1))
    return Fail(Reason::kFieldInvalid, "no week: " + std::string(text))
        .At("week", "a week of ISO 8601 as 2026-W39, Monday to Sunday");
  return Week(MondayOf(*year, *week), zone);
}

absl::StatusOr<Period> ParseYear(std::string_view text, const absl::TimeZone& zone) {
  const auto year = text.size() == 4 ? NumberOf(text) : std::nullopt;
  if (!year || *year < 1970 || *year > 9998)
    return Fail(Reason::kFieldInvalid, "no year: " + std::string(text)).At("year", "a civil year as 2026");
  return Year(absl::CivilYear(*year), zone);
}

Period Before(const Period& period, const absl::TimeZone& zone) {
  switch (period.span) {
    case Span::kYear:
      return Year(absl::CivilYear(period.first) - 1, zone);
    case Span::kMonth:
      return Month(absl::CivilMonth(period.first) - 1, zone);
    default:
      return Week(period.first - 7, zone);
  }
}

}  // namespace eagle::scorecard
