#include "client/cli/eagle.h"

#include "absl/strings/match.h"
#include "client/cli/commands.h"
#include "client/common/width.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

// `eagle help order freeze` is `eagle order freeze --help`.
struct HelpFlags {
  std::vector<std::string> command;
};

void AddHelp(Verb& root, VerbTree& tree) {
  auto flags = std::make_shared<HelpFlags>();
  Verb help = root.Add("help", "Explain a command.", "eagle help order freeze");
  help.Texts("COMMAND", &flags->command, "the command's words");
  help.Do([flags, &tree](Session& session) -> absl::Status {
    const std::string text = tree.HelpOf(flags->command);
    if (text.empty()) return Fail(Reason::kFieldInvalid, "no such command; eagle help lists them");
    session.process().out << text;
    return absl::OkStatus();
  });
}

// What went wrong, what to do, who must act, and every violation.
void Explain(Session& session, const absl::Status& status) {
  const Failure failure = FailureOf(status);
  const ReasonRow& row = RowOf(failure.reason);
  const std::string_view wire_reason = MetadataOf(failure, "wire_reason");
  session.Talk("error: " + std::string(wire_reason.empty() ? row.name : wire_reason) + ": " + failure.message);
  for (const Violation& wrong : failure.violations) {
    // One that was said word for word, field and all, isn't said twice.
    if (wrong.description == failure.message && absl::StrContains(failure.message, wrong.field)) continue;
    session.Talk("  " + wrong.field + ": " + std::string(RowOf(wrong.reason).name) + ": " + wrong.description);
  }
  if (row.advice != failure.message)
    session.Talk("  what to do: " + std::string(row.advice) +
                 (row.who_must_act == "nobody" ? "" : " (" + std::string(row.who_must_act) + ")"));
  // Of evidence that doesn't verify: which part, which field, expected against found.
  const bool evidence = failure.reason == Reason::kEvidenceInvalid || failure.reason == Reason::kEvidenceMalformed;
  for (const auto& [key, value] : failure.metadata) {
    if (key == "origin" || key == "wire_reason") continue;
    if (evidence) {
      session.Talk("  " + key + " = " + value);
    } else {
      session.Murmur("  " + key + " = " + value);
    }
  }
}

}  // namespace

void AddCommands(Verb& root) {
  for (const auto add :
       {AddPki,     AddInit,     AddAdmin,       AddStatement, AddKey,      AddDirectory,   AddAgency,    AddToday,
        AddCase,    AddOrder,    AddFindings,    AddObjection, AddIncident, AddSupervision, AddSupervise, AddBoard,
        AddPaper,   AddEvidence, AddPenaltyPack, AddJournal,   AddLooks,    AddBackup,      AddRecover,   AddMetrics,
        AddWitness, AddPolicy,   AddScorecard,   AddAgenda,    AddDoctor,   AddDuty,        AddReasons,   AddVersion}) {
    add(root);
  }
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  switch (OriginOf(status)) {
    case Origin::kGateway:
      return kExitRefused;
    case Origin::kUnavailable:
      return kExitUnavailable;
    case Origin::kVerification:
      return kExitVerification;
    case Origin::kLocal:
      break;
  }
  return ReasonOf(status) == Reason::kInternal ? kExitDefect : kExitUsage;
}

int RunEagle(Process& process, const std::vector<std::string>& arguments) {
  GlobalFlags flags;
  VerbTree tree(flags);
  Verb root = tree.root();
  AddCommands(root);
  AddHelp(root, tree);
  for (const std::string& argument : arguments) {
    if (IsValidUtf8(argument)) continue;
    process.err << "error: an argument isn't UTF-8: " << ForTerminal(argument) << "\n";
    return kExitUsage;
  }
  // -V as other programs have it.
  const std::vector<std::string> words = arguments.size() == 1 && (arguments[0] == "-V" || arguments[0] == "--version")
                                             ? std::vector<std::string>{"version"}
                                             : arguments;
  const VerbTree::Parsed parsed = tree.Parse(words.empty() ? std::vector<std::string>{"--help"} : words);
  if (!parsed.help.empty()) {
    process.out << parsed.help;
    return words.empty() ? kExitUsage : kExitOk;
  }
  if (!parsed.usage.empty() || !parsed.action) {
    process.err << (parsed.usage.empty() ? "See: eagle --help"
                                         : ForTerminal(parsed.usage.substr(0, parsed.usage.find('\n'))))
                << "\n";
    if (const size_t line = parsed.usage.find('\n'); line != std::string::npos)
      process.err << ForTerminal(parsed.usage.substr(line + 1)) << "\n";
    return kExitUsage;
  }
  Session session(process, flags);
  const absl::Status status = parsed.action(session);
  if (!status.ok()) Explain(session, status);
  return ExitCodeOf(status);
}

}  // namespace eagle::client
