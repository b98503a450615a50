// What is open, who was told and who answered: a fold over records. Each record holds outcomes (which rung, which
// person, when again), so that folding needs no roster, and a roster that changed meanwhile changes nothing that
// happened.
//
//   (raised)  open, no rung --Reached--> on a rung, its calls open --Called ok--> told, waits --Reached--> next rung
//                                            \--Called given up--> the next who stands in --Unreached--> nobody left
//   any open --Acked--> acknowledged, climbs no more until a higher mark raises it again
//   any open --Ended--> ended: those told are told so, then it is gone
//
// Threads: one.
//
//   State state;  for (const Record& record : records) Apply(record, state);
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "client/duty/alert.h"

namespace eagle::duty {

using AlertNo = uint64_t;  // "A17"
using CallNo = uint64_t;   // "C42"

std::string AlertName(AlertNo number);
std::string CallName(CallNo number);

// --- records

// Who the roster knows: ids only. Written when it changes.
struct RosterSeen {
  std::vector<std::string> persons;
};
// A new alert, or a later mark of one that is open (same number).
struct Raised {
  AlertNo number = 0;
  Alert alert;
};
// What the roster wants nobody called about.
struct Noted {
  Alert alert;
};
struct Ended {
  AlertNo number = 0;
  std::string how;
};
struct Token {
  std::string token;
};
enum class Why : uint8_t { kBegun, kMark, kWaited, kUnreached, kAgain };
std::string_view WhyWord(Why why);
struct Reached {
  std::string rung;
  Why why = Why::kBegun;
  std::vector<std::string> calls;
  std::vector<AlertNo> numbers;
};
// Nobody is on duty for a call of a rung, or all who are were tried.
struct Unreached {
  std::string call;
  std::vector<AlertNo> numbers;
};
// A message is about to leave. Lines: of each of a rung's calls its alerts; and alerts that ended.
struct Calling {
  CallNo number = 0;
  std::string person, channel;
  std::vector<std::pair<std::string, std::vector<AlertNo>>> lines;
  std::vector<AlertNo> ended;
};
enum class Result : uint8_t { kOk, kFailed, kUnknown };
std::string_view ResultWord(Result result);
struct Called {
  CallNo number = 0;
  Result result = Result::kOk;
  bool given_up = false;  // this person, for what the call said
  absl::Time retry_at;    // with kFailed: not before
  std::string detail;     // what failed, no personal data
};
struct Acked {
  std::vector<AlertNo> numbers;
  std::string by, note;
  bool done = false;  // settled by people: ends it
};
// First in a file that goes on from an older one: numbers below these were given.
struct Continued {
  AlertNo next_alert = 1;
  CallNo next_call = 1;
};

struct Record {
  absl::Time time;
  std::variant<RosterSeen, Raised, Noted, Ended, Token, Reached, Unreached, Calling, Called, Acked, Continued> what;
};

// --- state

struct Target {
  std::string call;
  std::vector<std::string> given_up;  // persons who couldn't be reached
  std::string told;                   // whom; empty: nobody yet
  bool unreached = false;             // nobody left
  bool open() const { return told.empty() && !unreached; }
};

struct Told {
  std::string person, rung;
  absl::Time at;
};

struct Ack {
  std::string by, note;
  absl::Time at;
};

struct OpenAlert {
  AlertNo number = 0;
  Alert alert;  // as its newest mark has it
  absl::Time raised_at;
  uint32_t times = 1;                      // raised
  std::string rung;                        // empty: none yet
  std::optional<absl::Time> told_at;       // the first who was told on this rung
  std::optional<absl::Time> unreached_at;  // when nobody was left on this rung
  std::vector<Target> targets;
  std::vector<Told> told;         // on every rung, in order
  std::set<std::string> perhaps;  // a call to whom was cut: told, or not
  std::optional<Ack> ack;
  std::optional<absl::Time> ended_at;
  std::string ended_how;
  std::set<std::string> to_tell_end;
};

// How it goes with the ways to a person.
struct Tries {
  int failed = 0;  // in a row, over all ways
  absl::Time retry_at = absl::InfinitePast();
};

struct State {
  absl::Time now = absl::InfinitePast();                  // of the newest record
  std::map<AlertNo, OpenAlert> alerts;                    // open, or ended and not everybody knows
  std::map<std::string, AlertNo> by_matter;               // open ones
  std::map<CallNo, Calling> in_flight;                    // whose result isn't known
  std::map<std::string, Tries> tries;                     // by person
  std::deque<std::pair<absl::Time, std::string>> recent;  // calls of the last minute, by person
  std::map<CallNo, std::vector<AlertNo>> said;            // alerts that a call was about, while one is open
  std::vector<std::string> persons;
  std::string resume_token;
  absl::Time token_at = absl::InfinitePast();
  AlertNo next_alert = 1;
  CallNo next_call = 1;
};

// Total: a record can't fail to apply; what it names and isn't there any more is left out.
void Apply(const Record& record, State& state);

// What `state` needs of the records that made it, behind a Continued; the order stays. Folding it gives the same open
// alerts, calls, tries and token.
std::vector<Record> Needed(const std::vector<Record>& records, const State& state);

// Open alerts for the source.
std::vector<Standing> StandingOf(const State& state);

// Writes records as it applies them, so that what is decided next sees them.
class Pen {
 public:
  Pen(State& state, absl::Time now) : state_(state), now_(now) {}
  State& state() { return state_; }
  absl::Time now() const { return now_; }
  template <class What>
  void Write(What what) {
    records_.push_back({now_, std::move(what)});
    Apply(records_.back(), state_);
  }
  const std::vector<Record>& records() const { return records_; }

 private:
  State& state_;
  const absl::Time now_;
  std::vector<Record> records_;
};

}  // namespace eagle::duty
