// One proof for many leaves of one tree: the roots of all subtrees that hold none of them, left to right. No hash comes
// twice, however many paths share it; a run of leaves up to the end of the log costs a few hashes on its left.
//
//   Prove(begin, end), a subtree of the RFC 6962 tree:   holds none of the leaves   -> its root
//                                                        is one of the leaves       -> nothing
//                                                        else                       -> Prove(left), Prove(right)
//
// There is exactly one such proof, so a reader that wants every hash used takes no other.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::vector<Hash> proof, MultiProof(indexes, size, [&](uint64_t i) { return
//   prover.Inclusion(i); })); std::optional<Hash> root = RootFromMultiProof(indexes, leaf_hashes, size, proof);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "server/journal/hash.h"

namespace eagle::journal {

// Inclusion proof of one leaf in the tree of the same size, leaf's sibling first.
using InclusionOf = std::function<absl::StatusOr<std::vector<Hash>>(uint64_t index)>;

// Asks `inclusion` for at most two leaves a subtree that it proves. Pre: `indexes` rising, each once, at least one, all
// below `size`. Errors: PROOF_INVALID when a path has another length than the tree says; `inclusion`'s own.
absl::StatusOr<std::vector<Hash>> MultiProof(std::span<const uint64_t> indexes, uint64_t size,
                                             const InclusionOf& inclusion);

// The root to which leaves and proof lead. Absent when `indexes` aren't rising, each once, below `size`, or are none;
// when there are more or fewer leaf hashes than indexes; when the proof has too few hashes, or one too many.
std::optional<Hash> RootFromMultiProof(std::span<const uint64_t> indexes, std::span<const Hash> leaf_hashes,
                                       uint64_t size, std::span<const Hash> proof);

// The inclusion proof of one of these leaves, for tools that know nothing else. Pre: RootFromMultiProof gave a root,
// and `index` is one of `indexes`.
std::vector<Hash> PathFromMultiProof(std::span<const uint64_t> indexes, std::span<const Hash> leaf_hashes,
                                     uint64_t size, std::span<const Hash> proof, uint64_t index);

}  // namespace eagle::journal
