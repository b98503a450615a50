#include "server/domain/draft.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/identity_number.h"
#include "server/base/person_name.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

Failure FailureFrom(const std::string& stored) {
  Refused refused;
  GATEWAY_ASSERT(refused.ParseFromString(stored), "the tables hold what we wrote");
  Failure failure{.reason = static_cast<Reason>(refused.reason()), .message = refused.message()};
  for (const auto& field : refused.fields()) {
    failure.violations.push_back({field.field(), static_cast<Reason>(field.reason()), field.description()});
  }
  return failure;
}

// Fills roles[at..] with officers not yet used; at most a handful of each, so plain backtracking.
bool Fill(const std::vector<std::vector<OfficerRole>>& officers, const std::vector<OfficerRole>& roles, size_t at,
          std::vector<bool>& used) {
  if (at == roles.size()) return true;
  for (size_t i = 0; i < officers.size(); ++i) {
    if (used[i] || std::find(officers[i].begin(), officers[i].end(), roles[at]) == officers[i].end()) continue;
    used[i] = true;
    if (Fill(officers, roles, at + 1, used)) return true;
    used[i] = false;
  }
  return false;
}

}  // namespace

absl::Status HeadWriter::CheckSequence() {
  const auto& head = signed_head_.head;
  const auto it = draft_.state().sequences.find(SequenceKey(signer_.name, head.member_type(), head.sequence()));
  if (it == draft_.state().sequences.end()) return absl::OkStatus();
  if (it->second.head_digest != signed_head_.head_digest) {
    return Fail(Reason::kSequenceReused, "the sequence number was used for another head")
        .With("sequence", std::to_string(head.sequence()));
  }
  index_ = it->second.index;
  return absl::OkStatus();
}

uint64_t HeadWriter::Index() {
  if (index_ != 0) return index_;
  BatchHead body;
  body.set_member_type(signed_head_.head.member_type());
  body.set_sequence(signed_head_.head.sequence());
  body.set_count(signed_head_.head.count());
  body.set_head_digest(signed_head_.head_digest);
  BatchHeadPayload payload;
  *payload.mutable_head() = signed_head_.envelope;
  for (const std::string& digest : signed_head_.digests) payload.mutable_member_digests()->append(digest);
  Entry entry{.type = ENTRY_TYPE_BATCH_HEAD, .actor_kind = signer_.kind, .actor = signer_.ordinal};
  if (signer_.kind == ACTOR_KIND_AGENCY) entry.agency = AgencyOrdinal(signer_.ordinal);
  entry.payload = payload.SerializeAsString();
  entry.key_id = signer_.key_id;
  index_ = draft_.Append(std::move(entry), body);
  return index_;
}

std::optional<MemberResult> Repeated(const State& state, const std::string& id, const std::string& digest,
                                     Reason reused) {
  const auto it = state.ids.find(id);
  if (it == state.ids.end()) return std::nullopt;
  MemberResult result{.id = id, .index = it->second.index, .repeated = true};
  if (it->second.digest != digest) {
    result.index = 0;
    result.refusal = Fail(reused, "this id was used with other content").failure();
  } else if (!it->second.refusal.empty()) {
    result.refusal = FailureFrom(it->second.refusal);
  }
  return result;
}

MemberResult Refuse(Draft& draft, HeadWriter& head, const Failure& failure, const std::string& id,
                    const std::string& digest, uint32_t member_index, const std::string& member, const Case* of,
                    const OrderMember* order) {
  Refused body;
  body.set_member_type(head.member_type());
  if (id.size() == 16) body.set_id(id);
  body.set_digest(digest);
  body.set_head(head.Index());
  body.set_reason(static_cast<uint32_t>(failure.reason));
  body.set_message(failure.message);
  if (order != nullptr) {
    body.set_subject_tag(order->subject_tag);
    for (const std::string& tag : order->officer_tags) {
      if (body.officer_tags_size() < kOfficersPerOrder) body.add_officer_tags(tag);
    }
  }
  for (const Violation& violation : failure.violations) {
    // A leaf has at most 4 KiB; what doesn't fit is in the answer and, sealed, in the member itself.
    if (body.ByteSizeLong() > 3000) break;
    RefusedField* field = body.add_fields();
    field->set_reason(static_cast<uint32_t>(violation.reason));
    field->set_field(violation.field);
    field->set_description(violation.description);
  }
  Entry entry{.type = ENTRY_TYPE_REFUSED,
              .actor_kind = head.signer().kind,
              .actor = head.signer().ordinal,
              .outcome = failure.reason};
  if (of != nullptr) {
    RefusedPayload payload;
    payload.set_member(member);
    payload.set_index(member_index);
    entry.case_seq = of->seq;
    entry.payload = payload.SerializeAsString();
    entry.key_id = of->key_id;
  }
  MemberResult result{.id = id, .refusal = failure};
  result.index = draft.Append(std::move(entry), body);
  return result;
}

