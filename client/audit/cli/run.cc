#include <algorithm>

#include "client/audit/cli/commands.h"
#include "client/common/files.h"
#include "server/base/reason.h"

namespace eagle::audit {

absl::StatusOr<journal::LogPolicy> PolicyOf(const std::string& policy_file, const std::string& log_key) {
  if (policy_file.empty() == log_key.empty())
    return Fail(Reason::kFieldMissing, "either --log-key or --policy says whom to trust");
  if (policy_file.empty()) return journal::LogPolicy::OfKey(log_key);
  EAGLE_ASSIGN_OR_RETURN(const std::string text, client::ReadFile(policy_file));
  return journal::LogPolicy::Parse(text);
}

int RunEagleAudit(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err, Clock& clock,
                  bool terminal) {
  Console console(out, err, clock, terminal);
  Chosen chosen;
  std::string output = "table", zone;
  CLI::App root("The audit of a gateway's log that trusts nobody: offline, or of a running one.", "eagle-audit");
  root.require_subcommand(1);
  root.fallthrough();
  root.add_option("--output", output, "table or json")->check(CLI::IsMember({"table", "json"}));
  root.add_option("--zone", zone, "time zone that times are shown in (default: UTC+8)");
  for (const auto add :
       {AddHead, AddPublic, AddOpened, AddAccess, AddExplain, AddEvidence, AddFingerprints, AddWitness})
    add(root, chosen);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    root.parse(reversed);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // --help
    return root.exit(error, out, err) == 0 && asked ? kExitOk : kExitUsage;
  }
  console.json = output == "json";
  if (!zone.empty() && !absl::LoadTimeZone(zone, &console.zone)) {
    err << "error: no such time zone: " << zone << "\n";
    return kExitUsage;
  }
  const absl::Status status = chosen(console);
  if (!status.ok()) console.Explain(status);
  return ExitCodeOf(status);
}

}  // namespace eagle::audit
