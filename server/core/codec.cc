#include "server/core/codec.h"

#include "server/base/assert.h"
#include "server/domain/apply.h"
#include "server/journal/leaf.h"
#include "server/journal/payload.h"

namespace eagle::core {

EncodedEntry EncodeEntry(const domain::Entry& entry, std::string_view key, std::string_view entropy) {
  EncodedEntry out;
  journal::Leaf leaf{.type = static_cast<uint16_t>(entry.type),
                     .index = EntryIndex(entry.index),
                     .time = entry.time,
                     .actor_kind = static_cast<uint8_t>(entry.actor_kind),
                     .actor_ordinal = entry.actor,
                     .agency = entry.agency,
                     .order = entry.order,
                     .case_seq = entry.case_seq,
                     .outcome = static_cast<uint16_t>(entry.outcome),
                     .previous = EntryIndex(entry.previous),
                     .body = entry.body};
  if (entry.payload) {
    GATEWAY_ASSERT(entropy.size() >= kSealingEntropyBytes && entry.key_id.size() == journal::kKeyIdSize,
                   "a payload has a key and a salt");
    const std::string_view nonce = entropy.substr(0, 12), salt = entropy.substr(12, 32);
    leaf.commitment = journal::Commitment(salt, *entry.payload);
    // A case's opening is sealed for the case that it opens: its own index.
    out.sealed =
        journal::SealPayload(key, entry.key_id, nonce, salt, *entry.payload, leaf.index, leaf.type, leaf.case_seq);
  }
  out.leaf = journal::EncodeLeaf(leaf);
  return out;
}

absl::StatusOr<domain::Entry> DecodeEntry(std::string_view leaf_bytes, std::string_view sealed, KeySource& keys) {
  EAGLE_ASSIGN_OR_RETURN(journal::Leaf leaf, journal::DecodeLeaf(leaf_bytes));
  if (!domain::IsKnownEntryType(leaf.type)) {
    return Fail(Reason::kEntryMalformed, "an entry type that this version can't fold")
        .With("type", leaf.type)
        .With("index", std::to_string(leaf.index.value()));
  }
  domain::Entry entry{.index = leaf.index.value(),
                      .time = leaf.time,
                      .type = static_cast<goldeneagle::v1::EntryType>(leaf.type),
                      .actor_kind = static_cast<goldeneagle::v1::ActorKind>(leaf.actor_kind),
                      .actor = leaf.actor_ordinal,
                      .agency = leaf.agency,
                      .order = leaf.order,
                      .case_seq = leaf.case_seq,
                      .outcome = static_cast<Reason>(leaf.outcome),
                      .previous = leaf.previous.value(),
                      .body = std::move(leaf.body)};
  const bool committed = leaf.commitment != journal::Hash{};
  if (committed == sealed.empty())
    return Fail(Reason::kEntryMalformed, "payload and commitment come together")
        .With("index", std::to_string(entry.index));
  if (sealed.empty()) return entry;
  EAGLE_ASSIGN_OR_RETURN(entry.key_id, journal::KeyIdOf(sealed));
  const auto key = keys.KeyOf(entry.key_id);
  if (!key.ok()) {
    if (ReasonOf(key.status()) == Reason::kErased) return entry;
    return key.status();
  }
  EAGLE_ASSIGN_OR_RETURN(journal::OpenedPayload opened,
                         journal::OpenPayload(*key, sealed, leaf.index, leaf.type, leaf.case_seq));
  EAGLE_RETURN_IF_ERROR(journal::CheckCommitment(opened, leaf.commitment));
  entry.payload = std::move(opened.payload);
  return entry;
}

}  // namespace eagle::core
