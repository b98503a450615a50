// eagle-audit evidence: verifies a file of evidence offline, and shows the page that a judge reads.
// eagle-audit fingerprints: the pinned keys as they are read aloud.
#include "client/audit/evidence.h"

#include <memory>

#include "client/audit/cli/commands.h"
#include "client/audit/cli/pins.h"
#include "client/audit/evidence_page.h"
#include "client/audit/evidence_papers.h"
#include "client/audit/evidence_pieces.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::audit {
namespace {

struct EvidenceFlags {
  PinFlags pins;
  std::string file, html, extract;
  std::vector<std::string> papers;
};

const char* RunName(Run run) {
  switch (run) {
    case Run::kSinceAcceptance:
      return "since acceptance";
    case Run::kSinceMark:
      return "since the overdue mark";
    case Run::kSinceLastEntry:
      return "since the last entry shown";
    case Run::kNone:
      break;
  }
  return "none";
}

std::string Where(const EvidenceReport& report, const std::vector<uint32_t>& agencies) {
  std::string out;
  for (const uint32_t ordinal : agencies) out += (out.empty() ? "" : " | ") + AgencyName(report, ordinal);
  return out;
}

client::Table PauseTable(const EvidenceReport& report, const absl::TimeZone& zone) {
  client::Table table("pauses", {{"journal_index", client::kRight},
                                 {"time"},
                                 {"revoked"},
                                 {"since"},
                                 {"statement", client::kRight},
                                 {"paused_at"},
                                 {"begun_at"},
                                 {"resumed", client::kRight}});
  for (const PauseSeen& seen : report.pauses)
    table.Add({client::Count(seen.index), client::Instant(seen.time, zone), client::Text(seen.cause.subject),
               client::Instant(seen.cause.since, zone), client::Count(seen.cause.index),
               client::TextOrNothing(Where(report, seen.agencies)), client::TextOrNothing(Where(report, seen.begun)),
               seen.resumed ? client::Count(*seen.resumed) : client::Nothing()});
  return table;
}

client::Table ResumptionTable(const EvidenceReport& report, const absl::TimeZone& zone) {
  client::Table table(
      "resumptions",
      {{"journal_index", client::kRight}, {"time"}, {"agencies"}, {"code"}, {"name"}, {"signed"}, {"key"}});
  for (const ResumptionSeen& seen : report.resumptions) {
    for (const OfficerSeen& officer : seen.officers)
      table.Add({client::Count(seen.index), client::Instant(seen.time, zone),
                 client::TextOrNothing(Where(report, seen.agencies)), client::Text(officer.code),
                 client::Text(officer.name), client::YesNo(officer.signed_order),
                 client::Text(Fingerprint(officer.key))});
  }
  return table;
}

const char* WordName(const ObjectionWordSeen& word) {
  if (word.type == goldeneagle::v1::ENTRY_TYPE_OBJECTION_RAISED) return "raised";
  if (word.type == goldeneagle::v1::ENTRY_TYPE_OBJECTION_ANSWERED) return "answered";
  return word.withdraws ? "withdrawn" : "replied";
}

client::Table ObjectionTable(const EvidenceReport& report, const absl::TimeZone& zone) {
  client::Table table("objections", {{"journal_index", client::kRight},
                                     {"time"},
                                     {"about", client::kRight},
                                     {"agency"},
                                     {"act"},
                                     {"by"},
                                     {"ground"},
                                     {"due"},
                                     {"decision"},
                                     {"late"},
                                     {"text"},
                                     {"signed_by"},
                                     {"digest"}});
  for (const ObjectionWordSeen& word : report.objections) {
    const auto& act = word.act;
    std::string officers;
    for (const OfficerSeen& officer : word.officers) officers += (officers.empty() ? "" : ", ") + officer.code;
    const bool raises = word.raised == word.index, answers = word.decision != 0;
    table.Add({client::Count(word.index), client::Instant(word.time, zone), client::Count(word.raised),
               client::Text(AgencyName(report, word.agency)), client::Text(WordName(word)),
               client::Text(word.by_court ? "court" : "agency"), client::TextOrNothing(word.ground),
               raises ? client::Due(word.due, zone) : client::Nothing(),
               answers ? client::Text(WordsOf(word.decision).en) : client::Nothing(),
               answers ? client::YesNo(word.late) : client::Nothing(),
               client::TextOrNothing(act.has_raise()   ? act.raise().text()
                                     : act.has_reply() ? act.reply().text()
                                                       : act.answer().text()),
               client::TextOrNothing(officers), client::Text(HexEncode(word.digest))});
  }
  return table;
}

client::Table PaperTable(const EvidenceReport& report, const PapersGiven& given) {
  client::Table table("papers", {{"category"}, {"title"}, {"bytes", client::kRight}, {"digest"}, {"file"}});
  for (const auto& paper : PapersNamed(report)) {
    const auto file = given.find(paper.digest());
    table.Add({client::Text(paper.category()), client::TextOrNothing(paper.title()), client::Count(paper.size_bytes()),
               client::Text(HexEncode(paper.digest())),
               file == given.end() ? client::Nothing() : client::Text(file->second)});
  }
  return table;
}

client::Document EvidenceDocument(const EvidenceReport& report, const absl::TimeZone& zone, const PapersGiven& papers) {
  client::Record verdict("evidence");
  verdict.Add("verdict", client::Text("verified"))
      .Add("kind", client::Text(report.silence ? "silence" : "order"))
      .Add("order_id", client::Text(UuidText(report.order.order_id())))
      .Add("court", client::Text(report.order.court()))
      .Add("case", client::Text(report.order.case_number()))
      .Add("action", client::Text(WordsOf(report.order.action()).en))
      .Add("what", client::Text(ActOf(report.order).en))
      .Add("accepted", client::Instant(report.accepted_at, zone))
      .Add("due", client::Due(report.due, zone))
      .Add("paused", client::TextOrNothing(Where(report, report.paused)))
      .Add("open_objections", client::Count(report.open_objections.size()))
      .Add("silent", report.silent ? client::Text(report.silent->agency.code) : client::Nothing())
      .Add("run", client::Text(RunName(report.run)))
      .Add("run_first", client::Count(report.run_first))
      .Add("origin", client::Text(report.origin))
      .Add("size", client::Count(report.size))
      .Add("root", client::Text(HexEncode(report.root)))
      .Add("leaves", client::Count(report.leaves))
      .Add("payloads", client::Count(report.payloads))
      .Add("signatures", client::Count(report.signatures));
  client::Table officers("officers", {{"code"}, {"name"}, {"signed"}, {"key"}});
  for (const OfficerSeen& officer : report.officers)
    officers.Add({client::Text(officer.code), client::Text(officer.name), client::YesNo(officer.signed_order),
                  client::Text(Fingerprint(officer.key))});
  client::Table receipts("receipts", {{"journal_index", client::kRight},
                                      {"agency"},
                                      {"kind"},
                                      {"time"},
                                      {"late"},
                                      {"superseded"},
                                      {"result"},
                                      {"digest"}});
  for (const ReceiptSeen& seen : report.receipts) {
    std::string result;
    for (const auto& item : seen.receipt.items())
      result += (result.empty() ? "" : " | ") + ItemText(item, CurrencyOf(report.order), zone);
    receipts.Add({client::Count(seen.index), client::Text(seen.agency), client::Text(WordsOf(seen.receipt.kind()).en),
                  client::Instant(seen.time, zone), client::YesNo(seen.late), client::YesNo(seen.superseded),
                  client::TextOrNothing(result), client::Text(HexEncode(seen.digest))});
  }
  client::Document document;
  document.Add(std::move(verdict));
  document.Add(std::move(officers));
  document.Add(PauseTable(report, zone));
  document.Add(ResumptionTable(report, zone));
  document.Add(std::move(receipts));
  document.Add(ObjectionTable(report, zone));
  document.Add(PaperTable(report, papers));
  return document;
}

absl::Status ShowEvidence(Console& console, const EvidenceFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const EvidencePins pins, PinsOf(flags.pins));
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, client::ReadFile(flags.file));
  EAGLE_ASSIGN_OR_RETURN(const EvidenceReport report, VerifyEvidence(bytes, pins));
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& path : flags.papers) {
    EAGLE_ASSIGN_OR_RETURN(std::string content, client::ReadFile(path));
    files.emplace_back(path.substr(path.rfind('/') + 1), std::move(content));
  }
  EAGLE_ASSIGN_OR_RETURN(const PapersGiven papers, MatchPapers(report, files));
  const Page page = PageOf(report, pins, console.zone, papers);
  if (!flags.html.empty()) EAGLE_RETURN_IF_ERROR(client::WriteDurably(flags.html, HtmlOf(page)));
  if (!flags.extract.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const auto pieces, PiecesOf(bytes, pins, report));
    for (const auto& [name, content] : pieces) {
      const std::string path = flags.extract + "/" + name;
      EAGLE_RETURN_IF_ERROR(client::MakeFolder(client::FolderOf(path)));
      EAGLE_RETURN_IF_ERROR(client::WriteDurably(path, content));
    }
  }
  if (console.json) return console.Print(EvidenceDocument(report, console.zone, papers));
  console.out() << TextOf(page) << std::flush;
  return console.out().good() ? absl::OkStatus()
                              : absl::Status(Fail(Reason::kStorageUnusable, "stdout can't be written"));
}

