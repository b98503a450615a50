// eagle reasons: what a refusal means, and who must act.
#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct ReasonsFlags {
  std::string name;
};

// INVALID_ARGUMENT of kInvalidArgument.
std::string CodeText(absl::StatusCode code) { return absl::StatusCodeToString(code); }

absl::Status RunReasons(Session& session, const ReasonsFlags& flags) {
  Table table("reasons", {{"reason"}, {"code"}, {"who"}, {"what_to_do"}});
  for (const ReasonRow& row : AllReasons()) {
    if (!flags.name.empty() && row.name != flags.name) continue;
    table.Add({Text(row.name), Text(CodeText(row.code)), Text(row.who_must_act), Text(row.advice)});
  }
  if (table.empty()) return Fail(Reason::kFieldInvalid, "no reason has this name: " + flags.name);
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddReasons(Verb& root) {
  auto flags = std::make_shared<ReasonsFlags>();
  Verb verb =
      root.Add("reasons", "Explain the reasons of refusals: what to do, and who must.", "eagle reasons CAP_EXCEEDED");
  verb.Text("NAME", &flags->name, "one reason; all without it");
  verb.Do([flags](Session& session) { return RunReasons(session, *flags); });
}

}  // namespace eagle::client
