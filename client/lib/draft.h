// A draft: members and their head while the signatures are being gathered. A file (`*.draft`, the bytes of a
// SignedBatch) that goes from officer to officer; each looks at what it says and at the digest, then signs the same
// head.
//
//   Begin --Add...--> (unsigned: members may be added)  --Sign...--> (signed: fixed for ever)  --> Outbox
//
// Threads: a value.
//
//   EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, {order.SerializeAsString()}));
//   EAGLE_RETURN_IF_ERROR(draft.Sign(handler));            // after a person has read draft.digest_text()
//   EAGLE_RETURN_IF_ERROR(draft.Write("group.draft"));
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/trust/batch.h"
#include "server/trust/make_batch.h"
#include "server/trust/signature.h"

namespace eagle::client {

class Draft {
 public:
  // Errors: TOO_MANY_MEMBERS, TOO_LARGE.
  static absl::StatusOr<Draft> Begin(const trust::HeadFields& fields, std::vector<std::string> members);
  // Errors: STORAGE_UNUSABLE; those of ParseBatch (a draft may be unsigned).
  static absl::StatusOr<Draft> Read(const std::string& path);
  static absl::StatusOr<Draft> FromBatch(goldeneagle::v1::SignedBatch batch);

  // The head is made anew, with the same sequence. Errors: DRAFT_SIGNED once anybody signed; TOO_MANY_MEMBERS,
  // TOO_LARGE.
  absl::Status Add(std::string member, absl::Time now);
  // Errors: those of AddSignature.
  absl::Status Sign(trust::Signer& signer);
  // Adds a signature that this key made elsewhere over to_be_signed(). Errors: SIGNATURE_INVALID when it didn't; those
  // of AddSignature.
  absl::Status AddMade(trust::KeyAlgorithm algorithm, const std::string& public_key, const std::string& signature,
                       const trust::SignatureChecker& checker);
  absl::Status Write(const std::string& path) const;

  const goldeneagle::v1::SignedBatch& batch() const { return parsed_batch_; }
  const goldeneagle::v1::Head& head() const { return parsed_.head; }
  const std::vector<std::string>& members() const { return parsed_.members; }
  const std::vector<journal::Hash>& digests() const { return parsed_.digests; }
  bool is_signed() const { return parsed_batch_.head().signatures_size() > 0; }
  // The bytes that every signer signs: the head's DSSE pre-authentication encoding.
  std::string to_be_signed() const;
  // SHA-256 of the head, for people to compare: 64 characters of lower-case hexadecimal.
  std::string digest_text() const { return trust::HeadDigestText(parsed_batch_.head()); }
  // Hints only: the key ids that the signatures name.
  std::vector<std::string> key_ids() const;

 private:
  Draft(goldeneagle::v1::SignedBatch batch, trust::ParsedBatch parsed)
      : parsed_batch_(std::move(batch)), parsed_(std::move(parsed)) {}

  goldeneagle::v1::SignedBatch parsed_batch_;
  trust::ParsedBatch parsed_;
};

// Groups of four, so that two people can read it to each other: "7f83 b165 ...".
std::string SpacedDigest(std::string_view digest_text);

}  // namespace eagle::client
