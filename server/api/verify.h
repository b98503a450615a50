// From bytes of a stranger to a verified batch: shape, head, who may have signed, signatures, members. Nothing of it
// needs the sequencer; what may have changed when its turn comes (keys, roles, sequences) Decide looks at again.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(VerifiedBatch batch, Verify(std::move(*request.mutable_batch()), {.type =
//   v1::MEMBER_TYPE_ORDER, .environment = test,
//                          .signer = caller.code}, [&](const v1::Head& head) { return OfficersOf(directory,
//                          head.signer()); }, checker));
//   EAGLE_ASSIGN_OR_RETURN(std::vector<v1::Order> orders, ParseMembers<v1::Order>(batch.members, Reading::kStrict));
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/reason.h"
#include "server/domain/command.h"
#include "server/domain/directory.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"
#include "server/trust/signature.h"
#include "server/trust/strict.h"

namespace eagle::api {

namespace v1 = ::goldeneagle::v1;

struct VerifiedBatch {
  domain::SignedHead signed_head;
  std::vector<std::string> members;
  std::vector<journal::Hash> digests;  // of the members, as signed_head.digests
};

struct Expected {
  v1::MemberType type = v1::MEMBER_TYPE_UNSPECIFIED;
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
  std::string_view signer;  // code that the head must name; empty: any
  trust::Signatures signatures =
      trust::Signatures::kRequired;  // optional: a draft without any counts as signed by every candidate
};
using CandidateSource = std::function<absl::StatusOr<std::vector<trust::CandidateKey>>(const v1::Head&)>;

// Errors: those of ParseBatch and ExpectHead; SIGNER_NOT_CALLER; those of `candidates`; SIGNATURE_INVALID.
absl::StatusOr<VerifiedBatch> Verify(v1::SignedBatch batch, const Expected& expected, const CandidateSource& candidates,
                                     const trust::SignatureChecker& checker);

// Keys that may have signed. Validity is left to Decide: an officer who is no longer valid is a violation with a name,
// not a stranger. So is a revoked key, which both lists hold beside those in force.
std::vector<trust::CandidateKey> OfficersOf(const domain::Directory& directory, std::string_view court);
std::vector<trust::CandidateKey> KeyOf(const domain::Directory& directory, std::string_view subject);
std::vector<trust::CandidateKey> KeysOf(const google::protobuf::RepeatedPtrField<v1::FoundingKey>& keys);

enum class Reading { kStrict, kTolerant };

// Errors, every member's at once under "members[i]": ENVELOPE_MALFORMED, UNKNOWN_FIELDS, TEXT_INVALID.
void ParseMember(const std::string& bytes, size_t place, Reading reading, google::protobuf::Message* message,
                 Violations& wrong);
template <typename M>
absl::StatusOr<std::vector<M>> ParseMembers(const std::vector<std::string>& members, Reading reading) {
  std::vector<M> parsed(members.size());
  Violations wrong;
  for (size_t i = 0; i < members.size(); ++i) ParseMember(members[i], i, reading, &parsed[i], wrong);
  if (!wrong.empty()) return wrong.ToStatus("members of the batch can't be read");
  return parsed;
}

// FIELD_INVALID under `path` unless it is a UUIDv7: without one a member can't even be refused by id.
void CheckId(const std::string& id, const std::string& path, Violations& wrong);
template <typename M, typename IdOf>
absl::Status CheckIds(const std::vector<M>& members, const std::string& field, IdOf id_of) {
  Violations wrong;
  for (size_t i = 0; i < members.size(); ++i)
    CheckId(id_of(members[i]), "members[" + std::to_string(i) + "]." + field, wrong);
  if (!wrong.empty()) return wrong.ToStatus("a member has no usable id");
  return absl::OkStatus();
}

}  // namespace eagle::api
