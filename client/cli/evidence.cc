// eagle evidence: one order's evidence as a file for the court's file 卷宗, verified before it is written.
#include "client/lib/evidence.h"

#include "client/audit/evidence_papers.h"
#include "client/audit/evidence_words.h"
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/orders.h"
#include "client/cli/reading.h"
#include "client/common/files.h"
#include "client/lib/papers.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct EvidenceFlags {
  std::string order, out, papers;
  CaseNamed of;
  ReadingFlags reading;
  std::vector<std::string> agencies;
  bool silence = false, complete = false;
};

std::string AgenciesText(const audit::EvidenceReport& report) {
  std::string out;
  for (const audit::AgencySeen& agency : report.agencies) out += (out.empty() ? "" : ", ") + agency.code;
  return out;
}

std::string SignersText(const audit::EvidenceReport& report) {
  std::string out;
  for (const audit::OfficerSeen& officer : report.officers) {
    if (officer.signed_order) out += (out.empty() ? "" : ", ") + officer.code + " " + officer.name;
  }
  return out;
}

// Reads the files that the receipts name into a folder, each under its digest; what hasn't come yet is said.
absl::Status FetchPapers(Session& session, const EvidenceFlags& flags, const CaseNamed& of,
                         const audit::EvidenceReport& report, Table& table) {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  ReadingTicket ticket(session, flags.reading, of);
  for (const audit::ReceiptSeen& seen : report.receipts) {
    for (const v1::Instrument& paper : seen.receipt.documents()) {
      const std::string path =
          flags.papers + "/" + HexEncode(paper.digest()) + (paper.media_type() == "application/ofd" ? ".ofd" : ".pdf");
      std::string state = "NOT_ASKED";
      if (!flags.papers.empty()) {
        const auto content = GetPaper(
            {of.court, of.number, paper.digest()}, [&](v1::SignedMember& field) { return ticket.Put(field); }, *gateway,
            PaperProgressOf(session));
        if (!content.ok() && ReasonOf(content.status()) != Reason::kNotFound &&
            ReasonOf(content.status()) != Reason::kBlobMissing)
          return content.status();
        if (content.ok()) {
          EAGLE_RETURN_IF_ERROR(MakeFolder(flags.papers));
          EAGLE_RETURN_IF_ERROR(WriteDurably(path, *content));
        }
        state = content.ok() ? "VERIFIED" : "NOT_THERE";
      }
      table.Add({Text(seen.agency), Text(paper.category()), TextOrNothing(paper.title()), Count(paper.size_bytes()),
                 Text(HexEncode(paper.digest())), Text(state), state == "VERIFIED" ? Text(path) : Nothing()});
    }
  }
  return absl::OkStatus();
}

absl::Status RunEvidence(Session& session, const EvidenceFlags& flags) {
  EvidenceAsked asked{.agencies = flags.agencies, .silence = flags.silence, .complete = flags.complete};
  EAGLE_ASSIGN_OR_RETURN(asked.order_id, OrderIdOf(flags.order));
  if (asked.silence && asked.agencies.size() != 1)
    return Fail(Reason::kFieldMissing, "silence is proved of one agency").At("--agency", "exactly one with --silence");
  CaseNamed of = flags.of;
  if (of.number.empty()) {
    EAGLE_ASSIGN_OR_RETURN(of, CaseOfOrder(session, asked.order_id));
  }
  EAGLE_ASSIGN_OR_RETURN(asked.ticket, SignTicket(session, flags.reading, of));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const FetchedEvidence evidence, FetchEvidence(asked, *desk, *gateway));
  EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, evidence.bytes));
  const audit::EvidenceReport& report = evidence.report;
  Record record("evidence");
  record.Add("file", Text(flags.out))
      .Add("bytes", Count(evidence.bytes.size()))
      .Add("verdict", Text("verified with this desk's pinned keys"))
      .Add("kind", Text(report.silence ? "silence" : "order"))
      .Add("case", Text(report.order.case_number()))
      .Add("what", Text(audit::ActOf(report.order).en))
      .Add("signed_by", Text(SignersText(report)))
      .Add("accepted", Instant(report.accepted_at, zone))
      .Add("due", Due(report.due, zone))
      .Add("agencies", Text(AgenciesText(report)))
      .Add("receipts", Count(report.receipts.size()))
      .Add("unanswered", Count(report.unanswered.size()))
      .Add("objections", Count(report.objections.size()))
      .Add("open_objections", Count(report.open_objections.size()))
      .Add("pauses", Count(report.pauses.size()))
      .Add("paused_agencies", Count(report.paused.size()))
      .Add("checkpoint_size", Count(report.size))
      .Add("entries", Count(report.leaves))
      .Add("completeness", Text(audit::WordsOf(report.run, report.silence).en));
  Table papers("papers", {{"agency"}, {"category"}, {"title"}, {"bytes", kRight}, {"digest"}, {"state"}, {"file"}});
  EAGLE_RETURN_IF_ERROR(FetchPapers(session, flags, of, report, papers));
  Document document;
  document.Add(std::move(record));
  document.Add(std::move(papers));
  return session.Print(document);
}

}  // namespace

void AddEvidence(Verb& root) {
  auto flags = std::make_shared<EvidenceFlags>();
  Verb verb =
      root.Add("evidence", "Write one order's evidence as a file that anybody verifies offline (an audited read).",
               "eagle evidence 01920d5c-8f00-7000-8000-000000000001 --officer 001 --out 1024.evidence");
  verb.Text("ORDER", &flags->order, "order id", Need::kRequired);
  verb.Text("--out", &flags->out, "file; nothing is written that doesn't verify", Need::kRequired);
  verb.Text("--papers", &flags->papers, "folder: the files that the receipts name are read into it, each verified");
  AddReadingFlags(verb, flags->reading);
  verb.Text("--case", &flags->of.number, "case number; as the order has it without it (auditors must say it)");
  verb.Text("--court", &flags->of.court, "code of the case's court, when it isn't ours");
  verb.Texts("--agency", &flags->agencies, "only this agency's answers are opened; may be given again");
  verb.Flag("--silence", &flags->silence, "instead: that the one --agency was asked, is overdue, and did not answer");
  verb.Flag("--complete", &flags->complete, "with all leaves of the log since, up to the checkpoint (auditors)");
  verb.Do([flags](Session& session) { return RunEvidence(session, *flags); });
}

}  // namespace eagle::client
