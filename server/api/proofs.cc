#include "server/api/proofs.h"

#include "server/core/tiles.h"

namespace eagle::api {

class PublishedProver::Tiles : public journal::TileSource {
 public:
  Tiles(const journal::Edge& edge, storage::Reader& reader) : stored_(reader), source_(edge, stored_) {}
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    return source_.Tile(level, n, width);
  }

 private:
  core::StoredTiles stored_;
  journal::EdgeSource source_;
};

PublishedProver::PublishedProver(std::shared_ptr<const core::Published> published, JournalReader& journal,
                                 uint64_t size)
    : published_(std::move(published)),
      journal_(journal),
      size_(size == 0 ? published_->edge->size() : size),
      tiles_(std::make_shared<Tiles>(*published_->edge, journal_.store())),
      prover_(size_, *tiles_) {}

absl::StatusOr<std::string> PublishedProver::Tile(unsigned level, uint64_t n, unsigned width) {
  return tiles_->Tile(level, n, width);
}

absl::StatusOr<std::string> PublishedProver::Checkpoint() {
  if (size_ == published_->edge->size()) return published_->checkpoint;
  // The checkpoint of one commit is stored in the row of the next.
  EAGLE_ASSIGN_OR_RETURN(const std::optional<storage::CommitRow> next, journal_.store().CommitAt(size_));
  return next && next->first_index == size_ ? next->previous_checkpoint : std::string();
}

absl::StatusOr<goldeneagle::v1::InclusionProof> PublishedProver::Inclusion(uint64_t index) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<journal::Hash> hashes, prover_.Inclusion(index));
  goldeneagle::v1::InclusionProof proof;
  proof.set_index(index);
  proof.set_size(size_);
  for (const journal::Hash& hash : hashes) proof.add_hashes(std::string(journal::View(hash)));
  return proof;
}

}  // namespace eagle::api
