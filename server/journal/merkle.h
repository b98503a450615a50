// The Merkle tree over the journal (RFC 6962): append, root, proofs, and their verification.
//
//   Frontier    the roots of the perfect subtrees of one size: all that appending and the root need; 2 KiB, copied.
//   Edge        a frontier and the partial tiles: what the sequencer keeps in memory; gives full tiles to be stored.
//   CommitTree  the proofs of the entries of one commit, right after it, from the frontier before it; reads nothing.
//   Prover      any proof at any size, from stored tiles.
//
// Life of a commit: copy the frontier, append the leaf hashes to the edge, store the full tiles in the same
// transaction, sign the root, answer with the proofs of the CommitTree.
//
// Threads: values without locks; one thread at a time, or many that only read.
//
//   Frontier before = edge.frontier();
//   for (const Hash& leaf : leaf_hashes) edge.Append(leaf);
//   for (FullTile& tile : edge.TakeFullTiles()) store.PutTile(std::move(tile));
//   CommitTree commit(before, leaf_hashes);           // commit.root() == edge.Root()
//   std::vector<Hash> path = commit.Inclusion(before.size());
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/hash.h"
#include "server/journal/tile.h"

namespace eagle::journal {

// More leaves than any log will have; sizes above it are refused so that no sum of positions can overflow.
inline constexpr uint64_t kTreeSizeMax = uint64_t{1} << 62;
// Levels of tiles that such a tree has.
inline constexpr unsigned kTileLevels = 8;

// The perfect subtrees of a tree of `size` leaves, one for each binary digit of the size that is 1.
class Frontier {
 public:
  Frontier() = default;
  // Pre: peaks[level] is set for every digit of `size` that is 1.
  Frontier(uint64_t size, const std::array<Hash, 64>& peaks) : size_(size), peaks_(peaks) {}

  uint64_t size() const { return size_; }
  // One node hash per leaf on average.
  void Append(const Hash& leaf) {
    Append(leaf, [](unsigned, const Hash&) {});
  }
  // The same, and calls seen(level, hash) for each perfect subtree that the leaf completes, itself (level 0) first,
  // before size() grows.
  template <typename Seen>
  void Append(const Hash& leaf, Seen&& seen);
  // Of all leaves; of no leaf: SHA-256 of nothing. One node hash per digit 1.
  Hash Root() const;
  // Root of the perfect subtree of 2^level leaves. Pre: that digit of size() is 1.
  const Hash& Peak(unsigned level) const { return peaks_[level]; }

 private:
  uint64_t size_ = 0;
  std::array<Hash, 64> peaks_{};  // only those of digits that are 1 mean anything
};

// A tile that is complete and will never change: 8,192 bytes.
struct FullTile {
  unsigned level = 0;
  uint64_t n = 0;
  std::string bytes;
};

// The port through which hashes of stored tiles come in. Tile() gives the first `width` hashes (1...256) of tile `n` of
// `level`, 32 * width bytes; an implementation that has the full tile cuts it. Errors are the implementation's and are
// passed on.
class TileSource {
 public:
  virtual ~TileSource() = default;
  virtual absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) = 0;
};

// The right edge of the growing tree.
class Edge {
 public:
  Edge() = default;
  // The edge of a tree of `size` leaves out of its tiles, partial ones included.
  // Errors: JOURNAL_BROKEN when a tile has not the length asked for; FIELD_INVALID above kTreeSizeMax; the source's
  // own. Whether the tiles are the right ones shows when Root() is compared with what was signed.
  static absl::StatusOr<Edge> Rebuild(uint64_t size, TileSource& tiles);
  // The same for a store that keeps full tiles only: `tail` are the leaf hashes of the last size % 256 leaves; partial
  // tiles of higher levels are folded from the full tiles below them (at most 255 reads a level).
  static absl::StatusOr<Edge> Rebuild(uint64_t size, TileSource& full_tiles, std::span<const Hash> tail);

  void Append(const Hash& leaf);
  uint64_t size() const { return frontier_.size(); }
  Hash Root() const { return frontier_.Root(); }
  const Frontier& frontier() const { return frontier_; }

  // Tiles that became full since the last call, in the order in which they did.
  std::vector<FullTile> TakeFullTiles() { return std::exchange(full_tiles_, {}); }
  const std::vector<FullTile>& full_tiles() const { return full_tiles_; }
  // The partial tile of `level`: number size >> 8(level+1), 0...255 hashes wide. Valid until the next change of the
  // edge.
  std::string_view PartialTile(unsigned level) const { return partial_[level]; }

