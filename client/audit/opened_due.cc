#include "client/audit/opened_due.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

template <typename Body>
std::optional<std::string> WrongClock(const Body& body, const DeadlineRow& row, absl::Time at,
                                      const PolicyTable& table) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(table.time_zone(), &zone))
    return absl::StrCat("this machine doesn't know the policy's time zone ", table.time_zone());
  const absl::Time due = row.hours() > 0 ? at + absl::Hours(static_cast<int64_t>(row.hours()))
                                         : absl::FromCivil(absl::ToCivilDay(at, zone) + row.civil_days() + 1, zone);
  if (absl::ToUnixMicros(due) != body.due())
    return absl::StrCat("by ", row.name(), " it is due at ", absl::FormatTime(due, zone), ", not at ",
                        absl::FormatTime(absl::FromUnixMicros(body.due()), zone));
  if (!std::equal(row.marks_permille().begin(), row.marks_permille().end(), body.marks_permille().begin(),
                  body.marks_permille().end()))
    return absl::StrCat("by ", row.name(), " there are other marks on the way");
  return std::nullopt;
}

const DeadlineRow* RowNamed(const std::string& name, const PolicyTable& table) {
  const auto row = std::find_if(table.deadlines().begin(), table.deadlines().end(),
                                [&](const DeadlineRow& one) { return one.name() == name; });
  return row == table.deadlines().end() ? nullptr : &*row;
}

}  // namespace

std::optional<std::string> WrongDue(const OrderAccepted& order, Urgency urgency, absl::Time at,
                                    const PolicyTable& table) {
  const DeadlineRow* row = RowNamed(order.deadline_row(), table);
  if (row == nullptr || row->urgency() != urgency)
    return absl::StrCat("the installed policy has no row ", order.deadline_row(), " for orders of this urgency");
  return WrongClock(order, *row, at, table);
}

std::optional<std::string> WrongDue(const IncidentArisen& incident, absl::Time at, const PolicyTable& table) {
  constexpr char kRow[] = "POSITION_DIFFERENCE";
  const DeadlineRow* row = RowNamed(kRow, table);
  if (row == nullptr || incident.deadline_row() != kRow)
    return absl::StrCat("incidents have the clock of the row ", kRow, " of the installed policy, and of no other");
  return WrongClock(incident, *row, at, table);
}

std::optional<std::string> WrongDue(const ObjectionRaised& objection, absl::Time at, const PolicyTable& table) {
  constexpr char kRow[] = "ANSWER_OBJECTION";
  const DeadlineRow* row = RowNamed(kRow, table);
  if (row == nullptr || objection.deadline_row() != kRow)
    return absl::StrCat("objections are answered by the row ", kRow, " of the installed policy, and by no other");
  return WrongClock(objection, *row, at, table);
}

}  // namespace eagle::audit
