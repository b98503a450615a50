// eagle penalty-pack: a folder about an agency's silence on one order: the evidence, the page that a judge reads, and
// the draft of a judicial suggestion 司法建议.
#include <filesystem>
#include <system_error>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client/audit/evidence_page.h"
#include "client/audit/suggestion.h"
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/reading.h"
#include "client/common/csv.h"
#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/evidence.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::client {
namespace {

struct PackFlags {
  std::string order, agency, out, basis, evidence;
  CaseNamed of;
  ReadingFlags reading;
  bool complete = false;
};

const std::vector<std::string>& BasisColumns() {
  static const std::vector<std::string> columns = {"law", "number", "article", "says_zh", "says_en", "source"};
  return columns;
}

absl::StatusOr<std::vector<audit::BasisRow>> ReadBasis(const std::string& path) {
  std::vector<audit::BasisRow> rows;
  if (path.empty()) return rows;
  EAGLE_ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  Violations wrong;
  std::vector<CsvRow> lines;
  if (IsValidUtf8(text)) {
    lines = ParseCsv(text, wrong);
  } else {
    wrong.Add("1", Reason::kFieldInvalid, "the file isn't UTF-8");
  }
  if (wrong.empty() && (lines.empty() || lines.front().cells != BasisColumns()))
    wrong.Add("1", Reason::kFieldInvalid, "the first line names the columns: " + CsvLine(BasisColumns()));
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string>& cells = lines[i].cells;
    if (cells.size() != BasisColumns().size()) {
      wrong.Add(std::to_string(lines[i].line), Reason::kFieldInvalid, "a row has six cells");
    } else if (cells[0].empty() || cells[2].empty() || cells[5].empty()) {
      wrong.Add(std::to_string(lines[i].line), Reason::kFieldMissing,
                "law, article and source must be there: nothing is cited without its source");
    } else {
      rows.push_back({cells[0], cells[1], cells[2], {cells[3], cells[4]}, cells[5]});
    }
  }
  if (!wrong.empty()) return wrong.ToStatus("the legal basis can't be used: " + path);
  return rows;
}

// From the gateway, or from a file that somebody took before.
absl::StatusOr<FetchedEvidence> SilenceOf(Session& session, const PackFlags& flags) {
  if (!flags.evidence.empty()) {
    EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
    EAGLE_ASSIGN_OR_RETURN(const audit::EvidencePins pins, PinsOf(desk->options()));
    FetchedEvidence read;
    EAGLE_ASSIGN_OR_RETURN(read.bytes, ReadFile(flags.evidence));
    auto report = audit::VerifyEvidence(read.bytes, pins);
    if (!report.ok()) return AsVerification(report.status());
    read.report = *std::move(report);
    return read;
  }
  if (flags.order.empty() || flags.agency.empty())
    return Fail(Reason::kFieldMissing, "whose silence, on which order?")
        .At("ORDER", "the order's id and --agency CODE, or --evidence FILE");
  EvidenceAsked asked{.agencies = {flags.agency}, .silence = true, .complete = flags.complete};
  EAGLE_ASSIGN_OR_RETURN(asked.order_id, OrderIdOf(flags.order));
  CaseNamed of = flags.of;
  if (of.number.empty()) {
    EAGLE_ASSIGN_OR_RETURN(of, CaseOfOrder(session, asked.order_id));
  }
  EAGLE_ASSIGN_OR_RETURN(asked.ticket, SignTicket(session, flags.reading, of));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  return FetchEvidence(asked, *desk, *gateway);
}

absl::Status MakePack(Session& session, const PackFlags& flags) {
  std::error_code ignored;
  if (std::filesystem::exists(flags.out, ignored) && !std::filesystem::is_empty(flags.out, ignored))
    return Fail(Reason::kFieldInvalid, "something is there already: " + flags.out).At("--out", "a new folder");
  EAGLE_ASSIGN_OR_RETURN(const std::vector<audit::BasisRow> basis, ReadBasis(flags.basis));
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const FetchedEvidence evidence, SilenceOf(session, flags));
  EAGLE_ASSIGN_OR_RETURN(const audit::Suggestion draft, audit::SuggestionOf(evidence.report, basis, zone));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const audit::EvidencePins pins, PinsOf(desk->options()));
  const audit::Page page = audit::PageOf(evidence.report, pins, zone);
  EAGLE_RETURN_IF_ERROR(MakeFolder(flags.out));
  Table files("files", {{"file"}, {"is"}, {"bytes", kRight}});
  const std::tuple<const char*, const char*, std::string> parts[] = {
      {"silence.evidence", "proof of silence 未反馈证明: eagle-audit evidence verifies it", evidence.bytes},
      {"silence.html", "its page", audit::HtmlOf(page)},
      {"suggestion.html", "draft of a judicial suggestion 司法建议书草稿", audit::HtmlOf(draft)},
      {"suggestion.txt", "the same as text, to be edited", audit::TextOf(draft)}};
  for (const auto& [name, is, content] : parts) {
    EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out + "/" + name, content));
    files.Add({Text(flags.out + "/" + name), Text(is), Count(content.size())});
  }
  if (basis.empty()) session.Talk("no legal basis was given (--basis): the draft leaves it blank");
  const audit::EvidenceReport& report = evidence.report;
  Document document;
  document.Add(Record("penalty_pack")
                   .Add("order_id", Text(UuidText(report.order.order_id())))
                   .Add("case", Text(report.order.case_number()))
                   .Add("agency", Text(absl::StrCat(draft.agency, " (", draft.agency_code, ")")))
                   .Add("due", Due(report.due, zone))
                   .Add("overdue_since", Instant(report.silent->overdue.time, zone))
                   .Add("still_open_at", Instant(report.silent->last_still_open.time, zone))
                   .Add("checkpoint_size", Count(report.size))
                   .Add("shown_how", Text(audit::WordsOf(report.run, true).en))
                   .Add("facts", Count(draft.facts.size()))
                   .Add("basis", Count(draft.basis.size())));
  document.Add(std::move(files));
  return session.Print(document);
}

}  // namespace

void AddPenaltyPack(Verb& root) {
  auto flags = std::make_shared<PackFlags>();
  Verb verb = root.Add(
      "penalty-pack",
      "An agency's silence on an order: the proof, its page, a draft of a judicial suggestion 司法建议 (an audited "
      "read).",
      "eagle penalty-pack 01920d5c-8f00-7000-8000-000000000001 --agency 9900030 --officer 001 --basis basis.csv --out "
      "pack\n"
      "eagle penalty-pack --evidence silence.evidence --basis basis.csv --out pack");
  verb.Text("ORDER", &flags->order, "order id");
  verb.Text("--agency", &flags->agency, "code of the agency that didn't answer");
  verb.Text("--out", &flags->out, "folder, which must be new or empty", Need::kRequired);
  verb.Text("--basis", &flags->basis,
            "file of the legal basis (CSV: law, number, article, says_zh, says_en, source); left blank without it");
  verb.Text("--evidence", &flags->evidence,
            "a proof of silence that was taken before, an auditor's complete one for instance; nothing is asked then");
  AddReadingFlags(verb, flags->reading);
  verb.Text("--case", &flags->of.number, "case number; as the order has it without it");
  verb.Text("--court", &flags->of.court, "code of the case's court, when it isn't ours");
  verb.Flag("--complete", &flags->complete, "with all leaves of the log since, up to the checkpoint (auditors)");
  verb.Do([flags](Session& session) { return MakePack(session, *flags); });
}

}  // namespace eagle::client
