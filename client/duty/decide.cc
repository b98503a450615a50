#include "client/duty/decide.h"

#include <algorithm>
#include <tuple>

#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::duty {
namespace {

constexpr absl::Duration kTokenEvery = absl::Minutes(10), kPauseMax = absl::Minutes(5), kMinute = absl::Minutes(1);

void TakeRaised(const Alert& alert, const Roster& roster, Pen& pen) {
  State& state = pen.state();
  const auto open = state.by_matter.find(alert.matter);
  if (open == state.by_matter.end()) {
    if (BeginningOf(roster, alert.kind, alert.level).empty())
      pen.Write(Noted{alert});
    else
      pen.Write(Raised{state.next_alert, alert});
    return;
  }
  const Alert& known = state.alerts.at(open->second).alert;
  // Another thing of the same matter (a second incident, agencies of the same order that have another day) comes later.
  const bool another = alert.level == known.level && alert.journal_index > known.journal_index &&
                       (alert.level == 0 || alert.due != known.due);
  if (alert.level > known.level || another) pen.Write(Raised{open->second, alert});
}

// Who is called now, looked up once for each call and whom it concerns.
class Lookup {
 public:
  Lookup(const Roster& roster, absl::Time now) : roster_(roster), now_(now) {}
  const std::vector<OnDuty>& Of(const std::string& call, const Alert& alert) {
    const auto key = std::tuple(call, alert.agency, alert.court);
    auto found = known_.find(key);
    if (found == known_.end())
      found = known_.emplace(key, WhoIsCalled(roster_, call, {alert.agency, alert.court}, now_)).first;
    return found->second;
  }
  // The first of them who wasn't given up; null: nobody is left.
  const OnDuty* Next(const Target& target, const Alert& alert) {
    for (const OnDuty& one : Of(target.call, alert)) {
      if (std::find(target.given_up.begin(), target.given_up.end(), one.person) == target.given_up.end()) return &one;
    }
    return nullptr;
  }

 private:
  const Roster& roster_;
  const absl::Time now_;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<OnDuty>> known_;
};

struct Step {
  const Rung* rung = nullptr;
  Why why = Why::kBegun;
};

// Where an open alert that nobody acknowledged goes now; no rung: it stays.
Step StepOf(const OpenAlert& alert, const Roster& roster, absl::Time now) {
  const Rung* rung = roster.RungOf(alert.rung);
  const Rung* begin = roster.RungOf(BeginningOf(roster, alert.alert.kind, alert.alert.level));
  if (rung == nullptr) return {begin, Why::kBegun};
  if (begin != nullptr && begin > rung) return {begin, Why::kMark};
  const Rung* next = roster.RungAfter(alert.rung);
  if (alert.told_at) return {now >= *alert.told_at + rung->wait ? next : nullptr, Why::kWaited};
  if (!alert.unreached_at) return {};
  if (next != nullptr) return {next, Why::kUnreached};
  return {now >= *alert.unreached_at + roster.bounds.again ? rung : nullptr, Why::kAgain};
}

bool StepAll(const Roster& roster, Pen& pen) {
  std::map<std::pair<const Rung*, Why>, std::vector<AlertNo>> steps;
  for (const auto& [number, alert] : pen.state().alerts) {
    if (alert.ended_at || alert.ack) continue;
    const Step step = StepOf(alert, roster, pen.now());
    if (step.rung != nullptr) steps[{step.rung, step.why}].push_back(number);
  }
  for (auto& [step, numbers] : steps)
    pen.Write(Reached{step.first->name, step.second, step.first->calls, std::move(numbers)});
  return !steps.empty();
}

// Calls for which nobody is on duty, or nobody is left.
bool MissAll(const Roster& roster, Pen& pen) {
  Lookup lookup(roster, pen.now());
  std::map<std::string, std::vector<AlertNo>> missed;
  for (const auto& [number, alert] : pen.state().alerts) {
    if (alert.ended_at || alert.ack) continue;
    for (const Target& target : alert.targets) {
      if (target.open() && lookup.Next(target, alert.alert) == nullptr) missed[target.call].push_back(number);
    }
  }
  for (auto& [call, numbers] : missed) pen.Write(Unreached{call, std::move(numbers)});
  return !missed.empty();
}

// What one person is to be told.
struct Lines {
  std::map<std::string, std::vector<AlertNo>> of_call;
  std::vector<AlertNo> ended;
  std::set<AlertNo> all;
};

std::map<std::string, Lines> LinesOf(const Roster& roster, const State& state, absl::Time now) {
  Lookup lookup(roster, now);
  std::map<std::string, Lines> out;
  for (const auto& [number, alert] : state.alerts) {
    if (alert.ended_at) {
      for (const std::string& person : alert.to_tell_end) {
        out[person].ended.push_back(number);
        out[person].all.insert(number);
      }
      continue;
    }
    if (alert.ack) continue;
    for (const Target& target : alert.targets) {
      const OnDuty* next = target.open() ? lookup.Next(target, alert.alert) : nullptr;
      if (next == nullptr) continue;
      Lines& lines = out[next->person];
      lines.of_call[target.call].push_back(number);
      lines.all.insert(number);
    }
  }
  return out;
}

// Calls of the last minute; of all when `person` is empty.
int CallsOf(const State& state, std::string_view person, absl::Time now) {
  return static_cast<int>(std::count_if(state.recent.begin(), state.recent.end(), [&](const auto& call) {
    return call.first + kMinute > now && (person.empty() || call.second == person);
  }));
}

bool IsInFlight(const State& state, std::string_view person) {
  return std::any_of(state.in_flight.begin(), state.in_flight.end(),
                     [&](const auto& one) { return one.second.person == person; });
}

// All lines, or the one that waits longest.
Calling CallingOf(const std::string& person, const Lines& lines, bool together) {
  Calling calling{.person = person};
  const AlertNo first = *lines.all.begin();
  for (const auto& [call, numbers] : lines.of_call) {
    std::vector<AlertNo> said = numbers;
    if (!together) std::erase_if(said, [&](AlertNo number) { return number != first; });
    if (!said.empty()) calling.lines.emplace_back(call, std::move(said));
  }
  for (const AlertNo number : lines.ended) {
    if (together || number == first) calling.ended.push_back(number);
  }
  return calling;
}

}  // namespace

