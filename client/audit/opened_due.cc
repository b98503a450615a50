#include "client/audit/opened_due.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

// Whether one calendar says that the day is worked, or that it isn't; absent: it says nothing of it.
std::optional<bool> SaidBy(const CalendarRow& calendar, const std::string& day) {
  const auto has = [&](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&](const CalendarDays& days) {
      return days.first() <= day && day <= (days.last().empty() ? days.first() : days.last());
    });
  };
  if (has(calendar.holidays())) return false;
  if (has(calendar.working_days())) return true;
  return std::nullopt;
}

// By the calendar of the longest beginning of `region` that says something, else by the weekday.
bool IsWorked(absl::CivilDay day, const std::string& region, const PolicyTable& table) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  bool worked = weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
  size_t local = 0;
  for (const CalendarRow& calendar : table.calendars()) {
    if (!absl::StartsWith(region, calendar.region()) || calendar.region().size() < local) continue;
    const auto said = SaidBy(calendar, absl::FormatCivilTime(day));
    if (said) worked = *said, local = calendar.region().size();
  }
  return worked;
}

absl::Time DueBy(const DeadlineRow& row, absl::Time at, const absl::TimeZone& zone, const std::string& region,
                 const PolicyTable& table) {
  if (row.hours() > 0) return at + absl::Hours(static_cast<int64_t>(row.hours()));
  absl::CivilDay day = absl::ToCivilDay(at, zone) + static_cast<int64_t>(row.civil_days());
  for (uint32_t worked = 0; worked < row.working_days();) worked += IsWorked(++day, region, table) ? 1 : 0;
  while (row.roll() && !IsWorked(day, region, table)) ++day;
  return row.cutoff_minute() > 0
             ? absl::FromCivil(absl::CivilMinute(day) + static_cast<int64_t>(row.cutoff_minute()), zone)
             : absl::FromCivil(day + 1, zone);
}

// `region`: of the agency that has to act; empty: several have, or a court.
template <typename Body>
std::optional<std::string> WrongClock(const Body& body, const DeadlineRow& row, absl::Time at, const PolicyTable& table,
                                      const std::string& region) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(table.time_zone(), &zone))
    return absl::StrCat("this machine doesn't know the policy's time zone ", table.time_zone());
  const absl::Time due = DueBy(row, at, zone, region, table);
  if (absl::ToUnixMicros(due) != body.due())
    return absl::StrCat("by ", row.name(), " it is due at ", absl::FormatTime(due, zone), ", not at ",
                        absl::FormatTime(absl::FromUnixMicros(body.due()), zone));
  if (!std::equal(row.marks_permille().begin(), row.marks_permille().end(), body.marks_permille().begin(),
                  body.marks_permille().end()))
    return absl::StrCat("by ", row.name(), " there are other marks on the way");
  return std::nullopt;
}

// What the first override that fits an order to this agency names; null: none fits.
const DeadlineOverrideRow* OverrideFor(const OrderAccepted& order, Urgency urgency, const RegisterAgency& agency,
                                       const PolicyTable& table) {
  for (const DeadlineOverrideRow& row : table.deadline_overrides()) {
    if (!row.agency().empty() && row.agency() != agency.code()) continue;
    if (!row.agency_kind().empty() && row.agency_kind() != agency.kind()) continue;
    if (!absl::StartsWith(agency.region(), row.region())) continue;
    if (row.action() != ACTION_UNSPECIFIED && row.action() != order.action()) continue;
    if (row.urgency() == URGENCY_UNSPECIFIED || row.urgency() == urgency) return &row;
  }
  return nullptr;
}

const DeadlineRow* RowNamed(const std::string& name, const PolicyTable& table) {
  const auto row = std::find_if(table.deadlines().begin(), table.deadlines().end(),
                                [&](const DeadlineRow& one) { return one.name() == name; });
  return row == table.deadlines().end() ? nullptr : &*row;
}

template <typename Body>
std::optional<std::string> WrongTurn(const Body& body, Urgency urgency, absl::Time at, const PolicyTable& table,
                                     const std::string& region) {
  const std::string name = urgency == URGENCY_URGENT ? "ANSWER_SUPERVISION_URGENT" : "ANSWER_SUPERVISION";
  const DeadlineRow* row = RowNamed(name, table);
  if (row == nullptr || body.deadline_row() != name)
    return absl::StrCat("this supervision order is answered by the row ", name,
                        " of the installed policy, and by no other");
  return WrongClock(body, *row, at, table, region);
}

}  // namespace

