// How long answers took: counters, never the answers themselves.
//
// A time is whole seconds, begun ones counted. Up to 255 s each second has its counter; above, 128 counters lie between
// one power of two and the next, so a quantile is told at most 1/128 (0.8 %) too long, and never too short. Bounds:
// times up to 2^31 s, longer ones count as that; at most 3,200 counters.
//
// Threads: a value. Integer arithmetic only: the same answers in whatever order give the same figures on every machine.
//
//   times.Add(took);  if (auto median = times.Quantile(500)) ...   // seconds
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace eagle::scorecard {

// Answered within 5 minutes: what two banks of Liaoning were reported to do in 2018 (辽宁报道). A yardstick, no law.
inline constexpr int64_t kQuickSeconds = 300;

// Upper ends of the bands in which answers are drawn, in seconds; the last band has no end.
inline constexpr std::array<int64_t, 8> kBandSeconds = {60, kQuickSeconds, 900, 3600, 14'400, 86'400, 259'200, 604'800};
inline constexpr size_t kBands = kBandSeconds.size() + 1;

class AnswerTimes {
 public:
  // From acceptance to the recorded answer; below zero counts as zero.
  void Add(int64_t microseconds);
  void AddAll(const AnswerTimes& other);
  uint64_t count() const { return count_; }
  // Exact: within a band's end, that instant included.
  uint64_t InBand(size_t band) const { return bands_[band]; }
  uint64_t quick() const { return bands_[0] + bands_[1]; }
  // Of all times in rising order the one at place ceil(count * permille / 1000) (nearest rank), in seconds. Nothing
  // without answers. Pre: 1 to 1000.
  std::optional<int64_t> Quantile(uint32_t permille) const;

 private:
  uint64_t count_ = 0;
  std::array<uint64_t, kBands> bands_{};
  std::map<uint32_t, uint64_t> counters_;
};

}  // namespace eagle::scorecard
