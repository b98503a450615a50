#include "client/lib/receipts.h"

#include <optional>

#include "client/lib/errors.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"
#include "server/trust/subject.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

absl::StatusOr<VerifiedReceipt> Verify(const v1::SignedMember& member, std::string_view agency,
                                       std::string_view order_bytes, const trust::StatementBook& book,
                                       const trust::SignatureChecker& checker) {
  EAGLE_ASSIGN_OR_RETURN(const trust::ParsedMember parsed, trust::ParseMember(member));
  EAGLE_RETURN_IF_ERROR(trust::ExpectHead(parsed.head, v1::MEMBER_TYPE_RECEIPT, book.pinned().environment));
  if (parsed.head.signer() != agency)
    return Fail(Reason::kReceiptForAnotherOrder, "the receipt was signed by another agency")
        .At("head.signer", "not the agency named");
  const absl::Time signed_at = trust::SignedAt(parsed.head);
  const std::optional<trust::OrganisationKey> key = book.KeyOf(trust::AgencySubject(agency), signed_at);
  if (!key)
    return Fail(Reason::kSignerUnknown,
                "the registrars stated no key of this agency that held when the receipt was signed");
  const trust::CandidateKey candidates[] = {{1, key->algorithm, key->key}};
  EAGLE_RETURN_IF_ERROR(trust::CheckSignatures(parsed, candidates, checker).status());

  EAGLE_ASSIGN_OR_RETURN(v1::Receipt receipt, trust::ParseTolerant<v1::Receipt>(parsed.member));
  EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(order_bytes));
  const journal::Hash digest = journal::LeafHash(order_bytes);
  if (receipt.order_digest() != journal::View(digest) || receipt.order_id() != order.order_id()) {
    return Fail(Reason::kReceiptForAnotherOrder,
                "the receipt answers other bytes than the order that this court signed")
        .At("order_digest", "not this order's");
  }
  if (receipt.agency() != agency)
    return Fail(Reason::kReceiptForAnotherOrder, "the receipt names another agency than its signer")
        .At("agency", "not the signer's");
  return VerifiedReceipt{std::move(receipt), parsed.digest, signed_at};
}

}  // namespace

absl::StatusOr<VerifiedReceipt> VerifyReceipt(const v1::SignedMember& member, std::string_view agency,
                                              std::string_view order_bytes, const trust::StatementBook& book,
                                              const trust::SignatureChecker& checker) {
  auto verified = Verify(member, agency, order_bytes, book, checker);
  if (!verified.ok()) return AsVerification(verified.status());
  return verified;
}

}  // namespace eagle::client
