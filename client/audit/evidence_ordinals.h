// Agencies as the log's bitmaps name them: by ordinal, which count from 1.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace eagle::audit {

using Ordinals = std::set<uint32_t>;

// Of a bitmap: bit n-1, least significant first, is n.
inline Ordinals OrdinalsOf(std::string_view bitmap) {
  Ordinals out;
  for (size_t bit = 0; bit < bitmap.size() * 8; ++bit) {
    if ((static_cast<uint8_t>(bitmap[bit / 8]) >> bit % 8 & 1) != 0) out.insert(static_cast<uint32_t>(bit + 1));
  }
  return out;
}
inline std::string ListOf(const Ordinals& ordinals) {
  std::string out;
  for (const uint32_t ordinal : ordinals) out += (out.empty() ? "" : ", ") + std::to_string(ordinal);
  return out.empty() ? "none" : out;
}
inline std::vector<uint32_t> VectorOf(const Ordinals& ordinals) { return {ordinals.begin(), ordinals.end()}; }

}  // namespace eagle::audit
