// Work and its limits by turns in one run: on a shared machine only ratios within a run mean anything.
//
//   SideBySide(state, 64, [&] { Prepare(); }, [&] { DoSixtyFour(); }, {{"sha256", [&] { HashTheSameBytes(); }}});
//
// gives the time of the work, and for each limit its own time for one item (sha256_us) and how many times it the work
// took (x_sha256).
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace eagle::bench {

inline double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

using Limits = std::vector<std::pair<std::string, std::function<void()>>>;

// Pre: registered with UseManualTime. `items`: how many things one call of `work` does; `prepare` isn't measured.
inline void SideBySide(benchmark::State& state, size_t items, const std::function<void()>& prepare,
                       const std::function<void()>& work, const Limits& limits) {
  double worked = 0;
  std::vector<double> limited(limits.size());
  for (auto _ : state) {
    prepare();
    const double took = Seconds(work);
    state.SetIterationTime(took);
    worked += took;
    for (size_t i = 0; i < limits.size(); ++i) limited[i] += Seconds(limits[i].second);
  }
  const double done = static_cast<double>(state.iterations()) * static_cast<double>(items);
  state.counters["us_each"] = worked / done * 1e6;
  for (size_t i = 0; i < limits.size(); ++i) {
    state.counters[limits[i].first + "_us"] = limited[i] / done * 1e6;
    state.counters["x_" + limits[i].first] = worked / limited[i];
  }
  state.SetItemsProcessed(static_cast<int64_t>(done));
}

}  // namespace eagle::bench
