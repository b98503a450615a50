#include "client/audit/evidence_book.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"
#include "server/journal/merkle.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr char kRegistrarSigner[] = "registrar";

std::string Hex(std::string_view bytes) { return HexEncode(bytes); }
std::string Hex(const journal::Hash& hash) { return HexEncode(journal::View(hash)); }

// "court/辽9901/officer/001" -> "court/辽9901"; an organisation's own subject as it is.
std::string OrganisationSubject(const std::string& subject) {
  const size_t first = subject.find('/');
  const size_t second = first == std::string::npos ? first : subject.find('/', first + 1);
  return subject.substr(0, second);
}

bool AnyUnknown(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& of = *message.GetReflection();
  if (!of.GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  of.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (AnyUnknown(of.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < of.FieldSize(message, field); ++i) {
      if (AnyUnknown(of.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

absl::Status ParseKnown(std::string_view bytes, std::string_view part, google::protobuf::Message& message) {
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return WrongPart(part, "these bytes are not what the entry says", message.GetDescriptor()->name());
  if (AnyUnknown(message))
    return WrongPart(part, "a field that this version doesn't know", message.GetDescriptor()->name());
  return absl::OkStatus();
}

absl::Status EvidenceBook::AddHead(const OpenedEntry& entry) {
  const std::string part = PartName(entry.leaf);
  BatchHead body;
  BatchHeadPayload payload;
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
  HeadSeen seen;
  seen.index = entry.index();
  seen.envelope = payload.head();
  const std::string digest = Hex(journal::Sha256(seen.envelope.payload()));
  if (digest != Hex(body.head_digest()))
    return WrongPart(part, "the head isn't the one that the leaf names", "head_digest", Hex(body.head_digest()),
                     digest);
  if (seen.envelope.payload_type() != journal::kBatchPayloadType)
    return WrongPart(part, "a head of another kind", "payload_type", journal::kBatchPayloadType,
                     seen.envelope.payload_type());
  EAGLE_RETURN_IF_ERROR(ParseKnown(seen.envelope.payload(), part, seen.head));
  const std::string& digests = payload.member_digests();
  for (size_t at = 0; at + journal::kHashSize <= digests.size(); at += journal::kHashSize)
    seen.digests.push_back(*journal::HashFrom(std::string_view(digests).substr(at, journal::kHashSize)));
  if (seen.head.count() == 0 || digests.size() != size_t{seen.head.count()} * journal::kHashSize ||
      body.count() != seen.head.count())
    return WrongPart(part, "the head signs for another number of members", "count", std::to_string(seen.head.count()),
                     std::to_string(seen.digests.size()));
  const std::string root = Hex(journal::RootOfLeaves(seen.digests));
  if (root != Hex(seen.head.root()))
    return WrongPart(part, "the members don't hash to the signed root", "root", Hex(seen.head.root()), root);
  if (seen.head.member_type() != body.member_type() || seen.head.sequence() != body.sequence())
    return WrongPart(part, "the leaf says another type or sequence than the head", "sequence",
                     std::to_string(seen.head.sequence()), std::to_string(body.sequence()));
  if (seen.head.environment() != environment_)
    return WrongPart(part, "signed for another environment than the log's", "environment",
                     Environment_Name(environment_), Environment_Name(seen.head.environment()));
  seen.signed_bytes = journal::Pae(seen.envelope.payload_type(), seen.envelope.payload());
  heads_.emplace(seen.index, std::move(seen));
  return absl::OkStatus();
}

absl::StatusOr<const HeadSeen*> EvidenceBook::HeadOf(std::string_view part, uint64_t head, std::string_view member,
                                                     uint32_t place, std::string_view digest, MemberType type) {
  const auto found = heads_.find(head);
  if (found == heads_.end())
    return WrongPart(part, "the entry of its signed head is missing", "head", "entry " + std::to_string(head),
                     "absent");
  const std::string hash = Hex(journal::LeafHash(member));
  if (hash != Hex(digest)) return WrongPart(part, "other bytes than the leaf names", "digest", Hex(digest), hash);
  if (place >= found->second.digests.size() || Hex(found->second.digests[place]) != hash)
    return WrongPart(part, "not a member that the head signs for at this place", "index", std::to_string(place),
                     "another digest");
  if (found->second.head.member_type() != type)
    return WrongPart(part, "a member of another type", "member_type", MemberType_Name(type),
                     MemberType_Name(found->second.head.member_type()));
  found->second.used = true;
  return &found->second;
}

bool EvidenceBook::IsSignedBy(const HeadSeen& head, const StatedKey& key) {
  for (const Signature& signature : head.envelope.signatures()) {
    if (!IsBy(key, head.signed_bytes, signature.sig())) continue;
    ++report_.signatures;
    return true;
  }
  return false;
}

absl::Status EvidenceBook::AddStatement(const OpenedEntry& entry) {
  const std::string part = PartName(entry.leaf);
  StatementAccepted body;
  StatementPayload payload;
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.leaf.body, part, body));
  EAGLE_RETURN_IF_ERROR(ParseKnown(entry.payload, part, payload));
  EAGLE_ASSIGN_OR_RETURN(const HeadSeen* head, HeadOf(part, body.head(), payload.member(), payload.index(),
                                                      body.digest(), MEMBER_TYPE_STATEMENT));
  Statement statement;
  EAGLE_RETURN_IF_ERROR(ParseKnown(payload.member(), part, statement));
  if (statement.environment() != environment_)
    return WrongPart(part, "a statement for another environment", "environment", Environment_Name(environment_),
                     Environment_Name(statement.environment()));
  if (statement.kind() != body.kind() || statement.sequence() != body.sequence())
    return WrongPart(part, "the leaf says another kind or sequence than the statement", "kind",
                     StatementKind_Name(statement.kind()), StatementKind_Name(body.kind()));
  EAGLE_RETURN_IF_ERROR(CheckChain(part, statement));
  EAGLE_RETURN_IF_ERROR(CheckKeyIsGood(part, statement));
  EAGLE_RETURN_IF_ERROR(CheckSigners(part, statement, *head, entry.leaf.time));
  stated_[statement.subject()].push_back(entry.index());
  Held& held = held_[statement.subject()];
  held.statement = statement, held.digest = body.digest(), held.index = entry.index();
  if (!statement.key().empty()) held.keys.push_back({statement.algorithm(), statement.key()});
  if (statement.kind() == STATEMENT_KIND_REVOKED) {
    for (const StatedKey& key : held.keys) revoked_.push_back({key, revocations_.size()});
    revocations_.push_back(
        {entry.index(), entry.leaf.time, statement.subject(), TimeOf(statement.compromised_since())});
  }
  ++report_.statements;
  return absl::OkStatus();
}

absl::Status EvidenceBook::CheckKeyIsGood(std::string_view part, const Statement& statement) const {
  if (statement.kind() == STATEMENT_KIND_REVOKED && !statement.has_compromised_since())
    return WrongPart(part, "a revocation that doesn't say since when", "compromised_since", "an instant", "absent");
  for (const Revoked& revoked : revoked_) {
    if (!statement.key().empty() && revoked.key.bytes == statement.key())
      return WrongPart(part, "a key that was revoked is stated again", "key", "a new one",
                       "revoked by entry " + std::to_string(revocations_[revoked.by].index));
  }
  return absl::OkStatus();
}

const RevokedSeen* EvidenceBook::RevokedUnder(const HeadSeen& head) {
  for (const Revoked& revoked : revoked_) {
    for (const Signature& signature : head.envelope.signatures()) {
      if (IsBy(revoked.key, head.signed_bytes, signature.sig())) return &revocations_[revoked.by];
    }
  }
  return nullptr;
}

absl::Status EvidenceBook::CheckChain(std::string_view part, const Statement& statement) const {
  const auto before = held_.find(statement.subject());
  const std::string expected = before == held_.end() ? "" : before->second.digest;
  if (statement.previous_digest() != expected) {
    return WrongPart(part, "a statement about " + statement.subject() + " is missing before this one",
                     "previous_digest", expected.empty() ? "none" : Hex(expected), Hex(statement.previous_digest()));
  }
  const uint64_t sequence = before == held_.end() ? 0 : before->second.statement.sequence();
  if (before == held_.end() ? statement.sequence() != 1 : statement.sequence() <= sequence) {
    return WrongPart(part, "the statement doesn't continue the one before it", "sequence",
                     "above " + std::to_string(sequence), std::to_string(statement.sequence()));
  }
  return absl::OkStatus();
}

absl::Status EvidenceBook::CheckSigners(std::string_view part, const Statement& statement, const HeadSeen& head,
                                        absl::Time time) {
  const std::string organisation = OrganisationSubject(statement.subject());
  if (organisation != statement.subject()) {
    EAGLE_ASSIGN_OR_RETURN(const Statement* key, InForce(part, organisation, STATEMENT_KIND_KEY, time));
    if ("court/" + head.head.signer() != organisation || !IsSignedBy(head, {key->algorithm(), key->key()}))
      return WrongPart(part, "not signed with the court's own key", "signature", organisation, head.head.signer());
    return absl::OkStatus();
  }
  uint32_t signed_by = 0;
  for (const journal::PublicKey& registrar : pins_.registrars)
    signed_by += IsSignedBy(head, {KEY_ALGORITHM_ED25519, std::string(registrar.View())}) ? 1 : 0;
  if (head.head.signer() != kRegistrarSigner || signed_by < pins_.registrar_threshold) {
    return WrongPart(part, "the statement about " + statement.subject() + " is not signed by enough pinned registrars",
                     "signatures", std::to_string(pins_.registrar_threshold), std::to_string(signed_by));
  }
  return absl::OkStatus();
}

absl::StatusOr<const Statement*> EvidenceBook::InForce(std::string_view part, const std::string& subject,
                                                       StatementKind kind, absl::Time time) const {
  const auto held = held_.find(subject);
  if (held == held_.end())
    return WrongPart(part, "no statement about " + subject + " comes before it", "statement", subject, "absent");
  const Statement& statement = held->second.statement;
  if (statement.kind() != kind)
    return WrongPart(part, "the statement about " + subject + " doesn't give what is needed", "kind",
                     StatementKind_Name(kind), StatementKind_Name(statement.kind()));
  if (time < TimeOf(statement.valid_from()) || time >= TimeOf(statement.valid_until())) {
    return WrongPart(part, "the statement about " + subject + " wasn't valid then", "time",
                     absl::FormatTime(TimeOf(statement.valid_from()), absl::UTCTimeZone()) + " until " +
                         absl::FormatTime(TimeOf(statement.valid_until()), absl::UTCTimeZone()),
                     absl::FormatTime(time, absl::UTCTimeZone()));
  }
  const std::string organisation = OrganisationSubject(subject);
  if (organisation != subject) {
    const auto court = InForce(part, organisation, STATEMENT_KIND_KEY, time);
    if (!court.ok()) return court.status();
    // Whoever stole a court's key could have stated its officers and accounts: they hold again when stated anew.
    for (const RevokedSeen& revoked : revocations_) {
      if (revoked.subject == organisation && revoked.index > held->second.index)
        return WrongPart(part, "the statement about " + subject + " fell with the key of " + organisation, "statement",
                         "after entry " + std::to_string(revoked.index), "entry " + std::to_string(held->second.index));
    }
  }
  return &statement;
}

std::string EvidenceBook::DigestHeld(const std::string& subject) const {
  const auto held = held_.find(subject);
  return held == held_.end() ? std::string() : held->second.digest;
}

}  // namespace eagle::audit
