// A set of agencies as leaves have it: bit n-1, least significant first, is ordinal n.
//
// Threads: a value.
//
//   AgencyBits open(body.targets());  open.Remove(AgencyBits::Of(7));  if (open.empty()) ...
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace eagle::audit {

class AgencyBits {
 public:
  AgencyBits() = default;
  explicit AgencyBits(std::string_view bytes) : bytes_(bytes) { Trim(); }
  // Pre: ordinal > 0.
  static AgencyBits Of(uint32_t ordinal) {
    AgencyBits one;
    one.bytes_.assign((ordinal - 1) / 8 + 1, '\0');
    one.bytes_.back() = static_cast<char>(1 << (ordinal - 1) % 8);
    return one;
  }
  bool Has(uint32_t ordinal) const {
    if (ordinal == 0 || (ordinal - 1) / 8 >= bytes_.size()) return false;
    return (static_cast<uint8_t>(bytes_[(ordinal - 1) / 8]) >> (ordinal - 1) % 8 & 1) != 0;
  }
  void Add(const AgencyBits& other) {
    bytes_.resize(std::max(bytes_.size(), other.bytes_.size()));
    for (size_t i = 0; i < other.bytes_.size(); ++i) bytes_[i] = static_cast<char>(bytes_[i] | other.bytes_[i]);
  }
  void Remove(const AgencyBits& other) {
    for (size_t i = 0; i < std::min(bytes_.size(), other.bytes_.size()); ++i)
      bytes_[i] = static_cast<char>(bytes_[i] & ~other.bytes_[i]);
    Trim();
  }
  bool empty() const { return bytes_.empty(); }
  size_t count() const {
    size_t total = 0;
    for (char c : bytes_) total += static_cast<size_t>(std::popcount(static_cast<uint8_t>(c)));
    return total;
  }
  // The largest ordinal; 0 when empty.
  uint32_t highest() const {
    if (bytes_.empty()) return 0;
    return static_cast<uint32_t>(8 * (bytes_.size() - 1)) +
           static_cast<uint32_t>(std::bit_width(static_cast<uint8_t>(bytes_.back())));
  }
  template <typename F>
  void ForEach(F visit) const {
    for (uint32_t ordinal = 1, last = highest(); ordinal <= last; ++ordinal) {
      if (Has(ordinal)) visit(ordinal);
    }
  }
  friend bool operator==(const AgencyBits&, const AgencyBits&) = default;

 private:
  void Trim() {
    while (!bytes_.empty() && bytes_.back() == '\0') bytes_.pop_back();
  }
  std::string bytes_;  // without zero bytes at the end
};

}  // namespace eagle::audit
