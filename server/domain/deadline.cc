#include "server/domain/deadline.h"

#include "absl/strings/str_cat.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::URGENCY_NORMAL, goldeneagle::v1::URGENCY_URGENT;

absl::Time CeilToSecond(absl::Time time) {
  const absl::Time floor = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  return floor == time ? floor : floor + absl::Seconds(1);
}

}  // namespace

Deadline ComputeDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, const absl::TimeZone& zone) {
  Deadline deadline;
  deadline.row = row.name();
  if (row.hours() > 0) {
    deadline.due = start + absl::Hours(static_cast<int64_t>(row.hours()));
  } else {
    deadline.due = absl::FromCivil(absl::ToCivilDay(start, zone) + static_cast<int64_t>(row.civil_days()) + 1, zone);
  }
  for (uint32_t permille : row.marks_permille()) {
    deadline.marks.push_back(CeilToSecond(start + (deadline.due - start) * static_cast<int64_t>(permille) / 1000));
    deadline.marks_permille.push_back(permille);
  }
  return deadline;
}

std::string ExplainDeadline(const goldeneagle::v1::DeadlineRow& row, absl::Time start, absl::Time due,
                            const absl::TimeZone& zone) {
  const std::string accepted = absl::FormatTime("%a %Y-%m-%d %H:%M", start, zone);
  if (row.hours() > 0) {
    return absl::StrCat("due ", absl::FormatTime("%a %Y-%m-%d %H:%M", due, zone), " (", zone.name(), "), because ",
                        row.urgency() == URGENCY_URGENT ? "urgent orders are" : row.name() + " is", " due ",
                        row.hours(), " hours after acceptance (", accepted, "); ", row.source().en());
  }
  const std::string last_day = absl::FormatTime("%a %Y-%m-%d", due - absl::Seconds(1), zone);
  return absl::StrCat("due ", last_day, " 24:00 (", zone.name(), "), because ",
                      row.urgency() == URGENCY_NORMAL ? "normal orders are" : row.name() + " is",
                      " due at the end of the ", row.civil_days(), "th civil day after the day of acceptance (",
                      accepted, "); ", row.source().en());
}

}  // namespace eagle::domain
