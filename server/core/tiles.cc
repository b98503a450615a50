#include "server/core/tiles.h"

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/packed.h"

namespace eagle::core {

std::string TileKey(unsigned level, uint64_t n) { return ByteWriter().U8(static_cast<uint8_t>(level)).U64(n).Take(); }

absl::StatusOr<std::string> StoredTiles::Tile(unsigned level, uint64_t n, unsigned width) {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> tile, reader_.Get(storage::Table::kTiles, TileKey(level, n)));
  if (!tile || tile->size() < size_t{width} * 32)
    return Fail(Reason::kJournalBroken, "a tile of the journal is missing")
        .With("level", level)
        .With("tile", std::to_string(n));
  return tile->substr(0, size_t{width} * 32);
}

absl::StatusOr<journal::Edge> RebuildEdge(storage::Reader& reader) {
  const uint64_t size = reader.Head().next_index;
  const uint64_t tail_first = size - size % 256;
  std::vector<journal::Hash> tail;
  if (tail_first < size) {
    EAGLE_RETURN_IF_ERROR(ForEachEntry(reader, tail_first, [&](uint64_t, std::string_view leaf, std::string_view) {
      tail.push_back(journal::LeafHash(leaf));
      return absl::OkStatus();
    }));
  }
  StoredTiles tiles(reader);
  return journal::Edge::Rebuild(size, tiles, tail);
}

absl::Status ForEachEntry(storage::Reader& reader, uint64_t first,
                          const std::function<absl::Status(uint64_t, std::string_view, std::string_view)>& visit) {
  constexpr size_t kPage = 64;
  uint64_t next = first;
  while (next < reader.Head().next_index) {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<storage::CommitRow> page, reader.Commits(next, kPage));
    if (page.empty())
      return Fail(Reason::kJournalBroken, "entries of the journal are missing").With("index", std::to_string(next));
    for (const storage::CommitRow& commit : page) {
      EAGLE_ASSIGN_OR_RETURN(const auto entries, journal::Unpack(commit.entries, commit.count));
      for (size_t i = 0; i < entries.size(); ++i) {
        const uint64_t index = commit.first_index + i;
        if (index >= next) EAGLE_RETURN_IF_ERROR(visit(index, entries[i].leaf, entries[i].sealed));
      }
      next = commit.first_index + commit.count;
    }
  }
  return absl::OkStatus();
}

}  // namespace eagle::core
