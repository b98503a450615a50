// eagle directory: statements about keys, officers and accounts, submitted and looked at.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

constexpr int kPagesMax = 10'000;

struct DirectoryFlags {
  std::vector<std::string> files;
};

absl::Status SubmitDirectory(Session& session, const DirectoryFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  Table results("results", {{"subject"}, {"result"}, {"journal_index", kRight}, {"file"}});
  Table problems = ProblemsTable();
  size_t refused = 0, all = 0;
  v1::Refusal first;
  for (const std::string& path : flags.files) {
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(path));
    EAGLE_ASSIGN_OR_RETURN(const v1::SubmitStatementsResponse response, desk->SendStatements(draft.batch(), *gateway));
    for (const v1::StatementResult& result : response.results()) {
      const bool no = !result.refusal().reason().empty();
      ++all;
      results.Add({Text(result.subject()), Text(no ? "REFUSED" : "ACCEPTED"),
                   result.journal_index() == 0 ? Nothing() : Count(result.journal_index()), Text(path)});
      if (!no) continue;
      if (refused++ == 0) first = result.refusal();
      AddProblems(problems, result.subject(), result.refusal());
    }
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, all, first);
}

absl::Status ListDirectory(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const SyncReport report, desk->SyncBook(*gateway));
  Table table("statements", {{"subject"}, {"kind"}, {"no", kRight}, {"valid_from"}, {"valid_until"}, {"digest"}});
  // The stream names every subject; what is shown is what the book holds about it, after its own checks.
  std::map<std::string, const trust::StatementBook::Held*> held;
  v1::ListStatementsRequest request;
  request.set_page_size(256);
  for (int pages = 0; pages < kPagesMax; ++pages) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListStatementsResponse page, gateway->ListStatements(request));
    for (const v1::DirectoryChange& change : page.statements()) {
      v1::Statement statement;
      if (!statement.ParseFromString(change.statement().member())) continue;
      if (const auto* found = desk->book()->HeldAbout(statement.subject())) held[statement.subject()] = found;
      request.set_position(std::max(request.position(), change.position()));
    }
    if (page.complete() || page.statements().empty()) break;
  }
  for (const auto& [subject, row] : held) {
    table.Add({Text(subject), Text(Word(row->statement.kind())), Count(row->sequence),
               Instant(ToTime(row->statement.valid_from()), zone), Instant(ToTime(row->statement.valid_until()), zone),
               Text(HexEncode(journal::View(row->digest)))});
  }
  Document document;
  document.Add(std::move(table));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  for (const std::string& refused : report.refused) session.Talk("not believed: " + refused);
  if (report.refused.empty()) return absl::OkStatus();
  return AsVerification(Fail(Reason::kStatementStale, std::to_string(report.refused.size()) +
                                                          " statements of the gateway's directory don't verify"));
}

}  // namespace

void AddDirectory(Verb& root) {
  Verb directory = root.Add("directory", "Statements about keys, officers and accounts: submit and verify them.");
  auto flags = std::make_shared<DirectoryFlags>();
  Verb submit =
      directory.Add("submit", "Submit signed statements.",
                    "eagle directory submit pki/statements/organisations.batch pki/statements/court-辽9901.batch");
  submit.Texts("FILE", &flags->files, "files that eagle statement made and signed", Need::kRequired);
  submit.Do([flags](Session& session) { return SubmitDirectory(session, *flags); });
  directory
      .Add("list", "List the statements in force, verified with the pinned registrar keys.", "eagle directory list")
      .Do(ListDirectory);
  AddDirectoryNames(directory);
}

}  // namespace eagle::client
