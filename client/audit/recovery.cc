#include "client/audit/recovery.h"

#include <algorithm>
#include <optional>

#include "client/audit/unknown_fields.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr std::string_view kPayloadType = "application/vnd.goldeneagle.recovery.v1+protobuf";

absl::Status Wrong(std::string_view why) { return Fail(Reason::kRecoveryMalformed, why); }

// Who signed, each once; absent when a signature is nobody's or stands twice.
std::optional<std::vector<uint32_t>> SignersOf(const Envelope& document, const LogFounded& founding) {
  const std::string message = journal::Pae(kPayloadType, document.payload());
  std::vector<uint32_t> signers;
  for (const Signature& signature : document.signatures()) {
    uint32_t by = 0;
    for (int i = 0; i < founding.administrators_size() && by == 0; ++i) {
      const auto key = journal::PublicKey::FromBytes(founding.administrators(i).key());
      if (key && journal::Verify(*key, message, signature.sig())) by = static_cast<uint32_t>(i) + 1;
    }
    if (by == 0 || std::find(signers.begin(), signers.end(), by) != signers.end()) return std::nullopt;
    signers.push_back(by);
  }
  std::sort(signers.begin(), signers.end());
  return signers;
}

absl::StatusOr<journal::Checkpoint> SignedBy(const FoundingKey& key, const std::string& note) {
  const auto verifier = journal::ParseVerifierKey(KeyTextOf(key));
  if (!verifier.ok()) return Wrong("the old origin has no usable key");
  return journal::OpenCheckpoint(note, **verifier);
}

}  // namespace

std::string KeyTextOf(const FoundingKey& key) {
  const auto raw = journal::PublicKey::FromBytes(key.key());
  if (!raw || !journal::IsKeyName(key.name())) return "";
  return journal::VerifierKeyText(key.name(), journal::NoteKeyType::kEd25519, *raw);
}

absl::StatusOr<RecoverySeen> OpenRecovery(const journal::Leaf& leaf, const LogFounded& founding,
                                          const FoundingKey& old_key) {
  LogRecovered body;
  Recovery said;
  if (leaf.type != ENTRY_TYPE_LOG_RECOVERED || !body.ParseFromString(leaf.body) ||
      !said.ParseFromString(body.document().payload()) || body.document().payload_type() != kPayloadType)
    return Wrong("it holds no recovery document");
  if (HasUnknownFields(said)) return Wrong("the document has a field that this auditor doesn't know");
  RecoverySeen seen{.index = leaf.index.value(), .old_origin = old_key.name(), .key = said.new_log_key()};
  seen.proposed_at =
      absl::FromUnixSeconds(said.proposed_at().seconds()) + absl::Nanoseconds(said.proposed_at().nanos());
  seen.ground = said.ground();
  if (said.environment() != founding.environment()) return Wrong("the document is for another environment");
  if (said.ground() == RECOVERY_GROUND_UNSPECIFIED) return Wrong("the document gives no ground");
  if (said.restored_size() != seen.index) return Wrong("the document is about another number of entries");
  const auto root = journal::HashFrom(said.restored_root());
  if (!root) return Wrong("the document has no root of the restored data");
  seen.restored_root = *root;
  if (KeyTextOf(seen.key).empty() || seen.key.name() == old_key.name() || seen.key.key() == old_key.key())
    return Wrong("the new origin has no name and key of its own");
  const auto last_signed = SignedBy(old_key, said.last_signed());
  const auto restored = SignedBy(old_key, said.restored_checkpoint());
  if (!last_signed.ok() || !restored.ok()) return Wrong("the old key didn't sign a head that the document holds");
  seen.last_signed = *last_signed, seen.restored = *restored;
  if (seen.restored.size == 0 || seen.restored.size > seen.index || seen.last_signed.size <= seen.index)
    return Wrong("the sizes of the old origin's heads don't fit the restored data");
  const auto signers = SignersOf(body.document(), founding);
  if (!signers) return Wrong("a signature is by no administrator, or by one who signed already");
  if (!std::equal(signers->begin(), signers->end(), body.approvers().begin(), body.approvers().end()))
    return Wrong("the approvers named are not those who signed");
  seen.approvers = *signers;
  if (signers->size() < std::max<size_t>(2, founding.approvals()))
    return Fail(Reason::kRecoveryNotApproved, "too few different administrators signed");
  return seen;
}

}  // namespace eagle::audit
