#include "server/scorecard/answer_times.h"

#include <algorithm>
#include <bit>

namespace eagle::scorecard {
namespace {

constexpr int64_t kSecondsMax = int64_t{1} << 31;
constexpr uint32_t kFine = 128;  // counters from one power of two to the next

uint32_t CounterOf(int64_t seconds) {
  const auto value = static_cast<uint64_t>(seconds);
  if (value < 2 * kFine) return static_cast<uint32_t>(value);
  const auto shift = static_cast<uint32_t>(std::bit_width(value)) - 8;
  return kFine * shift + static_cast<uint32_t>(value >> shift);
}

// The longest time that it counts.
int64_t LongestOf(uint32_t counter) {
  if (counter < 2 * kFine) return counter;
  const uint32_t shift = counter / kFine - 1;
  return ((static_cast<int64_t>(counter - kFine * shift) + 1) << shift) - 1;
}

}  // namespace

void AnswerTimes::Add(int64_t microseconds) {
  const int64_t whole = std::max<int64_t>(microseconds, 0);
  const int64_t seconds = std::min(whole / 1'000'000 + (whole % 1'000'000 > 0), kSecondsMax);
  const auto band = std::lower_bound(kBandSeconds.begin(), kBandSeconds.end(), seconds) - kBandSeconds.begin();
  ++bands_[static_cast<size_t>(band)];
  ++counters_[CounterOf(seconds)];
  ++count_;
}

void AnswerTimes::AddAll(const AnswerTimes& other) {
  count_ += other.count_;
  for (size_t i = 0; i < kBands; ++i) bands_[i] += other.bands_[i];
  for (const auto& [counter, times] : other.counters_) counters_[counter] += times;
}

std::optional<int64_t> AnswerTimes::Quantile(uint32_t permille) const {
  if (count_ == 0) return std::nullopt;
  // count * permille / 1000 without overflow, rounded up.
  const uint64_t place = count_ / 1000 * permille + (count_ % 1000 * permille + 999) / 1000;
  uint64_t seen = 0;
  for (const auto& [counter, times] : counters_) {
    seen += times;
    if (seen >= place) return LongestOf(counter);
  }
  return LongestOf(counters_.rbegin()->first);
}

}  // namespace eagle::scorecard
