// Whether a receipt is the agency's answer to MY order: signed with the agency's key, which the registrars stated (not
// the gateway), and naming the digest of the bytes that this court signed and kept.
//
// Threads: pure functions on values.
//
//   EAGLE_ASSIGN_OR_RETURN(VerifiedReceipt receipt, VerifyReceipt(finding.receipt(), finding.agency(), order_bytes,
//   book, checker));
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/trust/statements.h"

namespace eagle::client {

struct VerifiedReceipt {
  goldeneagle::v1::Receipt receipt;
  journal::Hash digest{};  // of the receipt
  absl::Time signed_at;
};

// `agency`: the code under which the gateway presents it. `order_bytes`: the order as this court keeps it.
// Errors, all of verification: those of ParseMember and CheckSignatures; ENVIRONMENT_MISMATCH; SIGNER_UNKNOWN when no
// key of the agency held when it was signed; RECEIPT_FOR_ANOTHER_ORDER when digest, order id or agency differ.
absl::StatusOr<VerifiedReceipt> VerifyReceipt(const goldeneagle::v1::SignedMember& member, std::string_view agency,
                                              std::string_view order_bytes, const trust::StatementBook& book,
                                              const trust::SignatureChecker& checker);

}  // namespace eagle::client
