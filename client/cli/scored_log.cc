#include "client/cli/scored_log.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/audit/log_audit.h"
#include "client/audit/log_folder.h"
#include "client/cli/pinned_log.h"
#include "client/cli/supplement.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/scorecard/fold.h"

namespace eagle::client {
namespace {

constexpr size_t kOrdinalsTold = 10;

absl::StatusOr<scorecard::Period> PeriodAsked(const ScoredFlags& flags, const absl::TimeZone& zone) {
  if (!flags.month.empty() + !flags.week.empty() + !flags.year.empty() != 1)
    return Fail(Reason::kFieldMissing, "one period is asked for: --month, --week or --year")
        .At("--month", "2026-09, or --week 2026-W39, or --year 2026");
  if (!flags.year.empty()) return scorecard::ParseYear(flags.year, zone);
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

absl::StatusOr<scorecard::Supplement> SupplementIn(const std::string& path, const std::string& period) {
  if (path.empty()) return scorecard::Supplement();
  EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseSupplement(text, path, period);
}

// Names that `into` hasn't.
void AddNames(const std::map<uint32_t, scorecard::Name>& names, std::map<uint32_t, scorecard::Name>& into) {
  for (const auto& [ordinal, name] : names) {
    scorecard::Name& known = into[ordinal];
    if (known.code.empty()) known.code = name.code;
    if (known.name.empty()) known.name = name.name;
  }
}

// "3 of 12 agencies (ordinals 4, 7, 9)"; empty: all have one.
template <typename Figures>
std::string Nameless(const std::map<uint32_t, Figures>& all, const std::map<uint32_t, scorecard::Name>& names,
                     const char* what) {
  std::string ordinals;
  size_t without = 0;
  for (const auto& [ordinal, figures] : all) {
    const auto at = names.find(ordinal);
    if (at != names.end() && (!at->second.name.empty() || !at->second.code.empty())) continue;
    if (++without <= kOrdinalsTold) absl::StrAppend(&ordinals, ordinals.empty() ? "" : ", ", ordinal);
  }
  if (without == 0) return "";
  return absl::StrCat(without, " of ", all.size(), " ", what, " (ordinals ", ordinals) +
         (without > kOrdinalsTold ? ", ...)" : ")");
}

}  // namespace

void AddScoredFlags(Verb& verb, ScoredFlags& flags) {
  verb.Text("EXPORT", &flags.folder, "folder of the published log (eagle journal export)", Need::kRequired);
  verb.Text("--month", &flags.month, "civil month in the zone, as 2026-09");
  verb.Text("--week", &flags.week, "or week of ISO 8601, as 2026-W39");
  verb.Text("--year", &flags.year, "or civil year, as 2026");
  verb.Text("--supplement", &flags.supplement, "file of what no leaf tells: names, goals of courts (TOML)");
  verb.Text("--names", &flags.names,
            "file of names alone (eagle directory names), beside the supplement, whose names count before them");
  verb.Text("--html", &flags.html, "write the page here: one file, to be printed on A4");
  verb.Text("--csv", &flags.csv, "write it here for a spreadsheet");
  verb.Text("--json", &flags.json, "write it here for a program");
  verb.Text("--log-key", &flags.log_key, "the log's pinned key; the configuration's without it");
  verb.Text("--policy", &flags.policy, "file of the log's policy: keys, witnesses, quorum");
}

std::string MissingNames(const scorecard::Report& report) {
  const std::string agencies = Nameless(report.now.agencies, report.supplement.agencies, "agencies");
  const std::string courts = Nameless(report.now.courts, report.supplement.courts, "courts");
  return agencies + (agencies.empty() || courts.empty() ? "" : " and ") + courts;
}

absl::StatusOr<scorecard::Report> ReadScoredLog(Session& session, const ScoredFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const scorecard::Period period, PeriodAsked(flags, zone));
  EAGLE_ASSIGN_OR_RETURN(scorecard::Supplement supplement, SupplementIn(flags.supplement, period.name));
  EAGLE_ASSIGN_OR_RETURN(const scorecard::Supplement names, SupplementIn(flags.names, period.name));
  AddNames(names.agencies, supplement.agencies), AddNames(names.courts, supplement.courts);
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
  scorecard::Report report =
      scorecard::MakeReport(std::move(pin), zone.name(), zone, *std::move(figures), std::move(supplement));
  if (!report.now.complete)
    session.Talk("the log doesn't go past the end of " + report.now.period.name + ": these figures will change");
  if (const std::string missing = MissingNames(report); !missing.empty())
    session.Talk("without a name, since leaves hold none: " + missing +
                 "; eagle directory names writes them into a file, --names takes it");
  return report;
}

absl::Status WriteSheets(Session& session, const ScoredFlags& flags, const scorecard::Report& report,
                         const Sheets& sheets) {
  const std::pair<const std::string*, std::string (*)(const scorecard::Report&)> files[] = {
      {&flags.csv, sheets.csv}, {&flags.json, sheets.json}, {&flags.html, sheets.html}};
  for (const auto& [path, make] : files) {
    if (path->empty()) continue;
    EAGLE_RETURN_IF_ERROR(WriteDurably(*path, make(report), Readers::kEverybody));
    session.Murmur("written: " + *path);
  }
  return absl::OkStatus();
}

}  // namespace eagle::client
