#include "client/lib/draft.h"

#include "client/common/files.h"
#include "server/base/reason.h"
#include "server/journal/dsse.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

absl::Status CheckLimits(const std::vector<std::string>& members) {
  if (members.size() > trust::kMembersMax) return Fail(Reason::kTooManyMembers, "a batch has at most 256 members");
  if (!trust::IsWithinLimits(members)) {
    return Fail(Reason::kTooLarge, "no member, an empty one, or more than 64 KiB a member or 1 MiB a batch");
  }
  return absl::OkStatus();
}

// Gives the one signature that a device made.
class Made : public trust::Signer {
 public:
  Made(trust::KeyAlgorithm algorithm, std::string public_key, std::string signature)
      : algorithm_(algorithm), public_key_(std::move(public_key)), signature_(std::move(signature)) {}
  trust::KeyAlgorithm algorithm() const override { return algorithm_; }
  const std::string& public_key() const override { return public_key_; }
  std::string Sign(std::string_view) override { return signature_; }

 private:
  trust::KeyAlgorithm algorithm_;
  std::string public_key_, signature_;
};

}  // namespace

absl::StatusOr<Draft> Draft::Begin(const trust::HeadFields& fields, std::vector<std::string> members) {
  EAGLE_RETURN_IF_ERROR(CheckLimits(members));
  return FromBatch(trust::MakeBatch(fields, std::move(members), {}));
}

absl::StatusOr<Draft> Draft::FromBatch(v1::SignedBatch batch) {
  EAGLE_ASSIGN_OR_RETURN(trust::ParsedBatch parsed, trust::ParseBatch(batch, trust::Signatures::kOptional));
  return Draft(std::move(batch), std::move(parsed));
}

absl::StatusOr<Draft> Draft::Read(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  v1::SignedBatch batch;
  if (!batch.ParseFromString(bytes)) {
    return Fail(Reason::kEnvelopeMalformed, "the file is no signed batch and no draft: " + path).With("path", path);
  }
  return FromBatch(std::move(batch));
}

absl::Status Draft::Add(std::string member, absl::Time now) {
  if (is_signed()) return Fail(Reason::kDraftSigned, "the draft has signatures, nothing can be added");
  std::vector<std::string> all = members();
  all.push_back(std::move(member));
  const trust::HeadFields fields{.member_type = head().member_type(),
                                 .environment = head().environment(),
                                 .signer = head().signer(),
                                 .sequence = head().sequence(),
                                 .signed_at = now};
  EAGLE_ASSIGN_OR_RETURN(*this, Begin(fields, std::move(all)));
  return absl::OkStatus();
}

absl::Status Draft::Sign(trust::Signer& signer) { return trust::AddSignature(parsed_batch_, signer); }

absl::Status Draft::AddMade(trust::KeyAlgorithm algorithm, const std::string& public_key, const std::string& signature,
                            const trust::SignatureChecker& checker) {
  if (!checker.Check(algorithm, public_key, to_be_signed(), signature))
    return Fail(Reason::kSignatureInvalid, "the signature isn't this officer's over this draft");
  Made made(algorithm, public_key, signature);
  return trust::AddSignature(parsed_batch_, made);
}

std::string Draft::to_be_signed() const {
  return journal::Pae(parsed_batch_.head().payload_type(), parsed_batch_.head().payload());
}

absl::Status Draft::Write(const std::string& path) const {
  return WriteDurably(path, parsed_batch_.SerializeAsString());
}

std::vector<std::string> Draft::key_ids() const {
  std::vector<std::string> ids;
  for (const v1::Signature& signature : parsed_batch_.head().signatures()) ids.push_back(signature.keyid());
  return ids;
}

std::string SpacedDigest(std::string_view digest_text) {
  std::string out;
  for (size_t at = 0; at < digest_text.size(); at += 4) {
    if (at > 0) out += ' ';
    out += digest_text.substr(at, 4);
  }
  return out;
}

}  // namespace eagle::client
