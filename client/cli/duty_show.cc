// eagle duty check, list, log: who would be called; what is open; what happened.
#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/duty.h"
#include "client/cli/session.h"
#include "client/cli/statements.h"
#include "client/duty/book.h"
#include "client/duty/lines.h"
#include "client/duty/log_words.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

using duty::Roster;

// --- check

struct DutyCheckFlags {
  std::string roster, at, agency, court;
  uint64_t days = 14;
};
constexpr uint64_t kGapDaysMax = 400;

std::string PersonsText(const std::vector<duty::OnDuty>& persons) {
  std::vector<std::string> out;
  for (const duty::OnDuty& one : persons)
    out.push_back(one.instead_of.empty() ? one.person : absl::StrCat(one.person, " for ", one.instead_of));
  return absl::StrJoin(out, ", then ");
}

std::string WaysText(const Roster& roster, const std::vector<duty::OnDuty>& persons) {
  if (persons.empty()) return "";
  std::vector<std::string> out;
  for (const duty::Way& way : roster.PersonOf(persons.front().person)->ways) out.push_back(way.channel);
  return absl::StrJoin(out, ", then ");
}

// One beginning: its rungs upwards, each at the instant at which it would be called.
void AddBeginning(const Roster& roster, const std::string& kind, const std::string& level, const std::string& begin,
                  const DutyCheckFlags& flags, absl::Time at, Table& table) {
  if (begin.empty()) {
    table.Add({Text(kind), TextOrNothing(level), Nothing(), Nothing(), Nothing(), Text("nobody: only written down"),
               Nothing()});
    return;
  }
  for (const duty::Rung* rung = roster.RungOf(begin); rung != nullptr; rung = roster.RungAfter(rung->name)) {
    for (const std::string& call : rung->calls) {
      const auto persons = duty::WhoIsCalled(roster, call, {flags.agency, flags.court}, at);
      table.Add({Text(kind), TextOrNothing(level), Text(rung->name), Instant(at, roster.zone), Text(call),
                 Text(persons.empty() ? "NOBODY: the next rung is called at once" : PersonsText(persons)),
                 TextOrNothing(WaysText(roster, persons))});
    }
    at += rung->wait;
  }
}

absl::Status CheckRoster(Session& session, const DutyCheckFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Roster roster, LoadRoster(flags.roster));
  struct stat facts {};
  if (stat(flags.roster.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0)
    session.Talk("others can read the roster: it has people's numbers in it, chmod 600 " + flags.roster);
  absl::Time at = session.process().clock.WallNow();
  if (!flags.at.empty()) {
    EAGLE_ASSIGN_OR_RETURN(at, InstantOf("--at", flags.at));
  }
  if (flags.days > kGapDaysMax) return Fail(Reason::kFieldInvalid, "at most 400 days").At("--days", "too many");
  Table called("called", {{"kind"}, {"mark"}, {"rung"}, {"called_at"}, {"call"}, {"person"}, {"channels"}});
  std::vector<duty::Beginning> begins = roster.begins;
  std::stable_sort(begins.begin(), begins.end(), [](const duty::Beginning& a, const duty::Beginning& b) {
    return std::pair(a.kind, a.level) < std::pair(b.kind, b.level);
  });
  for (const duty::Beginning& one : begins)
    AddBeginning(roster, std::string(duty::KindWord(one.kind)), duty::LevelText(one.kind, one.level), one.rung, flags,
                 at, called);
  AddBeginning(roster, "otherwise", "", roster.otherwise, flags, at, called);
  Table gaps("nobody_on_duty", {{"duty"}, {"agency"}, {"court"}, {"from"}, {"to"}});
  const absl::Time until =
      absl::FromCivil(absl::ToCivilDay(at, roster.zone) + static_cast<int64_t>(flags.days), roster.zone);
  for (const duty::Gap& gap : duty::GapsOf(roster, at, until))
    gaps.Add({Text(gap.duty), TextOrNothing(gap.agency), TextOrNothing(gap.court), Instant(gap.from, roster.zone),
              Instant(gap.to, roster.zone)});
  Document document;
  document.Add(std::move(called));
  document.Add(std::move(gaps));
  return session.Print(document);
}

// --- list

struct DutyListFlags {
  std::string state;
  bool waiting = false;
};

std::string AgeText(absl::Duration age) {
  const int64_t minutes = std::max<int64_t>(0, absl::ToInt64Minutes(age));
  if (minutes < 60) return absl::StrCat(minutes, " min");
  if (minutes < 48 * 60) return absl::StrCat(minutes / 60, " h ", minutes % 60, " min");
  return absl::StrCat(minutes / (24 * 60), " d ", minutes / 60 % 24, " h");
}

// "li (contact) 28 Sep 09:12".
std::string ToldText(const duty::OpenAlert& open, const absl::TimeZone& zone) {
  std::vector<std::string> out;
  for (const duty::Told& told : open.told)
    out.push_back(absl::StrCat(told.person, " (", told.rung, ") ", absl::FormatTime("%m-%d %H:%M", told.at, zone)));
  for (const duty::Target& target : open.targets) {
    if (target.unreached) out.push_back(absl::StrCat("nobody for ", target.call));
  }
  return absl::StrJoin(out, ", ");
}