 private:
  void Push(unsigned level, const Hash& hash);

  Frontier frontier_;
  std::array<std::string, kTileLevels> partial_;
  std::vector<FullTile> full_tiles_;
};

// Serves partial tiles (and full ones not taken yet) from the edge, all others from `full_tiles`. Both must outlive it,
// and the edge must not change meanwhile. Errors: FIELD_INVALID for a tile beyond the edge.
class EdgeSource : public TileSource {
 public:
  EdgeSource(const Edge& edge, TileSource& full_tiles) : edge_(edge), full_tiles_(full_tiles) {}
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override;

 private:
  const Edge& edge_;
  TileSource& full_tiles_;
};

// The part of the tree that one commit adds, and the inclusion proofs of its leaves at the size right after it. Costs
// about one node hash per leaf, a proof none.
class CommitTree {
 public:
  // `before`: the frontier at the size before the commit.
  CommitTree(const Frontier& before, std::span<const Hash> leaf_hashes);

  uint64_t first() const { return before_.size(); }
  uint64_t size() const { return size_; }
  const Hash& root() const { return root_; }
  // The proof of leaf `index` at size(). Pre: first() <= index < size().
  std::vector<Hash> Inclusion(uint64_t index) const;

 private:
  struct Level {
    uint64_t first = 0;  // index, within the level, of the first node that holds a leaf of the commit
    size_t at = 0;       // where it lies in nodes_
  };
  Frontier before_;
  uint64_t size_;
  Hash root_;
  std::vector<Hash> nodes_;
  std::vector<Level> levels_;
};

// Proofs at one size, from tiles. Keeps every tile it fetched (about 16 KiB each): make one per answer, not one per
// process. Errors of all methods: FIELD_INVALID for an index or size that the tree has not; JOURNAL_BROKEN when the
// source gives a tile of another length than asked; the source's own.
class Prover {
 public:
  Prover(uint64_t size, TileSource& tiles) : size_(size), tiles_(tiles) {}

  absl::StatusOr<Hash> Root();
  // Leaf's sibling first. Empty for a tree of one leaf.
  absl::StatusOr<std::vector<Hash>> Inclusion(uint64_t index);
  // From size `old_size` to this size; empty from 0 and from the same size.
  absl::StatusOr<std::vector<Hash>> Consistency(uint64_t old_size);

 private:
  struct Pyramid {  // a tile and the perfect subtrees over it
    unsigned level;
    uint64_t n;
    std::array<std::vector<Hash>, 8> rows;
  };
  absl::StatusOr<const Pyramid*> Fetch(unsigned level, uint64_t n);
  absl::StatusOr<Hash> Perfect(unsigned level, uint64_t index);
  absl::StatusOr<Hash> Range(uint64_t begin, uint64_t end);

  uint64_t size_;
  TileSource& tiles_;
  std::vector<Pyramid> pyramids_;
};

// One proof, one Prover.
absl::StatusOr<Hash> RootOf(uint64_t size, TileSource& tiles);
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size, TileSource& tiles);
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t size, TileSource& tiles);

// Small trees held whole in memory (the members of a signed batch). For the paths of many leaves of one tree build a
// CommitTree(Frontier(), leaf_hashes) once. Pre of PathOf: index < leaf_hashes.size().
Hash RootOfLeaves(std::span<const Hash> leaf_hashes);
std::vector<Hash> PathOf(std::span<const Hash> leaf_hashes, uint64_t index);

// Whether `proof` shows that `leaf_hash` is leaf `index` of the tree of `size` leaves with `root`.
bool VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, std::span<const Hash> proof,
                     const Hash& root);
// Whether `proof` shows that the tree of `old_size` leaves is the beginning of the tree of `size` leaves. False from
// size 0: an empty tree is the beginning of every other, there is nothing to verify; the caller decides, and wants an
// empty proof.
bool VerifyConsistency(uint64_t old_size, uint64_t size, std::span<const Hash> proof, const Hash& old_root,
                       const Hash& root);

template <typename Seen>
void Frontier::Append(const Hash& leaf, Seen&& seen) {
  Hash node = leaf;
  unsigned level = 0;
  seen(level, node);
  for (; (size_ >> level & 1) != 0; ++level) {
    node = NodeHash(peaks_[level], node);
    seen(level + 1, node);
  }
  peaks_[level] = node;
  ++size_;
}

}  // namespace eagle::journal
