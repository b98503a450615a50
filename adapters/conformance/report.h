// What a run found, as text for people, as JUnit and JSON for machines, and as a signed report.
//
// The signed report is a DSSE envelope (in its JSON form) over the JSON document, with a payload type of its own, so no
// signature of it fits anything else. Whoever enables an adapter reads it with server/trust/report.h: verifies it with
// the examiner's public key and looks at the verdicts inside. A skipped case proves nothing.
//
// Threads: pure functions; a signer is used by one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/conformance/run.h"
#include "adapters/sdk/shell/json.h"
#include "server/trust/report.h"
#include "server/trust/signature.h"

namespace eagle::conformance {

// "PASSED   crash  生效与回执之间崩溃   2.1 s", and its faults or what it lacks, each on a line of its own.
std::string LineOf(const CaseResult& result);
// "34 passed, 1 failed, 7 skipped".
std::string SummaryOf(const RunResult& run);
// What `list` and `--explain` show of a case.
std::string Explain(const Case& one);

std::string JUnitOf(const RunResult& run);
// `words_max`: of what each case's faults, or what it lacks, may have in bytes.
sdk::Json JsonOf(const RunResult& run, std::string_view kit_version, size_t words_max = SIZE_MAX);

// At most trust::kReportBytesMax: what faults and lacks say is shortened, at last left out, until it fits.
std::string SignedReport(const RunResult& run, std::string_view kit_version, trust::Signer& examiner);

}  // namespace eagle::conformance
