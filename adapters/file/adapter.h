// The process of the file way: configuration, inbox, exchange, the worker that makes the rounds, the operator's
// commands.
//
// Threads: each function stays on the caller's; BlockSignals comes before.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::file {

// Reads the configuration and everything that it names. Error: CONFIGURATION_INVALID, all problems at once.
absl::Status CheckFileConfig(const std::string& path);

// Until told to leave; with `once`, until there is no more work for the gateway, and a last round. Errors:
// CONFIGURATION_INVALID, FOLDER_LOCKED, those of the databases, UNAVAILABLE (once), and why the agent stopped.
absl::Status RunFile(const std::string& config_path, bool once);

// What the running adapter answers to `request`: "exchange status", "gaps", "accept-gap", "resend", and those of every
// adapter. Errors: CONFIGURATION_INVALID, UNAVAILABLE when it doesn't run, whatever it answers.
absl::StatusOr<sdk::Json> AskRunning(const std::string& config_path, const sdk::CounterRequest& request);

}  // namespace eagle::file
