#include "server/journal/merkle.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::journal {
namespace {

Hash HashAt(std::string_view hashes, size_t i) {
  Hash hash;
  std::memcpy(hash.data(), hashes.data() + i * kHashSize, kHashSize);
  return hash;
}

// Root of a run of hashes, as RFC 6962 has it for any number of them.
Hash Fold(std::string_view hashes) {
  Frontier frontier;
  for (size_t i = 0; i < hashes.size() / kHashSize; ++i) frontier.Append(HashAt(hashes, i));
  return frontier.Root();
}

absl::StatusOr<std::string> FetchTile(TileSource& tiles, unsigned level, uint64_t n, unsigned width) {
  EAGLE_ASSIGN_OR_RETURN(std::string bytes, tiles.Tile(level, n, width));
  if (bytes.size() != width * kHashSize) {
    return Fail(Reason::kJournalBroken, "a tile has not the length it should")
        .With("tile", TilePath({static_cast<int>(level), n, width}))
        .With("bytes", static_cast<int64_t>(bytes.size()));
  }
  return bytes;
}

absl::Status CheckSize(uint64_t size) {
  if (size > kTreeSizeMax)
    return Fail(Reason::kFieldInvalid, "no tree is that large").With("size", std::to_string(size));
  return absl::OkStatus();
}

// Partial tiles of a log that stores full ones only.
class FoldingSource : public TileSource {
 public:
  FoldingSource(TileSource& full_tiles, std::span<const Hash> tail) : full_tiles_(full_tiles), tail_(tail) {}

  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    std::string out;
    for (unsigned i = 0; i < width; ++i) {
      if (level == 0) {
        out += View(tail_[i]);
        continue;
      }
      EAGLE_ASSIGN_OR_RETURN(const std::string below,
                             FetchTile(full_tiles_, level - 1, n * kTileWidth + i, kTileWidth));
      out += View(Fold(below));
    }
    return out;
  }

 private:
  TileSource& full_tiles_;
  std::span<const Hash> tail_;
};

}  // namespace

Hash Frontier::Root() const {
  if (size_ == 0) return Sha256("");
  auto level = static_cast<unsigned>(std::countr_zero(size_));
  Hash root = peaks_[level];
  for (++level; level < 64; ++level) {
    if ((size_ >> level & 1) != 0) root = NodeHash(peaks_[level], root);
  }
  return root;
}

// ---- Edge

void Edge::Append(const Hash& leaf) {
  GATEWAY_ASSERT(size() < kTreeSizeMax, "no log gets that long");
  frontier_.Append(leaf, [this](unsigned level, const Hash& hash) {
    if (level % 8 == 0) Push(level / 8, hash);
  });
}

void Edge::Push(unsigned level, const Hash& hash) {
  std::string& tile = partial_[level];
  if (tile.empty()) tile.reserve(kTileBytes);
  tile.append(View(hash));
  if (tile.size() < kTileBytes) return;
  const unsigned shift = 8 * (level + 1);
  full_tiles_.push_back({level, shift < 64 ? size() >> shift : 0, std::exchange(tile, {})});
}

absl::StatusOr<Edge> Edge::Rebuild(uint64_t size, TileSource& tiles) {
  EAGLE_RETURN_IF_ERROR(CheckSize(size));
  Edge edge;
  std::array<Hash, 64> peaks{};
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const uint64_t hashes = size >> (8 * level);
    const auto width = static_cast<unsigned>(hashes % kTileWidth);
    if (width == 0) continue;
    EAGLE_ASSIGN_OR_RETURN(edge.partial_[level], FetchTile(tiles, level, hashes / kTileWidth, width));
    std::string_view rest = edge.partial_[level];
    for (unsigned digit = 8; digit-- > 0;) {
      if ((width >> digit & 1) == 0) continue;
      const size_t bytes = kHashSize << digit;
      peaks[8 * level + digit] = Fold(rest.substr(0, bytes));
      rest.remove_prefix(bytes);
    }
    edge.partial_[level].reserve(kTileBytes);
  }
  edge.frontier_ = Frontier(size, peaks);
  return edge;
}

absl::StatusOr<Edge> Edge::Rebuild(uint64_t size, TileSource& full_tiles, std::span<const Hash> tail) {
  GATEWAY_ASSERT(tail.size() == size % kTileWidth, "the tail is what lies behind the last full tile");
  FoldingSource source(full_tiles, tail);
  return Rebuild(size, source);
}

