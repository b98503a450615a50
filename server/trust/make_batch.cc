#include "server/trust/make_batch.h"

#include <utility>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {
namespace {

constexpr size_t kHeadReserve = 4 * 1024;

// The place for a signature of this key: that of an earlier one which names it, else a new one.
v1::Signature* PlaceOf(v1::Envelope& head, const std::string& key_id) {
  for (v1::Signature& signature : *head.mutable_signatures()) {
    if (signature.keyid() == key_id) return &signature;
  }
  return head.add_signatures();
}

void Sign(v1::Envelope& head, Signer& signer) {
  const std::string key_id = KeyIdOf(signer.public_key());
  v1::Signature* signature = PlaceOf(head, key_id);
  signature->set_sig(signer.Sign(journal::Pae(head.payload_type(), head.payload())));
  signature->set_keyid(key_id);
}

}  // namespace

bool IsWithinLimits(std::span<const std::string> members) {
  if (members.empty() || members.size() > kMembersMax) return false;
  size_t bytes = kHeadReserve;
  for (const std::string& member : members) {
    if (member.empty() || member.size() > kMemberBytesMax) return false;
    bytes += member.size();
  }
  return bytes <= kBatchBytesMax;
}

v1::SignedBatch MakeBatch(const HeadFields& fields, std::vector<std::string> members,
                          std::span<Signer* const> signers) {
  GATEWAY_ASSERT(IsWithinLimits(members), "a batch within the limits of batch.h");
  GATEWAY_ASSERT(signers.size() <= kSignaturesMax, "at most 16 signatures");
  std::vector<journal::Hash> digests;
  for (const std::string& member : members) digests.push_back(journal::LeafHash(member));
  v1::Head head;
  head.set_member_type(fields.member_type);
  head.set_environment(fields.environment);
  head.set_signer(fields.signer);
  head.set_sequence(fields.sequence);
  head.set_count(static_cast<uint32_t>(members.size()));
  head.set_root(std::string(journal::View(journal::RootOfLeaves(digests))));
  *head.mutable_signed_at() = TimestampOf(fields.signed_at);

  v1::SignedBatch batch;
  batch.mutable_head()->set_payload_type(std::string(journal::kBatchPayloadType));
  batch.mutable_head()->set_payload(head.SerializeAsString());
  const absl::Status shape = ParseHead(batch.head(), Signatures::kOptional).status();
  GATEWAY_ASSERT(shape.ok(), "a head with all its fields");
  for (std::string& member : members) batch.add_members(std::move(member));
  for (Signer* signer : signers) Sign(*batch.mutable_head(), *signer);
  return batch;
}

absl::Status AddSignature(v1::SignedBatch& batch, Signer& signer) {
  EAGLE_RETURN_IF_ERROR(ParseBatch(batch, Signatures::kOptional).status());
  v1::Envelope head = batch.head();
  Sign(head, signer);
  if (static_cast<size_t>(head.signatures_size()) > kSignaturesMax) {
    return Fail(Reason::kEnvelopeMalformed, "the batch has all the signatures that it can have")
        .At("head.signatures", "at most 16");
  }
  *batch.mutable_head() = std::move(head);
  return absl::OkStatus();
}

journal::Hash HeadDigest(const v1::Envelope& head) { return journal::Sha256(head.payload()); }

std::string HeadDigestText(const v1::Envelope& head) { return HexEncode(journal::View(HeadDigest(head))); }

}  // namespace eagle::trust