absl::Status ShowFingerprints(Console& console, const PinFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const EvidencePins pins, PinsOf(flags));
  client::Table table("fingerprints", {{"whose"}, {"name"}, {"fingerprint"}});
  for (const PinnedKey& key : pins.keys)
    table.Add({client::Text(key.zh + " " + key.en), client::Text(key.name), client::Text(key.fingerprint)});
  client::Document document;
  document.Add(std::move(table));
  return console.Print(document);
}

}  // namespace

void AddEvidence(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<EvidenceFlags>();
  CLI::App* verb = root.add_subcommand("evidence", "Verify a file of evidence offline, and show what it proves.");
  verb->add_option("FILE", flags->file, "evidence as `eagle evidence` wrote it")->required();
  AddPinFlags(*verb, flags->pins);
  verb->add_option("--html", flags->html, "write the page as one HTML file, too");
  verb->add_option("--paper", flags->papers,
                   "a file that the order or a receipt names: it must hash to that digest; may be given again");
  verb->add_option("--extract", flags->extract, "write order and receipts as standard files into this folder, too");
  verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return ShowEvidence(console, *flags); }; });
}

void AddFingerprints(CLI::App& root, Chosen& chosen) {
  auto flags = std::make_shared<PinFlags>();
  CLI::App* verb = root.add_subcommand("fingerprints", "Show the fingerprints of pinned keys, to be read aloud.");
  AddPinFlags(*verb, *flags);
  verb->callback(
      [&chosen, flags] { chosen = [flags](Console& console) { return ShowFingerprints(console, *flags); }; });
}

}  // namespace eagle::audit
