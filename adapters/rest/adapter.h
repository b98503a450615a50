// The process of eagle-rest: its configuration and templates, its inbox, the agent between gateway and the agency's
// server, the clerk's counter.
//
// Beside the sections of every adapter (adapters/sdk/shell/adapter_config.h):
//
//   [rest]  url, authority, certificate, key (PEM: of the agency's server and of ourselves there), templates,
//           connect_seconds, call_seconds, answer_kib_max, retry_minutes
//
// Threads: each function stays on the caller's; BlockSignals comes before.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/rest/templates.h"
#include "adapters/sdk/shell/adapter_config.h"
#include "server/https/curl_http.h"

namespace eagle::rest {

inline constexpr char kVersion[] = "0.1.0";

struct RestConfig {
  sdk::AdapterConfig adapter;  // agent complete
  CurlOptions server;
  Templates templates;
};

// The configuration and everything that it names, the template file included. Error: CONFIGURATION_INVALID, all
// problems of all files at once; STORAGE_UNUSABLE when the configuration itself can't be read.
absl::StatusOr<RestConfig> LoadRestConfig(const std::string& path);

// Until told to leave; with `once`, until there is no more work. Errors: those of the inbox, UNAVAILABLE (once), and
// why the agent stopped.
absl::Status RunRest(const RestConfig& config, bool once);

}  // namespace eagle::rest
