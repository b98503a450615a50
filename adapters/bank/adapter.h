// The process of a bank, or of another kind of office that keeps money: its configuration, its core and its inbox, the
// agent between gateway and core, the counter.
//
// The counter has the socket of the configuration and a thread of its own, so it is served while an order is under way;
// what concerns the agent (status, queue, ask, resolve) it passes on to the agent's own socket beside it
// (<socket>.agent).
//
// `kind` outlives the calls. Threads: each function stays on the caller's; BlockSignals comes before.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/bank/kind.h"

namespace eagle::bank {

// Reads the configuration and everything that it names. Error: CONFIGURATION_INVALID, all problems at once.
absl::Status CheckBankConfig(const Kind& kind, const std::string& path);

// Where the counter of the bank with this configuration answers. Error: CONFIGURATION_INVALID.
absl::StatusOr<std::string> CounterSocketOf(const Kind& kind, const std::string& config_path);

// Until told to leave; with `once`, until there is no more work. Errors: CONFIGURATION_INVALID, FOLDER_LOCKED, those of
// the databases, UNAVAILABLE (once), and why the agent stopped.
absl::Status RunBank(const Kind& kind, const std::string& config_path, bool once);

// Fills a new core in `data_folder` (made when there is none) from `csv_folder` and says to stdout what it took.
// Errors: those of Import and Database::Open.
absl::Status ImportBank(const Kind& kind, const std::string& data_folder, const std::string& csv_folder,
                        const std::string& time_zone);

}  // namespace eagle::bank