absl::StatusOr<std::string> EdgeSource::Tile(unsigned level, uint64_t n, unsigned width) {
  if (width == 0 || TileWidthAt(edge_.size(), level, n) < width) {
    return Fail(Reason::kFieldInvalid, "the tree doesn't reach that far").With("size", std::to_string(edge_.size()));
  }
  if (n == edge_.size() >> (8 * level) >> 8) return std::string(edge_.PartialTile(level).substr(0, width * kHashSize));
  for (const FullTile& tile : edge_.full_tiles()) {
    if (tile.level == level && tile.n == n) return tile.bytes.substr(0, width * kHashSize);
  }
  return full_tiles_.Tile(level, n, width);
}

// ---- CommitTree
//
// nodes_ holds, level by level, every node that contains a leaf of the commit. Where a level has an odd number of
// nodes, the last one is its own parent: that gives the same tree as RFC 6962's split at the largest power of two. The
// left sibling of the first node of a level, where there is one, contains old leaves only and is a peak of the
// frontier.

CommitTree::CommitTree(const Frontier& before, std::span<const Hash> leaf_hashes)
    : before_(before), size_(before.size() + leaf_hashes.size()), root_(before.Root()) {
  if (leaf_hashes.empty()) return;
  nodes_.reserve(2 * leaf_hashes.size() + 64);
  nodes_.assign(leaf_hashes.begin(), leaf_hashes.end());
  levels_.push_back({before.size(), 0});
  for (unsigned level = 0; (size_ - 1) >> level != 0; ++level) {
    const Level below = levels_.back();
    const uint64_t last = (size_ - 1) >> level;
    const Level here{below.first / 2, nodes_.size()};
    for (uint64_t i = here.first; i <= last / 2; ++i) {
      const Hash left = 2 * i < below.first ? before_.Peak(level) : nodes_[below.at + (2 * i - below.first)];
      nodes_.push_back(2 * i + 1 <= last ? NodeHash(left, nodes_[below.at + (2 * i + 1 - below.first)]) : left);
    }
    levels_.push_back(here);
  }
  root_ = nodes_.back();
}

std::vector<Hash> CommitTree::Inclusion(uint64_t index) const {
  GATEWAY_ASSERT(index >= first() && index < size_, "only leaves of the commit");
  std::vector<Hash> path;
  path.reserve(levels_.size());
  for (unsigned level = 0; level + 1 < levels_.size(); ++level) {
    const uint64_t sibling = index >> level ^ 1;
    if (sibling > (size_ - 1) >> level) continue;
    const Level& here = levels_[level];
    path.push_back(sibling < here.first ? before_.Peak(level) : nodes_[here.at + (sibling - here.first)]);
  }
  return path;
}

// ---- Prover

absl::StatusOr<const Prover::Pyramid*> Prover::Fetch(unsigned level, uint64_t n) {
  for (const Pyramid& pyramid : pyramids_) {
    if (pyramid.level == level && pyramid.n == n) return &pyramid;
  }
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, FetchTile(tiles_, level, n, TileWidthAt(size_, level, n)));
  Pyramid pyramid{level, n, {}};
  for (size_t i = 0; i < bytes.size() / kHashSize; ++i) pyramid.rows[0].push_back(HashAt(bytes, i));
  for (unsigned row = 1; row < 8; ++row) {
    const std::vector<Hash>& below = pyramid.rows[row - 1];
    for (size_t i = 0; i + 1 < below.size(); i += 2) pyramid.rows[row].push_back(NodeHash(below[i], below[i + 1]));
  }
  pyramids_.push_back(std::move(pyramid));
  return &pyramids_.back();
}

// Root of the perfect subtree `index` of 2^level leaves. Pre: it lies within the tree.
absl::StatusOr<Hash> Prover::Perfect(unsigned level, uint64_t index) {
  const unsigned row = level % 8;
  const uint64_t tile = index >> (8 - row);
  EAGLE_ASSIGN_OR_RETURN(const Pyramid* pyramid, Fetch(level / 8, tile));
  return pyramid->rows[row][index - (tile << (8 - row))];
}

