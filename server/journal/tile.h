// Tiles: the form in which the tree and the entries are stored and served (C2SP tlog-tiles).
//
// A full tile holds 256 hashes; tile n of level l holds, for i = 0...255, the roots of the perfect subtrees over the
// leaves from (256 n + i) 256^l up to (256 n + i + 1) 256^l. The last tile of a level may be partial: 1...255 hashes
// wide. Hashes never change, so a partial tile is the beginning of the full one. An entry bundle holds what the level 0
// tile of the same number hashes: per entry its length in two bytes, then its bytes.
//
// Threads: pure functions and values.
//
//   TilePath({.level = 0, .n = 1234067, .width = 44})                == "tile/0/x001/x234/067.p/44"
//   TilePath({.level = kEntriesLevel, .n = 0, .width = kTileWidth})  == "tile/entries/000"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/hash.h"

namespace eagle::journal {

inline constexpr unsigned kTileWidth = 256;
inline constexpr size_t kTileBytes = kTileWidth * kHashSize;
inline constexpr int kEntriesLevel = -1;
inline constexpr int kPayloadsLevel = -2;  // our own, beside the tiles: "payloads/000" (server/docs/formats.md)
inline constexpr size_t kBundleEntryBytesMax = 65535;

struct TileName {
  int level = 0;  // 0...63, or kEntriesLevel for an entry bundle, kPayloadsLevel for one of sealed payloads
  uint64_t n = 0;
  unsigned width = kTileWidth;  // 1...256
  friend bool operator==(const TileName&, const TileName&) = default;
};

// Path below the log's prefix. Pre: level and width within their bounds.
std::string TilePath(const TileName& name);
// Absent for anything that TilePath does not write.
std::optional<TileName> ParseTilePath(std::string_view path);

// How many hashes tile `n` of `level` has in a tree of `size` leaves: 0 (no such tile) ... 256.
unsigned TileWidthAt(uint64_t size, unsigned level, uint64_t n);

// Appends one entry of at most 65,535 bytes to a bundle.
void AppendBundleEntry(std::string& bundle, std::string_view entry);
// The entries of a bundle, as views into it. Errors: JOURNAL_BROKEN unless it holds exactly `count` entries.
absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle, size_t count);

}  // namespace eagle::journal
