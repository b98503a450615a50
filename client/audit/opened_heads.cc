// Payloads, heads and their signatures, members below them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"
#include "client/audit/stated_key.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"
#include "server/journal/ed25519.h"
#include "server/journal/merkle.h"
#include "server/journal/payload.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::optional<std::string> OpenedAudit::Open(const journal::Leaf& leaf, std::string_view sealed) {
  const auto key_id = journal::KeyIdOf(sealed);
  if (!key_id.ok()) {
    Add(Rule::kSeal, leaf, "the payload that the leaf commits to is missing or too short");
    return std::nullopt;
  }
  const std::optional<std::string> key = key_of_(*key_id);
  if (!key) {
    Missed(leaf);
    return std::nullopt;
  }
  auto payload = journal::OpenPayload(*key, sealed, leaf.index, leaf.type, leaf.case_seq);
  if (!payload.ok()) {
    Add(Rule::kSeal, leaf, FailureOf(payload.status()).message);
    return std::nullopt;
  }
  if (!journal::CheckCommitment(*payload, leaf.commitment).ok()) {
    Add(Rule::kCommitment, leaf, "the leaf commits to another payload");
    return std::nullopt;
  }
  ++opened_;
  return std::move(payload->payload);
}

void OpenedAudit::Missed(const journal::Leaf& leaf) {
  ++sealed_;
  Adopted adopted;
  switch (leaf.type) {
    case ENTRY_TYPE_COURT_REGISTERED:
      if (adopted.ParseFromString(leaf.body)) register_.courts_sealed.insert(adopted.ordinal());
      break;
    case ENTRY_TYPE_AGENCY_REGISTERED:
      register_.agencies_sealed.insert(leaf.agency.value());
      register_.agency_rows.erase(leaf.agency.value());
      break;
    case ENTRY_TYPE_POLICY_INSTALLED:
      register_.policy_sealed = true;
      break;
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      if (leaf.actor_kind == ACTOR_KIND_COURT) {
        register_.courts_sealed.insert(leaf.actor_ordinal);
      } else {
        register_.statements_sealed = true;
      }
      break;
    default:
      break;
  }
}

void OpenedAudit::TakeHead(const journal::Leaf& leaf, const std::string& payload) {
  BatchHead body;
  BatchHeadPayload said;
  Head head;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) ||
      !head.ParseFromString(said.head().payload()))
    return Add(Rule::kSignature, leaf, "the head can't be read");
  HeadOpened opened{
      .digests = said.member_digests(),
      .signer = head.signer(),
      .time = leaf.time,
      .signed_at = absl::FromUnixSeconds(head.signed_at().seconds()) + absl::Nanoseconds(head.signed_at().nanos())};
  if (said.head().payload_type() != journal::kBatchPayloadType ||
      journal::View(journal::Sha256(said.head().payload())) != body.head_digest())
    Add(Rule::kSignature, leaf, "the head is not the one that the leaf names");
  if (head.member_type() != body.member_type() || head.sequence() != body.sequence() || head.count() != body.count())
    Add(Rule::kContent, leaf, "kind, sequence or count are not those of the signed head");
  if (head.environment() != register_.founding.environment())
    Add(Rule::kSignature, leaf, "the head was signed for another environment");
  std::vector<journal::Hash> digests;
  for (size_t at = 0; at + journal::kHashSize <= opened.digests.size(); at += journal::kHashSize)
    digests.push_back(*journal::HashFrom(std::string_view(opened.digests).substr(at, journal::kHashSize)));
  if (digests.size() != head.count() || opened.digests.size() % journal::kHashSize != 0 ||
      journal::View(journal::RootOfLeaves(digests)) != head.root())
    Add(Rule::kMember, leaf, "the members listed don't hash to the signed root");
  opened.digest = body.head_digest();
  opened.keys = KeysUnder(said.head(), leaf.actor_kind, head.signer());
  CheckSigner(leaf, head, opened);
  heads_[leaf.index.value()] = std::move(opened);
}

std::set<std::string> OpenedAudit::KeysUnder(const Envelope& head, uint8_t actor_kind,
                                             const std::string& signer) const {
  std::set<std::string> keys;
  // Every key that could have signed: entry 0's, and the newest statements'.
  const std::string pae = journal::Pae(head.payload_type(), head.payload());
  const auto attempt = [&](KeyAlgorithm algorithm, const std::string& key) {
    if (keys.contains(key)) return;
    for (const Signature& signature : head.signatures()) {
      if (IsBy({algorithm, key}, pae, signature.sig())) keys.insert(key);
    }
  };
  if (actor_kind == ACTOR_KIND_ADMINISTRATOR) {
    for (const FoundingKey& key : register_.founding.administrators()) attempt(KEY_ALGORITHM_ED25519, key.key());
  } else if (actor_kind == ACTOR_KIND_REGISTRAR) {
    for (const FoundingKey& key : register_.founding.registrars()) attempt(KEY_ALGORITHM_ED25519, key.key());
  } else {
    const std::string own = (actor_kind == ACTOR_KIND_COURT ? "court/" : "agency/") + signer;
    for (auto at = register_.statements.lower_bound(own); at != register_.statements.end(); ++at) {
      if (at->first.compare(0, own.size(), own) != 0) break;
      // "court/A" begins "court/AB" too, which is somebody else.
      if (at->first.size() != own.size() && at->first[own.size()] != '/') continue;
      attempt(at->second.statement.algorithm(), at->second.statement.key());
      // What a revoked key signed is refused by name, not as a stranger's.
      for (const auto& [algorithm, key] : at->second.keys) {
        if (register_.revoked.contains(key)) attempt(algorithm, key);
      }
    }
  }
  return keys;
}

