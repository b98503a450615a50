// Plays cases one after the other and tells what came of each.
//
// Threads: one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/conformance/cases.h"

namespace eagle::conformance {

enum class CaseVerdict : uint8_t { kPassed, kFailed, kSkipped };

struct CaseResult {
  const Case* one = nullptr;
  CaseVerdict verdict = CaseVerdict::kSkipped;
  std::vector<std::string> faults;  // with kFailed: what did not hold
  std::string missing;              // with kSkipped: what it needs
  absl::Duration took;
};

struct RunResult {
  std::string agency;
  v1::HelloRequest hello;  // the adapter's first
  std::string asset_kind;
  absl::Time began_at, ended_at;
  std::vector<CaseResult> results;

  size_t Count(CaseVerdict verdict) const;
};

// Starts the adapter if it is the kit's to start, waits for its first poll, plays `cases` in their order, and tells of
// each as it ends. Error: UNAVAILABLE when no adapter polls.
absl::StatusOr<RunResult> Run(const Play::Parts& parts, const std::vector<const Case*>& cases,
                              const std::function<void(const CaseResult&)>& tell);

}  // namespace eagle::conformance