absl::Status ListAlerts(Session& session, const DutyListFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const auto book, duty::Book::OpenExisting(flags.state));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  const absl::Time now = session.process().clock.WallNow();
  Table table("alerts", {{"alert"},
                         {"kind"},
                         {"mark"},
                         {"agency"},
                         {"court"},
                         {"due"},
                         {"age"},
                         {"rung"},
                         {"told"},
                         {"acknowledged"},
                         {"order_id"},
                         {"text"},
                         {"times", kRight, true},
                         {"raised", kLeft, true},
                         {"note", kLeft, true}});
  for (const auto& [number, open] : book->state().alerts) {
    if (open.ended_at || (flags.waiting && open.ack)) continue;
    const duty::Alert& alert = open.alert;
    table.Add({Text(duty::AlertName(number)), Text(duty::KindWord(alert.kind)),
               TextOrNothing(duty::LevelText(alert.kind, alert.level)), TextOrNothing(alert.agency),
               TextOrNothing(alert.court), alert.due ? Due(*alert.due, zone) : Nothing(),
               Text(AgeText(now - open.raised_at)), TextOrNothing(open.rung), TextOrNothing(ToldText(open, zone)),
               TextOrNothing(open.ack ? open.ack->by : ""), TextOrNothing(alert.order_id), Text(alert.text),
               Count(open.times), Instant(open.raised_at, zone), TextOrNothing(open.ack ? open.ack->note : "")});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

// --- log

struct DutyLogFlags {
  std::string state, file, alert;
  uint64_t limit = 1000;
};

absl::Status ShowLog(Session& session, const DutyLogFlags& flags) {
  if (flags.state.empty() == flags.file.empty())
    return Fail(Reason::kFieldMissing, "--state FOLDER, or --file of a file in its archive");
  const std::string path = flags.file.empty() ? flags.state + "/duty.log" : flags.file;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<duty::Record> records, duty::ReadBook(path));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  // What became of a call is told with the alerts that it was about.
  std::map<std::string, duty::LogLine> calls;
  std::vector<std::pair<absl::Time, duty::LogLine>> lines;
  for (const duty::Record& record : records) {
    duty::LogLine line = duty::LogLineOf(record);
    if (line.word == "TOKEN") continue;
    if (line.word == "CALLING") calls[line.call] = line;
    if (line.word == "CALLED") {
      const duty::LogLine& call = calls[line.call];
      line.alerts = call.alerts, line.person = call.person, line.channel = call.channel;
    }
    const bool about = std::any_of(line.alerts.begin(), line.alerts.end(),
                                   [&](duty::AlertNo number) { return duty::AlertName(number) == flags.alert; });
    if (flags.alert.empty() || about) lines.emplace_back(record.time, std::move(line));
  }
  Table table("log", {{"time"}, {"what"}, {"call"}, {"alerts"}, {"person"}, {"channel"}, {"text"}});
  for (size_t i = lines.size() - std::min<size_t>(lines.size(), flags.limit); i < lines.size(); ++i) {
    const duty::LogLine& line = lines[i].second;
    table.Add({Instant(lines[i].first, zone), Text(line.word), TextOrNothing(line.call),
               TextOrNothing(duty::AlertsText(line.alerts)), TextOrNothing(line.person), TextOrNothing(line.channel),
               Text(line.text)});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddDutyShow(Verb& duty) {
  auto check_flags = std::make_shared<DutyCheckFlags>();
  Verb check = duty.Add("check",
                        "Tell everything that is wrong with a roster; else who would be called for each kind of alert, "
                        "and when nobody is on duty.",
                        "eagle duty check duty.toml --at 2026-10-01T02:00:00+08:00 --agency 9900010");
  check.Text("ROSTER", &check_flags->roster, "the roster's file", Need::kRequired);
  check.Text("--at", &check_flags->at, "as if an alert came at this instant; now without it");
  check.Text("--agency", &check_flags->agency, "as if it were about this agency");
  check.Text("--court", &check_flags->court, "as if it were about this court");
  check.Number("--days", &check_flags->days, "look for hours without anybody so many days ahead (14)");
  check.Do([check_flags](Session& session) { return CheckRoster(session, *check_flags); });

  auto list_flags = std::make_shared<DutyListFlags>();
  Verb list = duty.Add("list", "List open alerts, oldest first: on which rung, who was told, who answers for them.",
                       "eagle duty list --waiting --state /var/lib/golden-eagle-duty");
  list.Text("--state", &list_flags->state, "the duty's folder", Need::kRequired);
  list.Flag("--waiting", &list_flags->waiting, "only those that nobody has acknowledged");
  list.Do([list_flags](Session& session) { return ListAlerts(session, *list_flags); });

  auto log_flags = std::make_shared<DutyLogFlags>();
  Verb log = duty.Add("log", "Show what happened: raised, called, told or not, climbed, acknowledged, ended.",
                      "eagle duty log --alert A17 --state /var/lib/golden-eagle-duty");
  log.Text("--state", &log_flags->state, "the duty's folder");
  log.Text("--file", &log_flags->file, "a file of its archive instead");
  log.Text("--alert", &log_flags->alert, "only what is about this alert");
  log.Number("--limit", &log_flags->limit, "the last so many (1000)");
  log.Do([log_flags](Session& session) { return ShowLog(session, *log_flags); });
}

}  // namespace eagle::client