void OpenedAudit::CheckSigner(const journal::Leaf& leaf, const Head& head, const HeadOpened& opened) {
  const uint32_t ordinal = leaf.actor_ordinal;
  const auto wrong = [&](std::string_view why) { Add(Rule::kSignature, leaf, why); };
  switch (leaf.actor_kind) {
    case ACTOR_KIND_ADMINISTRATOR: {
      if (ordinal == 0 || static_cast<int>(ordinal) > register_.founding.administrators_size()) return;
      const std::string& key = register_.founding.administrators(static_cast<int>(ordinal) - 1).key();
      if (head.signer() != "administrator" || opened.keys != std::set<std::string>{key})
        wrong("not signed by the administrator that the leaf names, and by him alone");
      return;
    }
    case ACTOR_KIND_REGISTRAR:
      if (head.signer() != "registrar" || opened.keys.empty()) wrong("no registrar of entry 0 signed");
      return;
    default:
      break;
  }
  const bool court = leaf.actor_kind == ACTOR_KIND_COURT;
  const auto& codes = court ? register_.courts : register_.agencies;
  const bool knows = court ? register_.KnowsCourt(ordinal) : register_.KnowsAgency(ordinal);
  const auto code = codes.find(ordinal);
  if (code == codes.end() ? knows : code->second != head.signer())
    return wrong("the head names another organisation than the leaf");
  if (!opened.keys.empty()) return;
  if (!knows) {
    ++unchecked_;
    return;
  }
  wrong("no key that was stated for this organisation signed");
}

const OpenedAudit::HeadOpened* OpenedAudit::CheckMember(const journal::Leaf& leaf, uint64_t head,
                                                        const std::string& digest, const std::string& member,
                                                        uint32_t place) {
  if (journal::View(journal::LeafHash(member)) != digest) {
    Add(Rule::kMember, leaf, "the signed bytes have another digest than the leaf names");
    return nullptr;
  }
  const auto at = heads_.find(head);
  if (at == heads_.end()) return nullptr;  // sealed; that it stands there is the public audit's part
  const std::string& digests = at->second.digests;
  if ((place + size_t{1}) * journal::kHashSize > digests.size() ||
      digests.compare(place * journal::kHashSize, journal::kHashSize, digest) != 0) {
    Add(Rule::kMember, leaf, "it is not the member at its place below the signed root", {head});
    return nullptr;
  }
  return &at->second;
}

void OpenedAudit::CheckRoles(const journal::Leaf& leaf, const HeadOpened& head, const std::vector<int>& roles) {
  if (!register_.KnowsCourt(leaf.actor_ordinal) || register_.policy_sealed) {
    ++unchecked_;
    return;
  }
  const auto court = register_.statements.find("court/" + head.signer);
  if (court == register_.statements.end() ||
      !register_.Gives("court/" + head.signer, court->second.statement.key(), leaf.time) ||
      !Fills(register_.OfficersOf(head.signer, head.keys, leaf.time, head.signed_at), roles))
    Add(Rule::kRoles, leaf, "not enough different officers, valid then, signed in the roles demanded");
}

void OpenedAudit::CheckConfirmed(const journal::Leaf& leaf, const google::protobuf::RepeatedField<uint32_t>& recorded,
                                 const Confirmation* confirmed, const Doubts& doubts, const HeadOpened* head) {
  const auto wrong = [&](std::string_view why) { Add(Rule::kConfirmed, leaf, why); };
  if (!IsConfirmed(recorded, confirmed != nullptr ? *confirmed : Confirmation()))
    wrong("the leaf calls confirmed what the signed bytes don't");
  const Doubts settled(recorded.begin(), recorded.end());
  if (!std::includes(settled.begin(), settled.end(), doubts.begin(), doubts.end()))
    wrong("an amount that looks like a slip passed without a leader's word");
  if (confirmed == nullptr || head == nullptr) return;
  if (!register_.KnowsCourt(leaf.actor_ordinal)) {
    ++unchecked_;
    return;
  }
  const auto leader = register_.statements.find("court/" + head->signer + "/officer/" + confirmed->leader());
  if (leader == register_.statements.end() || !head->keys.contains(leader->second.statement.key()) ||
      !Fills(register_.OfficersOf(head->signer, {leader->second.statement.key()}, leaf.time, head->signed_at),
             {OFFICER_ROLE_LEADER}))
    wrong("the leader whom the confirmation names did not sign it");
}

}  // namespace eagle::audit
