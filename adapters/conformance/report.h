// What a run found, as text for people, as JUnit and JSON for machines, and as a signed report.
//
// The signed report is a DSSE envelope (in its JSON form) over the JSON document, with a payload type of its own, so no
// signature of it fits anything else. Who may be asked to enable an adapter verifies it with the examiner's public key
// and looks at the verdicts inside: a skipped case proves nothing.
//
// Threads: pure functions; a signer is used by one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/conformance/run.h"
#include "adapters/sdk/shell/json.h"
#include "server/trust/signature.h"

namespace eagle::conformance {

inline constexpr std::string_view kReportType = "application/vnd.goldeneagle.conformance.v1+json";

// "PASSED   crash  生效与回执之间崩溃   2.1 s", and its faults or what it lacks, each on a line of its own.
std::string LineOf(const CaseResult& result);
// "34 passed, 1 failed, 7 skipped".
std::string SummaryOf(const RunResult& run);
// What `list` and `--explain` show of a case.
std::string Explain(const Case& one);

std::string JUnitOf(const RunResult& run);
sdk::Json JsonOf(const RunResult& run, std::string_view kit_version);

std::string SignedReport(const RunResult& run, std::string_view kit_version, trust::Signer& examiner);
// The document inside. Errors: ENVELOPE_MALFORMED; SIGNATURE_INVALID unless `key` (raw, Ed25519) signed it.
absl::StatusOr<sdk::Json> OpenReport(std::string_view report, std::string_view key);
// What speaks against enabling the adapter: cases that failed, and those of `demanded` that didn't pass. Empty:
// nothing.
std::vector<std::string> ObjectionsIn(const sdk::Json& document, const std::vector<std::string>& demanded);

}  // namespace eagle::conformance
