// Tiles of the Merkle tree in the store: full ones are rows, the partial ones at the right edge are rebuilt from the
// journal's tail.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/journal/merkle.h"
#include "server/storage/store.h"

namespace eagle::core {

std::string TileKey(unsigned level, uint64_t n);

// Serves full tiles from a reader's snapshot. Errors: JOURNAL_BROKEN for a tile that isn't there.
class StoredTiles : public journal::TileSource {
 public:
  explicit StoredTiles(storage::Reader& reader) : reader_(reader) {}
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override;

 private:
  storage::Reader& reader_;
};

// The edge of the tree over everything in the snapshot.
absl::StatusOr<journal::Edge> RebuildEdge(storage::Reader& reader);

// Calls visit(leaf, sealed, commit) for every entry from `first` on, in order.
absl::Status ForEachEntry(
    storage::Reader& reader, uint64_t first,
    const std::function<absl::Status(uint64_t index, std::string_view leaf, std::string_view sealed)>& visit);

}  // namespace eagle::core
