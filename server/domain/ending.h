// The ends of measures 到期: which mark of a measure's term comes next, and its timer. The clock follows the measure: a
// renewal gives it another end, a release or lapse stops it; nothing is stored but what was marked.
//
// Threads: pure functions of the state; FollowEnd and BuildEnds belong to the fold.
// Source:  policy row "measure_ends"; domain A7.8.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "server/domain/state.h"

namespace eagle::domain {

struct EndMark {
  absl::Time at;             // when it comes
  absl::Time ends;           // of the measure: first instant at which it is over
  uint32_t days_before = 0;  // 0: it has ended
};

// Absent when the policy marks no ends, the measure isn't in effect, has no end, or everything is marked.
std::optional<EndMark> NextEndMark(const Policy* policy, const Measure& measure);
// The newest mark that has come at `now` and was not marked; those before it are overtaken.
std::optional<EndMark> EndMarkAt(const Policy* policy, const Measure& measure, absl::Time now);

// Puts the timer of one measure where its next mark is; null: it has none any more.
void FollowEnd(State& state, OrderSeq freeze, const Measure* measure);
// The same of all measures: at a start, and when another policy is in force.
void BuildEnds(State& state);

}  // namespace eagle::domain
