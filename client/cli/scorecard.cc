// eagle scorecard and eagle agenda: how agencies and courts did in a month, a week or a year, and what is to be talked
// about in their joint meeting; from a published log's leaves alone. Whoever holds the log gets the same bytes.
#include <memory>

#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/scored_log.h"
#include "server/scorecard/agenda.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"

namespace eagle::client {
namespace {

Cell Percent(const scorecard::Share& share) {
  const auto points = share.points();
  return points ? Cell{scorecard::PercentText(share), std::to_string(*points)} : Nothing();
}
Cell Seconds(std::optional<int64_t> seconds) {
  return seconds ? Cell{scorecard::DurationText(seconds), std::to_string(*seconds)} : Nothing();
}

Table RankingTable(const scorecard::Report& report) {
  Table table("ranking", {{"rank", kRight},
                          {"agency"},
                          {"ordinal", kRight},
                          {"on_time", kRight},
                          {"judged", kRight},
                          {"missed", kRight},
                          {"p50", kRight},
                          {"p95", kRight},
                          {"overdue", kRight},
                          {"flag"}});
  for (const scorecard::RankRow& row : report.ranking) {
    const scorecard::AgencyFigures& of = report.now.agencies.at(row.agency);
    table.Add({Count(row.rank), Text(scorecard::AgencyNameZh(report, row.agency)), Count(row.agency),
               Percent(of.punctual()), Count(of.judged()), Count(of.missed), Seconds(of.times.Quantile(500)),
               Seconds(of.times.Quantile(950)), Count(of.overdue),
               row.twice    ? Text("bottom twice")
               : row.bottom ? Text("bottom")
               : row.top    ? Text("top")
                            : Nothing()});
  }
  return table;
}

Table OldestTable(const scorecard::Report& report) {
  Table table("oldest", {{"agency"}, {"order", kRight}, {"action"}, {"court"}, {"accepted"}, {"due"}, {"overdue"}});
  for (const auto& [ordinal, of] : report.now.agencies) {
    if (!of.oldest) continue;
    table.Add({Text(scorecard::AgencyNameZh(report, ordinal)), Count(of.oldest->order),
               Text(scorecard::ActionName(of.oldest->action)), Text(scorecard::CourtNameZh(report, of.oldest->court)),
               Instant(absl::FromUnixMicros(of.oldest->accepted), report.zone),
               Due(absl::FromUnixMicros(of.oldest->due), report.zone), YesNo(of.oldest->overdue)});
  }
  return table;
}

absl::Status ShowScorecard(Session& session, const ScoredFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const scorecard::Report report, ReadScoredLog(session, flags));
  EAGLE_RETURN_IF_ERROR(WriteSheets(session, flags, report,
                                    {.csv = scorecard::CsvOf, .json = scorecard::JsonOf, .html = scorecard::PageOf}));
  const scorecard::AgencyFigures total = scorecard::TotalOf(report.now);
  Document document;
  document.Add(Record("scorecard")
                   .Add("period", Text(report.now.period.name))
                   .Add("complete", YesNo(report.now.complete))
                   .Add("as_of", End(absl::FromUnixMicros(report.now.as_of), zone))
                   .Add("origin", Text(report.log.origin))
                   .Add("entries", Count(report.log.entries))
                   .Add("root", Text(report.log.root))
                   .Add("received", Count(total.received))
                   .Add("answered", Count(total.answered))
                   .Add("on_time", Percent(total.punctual()))
                   .Add("within_5_minutes", Percent(total.quick()))
                   .Add("missed", Count(total.missed))
                   .Add("held", Count(total.held))
                   .Add("overdue", Count(total.overdue)));
  document.Add(RankingTable(report));
  document.Add(OldestTable(report));
  return session.Print(document);
}

// One row an agency, in the agenda's order.
Table PointsTable(const scorecard::Report& report) {
  Table table("points", {{"point", kRight},
                         {"agency"},
                         {"ordinal", kRight},
                         {"open", kRight},
                         {"overdue", kRight},
                         {"oldest", kRight},
                         {"oldest_action"},
                         {"oldest_order"},
                         {"oldest_court"},
                         {"longest_absence", kRight},
                         {"open_incidents", kRight}});
  uint64_t point = 0;
  for (const uint32_t agency : scorecard::AgendaOrder(report)) {
    const scorecard::AgencyFigures& of = report.now.agencies.at(agency);
    const std::vector<scorecard::Absence> absences = scorecard::AbsencesToExplain(of);
    const bool any = of.oldest.has_value();
    table.Add({Count(++point), Text(scorecard::AgencyNameZh(report, agency)), Count(agency), Count(of.open),
               Count(of.overdue), any ? Seconds((report.now.as_of - of.oldest->accepted) / 1'000'000) : Nothing(),
               any ? Text(scorecard::ActionName(of.oldest->action)) : Nothing(),
               any ? IdCell(of.oldest->order_id) : Nothing(),
               any ? Text(scorecard::CourtNameZh(report, of.oldest->court)) : Nothing(),
               absences.empty() ? Nothing() : Seconds(absences.front().seconds()), Count(of.open_incidents)});
  }
  return table;
}

absl::Status ShowAgenda(Session& session, const ScoredFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const scorecard::Report report, ReadScoredLog(session, flags));
  EAGLE_RETURN_IF_ERROR(
      WriteSheets(session, flags, report,
                  {.csv = scorecard::AgendaCsvOf, .json = scorecard::AgendaJsonOf, .html = scorecard::AgendaPageOf}));
  Document document;
  document.Add(Record("agenda")
                   .Add("period", Text(report.now.period.name))
                   .Add("complete", YesNo(report.now.complete))
                   .Add("as_of", End(absl::FromUnixMicros(report.now.as_of), zone))
                   .Add("origin", Text(report.log.origin))
                   .Add("entries", Count(report.log.entries))
                   .Add("root", Text(report.log.root)));
  document.Add(PointsTable(report));
  return session.Print(document);
}

}  // namespace

void AddScorecard(Verb& root) {
  auto flags = std::make_shared<ScoredFlags>();
  Verb verb =
      root.Add("scorecard",
               "How agencies and courts did in a month, a week or a year 考核: counted from a published log's leaves, "
               "without any "
               "key; whoever holds the log gets the same bytes.",
               "eagle scorecard /srv/log --month 2026-09 --html 2026-09.html --log-key \"$(cat keys/log.pub)\"\n"
               "eagle scorecard /srv/log --week 2026-W39 --supplement courts.toml --csv week.csv --json week.json");
  AddScoredFlags(verb, *flags);
  verb.Do([flags](Session& session) { return ShowScorecard(session, *flags); });
}

void AddAgenda(Verb& root) {
  auto flags = std::make_shared<ScoredFlags>();
  Verb verb = root.Add(
      "agenda",
      "Agenda of the joint meeting 联席会议议程: what each agency has to explain, from a published log's leaves.",
      "eagle agenda /srv/log --month 2026-09 --names names.toml --html agenda.html --log-key \"$(cat keys/log.pub)\"\n"
      "eagle agenda /srv/log --week 2026-W39 --csv agenda.csv --json agenda.json");
  AddScoredFlags(verb, *flags);
  verb.Do([flags](Session& session) { return ShowAgenda(session, *flags); });
}

}  // namespace eagle::client
