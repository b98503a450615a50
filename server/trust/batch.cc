#include "server/trust/batch.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/merkle.h"
#include "server/trust/codes.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {
namespace {

using journal::Hash;

absl::Status Refuse(Reason reason, std::string_view field, std::string_view what) {
  return Fail(reason, "the signed batch can't be taken").At(field, what);
}

absl::Status CheckEnvelope(const v1::Envelope& envelope, Signatures signatures) {
  if (envelope.payload_type() != journal::kBatchPayloadType) {
    return Refuse(Reason::kEnvelopeMalformed, "head.payload_type", "must be that of signed batches");
  }
  if (envelope.payload().empty() || envelope.payload().size() > kHeadBytesMax) {
    return Refuse(Reason::kEnvelopeMalformed, "head.payload", "must have 1 to 1,024 bytes");
  }
  if (envelope.signatures_size() == 0 && signatures == Signatures::kRequired) {
    return Refuse(Reason::kSignatureInvalid, "head.signatures", "there is none");
  }
  if (static_cast<size_t>(envelope.signatures_size()) > kSignaturesMax) {
    return Refuse(Reason::kEnvelopeMalformed, "head.signatures", "at most 16");
  }
  for (const v1::Signature& signature : envelope.signatures()) {
    if (signature.sig().size() != kSignatureBytes) {
      return Refuse(Reason::kEnvelopeMalformed, "head.signatures.sig", "must have 64 bytes");
    }
    if (signature.keyid().size() > kKeyIdBytesMax) {
      return Refuse(Reason::kEnvelopeMalformed, "head.signatures.keyid", "at most 64 bytes");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHead(const v1::Head& head) {
  if (head.root().size() != journal::kHashSize) {
    return Refuse(Reason::kEnvelopeMalformed, "head.root", "must have 32 bytes");
  }
  if (head.count() == 0) return Refuse(Reason::kEnvelopeMalformed, "head.count", "a batch has at least one member");
  if (head.member_type() == v1::MEMBER_TYPE_UNSPECIFIED || !v1::MemberType_IsValid(head.member_type())) {
    return Refuse(Reason::kMemberTypeUnknown, "head.member_type", "isn't one of this version");
  }
  if (head.environment() == v1::ENVIRONMENT_UNSPECIFIED) {
    return Refuse(Reason::kFieldMissing, "head.environment", "is required");
  }
  if (!v1::Environment_IsValid(head.environment())) {
    return Refuse(Reason::kFieldInvalid, "head.environment", "isn't one of this version");
  }
  if (head.signer().empty()) return Refuse(Reason::kFieldMissing, "head.signer", "is required");
  if (!IsCode(head.signer())) return Refuse(Reason::kFieldInvalid, "head.signer", "isn't the code of an organisation");
  if (head.sequence() == 0) return Refuse(Reason::kFieldMissing, "head.sequence", "must be above zero");
  if (!head.has_signed_at()) return Refuse(Reason::kFieldMissing, "head.signed_at", "is required");
  if (!TimeOf(head.signed_at()).has_value()) return Refuse(Reason::kFieldInvalid, "head.signed_at", "isn't an instant");
  if (head.count() > kMembersMax) return Refuse(Reason::kTooManyMembers, "head.count", "at most 256 members a batch");
  return absl::OkStatus();
}

absl::Status CheckMember(std::string_view member) {
  if (member.empty()) return Refuse(Reason::kEnvelopeMalformed, "members", "an empty member says nothing");
  if (member.size() > kMemberBytesMax) return Refuse(Reason::kTooLarge, "members", "at most 65,536 bytes each");
  return absl::OkStatus();
}

size_t EnvelopeBytes(const v1::Envelope& envelope) {
  size_t bytes = envelope.payload().size();
  for (const v1::Signature& signature : envelope.signatures()) {
    bytes += signature.sig().size() + signature.keyid().size();
  }
  return bytes;
}

absl::Status CheckMembers(const ParsedHead& parsed, const v1::SignedBatch& batch) {
  size_t bytes = EnvelopeBytes(parsed.envelope);
  if (static_cast<size_t>(batch.members_size()) > kMembersMax) {
    return Refuse(Reason::kTooManyMembers, "members", "at most 256 members a batch");
  }
  if (static_cast<uint32_t>(batch.members_size()) != parsed.head.count()) {
    return Refuse(Reason::kEnvelopeMalformed, "members", "must be as many as the head counts");
  }
  for (const std::string& member : batch.members()) {
    EAGLE_RETURN_IF_ERROR(CheckMember(member));
    bytes += member.size();
  }
  if (bytes > kBatchBytesMax) return Refuse(Reason::kTooLarge, "members", "a batch has at most 1 MiB");
  return absl::OkStatus();
}

// One key of the candidates, however many of them have it.
struct Key {
  const CandidateKey* candidate;  // the one with the lowest id
  std::string key_id;
  bool signed_it = false;
};

std::vector<Key> DistinctKeys(std::span<const CandidateKey> candidates) {
  std::vector<Key> keys;
  keys.reserve(candidates.size());
  for (const CandidateKey& candidate : candidates) keys.push_back({&candidate, ""});
  const auto order = [](const Key& a, const Key& b) {
    const CandidateKey &left = *a.candidate, &right = *b.candidate;
    return std::tie(left.key, left.algorithm, left.id) < std::tie(right.key, right.algorithm, right.id);
  };
  const auto same = [](const Key& a, const Key& b) {
    return a.candidate->key == b.candidate->key && a.candidate->algorithm == b.candidate->algorithm;
  };
  std::sort(keys.begin(), keys.end(), order);
  keys.erase(std::unique(keys.begin(), keys.end(), same), keys.end());
  for (Key& key : keys) key.key_id = KeyIdOf(key.candidate->key);
  return keys;
}

// The verifications of one head, counted.
class Trial {
 public:
  Trial(std::string message, const SignatureChecker& checker) : message_(std::move(message)), checker_(checker) {}
  bool Fits(Key& key, const v1::Signature& signature) {
    ++count_;
    const CandidateKey& candidate = *key.candidate;
    const bool fits = checker_.Check(candidate.algorithm, candidate.key, message_, signature.sig());
    key.signed_it = key.signed_it || fits;
    return fits;
  }
  bool exhausted() const { return count_ >= kTrialsMax; }

 private:
  const std::string message_;
  const SignatureChecker& checker_;
  size_t count_ = 0;
};

absl::Status CheckOne(const v1::Signature& signature, std::vector<Key>& keys, Trial& trial) {
  bool named = false, fits = false;
  for (Key& key : keys) {
    if (signature.keyid() != key.key_id) continue;
    named = true;
    fits = fits || trial.Fits(key, signature);
  }
  if (named && !fits) {
    return Refuse(Reason::kSignatureInvalid, "head.signatures", "a signature isn't that of the key that it names");
  }
  if (named) return absl::OkStatus();
  for (Key& key : keys) {
    if (trial.exhausted()) {
      return Refuse(Reason::kSignatureInvalid, "head.signatures.keyid", "too many keys to try: name them");
    }
    if (trial.Fits(key, signature)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ParsedHead> ParseHead(const v1::Envelope& envelope, Signatures signatures) {
  EAGLE_RETURN_IF_ERROR(CheckEnvelope(envelope, signatures));
  ParsedHead parsed;
  parsed.envelope = envelope;
  EAGLE_RETURN_IF_ERROR(ParseStrict(parsed.envelope.payload(), &parsed.head));
  EAGLE_RETURN_IF_ERROR(CheckHead(parsed.head));
  parsed.head_digest = journal::Sha256(parsed.envelope.payload());
  parsed.root = *journal::HashFrom(parsed.head.root());
  return parsed;
}

absl::StatusOr<ParsedBatch> ParseBatch(v1::SignedBatch batch, Signatures signatures) {
  ParsedBatch parsed;
  EAGLE_ASSIGN_OR_RETURN(static_cast<ParsedHead&>(parsed), ParseHead(batch.head(), signatures));
  EAGLE_RETURN_IF_ERROR(CheckMembers(parsed, batch));
  for (std::string& member : *batch.mutable_members()) {
    parsed.digests.push_back(journal::LeafHash(member));
    parsed.members.push_back(std::move(member));
  }
  if (journal::RootOfLeaves(parsed.digests) != parsed.root) {
    return Refuse(Reason::kMemberNotInRoot, "members", "don't hash to the signed root");
  }
  return parsed;
}

absl::StatusOr<ParsedMember> ParseMember(const v1::SignedMember& member) {
  const std::vector<std::string> path(member.path().begin(), member.path().end());
  return ParseMember(member.head(), member.member(), member.index(), path);
}

absl::StatusOr<ParsedMember> ParseMember(const v1::Envelope& head, std::string_view member, uint32_t index,
                                         std::span<const std::string> path) {
  ParsedMember parsed;
  EAGLE_ASSIGN_OR_RETURN(static_cast<ParsedHead&>(parsed), ParseHead(head));
  EAGLE_RETURN_IF_ERROR(CheckMember(member));
  if (path.size() > 8) return Refuse(Reason::kMemberNotInRoot, "path", "longer than any of 256 members");
  std::vector<Hash> siblings;
  for (const std::string& sibling : path) {
    const std::optional<Hash> hash = journal::HashFrom(sibling);
    if (!hash.has_value()) return Refuse(Reason::kMemberNotInRoot, "path", "hashes have 32 bytes");
    siblings.push_back(*hash);
  }
  parsed.member = member;
  parsed.index = index;
  parsed.digest = journal::LeafHash(member);
  if (index >= parsed.head.count() ||
      !journal::VerifyInclusion(parsed.digest, index, parsed.head.count(), siblings, parsed.root)) {
    return Refuse(Reason::kMemberNotInRoot, "path", "doesn't lead from the member to the signed root");
  }
  return parsed;
}

absl::StatusOr<std::vector<uint64_t>> CheckSignatures(const ParsedHead& parsed,
                                                      std::span<const CandidateKey> candidates,
                                                      const SignatureChecker& checker) {
  std::vector<Key> keys = DistinctKeys(candidates);
  Trial trial(journal::Pae(parsed.envelope.payload_type(), parsed.envelope.payload()), checker);
  for (const v1::Signature& signature : parsed.envelope.signatures()) {
    EAGLE_RETURN_IF_ERROR(CheckOne(signature, keys, trial));
  }
  std::vector<uint64_t> signed_by;
  for (const Key& key : keys) {
    if (key.signed_it) signed_by.push_back(key.candidate->id);
  }
  if (signed_by.empty()) {
    return Refuse(Reason::kSignatureInvalid, "head.signatures", "none is that of a key registered for the signer");
  }
  std::sort(signed_by.begin(), signed_by.end());
  signed_by.erase(std::unique(signed_by.begin(), signed_by.end()), signed_by.end());
  return signed_by;
}

absl::StatusOr<OpenedBatch> OpenBatch(v1::SignedBatch batch, std::span<const CandidateKey> candidates,
                                      const SignatureChecker& checker) {
  OpenedBatch opened;
  EAGLE_ASSIGN_OR_RETURN(static_cast<ParsedBatch&>(opened), ParseBatch(std::move(batch)));
  EAGLE_ASSIGN_OR_RETURN(opened.signed_by, CheckSignatures(opened, candidates, checker));
  return opened;
}

absl::StatusOr<OpenedMember> OpenMember(const v1::SignedMember& member, std::span<const CandidateKey> candidates,
                                        const SignatureChecker& checker) {
  OpenedMember opened;
  EAGLE_ASSIGN_OR_RETURN(static_cast<ParsedMember&>(opened), ParseMember(member));
  EAGLE_ASSIGN_OR_RETURN(opened.signed_by, CheckSignatures(opened, candidates, checker));
  return opened;
}

absl::Status ExpectHead(const v1::Head& head, v1::MemberType member_type, v1::Environment environment) {
  if (head.member_type() != member_type) {
    return Refuse(Reason::kMemberTypeUnknown, "head.member_type", "isn't taken here");
  }
  if (head.environment() != environment) {
    return Refuse(Reason::kEnvironmentMismatch, "head.environment", "signed for another environment");
  }
  return absl::OkStatus();
}

absl::Time SignedAt(const v1::Head& head) {
  const std::optional<absl::Time> time = TimeOf(head.signed_at());
  GATEWAY_ASSERT(time.has_value(), "ParseHead takes no head without an instant");
  return *time;
}

v1::SignedMember TravelForm(const v1::Envelope& head, std::string_view member, uint32_t index,
                            std::span<const journal::Hash> digests) {
  GATEWAY_ASSERT(index < digests.size(), "a member of the batch");
  v1::SignedMember travelling;
  travelling.set_member(std::string(member));
  travelling.set_index(index);
  for (const Hash& hash : journal::PathOf(digests, index)) travelling.add_path(std::string(journal::View(hash)));
  *travelling.mutable_head() = head;
  return travelling;
}

v1::SignedMember TravelForm(const ParsedBatch& batch, uint32_t index) {
  GATEWAY_ASSERT(index < batch.members.size(), "a member of the batch");
  return TravelForm(batch.envelope, batch.members[index], index, batch.digests);
}

v1::SignedMember TravelForm(const v1::SignedBatch& batch, uint32_t index) {
  GATEWAY_ASSERT(index < static_cast<uint32_t>(batch.members_size()), "a member of the batch");
  std::vector<Hash> digests;
  for (const std::string& member : batch.members()) digests.push_back(journal::LeafHash(member));
  return TravelForm(batch.head(), batch.members(static_cast<int>(index)), index, digests);
}

}  // namespace eagle::trust
