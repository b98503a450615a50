#include "client/duty/state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace eagle::duty {
namespace {

constexpr absl::Duration kRecent = absl::Minutes(1);
// Tries of a person that are older don't matter: the pauses between them are shorter.
constexpr absl::Duration kTriesLive = absl::Hours(2);

void Forget(OpenAlert& alert, State& state) {
  const AlertNo number = alert.number;
  state.alerts.erase(number);
  for (auto at = state.said.begin(); at != state.said.end();) {
    std::vector<AlertNo>& numbers = at->second;
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), number);
    if (found != numbers.end() && *found == number) numbers.erase(found);
    at = numbers.empty() ? state.said.erase(at) : std::next(at);
  }
}

void End(OpenAlert& alert, absl::Time time, const std::string& how, State& state) {
  if (alert.ended_at) return;
  alert.ended_at = time, alert.ended_how = how;
  const auto matter = state.by_matter.find(alert.alert.matter);
  if (matter != state.by_matter.end() && matter->second == alert.number) state.by_matter.erase(matter);
  for (const Told& told : alert.told) alert.to_tell_end.insert(told.person);
  alert.to_tell_end.insert(alert.perhaps.begin(), alert.perhaps.end());
  for (const auto& [call, calling] : state.in_flight) {  // whoever is being told this moment
    for (const auto& [name, numbers] : calling.lines) {
      if (std::find(numbers.begin(), numbers.end(), alert.number) != numbers.end())
        alert.to_tell_end.insert(calling.person);
    }
  }
  if (alert.to_tell_end.empty()) Forget(alert, state);
}

class Folder {
 public:
  Folder(absl::Time time, State& state) : time_(time), state_(state) {}

  void operator()(const RosterSeen& seen) { state_.persons = seen.persons; }
  void operator()(const Noted&) {}
  void operator()(const Token& token) { state_.resume_token = token.token, state_.token_at = time_; }
  void operator()(const Continued& from) {
    state_.next_alert = std::max(state_.next_alert, from.next_alert);
    state_.next_call = std::max(state_.next_call, from.next_call);
  }
  void operator()(const Raised& raised) {
    state_.next_alert = std::max(state_.next_alert, raised.number + 1);
    OpenAlert& alert = state_.alerts[raised.number];
    const bool is_new = alert.number == 0;
    alert.number = raised.number, alert.alert = raised.alert;
    if (is_new) {
      alert.raised_at = time_;
    } else {
      ++alert.times;
      // Who acknowledged what it was before hasn't acknowledged this.
      if (alert.ack) alert.ack.reset(), alert.rung.clear(), alert.targets.clear();
    }
    state_.by_matter[raised.alert.matter] = raised.number;
  }
  void operator()(const Ended& ended) {
    if (OpenAlert* alert = Find(ended.number)) End(*alert, time_, ended.how, state_);
  }
  void operator()(const Reached& reached) {
    for (const AlertNo number : reached.numbers) {
      OpenAlert* alert = Find(number);
      if (alert == nullptr) continue;
      alert->rung = reached.rung;
      alert->told_at.reset(), alert->unreached_at.reset();
      alert->targets.clear();
      for (const std::string& call : reached.calls) alert->targets.push_back({.call = call});
    }
  }
  void operator()(const Unreached& unreached) {
    for (const AlertNo number : unreached.numbers) {
      OpenAlert* alert = Find(number);
      if (alert == nullptr) continue;
      for (Target& target : alert->targets) {
        if (target.call == unreached.call && target.open()) target.unreached = true;
      }
      const bool nobody = std::all_of(alert->targets.begin(), alert->targets.end(),
                                      [](const Target& target) { return target.unreached; });
      if (nobody) alert->unreached_at = time_;
    }
  }
  void operator()(const Calling& calling) {
    state_.next_call = std::max(state_.next_call, calling.number + 1);
    state_.in_flight[calling.number] = calling;
    state_.recent.emplace_back(time_, calling.person);
    while (state_.recent.front().first + kRecent <= time_) state_.recent.pop_front();
    std::vector<AlertNo> numbers;
    for (const auto& [call, of_call] : calling.lines) {
      for (const AlertNo number : of_call) {
        if (Find(number) != nullptr) numbers.push_back(number);
      }
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    if (!numbers.empty()) state_.said[calling.number] = std::move(numbers);
  }
  void operator()(const Called& called) {
    const auto found = state_.in_flight.find(called.number);
    if (found == state_.in_flight.end()) return;
    const Calling calling = std::move(found->second);
    state_.in_flight.erase(found);
    Tries& tries = state_.tries[calling.person];
    if (called.result == Result::kFailed && !called.given_up) {
      ++tries.failed, tries.retry_at = called.retry_at;
    } else if (called.result != Result::kUnknown) {
      state_.tries.erase(calling.person);
    }
    for (const auto& [call, numbers] : calling.lines) {
      for (const AlertNo number : numbers) Line(number, call, calling.person, called);
    }
    if (called.result != Result::kOk && !called.given_up) return;
    for (const AlertNo number : calling.ended) {
      const auto alert = state_.alerts.find(number);
      if (alert == state_.alerts.end()) continue;
      alert->second.to_tell_end.erase(calling.person);
      if (alert->second.ended_at && alert->second.to_tell_end.empty()) Forget(alert->second, state_);
    }
  }
  void operator()(const Acked& acked) {
    for (const AlertNo number : acked.numbers) {
      OpenAlert* alert = Find(number);
      if (alert == nullptr) continue;
      alert->ack = Ack{acked.by, acked.note, time_};
      if (!acked.done) continue;
      End(*alert, time_, absl::StrCat("settled by ", acked.by), state_);
      // He knows.
      const auto ended = state_.alerts.find(number);
      if (ended == state_.alerts.end()) continue;
      ended->second.to_tell_end.erase(acked.by);
      if (ended->second.to_tell_end.empty()) Forget(ended->second, state_);
    }
  }

 private:
  // Open ones only.
  OpenAlert* Find(AlertNo number) {
    const auto found = state_.alerts.find(number);
    return found == state_.alerts.end() || found->second.ended_at ? nullptr : &found->second;
  }

  void Line(AlertNo number, const std::string& call, const std::string& person, const Called& called) {
    const auto found = state_.alerts.find(number);
    if (found == state_.alerts.end()) return;
    OpenAlert& alert = found->second;
    if (called.result == Result::kUnknown) {
      alert.perhaps.insert(person);
      if (alert.ended_at) alert.to_tell_end.insert(person);
      return;
    }
    for (Target& target : alert.targets) {
      if (target.call != call || !target.open()) continue;
      if (called.result == Result::kOk) target.told = person;
      if (called.given_up) target.given_up.push_back(person);
    }
    if (called.result != Result::kOk) return;
    const bool twice = std::any_of(alert.told.begin(), alert.told.end(),
                                   [&](const Told& told) { return told.person == person && told.at == time_; });
    if (!twice) alert.told.push_back({person, alert.rung, time_});
    if (!alert.told_at) alert.told_at = time_;
    if (alert.ended_at) alert.to_tell_end.insert(person);  // it ended while he was told
  }

  const absl::Time time_;
  State& state_;
};

// Whether a record is about something that is still there.
class Asker {
 public:
  explicit Asker(const State& state) : state_(state) {}
  bool operator()(const RosterSeen&) const { return false; }  // the last one is kept apart
  bool operator()(const Token&) const { return false; }
  bool operator()(const Continued&) const { return false; }
  bool operator()(const Noted&) const { return false; }
  bool operator()(const Raised& raised) const { return Has(raised.number); }
  bool operator()(const Ended& ended) const { return Has(ended.number); }
  bool operator()(const Reached& reached) const { return Any(reached.numbers); }
  bool operator()(const Unreached& unreached) const { return Any(unreached.numbers); }
  bool operator()(const Acked& acked) const { return Any(acked.numbers); }
  bool operator()(const Calling& calling) const {
    return state_.in_flight.contains(calling.number) || Any(calling.ended) ||
           std::any_of(calling.lines.begin(), calling.lines.end(), [&](const auto& one) { return Any(one.second); });
  }
  bool operator()(const Called&) const { return false; }  // with its Calling

