// eagle duty run, ack: alerts that nobody sleeps through 值班: who is called, and who answers for it.
#include "client/cli/duty.h"

#include <signal.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/duty_source.h"
#include "client/cli/session.h"
#include "client/cli/statements.h"
#include "client/common/files.h"
#include "client/duty/book.h"
#include "client/duty/roster_file.h"
#include "client/duty/watch.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

constexpr absl::Duration kRound = absl::Seconds(1);

// SIGTERM and SIGINT wait until the round is over, so that a call that was made is written down.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM), sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  bool Asked() const {
    const timespec none{};
    return sigtimedwait(&signals_, nullptr, &none) > 0;
  }

 private:
  sigset_t signals_, before_;
};

struct DutyRunFlags {
  std::string roster, state, since;
  bool once = false;
};

absl::Status RunDuty(Session& session, const DutyRunFlags& flags) {
  std::optional<absl::Time> since;
  if (!flags.since.empty()) {
    EAGLE_ASSIGN_OR_RETURN(since, InstantOf("--since", flags.since));
  }
  const StopSignals signals;  // before there is a thread
  EAGLE_RETURN_IF_ERROR(LoadRoster(flags.roster).status());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  Process& process = session.process();
  DutySource source(*gateway, process.real_clock, since);
  duty::RosterFile roster(flags.roster);
  bool stopped = false;
  EAGLE_ASSIGN_OR_RETURN(
      const std::unique_ptr<duty::Watch> watch,
      duty::Watch::Start(flags.state,
                         {.source = source,
                          .clock = process.clock,
                          .real_clock = process.real_clock,
                          .roster = [&] { return roster.ReadIfChanged(); },
                          .channels = [&](const duty::Roster& of) { return duty::OpenSwitchboard(of, process.clock); },
                          .wait =
                              [&](absl::Duration wait) {
                                stopped = stopped || !process.waiter.Wait(wait);
                                return !stopped;
                              },
                          .say = [&](std::string_view line) { session.Talk(line); }}));
  do {
    EAGLE_RETURN_IF_ERROR(watch->Step(kRound));
    stopped = stopped || signals.Asked() || (flags.once && !watch->busy());
  } while (!stopped);
  if (flags.once) EAGLE_RETURN_IF_ERROR(watch->source());
  Document document;
  document.Add(Record("duty")
                   .Add("open", Count(watch->state().by_matter.size()))
                   .Add("next_alert", Text(duty::AlertName(watch->state().next_alert))));
  return session.Print(document);
}

struct DutyAckFlags {
  std::vector<std::string> names;
  std::string state, by, note;
  bool done = false;
};

absl::Status Acknowledge(Session& session, const DutyAckFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const auto book, duty::Book::OpenExisting(flags.state));
  const std::vector<std::string>& persons = book->state().persons;
  if (std::find(persons.begin(), persons.end(), flags.by) == persons.end())
    return Fail(Reason::kFieldInvalid, "nobody in the roster has this id; it has " + absl::StrJoin(persons, ", "))
        .At("--by", flags.by);
  if (!IsValidUtf8(flags.note) || flags.note.size() > 500)
    return Fail(Reason::kFieldInvalid, "a note is UTF-8 of at most 500 bytes").At("--note", "too long");
  absl::StatusOr<std::vector<duty::AlertNo>> numbers(std::vector<duty::AlertNo>{});
  EAGLE_RETURN_IF_ERROR(book->Write(session.process().clock.WallNow(), [&](duty::Pen& pen) {
    numbers = OpenAlertsOf(pen.state(), flags.names);
    if (numbers.ok()) pen.Write(duty::Acked{*numbers, flags.by, flags.note, flags.done});
  }));
  EAGLE_RETURN_IF_ERROR(numbers.status());
  Table table("acknowledged", {{"alert"}, {"by"}, {"settled"}});
  for (const duty::AlertNo number : *numbers)
    table.Add({Text(duty::AlertName(number)), Text(flags.by), YesNo(flags.done)});
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

absl::StatusOr<duty::Roster> LoadRoster(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return duty::ParseRoster(text, path);
}

absl::StatusOr<std::vector<duty::AlertNo>> OpenAlertsOf(const duty::State& state,
                                                        const std::vector<std::string>& names) {
  std::set<duty::AlertNo> numbers;
  for (const std::string& name : names) {
    uint64_t number = 0;
    const char kind = name.empty() ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    if ((kind != 'A' && kind != 'C') || !absl::SimpleAtoi(name.substr(1), &number))
      return Fail(Reason::kFieldInvalid, "alerts are named as A17, calls as C42: " + name);
    const auto alert = state.alerts.find(number);
    if (kind == 'A' && (alert == state.alerts.end() || alert->second.ended_at))
      return Fail(Reason::kFieldInvalid, "no alert that is open has this name: " + name);
    if (kind == 'A') {
      numbers.insert(number);
      continue;
    }
    const auto call = state.said.find(number);
    if (call == state.said.end())
      return Fail(Reason::kFieldInvalid, "no alert that this call was about is open: " + name);
    for (const duty::AlertNo one : call->second) {
      if (const auto open = state.alerts.find(one); open != state.alerts.end() && !open->second.ended_at)
        numbers.insert(one);
    }
  }
  return std::vector<duty::AlertNo>(numbers.begin(), numbers.end());
}

void AddDutyRun(Verb& duty) {
  auto run_flags = std::make_shared<DutyRunFlags>();
  Verb run = duty.Add("run",
                      "Read the gateway's alerts, call the people of the roster, and climb its rungs until somebody "
                      "acknowledges. Runs until it is stopped.",
                      "eagle duty run --roster /etc/golden-eagle/duty.toml --state /var/lib/golden-eagle-duty");
  run.Text("--roster", &run_flags->roster, "the roster's file (TOML); read anew when it changes", Need::kRequired);
  run.Text("--state", &run_flags->state, "folder of what is open and who was told: lose it, and all is told again",
           Need::kRequired);
  run.Text("--since", &run_flags->since, "at the first start: read alerts from this instant on; from now without it");
  run.Flag("--once", &run_flags->once, "read what is there, make the calls that are due, and end");
  run.Do([run_flags](Session& session) { return RunDuty(session, *run_flags); });

  auto ack_flags = std::make_shared<DutyAckFlags>();
  Verb ack = duty.Add("ack", "Answer for alerts: they climb no more, until a higher mark comes.",
                      "eagle duty ack A17 --by li --note \"called the bank\" --state /var/lib/golden-eagle-duty\n"
                      "eagle duty ack C42 --by li --state /var/lib/golden-eagle-duty");
  ack.Texts("ID", &ack_flags->names, "alerts as A17; C42: every alert of that call", Need::kRequired);
  ack.Text("--by", &ack_flags->by, "your id in the roster", Need::kRequired);
  ack.Text("--note", &ack_flags->note, "what was done; no personal data of respondents");
  ack.Text("--state", &ack_flags->state, "the duty's folder", Need::kRequired);
  ack.Flag("--done", &ack_flags->done, "it is settled: ends the alert, and tells the others who were called");
  ack.Do([ack_flags](Session& session) { return Acknowledge(session, *ack_flags); });
}

void AddDuty(Verb& root) {
  Verb duty = root.Add("duty", "The duty 值班: people are called about alerts until one of them answers.");
  AddDutyRun(duty);
  AddDutyShow(duty);
}

}  // namespace eagle::client
