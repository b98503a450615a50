// Who is first and who is last. The rule, whole:
//
//   1. Ranked are agencies with at least `least_judged` judged tasks in the period (figures.h): few tasks say little.
//   2. First who has the larger share of judged tasks on time; shares are compared as fractions, never rounded.
//   3. Then who has the shorter 95 % answer time; then who has more judged tasks; then the lower ordinal. (Leaves hold
//   no
//      codes: an ordinal is the order of registration.)
//   4. The first `top` report how they do it, the last `bottom` explain themselves; neither takes more than half of
//   those
//      ranked, and who missed no deadline isn't among the last.
//   5. Among the last in two periods that follow each other: `twice`.
//
// Source:  monthly ranking, first three report, last three explain, two bad months lead to accountability (Liaoning
//          courts, press reports of 2018).
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "server/scorecard/figures.h"

namespace eagle::scorecard {

struct RankingRules {
  uint32_t least_judged = 10;
  uint32_t top = 3, bottom = 3;
};

struct RankRow {
  uint32_t rank = 0;  // from 1
  uint32_t agency = 0;
  bool top = false, bottom = false;
  bool twice = false;  // in the bottom, and in that of the period before
};

// Ranked agencies, the first first. `before`: figures of the period before, ranked by the same rules.
std::vector<RankRow> Rank(const PeriodFigures& figures, const PeriodFigures& before, const RankingRules& rules);

}  // namespace eagle::scorecard