std::optional<std::string> WrongDue(const SupervisionIssued& issued, Urgency urgency, absl::Time at,
                                    const PolicyTable& table, const std::string& region) {
  return WrongTurn(issued, urgency, at, table, region);
}
std::optional<std::string> WrongDue(const SupervisionSaid& returned, Urgency urgency, absl::Time at,
                                    const PolicyTable& table, const std::string& region) {
  return WrongTurn(returned, urgency, at, table, region);
}

std::optional<std::string> WrongDue(const OrderAccepted& order, Urgency urgency, absl::Time at,
                                    const PolicyTable& table, const RegisterAgency* agency) {
  const DeadlineRow* row = RowNamed(order.deadline_row(), table);
  const DeadlineOverrideRow* other = agency != nullptr ? OverrideFor(order, urgency, *agency, table) : nullptr;
  if (row == nullptr || (other != nullptr ? row->name() != other->deadline() : row->urgency() != urgency))
    return other != nullptr
               ? absl::StrCat("the installed policy's ", other->name(), " gives it the row ", other->deadline())
               : absl::StrCat("the installed policy has no row ", order.deadline_row(), " for orders of this urgency");
  return WrongClock(order, *row, at, table, agency != nullptr ? agency->region() : "");
}

std::optional<std::string> WrongBegin(const OrderAccepted& accepted, const Order& order, absl::Time at,
                                      const PolicyTable& table) {
  if (!order.has_not_before())
    return accepted.begins() == 0 ? std::nullopt : std::optional("the court signed no later begin");
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(table.time_zone(), &zone))
    return absl::StrCat("this machine doesn't know the policy's time zone ", table.time_zone());
  const StandingRow& row = table.standing();
  if (row.last_minute() <= row.first_minute()) return "the installed policy lets no order wait";
  const absl::Time from =
      absl::FromUnixSeconds(order.not_before().seconds()) + absl::Nanoseconds(order.not_before().nanos());
  // The first part of a day that starts no sooner, and a second of it by the id's last 64 bits, mixed (splitmix64).
  uint64_t mixed = 0;
  for (const char byte : order.order_id().substr(order.order_id().size() < 8 ? 0 : order.order_id().size() - 8))
    mixed = mixed << 8 | static_cast<unsigned char>(byte);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  absl::CivilDay day = absl::ToCivilDay(from, zone);
  const auto first = [&] { return absl::CivilMinute(day) + static_cast<int64_t>(row.first_minute()); };
  if (absl::FromCivil(first(), zone) < from) ++day;
  const uint64_t seconds = 60 * (uint64_t{row.last_minute()} - row.first_minute());
  const absl::Time begins =
      std::max(from, absl::FromCivil(absl::CivilSecond(first()) + static_cast<int64_t>(mixed % seconds), zone));
  const int64_t stored = begins <= at ? 0 : absl::ToUnixMicros(begins);
  if (accepted.begins() == stored) return std::nullopt;
  return absl::StrCat("by the installed policy it begins ", absl::FormatTime(begins, zone));
}

std::optional<std::string> WrongDue(const IncidentArisen& incident, absl::Time at, const PolicyTable& table,
                                    const RegisterAgency& agency) {
  constexpr char kRow[] = "POSITION_DIFFERENCE";
  const DeadlineRow* row = RowNamed(kRow, table);
  if (row == nullptr || incident.deadline_row() != kRow)
    return absl::StrCat("incidents have the clock of the row ", kRow, " of the installed policy, and of no other");
  return WrongClock(incident, *row, at, table, agency.region());
}

std::optional<std::string> WrongDue(const ObjectionRaised& objection, absl::Time at, const PolicyTable& table) {
  constexpr char kRow[] = "ANSWER_OBJECTION";
  const DeadlineRow* row = RowNamed(kRow, table);
  if (row == nullptr || objection.deadline_row() != kRow)
    return absl::StrCat("objections are answered by the row ", kRow, " of the installed policy, and by no other");
  return WrongClock(objection, *row, at, table, "");
}

}  // namespace eagle::audit
