// The audit: heads, leaves, proofs.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/proofs.h"
#include "server/journal/tile.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint64_t kEntriesPerPage = 256;
constexpr size_t kBytesPerPage = 1 << 20;
constexpr uint32_t kTileLevelMax = 7;  // of 2^64 leaves

// Leaves are for those who audit, and for those whose own acts they are. Who founded the log and who let it go on from
// older data is everybody's: it is what a new origin is believed by.
bool MaySee(const Caller& caller, const journal::Leaf& leaf) {
  if (leaf.type == ENTRY_TYPE_LOG_FOUNDED || leaf.type == ENTRY_TYPE_LOG_RECOVERED) return true;
  switch (caller.role) {
    case Role::kAuditor:
    case Role::kOperator:
      return true;
    case Role::kCourt:
      return leaf.actor_kind == ACTOR_KIND_COURT && leaf.actor_ordinal == caller.court.value();
    case Role::kAgency:
      return leaf.actor_kind == ACTOR_KIND_AGENCY && leaf.actor_ordinal == caller.agency.value();
    case Role::kWitness:
      return false;
  }
  return false;
}

// The width asked for; 0 is the full one.
absl::StatusOr<unsigned> WidthOf(uint32_t asked, uint64_t size, uint32_t level, uint64_t n) {
  const unsigned width = asked == 0 ? journal::kTileWidth : asked;
  Violations wrong;
  if (width > journal::kTileWidth) wrong.Add("width", Reason::kFieldInvalid, "at most 256");
  if (level > kTileLevelMax) {
    wrong.Add("level", Reason::kFieldInvalid, "0 to 7");
  } else if (journal::TileWidthAt(size, level, n) < width && width <= journal::kTileWidth) {
    wrong.Add("index", Reason::kFieldInvalid, "the newest checkpoint's tree doesn't reach that far");
  }
  if (!wrong.empty()) return wrong.ToStatus("there is no such tile");
  return width;
}

}  // namespace

absl::StatusOr<GetCheckpointResponse> Handlers::GetCheckpoint(const Caller& caller, const GetCheckpointRequest&) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/GetCheckpoint"));
  GetCheckpointResponse response;
  const auto published = impl_->published();
  response.set_checkpoint(published->checkpoint);
  if (published->cosigned != nullptr) response.set_cosigned(published->cosigned->checkpoint);
  for (const domain::Recovered& recovered : published->directory->recoveries())
    response.add_recoveries(recovered.index);
  return response;
}

absl::StatusOr<ListEntriesResponse> Handlers::ListEntries(const Caller& caller, const ListEntriesRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/ListEntries"));
  const uint64_t size = impl_->published()->edge->size();
  const uint64_t limit = request.limit() == 0 ? kEntriesPerPage : std::min<uint64_t>(request.limit(), kEntriesPerPage);
  ListEntriesResponse response;
  response.set_size(size);
  if (request.first() >= size) return response;
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  size_t bytes = 0;
  for (uint64_t index = request.first(); index < size && index - request.first() < limit && bytes < kBytesPerPage;
       ++index) {
    EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(index));
    JournalEntry* entry = response.add_entries();
    entry->set_index(index);
    entry->set_leaf(std::string(packed.leaf));
    if (request.with_payloads()) entry->set_sealed(std::string(packed.sealed));
    bytes += entry->leaf().size() + entry->sealed().size();
  }
  return response;
}

absl::StatusOr<GetTileResponse> Handlers::GetTile(const Caller& caller, const GetTileRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/GetTile"));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const unsigned width,
                         WidthOf(request.width(), published->edge->size(), request.level(), request.index()));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  PublishedProver prover(published, journal);
  GetTileResponse response;
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_tile(), prover.Tile(request.level(), request.index(), width));
  return response;
}

absl::StatusOr<GetEntryBundleResponse> Handlers::GetEntryBundle(const Caller& caller,
                                                                const GetEntryBundleRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/GetEntryBundle"));
  const auto published = impl_->published();
  EAGLE_ASSIGN_OR_RETURN(const unsigned width, WidthOf(request.width(), published->edge->size(), 0, request.index()));
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  const uint64_t first = request.index() * journal::kTileWidth;
  GetEntryBundleResponse response;
  for (uint64_t index = first; index < first + width; ++index) {
    EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(index));
    journal::AppendBundleEntry(*response.mutable_bundle(), packed.leaf);
  }
  return response;
}

absl::StatusOr<GetInclusionProofResponse> Handlers::GetInclusionProof(const Caller& caller,
                                                                      const GetInclusionProofRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/GetInclusionProof"));
  const auto published = impl_->published();
  const uint64_t size = request.size() == 0 ? published->edge->size() : request.size();
  if (size > published->edge->size())
    return Fail(Reason::kFieldInvalid, "the journal has not that many entries")
        .At("size", "at most the size of the newest checkpoint");
  if (request.index() >= size)
    return Fail(Reason::kFieldInvalid, "the tree has no such entry").At("index", "below the size");
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  PublishedProver prover(published, journal, size);
  GetInclusionProofResponse response;
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_proof(), prover.Inclusion(request.index()));
  EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal.Packed(request.index()));
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(packed.leaf));
  if (MaySee(caller, leaf)) response.set_leaf(std::string(packed.leaf));
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_checkpoint(), prover.Checkpoint());
  return response;
}

absl::StatusOr<GetConsistencyProofResponse> Handlers::GetConsistencyProof(const Caller& caller,
                                                                          const GetConsistencyProofRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AuditService/GetConsistencyProof"));
  const auto published = impl_->published();
  const uint64_t size = request.size() == 0 ? published->edge->size() : request.size();
  if (size > published->edge->size())
    return Fail(Reason::kFieldInvalid, "the journal has not that many entries")
        .At("size", "at most the size of the newest checkpoint");
  if (request.old_size() > size)
    return Fail(Reason::kFieldInvalid, "the old tree is larger than the new one").At("old_size", "at most `size`");
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl_->Journal());
  PublishedProver prover(published, journal, size);
  EAGLE_ASSIGN_OR_RETURN(const std::vector<journal::Hash> hashes, prover.Consistency(request.old_size()));
  GetConsistencyProofResponse response;
  for (const journal::Hash& hash : hashes) response.add_hashes(std::string(journal::View(hash)));
  EAGLE_ASSIGN_OR_RETURN(*response.mutable_checkpoint(), prover.Checkpoint());
  return response;
}

}  // namespace eagle::api