bool CanFill(const std::vector<std::vector<OfficerRole>>& officers, const std::vector<OfficerRole>& roles) {
  std::vector<bool> used(officers.size(), false);
  return Fill(officers, roles, 0, used);
}

bool CheckRoles(const State& state, std::string_view court, const SignedHead& head,
                const std::vector<OfficerRole>& roles, absl::Time now, std::string_view path, Violations& wrong) {
  if (state.directory.IsRevoked("court/" + std::string(court))) {
    wrong.Add(path, Reason::kKeyRevoked, "the court's own key was revoked");
    return false;
  }
  // Even where the others would do: somebody used a key that he should not have.
  for (const std::string& key : head.keys) {
    if (state.directory.RevokedKey(key) == nullptr) continue;
    wrong.Add(path, Reason::kKeyRevoked, "a key that signed was revoked");
    return false;
  }
  // Officers speak for a court by its own key: when that has ended, so have they, as every agency sees it.
  if (state.directory.KeyOf("court/" + std::string(court), now) == nullptr) {
    wrong.Add(path, Reason::kOfficerNotValid, "the court's own key is not in force");
    return false;
  }
  std::vector<std::vector<OfficerRole>> officers;
  bool ended = false, then = false;
  std::set<uint32_t> people;
  const absl::Time signed_at = FromProto(head.head.signed_at());
  for (const std::string& key : head.keys) {
    const auto officer = state.directory.OfficerByKey(court, key);
    if (!officer || !people.insert(officer->ordinal.value()).second) continue;  // one person is one, however he signed
    if (!HoldsAt(*officer->statement, now)) {
      ended = true;
      continue;
    }
    if (!HoldsAt(*officer->statement, signed_at)) {
      then = true;
      continue;
    }
    std::vector<OfficerRole> may;
    for (int role : officer->statement->roles()) may.push_back(static_cast<OfficerRole>(role));
    officers.push_back(std::move(may));
  }
  if (CanFill(officers, roles)) return true;
  if (ended) wrong.Add(path, Reason::kOfficerNotValid, "an officer who signed is not valid now");
  if (then) wrong.Add(path, Reason::kOfficerNotValid, "an officer who signed was not valid when the head was signed");
  std::string needed;
  for (OfficerRole role : roles)
    absl::StrAppend(&needed, needed.empty() ? "" : ", ", OfficerRole_Name(role).substr(13));
  wrong.Add(path, Reason::kSignaturesMissing, "different officers must sign as " + needed);
  return false;
}

void CheckText(std::string_view text, size_t bytes, const std::string& path, Violations& wrong) {
  if (text.empty()) wrong.Add(path, Reason::kFieldMissing, "the field is required");
  if (text.size() > bytes) wrong.Add(path, Reason::kTextInvalid, absl::StrCat("at most ", bytes, " bytes"));
}

void CheckIdentity(const Identity& identity, const Policy& policy, bool production, const std::string& path,
                   Violations& wrong) {
  CheckText(identity.name(), 2 * kStringBytes, path + ".name", wrong);
  CheckText(identity.id_number(), kStringBytes, path + ".id_number", wrong);
  const IdKindRow* kind = policy.IdKind(identity.id_kind());
  if (kind == nullptr) {
    wrong.Add(path + ".id_kind", Reason::kFieldInvalid, "not an id kind of the policy in force");
    return;
  }
  const std::string& number = identity.id_number();
  const bool checked = kind->check() == CHECK_RULE_GB_11643 || kind->check() == CHECK_RULE_GB_32100;
  const bool good = kind->check() == CHECK_RULE_GB_11643   ? IsCitizenNumber(number)
                    : kind->check() == CHECK_RULE_GB_32100 ? IsUnifiedCreditCode(number)
                                                           : true;
  if (!good) wrong.Add(path + ".id_number", Reason::kIdentityNumberInvalid, "the check digit doesn't fit");
  // A credit code carries the region after its two-character head.
  const std::string region =
      kind->check() == CHECK_RULE_GB_32100 ? number.substr(std::min<size_t>(2, number.size()), 2) : number.substr(0, 2);
  if (production && checked && !policy.table().test_region().empty() && region == policy.table().test_region()) {
    wrong.Add(path + ".id_number", Reason::kTestRegion, "numbers of the test range exist only in the test environment");
  }
}

bool SameIdentity(const Identity& a, const Identity& b) {
  return a.id_kind() == b.id_kind() && a.id_number() == b.id_number() && FoldName(a.name()) == FoldName(b.name());
}

}  // namespace eagle::domain
