// The files themselves that an order and its receipts name by digest 文书及回执附件: they lie beside the evidence, and
// are what was named when they hash to it.
//
// Threads: pure functions.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/evidence.h"

namespace eagle::audit {

// By digest (32 bytes): what the file is called that has it.
using PapersGiven = std::map<std::string, std::string>;

// Every instrument of the order and every document of its opened receipts, each once.
std::vector<goldeneagle::v1::Instrument> PapersNamed(const EvidenceReport& report);
// `files`: names and contents. Errors: EVIDENCE_INVALID, its part the file's name, for one that nothing in this
// evidence names, or that has another size than was named.
absl::StatusOr<PapersGiven> MatchPapers(const EvidenceReport& report,
                                        const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace eagle::audit
