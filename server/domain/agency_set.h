// A set of agencies as a bitmap over their ordinals: 4,000 agencies are 500 bytes, so an order costs the same for one
// and for all.
//
// Threads: a value.
//
//   AgencySet open = AgencySet::FromBytes(body.targets());  open.Remove(agency);  if (open.empty()) ...
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/base/ids.h"

namespace eagle::domain {

// A directory holds no more: a set of them stands in a leaf, which has at most 4,096 bytes.
inline constexpr uint32_t kAgenciesMax = 20'000;

class AgencySet {
 public:
  AgencySet() = default;
  // Bit n-1, least significant first, is ordinal n. Any bytes are a valid set.
  static AgencySet FromBytes(std::string_view bytes) {
    AgencySet set;
    set.bits_ = bytes;
    set.Trim();
    return set;
  }
  // Pre: agency is not "none".
  void Add(AgencyOrdinal agency) {
    const size_t bit = agency.value() - 1;
    if (bits_.size() <= bit / 8) bits_.resize(bit / 8 + 1, '\0');
    bits_[bit / 8] = static_cast<char>(bits_[bit / 8] | (1 << bit % 8));
  }
  void Remove(AgencyOrdinal agency) {
    const size_t bit = agency.value() - 1;
    if (bit / 8 >= bits_.size()) return;
    bits_[bit / 8] = static_cast<char>(bits_[bit / 8] & ~(1 << bit % 8));
    Trim();
  }
  bool Contains(AgencyOrdinal agency) const {
    const size_t bit = agency.value() - 1;
    return agency && bit / 8 < bits_.size() && (bits_[bit / 8] >> bit % 8 & 1) != 0;
  }
  void AddAll(const AgencySet& other) {
    if (bits_.size() < other.bits_.size()) bits_.resize(other.bits_.size(), '\0');
    for (size_t i = 0; i < other.bits_.size(); ++i) bits_[i] = static_cast<char>(bits_[i] | other.bits_[i]);
  }
  void RemoveAll(const AgencySet& other) {
    for (size_t i = 0; i < std::min(bits_.size(), other.bits_.size()); ++i)
      bits_[i] = static_cast<char>(bits_[i] & ~other.bits_[i]);
    Trim();
  }
  bool empty() const { return bits_.empty(); }
  size_t count() const {
    size_t total = 0;
    for (char c : bits_) total += static_cast<size_t>(std::popcount(static_cast<uint8_t>(c)));
    return total;
  }
  // Calls f(AgencyOrdinal) in rising order.
  template <typename F>
  void ForEach(F f) const {
    for (size_t i = 0; i < bits_.size(); ++i) {
      for (auto byte = static_cast<uint8_t>(bits_[i]); byte != 0; byte = static_cast<uint8_t>(byte & (byte - 1))) {
        f(AgencyOrdinal(static_cast<uint32_t>(i * 8 + static_cast<size_t>(std::countr_zero(byte)) + 1)));
      }
    }
  }
  // Without trailing zero bytes: equal sets have equal bytes.
  const std::string& bytes() const { return bits_; }
  friend bool operator==(const AgencySet&, const AgencySet&) = default;

 private:
  void Trim() {
    while (!bits_.empty() && bits_.back() == '\0') bits_.pop_back();
  }
  std::string bits_;
};

}  // namespace eagle::domain
