// `eagle`, the command line of courts, operators, auditors and administrators.
//
// Exit codes, the same for every command:
//   0  done
//   2  usage: flags, files, configuration, keys, or a question that nobody answered
//   3  refused by the gateway
//   4  no answer, or later: repeat unchanged, the call may have happened
//   5  something doesn't verify: don't use it
//   1  a defect of this program
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/session.h"

namespace eagle::client {

enum ExitCode {
  kExitOk = 0,
  kExitDefect = 1,
  kExitUsage = 2,
  kExitRefused = 3,
  kExitUnavailable = 4,
  kExitVerification = 5
};

ExitCode ExitCodeOf(const absl::Status& status);

// `arguments` without the program's name. Threads: one.
int RunEagle(Process& process, const std::vector<std::string>& arguments);

}  // namespace eagle::client