 private:
  bool Has(AlertNo number) const { return state_.alerts.contains(number); }
  bool Any(const std::vector<AlertNo>& numbers) const {
    return std::any_of(numbers.begin(), numbers.end(), [&](AlertNo number) { return Has(number); });
  }
  const State& state_;
};

}  // namespace

std::string AlertName(AlertNo number) { return absl::StrCat("A", number); }
std::string CallName(CallNo number) { return absl::StrCat("C", number); }

std::string_view WhyWord(Why why) {
  switch (why) {
    case Why::kBegun:
      return "BEGUN";
    case Why::kMark:
      return "MARK";
    case Why::kWaited:
      return "NOT_ACKNOWLEDGED";
    case Why::kUnreached:
      return "NOBODY_REACHED";
    case Why::kAgain:
      break;
  }
  return "AGAIN";
}

std::string_view ResultWord(Result result) {
  return result == Result::kOk ? "OK" : result == Result::kFailed ? "FAILED" : "UNKNOWN";
}

void Apply(const Record& record, State& state) {
  // Who acknowledges has a process and a clock reading of his own: the duty's time doesn't follow them.
  if (!std::holds_alternative<Acked>(record.what)) state.now = std::max(state.now, record.time);
  std::visit(Folder(record.time, state), record.what);
}

std::vector<Record> Needed(const std::vector<Record>& records, const State& state) {
  std::vector<Record> out;
  out.push_back({state.now, Continued{state.next_alert, state.next_call}});
  const Record *roster = nullptr, *token = nullptr;
  std::set<CallNo> calls;
  for (const Record& record : records) {
    if (std::holds_alternative<RosterSeen>(record.what)) roster = &record;
    if (std::holds_alternative<Token>(record.what)) token = &record;
    const auto* calling = std::get_if<Calling>(&record.what);
    const auto* called = std::get_if<Called>(&record.what);
    const bool lives = calling != nullptr && record.time + kTriesLive > state.now;
    if (calling != nullptr && (lives || Asker(state)(*calling))) {
      calls.insert(calling->number);
      out.push_back(record);
    } else if (called != nullptr ? calls.contains(called->number)
                                 : calling == nullptr && std::visit(Asker(state), record.what)) {
      out.push_back(record);
    }
  }
  if (roster != nullptr) out.push_back(*roster);
  if (token != nullptr) out.push_back(*token);
  return out;
}

std::vector<Standing> StandingOf(const State& state) {
  std::vector<Standing> out;
  for (const auto& [matter, number] : state.by_matter) {
    const Alert& alert = state.alerts.at(number).alert;
    out.push_back(
        {matter, alert.kind, alert.level, alert.journal_index, alert.order_id, alert.agency, alert.court, alert.due});
  }
  return out;
}

}  // namespace eagle::duty
