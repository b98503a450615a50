#include "adapters/conformance/run.h"

#include <algorithm>

#include "server/base/reason.h"

namespace eagle::conformance {
namespace {

CaseResult PlayOne(const Play::Parts& parts, const Case& one, const std::vector<v1::Capability>& capabilities) {
  CaseResult result{.one = &one};
  result.missing = WhatIsMissing(one, parts.fixtures, parts.stage.OwnsAdapter(), capabilities);
  if (!result.missing.empty()) return result;
  const absl::Duration began = parts.stage.clock().MonotonicNow();
  Play play(parts);
  if (play.EnsureRunning()) one.script(play);
  play.TidyUp();
  result.faults = play.faults();
  // A rule that holds always, broken during this case.
  std::vector<std::string> breaches;
  parts.stage.Locked([&] { breaches = parts.gateway.TakeBreaches(); });
  for (std::string& breach : breaches) {
    if (std::find(result.faults.begin(), result.faults.end(), breach) == result.faults.end())
      result.faults.push_back(std::move(breach));
  }
  result.verdict = result.faults.empty() ? CaseVerdict::kPassed : CaseVerdict::kFailed;
  result.took = parts.stage.clock().MonotonicNow() - began;
  return result;
}

}  // namespace

size_t RunResult::Count(CaseVerdict verdict) const {
  return static_cast<size_t>(std::count_if(results.begin(), results.end(),
                                           [&](const CaseResult& result) { return result.verdict == verdict; }));
}

absl::StatusOr<RunResult> Run(const Play::Parts& parts, const std::vector<const Case*>& cases,
                              const std::function<void(const CaseResult&)>& tell) {
  RunResult run;
  run.agency = parts.world.agency();
  run.asset_kind = parts.fixtures.asset_kind;
  run.began_at = parts.stage.clock().WallNow();
  Play first(parts);
  if (!first.EnsureRunning()) return Fail(Reason::kUnavailable, first.faults().front());
  parts.stage.Locked([&] { run.hello = parts.gateway.hellos().back(); });
  const std::vector<v1::Capability> capabilities(run.hello.capabilities().begin(), run.hello.capabilities().end());
  for (const Case* one : cases) {
    run.results.push_back(PlayOne(parts, *one, capabilities));
    tell(run.results.back());
  }
  run.ended_at = parts.stage.clock().WallNow();
  return run;
}

}  // namespace eagle::conformance
