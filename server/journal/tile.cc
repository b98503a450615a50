#include "server/journal/tile.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/text.h"

namespace eagle::journal {
namespace {

constexpr std::string_view kPrefix = "tile/", kPayloads = "payloads/";
constexpr int kLevelMax = 63;

// Groups of three digits, all but the last behind an "x".
std::string NumberPath(uint64_t n) {
  std::string path;
  for (bool last = true;; last = false) {
    std::string group = std::to_string(n % 1000);
    group.insert(0, 3 - group.size(), '0');
    path = last ? group : "x" + group + "/" + path;
    if ((n /= 1000) == 0) return path;
  }
}

std::optional<uint64_t> ParseNumberPath(std::string_view path) {
  std::string digits;
  while (path.size() > 3) {
    if (path[0] != 'x' || path.size() < 5 || path[4] != '/') return std::nullopt;
    digits += path.substr(1, 3);
    path.remove_prefix(5);
  }
  digits += path;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return ParseDecimal(digits);
}

}  // namespace

std::string TilePath(const TileName& name) {
  GATEWAY_ASSERT(name.level >= kPayloadsLevel && name.level <= kLevelMax, "a tree has at most 64 levels");
  GATEWAY_ASSERT(name.width >= 1 && name.width <= kTileWidth, "an empty tile is never written");
  std::string path(name.level == kPayloadsLevel ? kPayloads : kPrefix);
  if (name.level != kPayloadsLevel)
    path += (name.level == kEntriesLevel ? "entries" : std::to_string(name.level)) + "/";
  path += NumberPath(name.n);
  if (name.width < kTileWidth) path += ".p/" + std::to_string(name.width);
  return path;
}

std::optional<TileName> ParseTilePath(std::string_view path) {
  const std::string_view whole = path;
  TileName name;
  if (path.substr(0, kPayloads.size()) == kPayloads) {
    name.level = kPayloadsLevel;
    path.remove_prefix(kPayloads.size());
  } else {
    if (path.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    path.remove_prefix(kPrefix.size());
    const size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    if (const std::string_view level_text = path.substr(0, slash); level_text == "entries") {
      name.level = kEntriesLevel;
    } else {
      const std::optional<uint64_t> level = ParseDecimal(level_text);
      if (!level || *level > kLevelMax) return std::nullopt;
      name.level = static_cast<int>(*level);
    }
    path.remove_prefix(slash + 1);
  }
  if (const size_t partial = path.find(".p/"); partial != std::string_view::npos) {
    const std::optional<uint64_t> width = ParseDecimal(path.substr(partial + 3));
    if (!width || *width < 1 || *width >= kTileWidth) return std::nullopt;
    name.width = static_cast<unsigned>(*width);
    path = path.substr(0, partial);
  }
  const std::optional<uint64_t> n = ParseNumberPath(path);
  if (!n) return std::nullopt;
  name.n = *n;
  if (TilePath(name) != whole) return std::nullopt;  // one spelling only: no "x000/001"
  return name;
}

unsigned TileWidthAt(uint64_t size, unsigned level, uint64_t n) {
  const uint64_t hashes = level < 8 ? size >> (8 * level) : 0;
  if (n > hashes / kTileWidth) return 0;
  return static_cast<unsigned>(std::min<uint64_t>(hashes - n * kTileWidth, kTileWidth));
}

void AppendBundleEntry(std::string& bundle, std::string_view entry) {
  GATEWAY_ASSERT(entry.size() <= kBundleEntryBytesMax, "a bundle counts an entry's bytes in two bytes");
  bundle.push_back(static_cast<char>(entry.size() >> 8));
  bundle.push_back(static_cast<char>(entry.size() & 0xff));
  bundle.append(entry);
}

absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle, size_t count) {
  std::vector<std::string_view> entries;
  ByteReader in(bundle);
  while (in.ok() && in.remaining() > 0 && entries.size() < count) entries.push_back(in.Bytes(in.U16()));
  if (!in.Done() || entries.size() != count) {
    return Fail(Reason::kJournalBroken, "an entry bundle doesn't hold the entries that it should")
        .With("expected", static_cast<int64_t>(count));
  }
  return entries;
}

}  // namespace eagle::journal
