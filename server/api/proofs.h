// Proofs from what is published and a snapshot of the store. The checkpoint, its size and the edge come from one
// published copy; the store may have grown since, which changes no full tile.
//
// Threads: pure functions on their arguments.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/journal.pb.h"
#include "server/api/journal_reader.h"
#include "server/core/sequencer.h"
#include "server/journal/merkle.h"

namespace eagle::api {

// Keeps the tiles that it fetched: one for each answer. `published` must be older than `journal`'s snapshot or the
// same.
class PublishedProver {
 public:
  // `size`: of the tree that proofs lead to; 0: the published one.
  PublishedProver(std::shared_ptr<const core::Published> published, JournalReader& journal, uint64_t size = 0);

  uint64_t size() const { return size_; }
  // The signed note over size(); empty when no checkpoint was signed at this size. Errors: the store's.
  absl::StatusOr<std::string> Checkpoint();
  // Errors: FIELD_INVALID for an index or size that the tree has not.
  absl::StatusOr<goldeneagle::v1::InclusionProof> Inclusion(uint64_t index);
  absl::StatusOr<std::vector<journal::Hash>> Path(uint64_t index) { return prover_.Inclusion(index); }
  // The first `width` hashes of a tile. Errors: FIELD_INVALID when the tree doesn't reach that far.
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width);
  absl::StatusOr<std::vector<journal::Hash>> Consistency(uint64_t old_size) { return prover_.Consistency(old_size); }

 private:
  class Tiles;
  const std::shared_ptr<const core::Published> published_;
  JournalReader& journal_;
  const uint64_t size_;
  std::shared_ptr<Tiles> tiles_;
  journal::Prover prover_;
};

}  // namespace eagle::api
