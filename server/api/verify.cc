#include "server/api/verify.h"

#include "server/base/uuid.h"

namespace eagle::api {

absl::StatusOr<VerifiedBatch> Verify(v1::SignedBatch batch, const Expected& expected, const CandidateSource& candidates,
                                     const trust::SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(trust::ParsedBatch parsed, trust::ParseBatch(std::move(batch), expected.signatures));
  EAGLE_RETURN_IF_ERROR(trust::ExpectHead(parsed.head, expected.type, expected.environment));
  if (!expected.signer.empty() && parsed.head.signer() != expected.signer) {
    return Fail(Reason::kSignerNotCaller, "the batch is signed for another organisation")
        .At("batch.head.signer", "must be the caller's own code");
  }
  EAGLE_ASSIGN_OR_RETURN(const std::vector<trust::CandidateKey> keys, candidates(parsed.head));
  VerifiedBatch out;
  if (parsed.envelope.signatures().empty()) {
    for (const trust::CandidateKey& key : keys) out.signed_head.keys.push_back(key.key);
  } else {
    EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> signed_by, trust::CheckSignatures(parsed, keys, checker));
    for (uint64_t id : signed_by) out.signed_head.keys.push_back(keys[id].key);
  }
  out.signed_head.head = std::move(parsed.head);
  out.signed_head.envelope = std::move(parsed.envelope);
  out.signed_head.head_digest = journal::View(parsed.head_digest);
  for (const journal::Hash& digest : parsed.digests) out.signed_head.digests.emplace_back(journal::View(digest));
  out.members = std::move(parsed.members);
  out.digests = std::move(parsed.digests);
  return out;
}

std::vector<trust::CandidateKey> OfficersOf(const domain::Directory& directory, std::string_view court) {
  std::vector<trust::CandidateKey> keys;
  const std::string prefix = "court/" + std::string(court) + "/officer/";
  const auto& statements = directory.statements();
  for (auto it = statements.lower_bound(prefix);
       it != statements.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    const v1::Statement& statement = it->second.statement;
    if (statement.kind() == v1::STATEMENT_KIND_OFFICER)
      keys.push_back({keys.size(), statement.algorithm(), statement.key()});
  }
  for (const domain::StatedKey& revoked : directory.RevokedKeysOf("court/" + std::string(court)))
    keys.push_back({keys.size(), revoked.algorithm, revoked.key});
  return keys;
}

std::vector<trust::CandidateKey> KeyOf(const domain::Directory& directory, std::string_view subject) {
  std::vector<trust::CandidateKey> keys;
  const domain::StatementOnFile* file = directory.StatementAbout(subject);
  if (file == nullptr) return keys;
  if (file->statement.kind() == v1::STATEMENT_KIND_KEY)
    keys.push_back({0, file->statement.algorithm(), file->statement.key()});
  for (const domain::StatedKey& stated : file->keys) {
    if (directory.RevokedKey(stated.key) != nullptr) keys.push_back({keys.size(), stated.algorithm, stated.key});
  }
  return keys;
}

std::vector<trust::CandidateKey> KeysOf(const google::protobuf::RepeatedPtrField<v1::FoundingKey>& keys) {
  std::vector<trust::CandidateKey> out;
  for (const v1::FoundingKey& key : keys) out.push_back({out.size(), key.algorithm(), key.key()});
  return out;
}

void ParseMember(const std::string& bytes, size_t place, Reading reading, google::protobuf::Message* message,
                 Violations& wrong) {
  const absl::Status status =
      reading == Reading::kStrict ? trust::ParseStrict(bytes, message) : trust::ParseTolerant(bytes, message);
  if (status.ok()) return;
  const Failure failure = FailureOf(status);
  const std::string path = "members[" + std::to_string(place) + "]";
  if (failure.violations.empty()) wrong.Add(path, failure.reason, failure.message);
  for (const Violation& violation : failure.violations) {
    wrong.Add(violation.field.empty() ? path : path + "." + violation.field, violation.reason, violation.description);
  }
}

void CheckId(const std::string& id, const std::string& path, Violations& wrong) {
  if (!IsUuidV7(id)) wrong.Add(path, Reason::kFieldInvalid, "UUIDv7, 16 bytes");
}

}  // namespace eagle::api
