// What the tests of the journal share: hexadecimal, the project's numbered leaves and keys, and tiles made from a list.
#pragma once

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/ed25519.h"
#include "server/journal/merkle.h"

namespace eagle::journal {

inline std::string Hex(const Hash& hash) { return HexEncode(View(hash)); }
inline std::string Unhex(std::string_view text) { return HexDecode(text).value(); }
inline Hash HashOfHex(std::string_view text) { return HashFrom(Unhex(text)).value(); }
inline Hash HashOfBase64(std::string_view text) { return HashFrom(Base64Decode(text).value()).value(); }

// `count` bytes counting up from `first`: the seeds of the project's vectors.
inline std::string Span(int first, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out.push_back(static_cast<char>(first + i));
  return out;
}
inline PrivateKey KeyOfSeed(int first) { return PrivateKey::FromSeed(Span(first, 32)).value(); }

// Leaf i is i in decimal.
inline std::vector<Hash> NumberedLeaves(uint64_t count) {
  std::vector<Hash> leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(LeafHash(std::to_string(i)));
  return leaves;
}

// Every tile of a list of leaves, made level by level without the code under test but for NodeHash.
class ListTiles : public TileSource {
 public:
  explicit ListTiles(std::vector<Hash> leaves) {
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() >= kTileWidth) {
      std::vector<Hash> above;
      for (size_t at = 0; at + kTileWidth <= levels_.back().size(); at += kTileWidth) {
        std::vector<Hash> row(levels_.back().begin() + static_cast<ptrdiff_t>(at),
                              levels_.back().begin() + static_cast<ptrdiff_t>(at + kTileWidth));
        while (row.size() > 1) {
          for (size_t i = 0; i < row.size() / 2; ++i) row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
          row.resize(row.size() / 2);
        }
        above.push_back(row[0]);
      }
      levels_.push_back(std::move(above));
    }
  }
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    ++reads;
    if (full_only && width != kTileWidth) return Fail(Reason::kNotFound, "only full tiles are stored");
    if (level >= levels_.size() || (n * kTileWidth + width) > levels_[level].size()) {
      return Fail(Reason::kNotFound, "no such tile");
    }
    std::string out;
    for (unsigned i = 0; i < width; ++i) out += View(levels_[level][n * kTileWidth + i]);
    return out;
  }

  int reads = 0;
  bool full_only = false;

 private:
  std::vector<std::vector<Hash>> levels_;
};

// One random change: a flipped bit, a lost, doubled or strange byte, or a cut.
inline std::string Mutated(std::string bytes, std::mt19937_64& random) {
  if (bytes.empty()) return "x";
  const size_t at = random() % bytes.size();
  switch (random() % 5) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      break;
    case 1:
      bytes.erase(at, 1 + random() % 4);
      break;
    case 2:
      bytes.insert(at, 1, bytes[at]);
      break;
    case 3:
      bytes[at] = static_cast<char>(random());
      break;
    case 4:
      bytes.resize(at);
      break;
  }
  return bytes;
}

}  // namespace eagle::journal
