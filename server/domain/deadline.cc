#include "server/domain/deadline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::CalendarDays, goldeneagle::v1::DeadlineRow;
using goldeneagle::v1::URGENCY_NORMAL, goldeneagle::v1::URGENCY_URGENT;

absl::Time CeilToSecond(absl::Time time) {
  const absl::Time floor = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  return floor == time ? floor : floor + absl::Seconds(1);
}

// The last day before any roll. Pre: the row counts days.
absl::CivilDay LastCounted(const DeadlineRow& row, absl::CivilDay start, const Territory& territory) {
  if (row.working_days() == 0) return start + static_cast<int64_t>(row.civil_days());
  absl::CivilDay day = start;
  for (uint32_t left = row.working_days(); left > 0;) left -= territory.Of(++day).works ? 1 : 0;
  return day;
}

absl::CivilDay Rolled(const DeadlineRow& row, absl::CivilDay day, const Territory& territory) {
  while (row.roll() && !territory.Of(day).works) ++day;
  return day;
}

absl::Time EndOf(const DeadlineRow& row, absl::CivilDay day, const absl::TimeZone& zone) {
  if (row.cutoff_minute() == 0) return absl::FromCivil(day + 1, zone);
  return absl::FromCivil(absl::CivilMinute(day) + static_cast<int64_t>(row.cutoff_minute()), zone);
}

std::string Nth(uint32_t n) {
  const bool teens = n / 10 % 10 == 1;
  return absl::StrCat(n, n % 10 == 1 && !teens   ? "st"
                         : n % 10 == 2 && !teens ? "nd"
                         : n % 10 == 3 && !teens ? "rd"
                                                 : "th");
}

std::string MonthOf(absl::CivilDay day) {
  return absl::FormatTime("%B", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

// "1 to 7 October are holidays (National Day 国庆节)".
std::string Said(const CalendarDays& days, absl::CivilDay first, absl::CivilDay last, bool works) {
  std::string out = absl::StrCat(first.day());
  if (first.month() != last.month()) absl::StrAppend(&out, " ", MonthOf(first));
  if (first != last) absl::StrAppend(&out, " to ", last.day());
  absl::StrAppend(&out, " ", MonthOf(last));
  absl::StrAppend(&out, first == last ? (works ? " is worked (" : " is a holiday (")
                                      : (works ? " are worked (" : " are holidays ("));
  return absl::StrCat(out, days.en(), " ", days.zh(), ")");
}

// What calendars say of the days from `day` to `last`, and which years they say nothing of.
std::string WhatCalendarsSay(absl::CivilDay day, absl::CivilDay last, const Territory& territory) {
  std::string out;
  int64_t told = 0;  // the newest year without a calendar that was named
  while (day <= last) {
    if (territory.calendars != nullptr && told != day.year() &&
        !territory.calendars->Knows(day.year(), territory.region)) {
      absl::StrAppend(&out, "; a calendar of ", day.year(), " is missing, so weekdays decide");
      told = day.year();
    }
    const Calendars::Day first = territory.Of(day);
    absl::CivilDay end = day;
    while (first.named != nullptr && end < last && territory.Of(end + 1).named == first.named) ++end;
    if (first.named != nullptr) absl::StrAppend(&out, "; ", Said(*first.named, day, end, first.works));
    day = end + 1;
  }
  return out;
}

}  // namespace

Deadline ComputeDeadline(const DeadlineRow& row, absl::Time start, const Territory& territory) {
  Deadline deadline;
  deadline.row = row.name();
  if (row.hours() > 0) {
    deadline.due = start + absl::Hours(static_cast<int64_t>(row.hours()));
  } else {
    const absl::CivilDay last = LastCounted(row, absl::ToCivilDay(start, territory.zone), territory);
    deadline.due = EndOf(row, Rolled(row, last, territory), territory.zone);
  }
  for (uint32_t permille : row.marks_permille()) {
    deadline.marks.push_back(CeilToSecond(start + (deadline.due - start) * static_cast<int64_t>(permille) / 1000));
    deadline.marks_permille.push_back(permille);
  }
  return deadline;
}

std::string ExplainDeadline(const DeadlineRow& row, absl::Time start, absl::Time due, const Territory& territory,
                            std::string_view since) {
  const absl::TimeZone& zone = territory.zone;
  const std::string accepted = absl::FormatTime("%a %Y-%m-%d %H:%M", start, zone);
  if (row.hours() > 0) {
    return absl::StrCat("due ", absl::FormatTime("%a %Y-%m-%d %H:%M", due, zone), " (", zone.name(), "), because ",
                        row.urgency() == URGENCY_URGENT ? "urgent orders are" : row.name() + " is", " due ",
                        row.hours(), " hours after ", std::string(since), " (", accepted, "); ", row.source().en());
  }
  const bool working = row.working_days() > 0;
  const absl::CivilDay first = absl::ToCivilDay(start, zone), counted = LastCounted(row, first, territory),
                       last = Rolled(row, counted, territory);
  const std::string end = row.cutoff_minute() == 0 ? "24:00" : absl::FormatTime("%H:%M", due, zone);
  std::string out =
      absl::StrCat("due ", absl::FormatTime("%a %Y-%m-%d", due - absl::Seconds(1), zone), " ", end, " (", zone.name(),
                   "), because ", row.urgency() == URGENCY_NORMAL ? "normal orders are" : row.name() + " is",
                   row.cutoff_minute() == 0 ? " due at the end of the " : " due when business ends on the ",
                   Nth(working ? row.working_days() : row.civil_days()), working ? " working" : " civil",
                   " day after the day of ", std::string(since), " (", accepted, ")");
  if (last != counted)
    absl::StrAppend(&out, ", ", absl::FormatCivilTime(counted), ", which isn't worked: on the next working day");
  if (working) absl::StrAppend(&out, WhatCalendarsSay(first + 1, last, territory));
  if (row.roll()) absl::StrAppend(&out, WhatCalendarsSay(counted, last, territory));
  return absl::StrCat(out, "; ", row.source().en());
}

}  // namespace eagle::domain
