#include "server/scorecard/ranking.h"

#include <algorithm>
#include <set>

namespace eagle::scorecard {
namespace {

struct Ranked {
  uint32_t agency = 0;
  Share punctual;
  int64_t slowest = 0;
};

bool Better(const Ranked& a, const Ranked& b) {
  using Wide = absl::uint128;
  const Wide left = Wide(a.punctual.part) * b.punctual.whole, right = Wide(b.punctual.part) * a.punctual.whole;
  if (left != right) return left > right;
  if (a.slowest != b.slowest) return a.slowest < b.slowest;
  if (a.punctual.whole != b.punctual.whole) return a.punctual.whole > b.punctual.whole;
  return a.agency < b.agency;
}

std::vector<RankRow> RankOnce(const PeriodFigures& figures, const RankingRules& rules) {
  std::vector<Ranked> ranked;
  for (const auto& [agency, of] : figures.agencies) {
    if (of.judged() == 0 || of.judged() < rules.least_judged) continue;
    // Without one answer nothing was quick.
    ranked.push_back({agency, of.punctual(), of.times.Quantile(950).value_or(INT64_MAX)});
  }
  std::sort(ranked.begin(), ranked.end(), Better);
  const size_t half = ranked.size() / 2;
  std::vector<RankRow> rows;
  for (size_t i = 0; i < ranked.size(); ++i) {
    const bool faultless = ranked[i].punctual.part == ranked[i].punctual.whole;
    rows.push_back({.rank = static_cast<uint32_t>(i + 1),
                    .agency = ranked[i].agency,
                    .top = i < std::min<size_t>(rules.top, half),
                    .bottom = i >= ranked.size() - std::min<size_t>(rules.bottom, half) && !faultless});
  }
  return rows;
}

}  // namespace

std::vector<RankRow> Rank(const PeriodFigures& figures, const PeriodFigures& before, const RankingRules& rules) {
  std::set<uint32_t> last;
  for (const RankRow& row : RankOnce(before, rules)) {
    if (row.bottom) last.insert(row.agency);
  }
  std::vector<RankRow> rows = RankOnce(figures, rules);
  for (RankRow& row : rows) row.twice = row.bottom && last.contains(row.agency);
  return rows;
}

}  // namespace eagle::scorecard