void TakeNews(const News& news, const Roster& roster, Pen& pen) {
  for (const Piece& piece : news.pieces) {
    if (!piece.ended) {
      TakeRaised(piece.alert, roster, pen);
      continue;
    }
    TakeSettled({piece.alert.matter}, pen);
  }
  const State& state = pen.state();
  if (news.resume_token.empty() || news.resume_token == state.resume_token) return;
  if (!news.pieces.empty() || state.resume_token.empty() || state.token_at + kTokenEvery <= pen.now())
    pen.Write(Token{news.resume_token});
}

void TakeSettled(const std::vector<std::string>& matters, Pen& pen) {
  for (const std::string& matter : matters) {
    const auto open = pen.state().by_matter.find(matter);
    if (open != pen.state().by_matter.end()) pen.Write(Ended{open->second, "nothing to do any more"});
  }
}

void Climb(const Roster& roster, Pen& pen) {
  // Ends: a round that goes on puts an alert on a rung, or takes a call of it away; rungs go up, and the last is called
  // again only after its pause.
  bool again = true;
  while (again) {
    again = StepAll(roster, pen);
    again = MissAll(roster, pen) || again;
  }
}

const Way& NextWay(const Person& person, const State& state) {
  const auto tries = state.tries.find(person.id);
  const size_t failed = tries == state.tries.end() ? 0 : static_cast<size_t>(tries->second.failed);
  return person.ways[failed % person.ways.size()];
}

std::vector<Calling> MakeCalls(const Roster& roster, Pen& pen) {
  State& state = pen.state();
  std::vector<std::pair<std::string, Lines>> waiting;
  for (auto& [person, lines] : LinesOf(roster, state, pen.now())) {
    const auto tries = state.tries.find(person);
    const bool rests = tries != state.tries.end() && pen.now() < tries->second.retry_at;
    if (!rests && !IsInFlight(state, person)) waiting.emplace_back(person, std::move(lines));
  }
  // Who waits longest first, so that the bound of all starves nobody.
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const auto& a, const auto& b) { return *a.second.all.begin() < *b.second.all.begin(); });
  std::vector<Calling> out;
  for (const auto& [id, lines] : waiting) {
    const Person* person = roster.PersonOf(id);
    if (person == nullptr) {  // told once, and no longer in the roster: nobody to tell that it ended
      Calling gone = CallingOf(id, lines, true);
      gone.number = state.next_call, gone.channel = "-";
      pen.Write(gone);
      pen.Write(Called{gone.number, Result::kFailed, true, pen.now(), "no longer in the roster"});
      continue;
    }
    if (CallsOf(state, "", pen.now()) >= roster.bounds.calls_per_minute) break;
    if (CallsOf(state, id, pen.now()) >= roster.bounds.calls_per_person) continue;
    Calling calling = CallingOf(id, lines, lines.all.size() > static_cast<size_t>(roster.bounds.alone));
    calling.number = state.next_call;
    calling.channel = NextWay(*person, state).channel;
    pen.Write(calling);
    out.push_back(std::move(calling));
  }
  return out;
}

void JudgeCall(CallNo number, const absl::Status& told, const Roster& roster, Pen& pen) {
  const auto found = pen.state().in_flight.find(number);
  if (found == pen.state().in_flight.end()) return;
  if (told.ok()) {
    pen.Write(Called{.number = number});
    return;
  }
  Called called{number, Result::kFailed, false, pen.now(), FailureOf(told).message};
  const Person* person = roster.PersonOf(found->second.person);
  const auto tries = pen.state().tries.find(found->second.person);
  const int failed = 1 + (tries == pen.state().tries.end() ? 0 : tries->second.failed);
  const int ways = person == nullptr ? 1 : static_cast<int>(person->ways.size());
  const int rounds = failed / ways;
  if (person == nullptr || rounds >= roster.bounds.rounds) {
    called.given_up = true;
  } else if (failed % ways == 0) {
    called.retry_at = pen.now() + std::min(roster.bounds.first_pause * (1 << std::min(rounds - 1, 10)), kPauseMax);
  }
  pen.Write(std::move(called));
}

void CutCalls(Pen& pen) {
  std::vector<CallNo> cut;
  for (const auto& [number, calling] : pen.state().in_flight) cut.push_back(number);
  for (const CallNo number : cut) pen.Write(Called{number, Result::kUnknown, false, pen.now(), "cut"});
}

}  // namespace eagle::duty
