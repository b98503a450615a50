#include "server/journal/multiproof.h"

#include <algorithm>
#include <bit>
#include <map>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"

namespace eagle::journal {
namespace {

// Where RFC 6962 splits a subtree of n > 1 leaves: the largest power of two below n.
uint64_t SplitOf(uint64_t n) { return std::bit_floor(n - 1); }

bool AreRising(std::span<const uint64_t> indexes, uint64_t size) {
  if (indexes.empty() || size > kTreeSizeMax || indexes.back() >= size) return false;
  return std::adjacent_find(indexes.begin(), indexes.end(), std::greater_equal<>()) == indexes.end();
}

class Maker {
 public:
  explicit Maker(const InclusionOf& inclusion) : inclusion_(inclusion) {}

  // Pre: `indexes` are those in [begin, end), at least one; depth: splits between the root and this subtree.
  absl::Status Prove(std::span<const uint64_t> indexes, uint64_t begin, uint64_t end, size_t depth) {
    if (end - begin == indexes.size()) return absl::OkStatus();
    const uint64_t middle = begin + SplitOf(end - begin);
    const auto right = std::lower_bound(indexes.begin(), indexes.end(), middle);
    const std::span<const uint64_t> lefts(indexes.begin(), right), rights(right, indexes.end());
    if (lefts.empty()) {
      EAGLE_RETURN_IF_ERROR(AddSibling(rights.front(), depth));
    } else {
      EAGLE_RETURN_IF_ERROR(Prove(lefts, begin, middle, depth + 1));
    }
    return rights.empty() ? AddSibling(lefts.back(), depth) : Prove(rights, middle, end, depth + 1);
  }
  std::vector<Hash> Take() { return std::move(proof_); }

 private:
  // The root of the half that `index` isn't in: the `depth`-th hash of its path, counted from the root.
  absl::Status AddSibling(uint64_t index, size_t depth) {
    auto path = paths_.find(index);
    if (path == paths_.end()) {
      EAGLE_ASSIGN_OR_RETURN(std::vector<Hash> hashes, inclusion_(index));
      path = paths_.emplace(index, std::move(hashes)).first;
    }
    if (depth >= path->second.size())
      return Fail(Reason::kProofInvalid, "a path is shorter than the tree").With("index", std::to_string(index));
    proof_.push_back(path->second[path->second.size() - 1 - depth]);
    return absl::OkStatus();
  }

  const InclusionOf& inclusion_;
  std::map<uint64_t, std::vector<Hash>> paths_;
  std::vector<Hash> proof_;
};

class Reader {
 public:
  Reader(std::span<const Hash> leaf_hashes, std::span<const Hash> proof) : leaves_(leaf_hashes), proof_(proof) {}

  // Follows the path of one leaf as well.
  void Watch(uint64_t index) { watched_ = index; }

  std::optional<Hash> Root(std::span<const uint64_t> indexes, uint64_t begin, uint64_t end) {
    if (indexes.empty()) return Take(proof_);
    if (end - begin == 1) return Take(leaves_);
    const uint64_t middle = begin + SplitOf(end - begin);
    const auto right = std::lower_bound(indexes.begin(), indexes.end(), middle);
    const auto left_root = Root({indexes.begin(), right}, begin, middle);
    const auto right_root = Root({right, indexes.end()}, middle, end);
    if (!left_root || !right_root) return std::nullopt;
    if (watched_ && *watched_ >= begin && *watched_ < end)
      path_.push_back(*watched_ < middle ? *right_root : *left_root);
    return NodeHash(*left_root, *right_root);
  }
  bool Done() const { return leaves_.empty() && proof_.empty(); }
  std::vector<Hash> TakePath() { return std::move(path_); }

 private:
  static std::optional<Hash> Take(std::span<const Hash>& hashes) {
    if (hashes.empty()) return std::nullopt;
    const Hash first = hashes.front();
    hashes = hashes.subspan(1);
    return first;
  }

  std::span<const Hash> leaves_, proof_;
  std::optional<uint64_t> watched_;
  std::vector<Hash> path_;  // leaf side first
};

}  // namespace

absl::StatusOr<std::vector<Hash>> MultiProof(std::span<const uint64_t> indexes, uint64_t size,
                                             const InclusionOf& inclusion) {
  GATEWAY_ASSERT(AreRising(indexes, size), "leaves of the tree, rising");
  Maker maker(inclusion);
  EAGLE_RETURN_IF_ERROR(maker.Prove(indexes, 0, size, 0));
  return maker.Take();
}

std::optional<Hash> RootFromMultiProof(std::span<const uint64_t> indexes, std::span<const Hash> leaf_hashes,
                                       uint64_t size, std::span<const Hash> proof) {
  if (!AreRising(indexes, size) || indexes.size() != leaf_hashes.size()) return std::nullopt;
  Reader reader(leaf_hashes, proof);
  const std::optional<Hash> root = reader.Root(indexes, 0, size);
  return reader.Done() ? root : std::nullopt;
}

std::vector<Hash> PathFromMultiProof(std::span<const uint64_t> indexes, std::span<const Hash> leaf_hashes,
                                     uint64_t size, std::span<const Hash> proof, uint64_t index) {
  GATEWAY_ASSERT(AreRising(indexes, size) && std::binary_search(indexes.begin(), indexes.end(), index),
                 "one of the leaves that were proved");
  Reader reader(leaf_hashes, proof);
  reader.Watch(index);
  GATEWAY_ASSERT(reader.Root(indexes, 0, size).has_value(), "a proof that led to a root");
  return reader.TakePath();
}

}  // namespace eagle::journal
