// The duty roster 值班表: who is called about what, when, through which channel, and who comes after him. Data that
// people keep in one file (roster_file.h); here is what it says.
//
// Life: read whole, constant after that.
// Threads: values and pure functions.
//
//   const Rung* rung = roster.RungOf("contact");
//   for (const OnDuty& one : WhoIsCalled(roster, "duty-officer", {.agency = "9900010"}, now)) ...one.person...
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "client/duty/alert.h"

namespace eagle::duty {

// How a message leaves; which of the three is told by what is set.
struct Channel {
  std::string name;
  std::vector<std::string> command;              // program with arguments, "{address}" stands for the person's
  std::string url, authority, certificate, key;  // webhook; the others are paths of PEM files
  std::string maildir, from;                     // mail drop
  absl::Duration time_limit = absl::Seconds(20);
};

// One way to a person.
struct Way {
  std::string channel;
  std::string address;
};

struct Person {
  std::string id;
  std::string name;
  std::vector<Way> ways;  // in the order in which they are tried; at least one
};

enum class Days : uint8_t { kAll, kWorking, kFree };

// When a duty is done by whom. One that goes over midnight belongs to the day on which it begins.
struct Shift {
  std::vector<std::string> persons;  // the first is called; each later one stands in for those before him
  std::set<absl::Weekday> weekdays;  // empty: every day
  std::optional<absl::CivilDay> first, last;
  Days days = Days::kAll;
  int from_minute = 0, to_minute = 24 * 60;  // of the day, in the roster's zone; to <= from: until the next day
  uint32_t line = 0;
};

// What is to be done by somebody who changes: contact of an agency, leader on duty. The entry for exactly the alert's
// agency and court comes before the general one, which stands in for it.
struct Duty {
  std::string name;
  std::string agency, court;  // empty: for every one
  std::vector<Shift> shifts;
};

struct Absence {
  std::string person;
  absl::CivilDay first, last;
  std::string substitute;  // empty: whoever comes next
};

struct Rung {
  std::string name;
  std::vector<std::string> calls;  // names of duties and ids of persons: each is called
  absl::Duration wait;             // without an acknowledgement, until the next rung; the last one has none
};

// Alerts of this kind, from this level on, begin at this rung.
struct Beginning {
  Kind kind = Kind::kOther;
  Level level = 0;
  std::string rung;  // empty: nobody is called, it is only written down
};

struct Bounds {
  int calls_per_minute = 60;                       // of all
  int calls_per_person = 6;                        // a minute
  int alone = 3;                                   // so many lines are said one by one; more become one digest
  int rounds = 3;                                  // all ways of a person, before the next one stands in
  absl::Duration first_pause = absl::Seconds(30);  // between two rounds; doubled each time
  absl::Duration again = absl::Minutes(10);        // when the last rung reached nobody
  absl::Duration silent = absl::Minutes(10);       // without a sign of the gateway: GATEWAY_SILENT
};

struct Roster {
  absl::TimeZone zone;
  std::vector<Channel> channels;
  std::vector<Person> persons;
  std::vector<Duty> duties;
  std::vector<Absence> absences;
  std::set<absl::CivilDay> holidays, working_days;  // Monday to Friday works but for the first; the second work too
  std::vector<Rung> rungs;                          // lowest first
  std::vector<Beginning> begins;
  std::string otherwise;  // rung of what `begins` doesn't know
  Bounds bounds;

  const Channel* ChannelOf(std::string_view name) const;
  const Person* PersonOf(std::string_view id) const;
  const Rung* RungOf(std::string_view name) const;
  // Null: it is the last.
  const Rung* RungAfter(std::string_view name) const;
  // Lowest is 0; -1 for none of that name.
  int PlaceOf(std::string_view rung) const;
};

// Where alerts of this kind and level begin; empty: nobody is called.
std::string BeginningOf(const Roster& roster, Kind kind, Level level);

// Whether people work on that day.
bool IsWorkingDay(const Roster& roster, absl::CivilDay day);

struct Concerned {
  std::string agency, court;
};

struct OnDuty {
  std::string person;
  std::string instead_of;  // person who is absent; empty: himself
  friend bool operator==(const OnDuty&, const OnDuty&) = default;
};

// Who answers to `call` (a duty or a person) at `at`, in the order in which they are tried: the first, then those who
// stand in. Nobody is there twice; empty: nobody is on duty.
std::vector<OnDuty> WhoIsCalled(const Roster& roster, std::string_view call, const Concerned& concerned, absl::Time at);

// From when until when a duty has nobody.
struct Gap {
  std::string duty, agency, court;
  absl::Time from, to;
};
// Looked at minute by minute from `from` until `to`; a gap that goes on at `to` ends there.
std::vector<Gap> GapsOf(const Roster& roster, absl::Time from, absl::Time to);

}  // namespace eagle::duty
