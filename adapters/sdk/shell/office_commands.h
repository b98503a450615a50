// The clerk's commands that every office has, whatever it keeps: objections 异议, supervision orders 督办,
// corrections 更正, statements 对账.
// One table, so that all programs have the same ones; what they do is in office_commands.cc.
//
// Threads: ServeOffice on the agent's; the rest pure.
//
//   for (const OfficeCommand& command : OfficeCommands()) ...   // add it to the command line
//   EAGLE_ASSIGN_OR_RETURN(request, WithFiles(request));        // "--text FILE" becomes what the file says
//   if (auto answer = ServeOffice(request, agent, zone)) return *answer;
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::sdk {

struct OfficeArgument {
  std::string name;  // "order", which stands without a flag, or "--ground"
  bool required = false;
  std::string help;
  bool is_file = false;  // its content is sent, not its name
  std::string key() const { return name.substr(name.starts_with("--") ? 2 : 0); }
};
struct OfficeCommand {
  std::string group, word;  // "objection", "raise"; group may be empty
  std::string help;
  std::vector<OfficeArgument> arguments;
  std::string name() const { return group.empty() ? word : group + " " + word; }
};
const std::vector<OfficeCommand>& OfficeCommands();

// The request with files in place of their names, read by whoever types. Errors: STORAGE_UNUSABLE; TOO_LARGE above
// 256 KiB.
absl::StatusOr<CounterRequest> WithFiles(CounterRequest request);

// Absent: the command is none of these. Errors: those of Agent::RaiseObjection, ReplyToObjection, CorrectAnswer,
// StateAgain;
// FIELD_MISSING, FIELD_INVALID.
std::optional<absl::StatusOr<Json>> ServeOffice(const CounterRequest& request, Agent& agent, absl::TimeZone zone);

}  // namespace eagle::sdk
