// Whether an order may be acted on, judged without the gateway: by pinned registrar keys and the statements that follow
// from them.
//
//   head        payload type, root, environment
//   signatures  by officers of the head's signer who are valid now. Those by revoked keys never count. Only then are
//               the bytes parsed, once. (Whether they were officers when they signed is the log's to have seen: an
//               order that was paused has a head from before its signatures.)
//   order       no unknown fields; the signer's court; addressed to this agency
//   officers    those named are on our register with the same two credential numbers; the first one signed
//   roles       each that the rules demand by a different officer; an exception to the cap, and an amount that looks
//               like a slip, by the leader whom it names
//   content     the act fits the action; amounts, terms and ids are what the contract says; not expired on arrival,
//               nor before its not_before by more than clocks differ. When it was signed doesn't matter: an order
//               that waited for years is judged by the officers, keys and register of its arrival
//   account     a deduction names a statement that is in force, of this court, about this very account
//
// Threads: as the book and the checker.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/sdk/config.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/trust/batch.h"
#include "server/trust/head_cache.h"
#include "server/trust/statements.h"

namespace eagle::sdk {

struct Verdict {
  absl::Status status;
  // The order, whenever its bytes can be read: trusted only with an OK status.
  std::optional<v1::Order> order;
  // A statement that isn't here yet could turn the refusal into an acceptance.
  bool may_lag = false;
};

class OrderVerifier {
 public:
  // All outlive it.
  OrderVerifier(const AgentConfig& config, const trust::StatementBook& book, const trust::SignatureChecker& checker)
      : config_(config), book_(book), checker_(checker) {}

  // Refusals, first match wins: those of ParseMember; MEMBER_TYPE_UNKNOWN, ENVIRONMENT_MISMATCH; SIGNER_UNKNOWN;
  // SIGNATURE_INVALID; KEY_REVOKED; UNKNOWN_FIELDS and the like; SIGNATURE_INVALID (another court's);
  // AUDIENCE_MISMATCH; OFFICER_NOT_VALID; SIGNATURES_MISSING; CONFIRMATION_NOT_SIGNED; EXCEPTION_NOT_SIGNED;
  // FIELD_MISSING, FIELD_INVALID,
  // AMOUNT_INVALID; ORDER_NOT_YET; ORDER_EXPIRED; ACCOUNT_NOT_COURTS.
  Verdict Verify(const v1::SignedMember& member, absl::Time arrived_at);

 private:
  absl::Status Judge(const v1::SignedMember& member, absl::Time arrived_at, Verdict& verdict);
  absl::Status CheckOfficers(const v1::Order& order, const std::vector<trust::Officer>& officers,
                             const std::vector<uint64_t>& signed_by) const;
  absl::Status CheckRules(const v1::Order& order, const std::vector<trust::Officer>& officers,
                          const std::vector<uint64_t>& signed_by) const;
  absl::Status CheckAccount(const v1::Order& order, absl::Time arrived_at) const;

  const AgentConfig& config_;
  const trust::StatementBook& book_;
  const trust::SignatureChecker& checker_;
  trust::HeadCache cache_;
};

// The parts of Verify that need no keys: ids, the act, amounts, term. Errors: FIELD_MISSING, FIELD_INVALID,
// AMOUNT_INVALID.
absl::Status CheckOrder(const v1::Order& order);

// What a rule's threshold compares: the limit of a freeze, the amount of a deduction, else 0.
int64_t AmountOf(const v1::Order& order);

}  // namespace eagle::sdk
