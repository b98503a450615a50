// eagle scorecard: how agencies and courts did in a month or a week, from a published log's leaves alone. Whoever holds
// the log gets the same bytes.
#include <memory>
#include <optional>

#include "client/audit/log_audit.h"
#include "client/audit/log_folder.h"
#include "client/cli/commands.h"
#include "client/cli/pinned_log.h"
#include "client/cli/session.h"
#include "client/cli/supplement.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/scorecard/fold.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"

namespace eagle::client {
namespace {

struct ScorecardFlags {
  std::string folder, month, week, supplement, csv, json, html, log_key, policy;
};

absl::StatusOr<scorecard::Period> PeriodAsked(const ScorecardFlags& flags, const absl::TimeZone& zone) {
  if (flags.month.empty() == flags.week.empty())
    return Fail(Reason::kFieldMissing, "one period is asked for: --month or --week")
        .At("--month", "2026-09, or --week 2026-W39");
  return flags.month.empty() ? scorecard::ParseWeek(flags.week, zone) : scorecard::ParseMonth(flags.month, zone);
}

// Takes leaves that nobody has believed yet, and keeps the root over those of the period.
class LeafTaker {
 public:
  LeafTaker(const scorecard::Period& before, const scorecard::Period& now) : end_(now.end), card_({before, now}) {}

  void Take(std::string_view bytes) {
    if (!wrong_.ok()) return;
    const auto leaf = journal::DecodeLeaf(bytes);
    if (!leaf.ok()) {
      wrong_ = leaf.status();
    } else if (leaf->index.value() != edge_.size()) {
      wrong_ = Fail(Reason::kJournalBroken, "a leaf stands at another place than it says")
                   .With("index", static_cast<int64_t>(edge_.size()));
    } else {
      if (!root_ && absl::ToUnixMicros(leaf->time) > end_) root_ = edge_.Root();
      card_.Take(*leaf);
      edge_.Append(journal::LeafHash(bytes));
    }
  }
  // The figures of both periods, once the leaves were seen to hash to what was signed.
  absl::StatusOr<std::vector<scorecard::PeriodFigures>> Finish(const journal::Checkpoint& head) {
    EAGLE_RETURN_IF_ERROR(wrong_);
    if (edge_.Root() != head.root) return Fail(Reason::kJournalBroken, "the leaves don't hash to the signed root");
    return card_.Finish();
  }
  std::string Root() const { return HexEncode(journal::View(root_.value_or(edge_.Root()))); }

 private:
  const int64_t end_;
  scorecard::Scorecard card_;
  journal::Frontier edge_;
  std::optional<journal::Hash> root_;  // over the leaves up to the period's end
  absl::Status wrong_;
};

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

absl::Status ShowScorecard(Session& session, const ScorecardFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const scorecard::Period period, PeriodAsked(flags, zone));
  scorecard::Supplement supplement;
  if (!flags.supplement.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.supplement));
    EAGLE_ASSIGN_OR_RETURN(supplement, ParseSupplement(text, flags.supplement, period.name));
  }
  EAGLE_ASSIGN_OR_RETURN(const journal::LogPolicy policy, PinnedLog(session, flags.policy, flags.log_key));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<audit::LogSource> log, audit::OpenLogFolder(flags.folder));
  EAGLE_ASSIGN_OR_RETURN(const PinnedHead head, HeadOfLog(*log, policy));
  LeafTaker taker(scorecard::Before(period, zone), period);
  audit::PublicAudit audit(audit::PublicAuditOptions{});
  EAGLE_ASSIGN_OR_RETURN(
      const audit::LogAudited audited,
      audit::AuditLog(*log, head.note, *head.key,
                      {.progress = [&](uint64_t at, uint64_t of) { session.Counted(at, of, "entries read"); },
                       .each = [&](std::string_view leaf) { taker.Take(leaf); }},
                      audit));
  absl::StatusOr<std::vector<scorecard::PeriodFigures>> figures = taker.Finish(audited.head);
  if (!figures.ok()) return AsVerification(figures.status());
  if (audit.findings().total() > 0)
    session.Talk("the public audit has " + std::to_string(audit.findings().total()) +
                 " findings: look at them with eagle-audit public before you rely on these figures");
  scorecard::LogPin pin{.origin = audited.head.origin, .entries = figures->back().entries, .root = taker.Root()};
  const scorecard::Report report =
      scorecard::MakeReport(std::move(pin), zone.name(), zone, *std::move(figures), std::move(supplement));
  if (!report.now.complete)
    session.Talk("the log doesn't go past the end of " + report.now.period.name + ": these figures will change");
  const std::pair<const std::string*, std::string (*)(const scorecard::Report&)> files[] = {
      {&flags.csv, scorecard::CsvOf}, {&flags.json, scorecard::JsonOf}, {&flags.html, scorecard::PageOf}};
  for (const auto& [path, make] : files) {
    if (path->empty()) continue;
    EAGLE_RETURN_IF_ERROR(WriteDurably(*path, make(report), Readers::kEverybody));
    session.Murmur("written: " + *path);
  }
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

}  // namespace

void AddScorecard(Verb& root) {
  auto flags = std::make_shared<ScorecardFlags>();
  Verb verb = root.Add(
      "scorecard",
      "How agencies and courts did in a month or a week 考核: counted from a published log's leaves, without any key; "
      "whoever holds the log gets the same bytes.",
      "eagle scorecard /srv/log --month 2026-09 --html 2026-09.html --log-key \"$(cat keys/log.pub)\"\n"
      "eagle scorecard /srv/log --week 2026-W39 --supplement courts.toml --csv week.csv --json week.json");
  verb.Text("EXPORT", &flags->folder, "folder of the published log (eagle journal export)", Need::kRequired);
  verb.Text("--month", &flags->month, "civil month in the zone, as 2026-09");
  verb.Text("--week", &flags->week, "or week of ISO 8601, as 2026-W39");
  verb.Text("--supplement", &flags->supplement, "file of what no leaf tells: names, goals of courts (TOML)");
  verb.Text("--html", &flags->html, "write the page here: one file, to be printed on A4");
  verb.Text("--csv", &flags->csv, "write all figures here, for a spreadsheet");
  verb.Text("--json", &flags->json, "write all figures here, for a program");
  verb.Text("--log-key", &flags->log_key, "the log's pinned key; the configuration's without it");
  verb.Text("--policy", &flags->policy, "file of the log's policy: keys, witnesses, quorum");
  verb.Do([flags](Session& session) { return ShowScorecard(session, *flags); });
}

}  // namespace eagle::client