// Root of the leaves [begin, end). Pre: begin < end, and begin is a multiple of the smallest power of two >= end -
// begin.
absl::StatusOr<Hash> Prover::Range(uint64_t begin, uint64_t end) {
  uint64_t rest = end - begin;
  auto level = static_cast<unsigned>(std::countr_zero(rest));
  EAGLE_ASSIGN_OR_RETURN(Hash root, Perfect(level, (end >> level) - 1));
  for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
    end = begin + rest;
    level = static_cast<unsigned>(std::countr_zero(rest));
    EAGLE_ASSIGN_OR_RETURN(const Hash left, Perfect(level, (end >> level) - 1));
    root = NodeHash(left, root);
  }
  return root;
}

absl::StatusOr<Hash> Prover::Root() {
  EAGLE_RETURN_IF_ERROR(CheckSize(size_));
  if (size_ == 0) return Sha256("");
  return Range(0, size_);
}

absl::StatusOr<std::vector<Hash>> Prover::Inclusion(uint64_t index) {
  EAGLE_RETURN_IF_ERROR(CheckSize(size_));
  if (index >= size_) {
    return Fail(Reason::kFieldInvalid, "the tree has no such entry")
        .With("index", std::to_string(index))
        .With("size", std::to_string(size_));
  }
  std::vector<Hash> path;
  for (unsigned level = 0; (size_ - 1) >> level != 0; ++level) {
    const uint64_t sibling = index >> level ^ 1;
    if (sibling > (size_ - 1) >> level) continue;
    EAGLE_ASSIGN_OR_RETURN(const Hash hash, Range(sibling << level, std::min((sibling + 1) << level, size_)));
    path.push_back(hash);
  }
  return path;
}

absl::StatusOr<std::vector<Hash>> Prover::Consistency(uint64_t old_size) {
  EAGLE_RETURN_IF_ERROR(CheckSize(size_));
  if (old_size > size_) {
    return Fail(Reason::kFieldInvalid, "the tree was never that large")
        .With("old", std::to_string(old_size))
        .With("size", std::to_string(size_));
  }
  std::vector<Hash> proof;  // root's child first; turned round at the end
  if (old_size == 0) return proof;
  uint64_t begin = 0, count = size_, old = old_size;
  bool known = true;  // the verifier knows the root of [begin, begin + old)
  while (old != count) {
    const uint64_t left = std::bit_floor(count - 1);
    if (old <= left) {
      EAGLE_ASSIGN_OR_RETURN(const Hash right, Range(begin + left, begin + count));
      proof.push_back(right);
      count = left;
    } else {
      EAGLE_ASSIGN_OR_RETURN(const Hash whole, Range(begin, begin + left));
      proof.push_back(whole);
      begin += left, count -= left, old -= left;
      known = false;
    }
  }
  if (!known) {
    EAGLE_ASSIGN_OR_RETURN(const Hash shared, Range(begin, begin + count));
    proof.push_back(shared);
  }
  return std::vector<Hash>(proof.rbegin(), proof.rend());
}

absl::StatusOr<Hash> RootOf(uint64_t size, TileSource& tiles) { return Prover(size, tiles).Root(); }
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size, TileSource& tiles) {
  return Prover(size, tiles).Inclusion(index);
}
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t size, TileSource& tiles) {
  return Prover(size, tiles).Consistency(old_size);
}

// ---- Small trees

Hash RootOfLeaves(std::span<const Hash> leaf_hashes) {
  Frontier frontier;
  for (const Hash& leaf : leaf_hashes) frontier.Append(leaf);
  return frontier.Root();
}

std::vector<Hash> PathOf(std::span<const Hash> leaf_hashes, uint64_t index) {
  return CommitTree(Frontier(), leaf_hashes).Inclusion(index);
}

// ---- Verification

bool VerifyInclusion(const Hash& leaf_hash, uint64_t index, uint64_t size, std::span<const Hash> proof,
                     const Hash& root) {
  if (index >= size) return false;
  uint64_t fn = index, sn = size - 1;
  Hash r = leaf_hash;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      r = NodeHash(p, r);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = NodeHash(r, p);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && r == root;
}

bool VerifyConsistency(uint64_t old_size, uint64_t size, std::span<const Hash> proof, const Hash& old_root,
                       const Hash& root) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (proof.empty()) return false;
  uint64_t fn = old_size - 1, sn = size - 1;
  while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
  const bool whole = std::has_single_bit(old_size);  // then the old root is itself a node of the new tree
  Hash fr = whole ? old_root : proof[0], sr = fr;
  for (const Hash& c : proof.subspan(whole ? 0 : 1)) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = NodeHash(c, fr);
      sr = NodeHash(c, sr);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      sr = NodeHash(sr, c);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == root;
}

}  // namespace eagle::journal
