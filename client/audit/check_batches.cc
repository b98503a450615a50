// Heads, ids, digests and refusals: no member without its head, nothing twice.
#include "absl/strings/str_cat.h"
#include "client/audit/picture.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckBatchHead(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  BatchHead body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckDigest(leaf, body.head_digest(), seen);
  if (body.sequence() == 0 || body.count() == 0 || body.count() > 256 || body.member_type() == MEMBER_TYPE_UNSPECIFIED)
    seen.findings.Add(Rule::kHead, index, "a head has a sequence, a kind and 1 to 256 members");
  const auto type = static_cast<uint8_t>(body.member_type());
  if (!seen.sequences.insert({leaf.actor_kind, type, leaf.actor_ordinal, body.sequence()}).second)
    seen.findings.Add(Rule::kSequence, index,
                      absl::StrCat("sequence ", body.sequence(), " of this signer was used before for such members"));
  seen.heads[index] = {.actor_kind = leaf.actor_kind,
                       .member_type = type,
                       .count = static_cast<uint16_t>(body.count()),
                       .actor = leaf.actor_ordinal};
}

void CheckHead(const journal::Leaf& leaf, uint64_t head, MemberType type, bool accepted, Picture& seen) {
  const uint64_t index = leaf.index.value();
  const auto at = seen.heads.find(head);
  if (at == seen.heads.end()) {
    seen.findings.Add(Rule::kHead, index, absl::StrCat("no head stands at ", head, ", which is named as its own"));
    return;
  }
  HeadSeen& signed_head = at->second;
  if (signed_head.actor_kind != leaf.actor_kind || signed_head.actor != leaf.actor_ordinal)
    seen.findings.Add(Rule::kHead, index, "its head was signed by somebody else", {head});
  else if (signed_head.member_type != static_cast<uint8_t>(type))
    seen.findings.Add(Rule::kHead, index, "its head is one over members of another kind", {head});
  else if (accepted && ++signed_head.accepted > signed_head.count)
    seen.findings.Add(Rule::kHead, index, absl::StrCat("its head signs for ", signed_head.count, " members only"),
                      {head});
}

void CheckId(const journal::Leaf& leaf, const std::string& id, Picture& seen) {
  const uint64_t index = leaf.index.value();
  if (id.size() != 16) {
    seen.findings.Add(Rule::kLeafForm, index, "an id has 16 bytes");
    return;
  }
  const auto [at, fresh] = seen.ids.try_emplace(id, index);
  if (!fresh) seen.findings.Add(Rule::kIdReused, index, absl::StrCat("its id was used at ", at->second), {at->second});
}

void CheckDigest(const journal::Leaf& leaf, const std::string& digest, Picture& seen) {
  if (digest.size() != journal::kHashSize)
    seen.findings.Add(Rule::kLeafForm, leaf.index.value(), "a digest has 32 bytes");
}

void CheckRefused(const journal::Leaf& leaf, Picture& seen) {
  Refused body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  CheckHead(leaf, body.head(), body.member_type(), false, seen);
  CheckDigest(leaf, body.digest(), seen);
  CheckTag(leaf.index.value(), body.subject_tag(), seen);
  CheckTags(leaf.index.value(), body.officer_tags(), seen);
  if (!body.id().empty()) CheckId(leaf, body.id(), seen);
  if (body.reason() == 0 || body.reason() != leaf.outcome)
    seen.findings.Add(Rule::kRefused, leaf.index.value(),
                      absl::StrCat("the leaf's reason is ", leaf.outcome, ", the body's ", body.reason()));
}

}  // namespace eagle::audit
