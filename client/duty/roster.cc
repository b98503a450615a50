#include "client/duty/roster.h"

#include <algorithm>

namespace eagle::duty {
namespace {

// A substitute may be absent too, and have one of his own.
constexpr int kSubstitutesMax = 8;

template <class List>
auto* NamedIn(const List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

bool FitsDay(const Roster& roster, const Shift& shift, absl::CivilDay day) {
  if (!shift.weekdays.empty() && !shift.weekdays.contains(absl::GetWeekday(day))) return false;
  if (shift.first && day < *shift.first) return false;
  if (shift.last && day > *shift.last) return false;
  return shift.days == Days::kAll || IsWorkingDay(roster, day) == (shift.days == Days::kWorking);
}

bool FitsAt(const Roster& roster, const Shift& shift, absl::CivilMinute at) {
  const absl::CivilDay day(at);
  const int minute = at.hour() * 60 + at.minute();
  if (shift.from_minute < shift.to_minute)
    return minute >= shift.from_minute && minute < shift.to_minute && FitsDay(roster, shift, day);
  return (minute >= shift.from_minute && FitsDay(roster, shift, day)) ||
         (minute < shift.to_minute && FitsDay(roster, shift, day - 1));
}

// What a date says comes before what a weekday says; of two of a kind the first in the file.
const Shift* ShiftAt(const Roster& roster, const Duty& duty, absl::CivilMinute at) {
  for (const bool dated : {true, false}) {
    for (const Shift& shift : duty.shifts) {
      if ((shift.first || shift.last) == dated && FitsAt(roster, shift, at)) return &shift;
    }
  }
  return nullptr;
}

const Absence* AbsenceOf(const Roster& roster, std::string_view person, absl::CivilDay day) {
  for (const Absence& absence : roster.absences) {
    if (absence.person == person && absence.first <= day && day <= absence.last) return &absence;
  }
  return nullptr;
}

// `person`, or who stands in for him on that day.
void AddPerson(const Roster& roster, const std::string& person, absl::CivilDay day, std::vector<OnDuty>& to) {
  std::string who = person;
  for (int i = 0; i < kSubstitutesMax; ++i) {
    const Absence* absence = AbsenceOf(roster, who, day);
    if (absence == nullptr) {
      const bool there = std::any_of(to.begin(), to.end(), [&](const OnDuty& one) { return one.person == who; });
      if (!there) to.push_back({who, who == person ? "" : person});
      return;
    }
    if (absence->substitute.empty()) return;
    who = absence->substitute;
  }
}

}  // namespace

const Channel* Roster::ChannelOf(std::string_view name) const { return NamedIn(channels, name); }
const Rung* Roster::RungOf(std::string_view name) const { return NamedIn(rungs, name); }

const Person* Roster::PersonOf(std::string_view id) const {
  const auto found = std::find_if(persons.begin(), persons.end(), [&](const Person& one) { return one.id == id; });
  return found == persons.end() ? nullptr : &*found;
}

int Roster::PlaceOf(std::string_view rung) const {
  const Rung* found = RungOf(rung);
  return found == nullptr ? -1 : static_cast<int>(found - rungs.data());
}

const Rung* Roster::RungAfter(std::string_view name) const {
  const Rung* found = RungOf(name);
  return found == nullptr || found == &rungs.back() ? nullptr : found + 1;
}

std::string BeginningOf(const Roster& roster, Kind kind, Level level) {
  const Beginning* best = nullptr;
  for (const Beginning& one : roster.begins) {
    if (one.kind == kind && one.level <= level && (best == nullptr || one.level > best->level)) best = &one;
  }
  return best == nullptr ? roster.otherwise : best->rung;
}

bool IsWorkingDay(const Roster& roster, absl::CivilDay day) {
  if (roster.working_days.contains(day)) return true;
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday && !roster.holidays.contains(day);
}

std::vector<OnDuty> WhoIsCalled(const Roster& roster, std::string_view call, const Concerned& concerned,
                                absl::Time at) {
  const absl::CivilMinute civil = absl::ToCivilMinute(at, roster.zone);
  std::vector<OnDuty> out;
  if (const Person* person = roster.PersonOf(call)) {
    AddPerson(roster, person->id, absl::CivilDay(civil), out);
    return out;
  }
  // Both named, agency named, court named, general.
  for (const auto& [agency, court] :
       {std::pair(true, true), std::pair(true, false), std::pair(false, true), std::pair(false, false)}) {
    for (const Duty& duty : roster.duties) {
      if (duty.name != call || duty.agency.empty() == agency || duty.court.empty() == court) continue;
      if ((agency && duty.agency != concerned.agency) || (court && duty.court != concerned.court)) continue;
      const Shift* shift = ShiftAt(roster, duty, civil);
      if (shift == nullptr) continue;
      for (const std::string& person : shift->persons) AddPerson(roster, person, absl::CivilDay(civil), out);
    }
  }
  return out;
}

std::vector<Gap> GapsOf(const Roster& roster, absl::Time from, absl::Time to) {
  std::vector<Gap> out;
  for (const Duty& duty : roster.duties) {
    bool open = false;
    for (absl::Time at = from; at < to; at += absl::Minutes(1)) {
      const bool nobody = WhoIsCalled(roster, duty.name, {duty.agency, duty.court}, at).empty();
      if (nobody && !open) out.push_back({duty.name, duty.agency, duty.court, at, to});
      if (!nobody && open) out.back().to = at;
      open = nobody;
    }
  }
  return out;
}

}  // namespace eagle::duty
