// Whether the gateway really accepted what was sent: the acceptance's leaf says so with the digest of MY bytes, it lies
// in the log, and the log's key, pinned by hand, signed that. A court believes no sentence of an answer that isn't
// proved so.
//
//   leaf bytes -> leaf hash -> inclusion proof -> root of the checkpoint (opened with the pinned key: checkpoints.h)
//   leaf body  -> OrderAccepted{order id, digest of the sent bytes, action, due instants, number of targets}
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(VerifiedAcceptance proved, VerifyAcceptance(order_bytes, result.acceptance(), checkpoint));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"

namespace eagle::client {

// What is proved, read from the leaf and from nothing else.
struct VerifiedAcceptance {
  uint64_t order_seq = 0;
  absl::Time accepted_at;
  absl::Time due;
  absl::Time begins = absl::InfinitePast();  // of an order that waits; InfinitePast: with its acceptance
  std::string deadline_row;
  uint32_t policy_version = 0;
  std::vector<absl::Time> marks;
  std::vector<uint32_t> marks_permille;
};

// Errors, all of verification: PROOF_INVALID, ENTRY_MALFORMED; ACCEPTANCE_MISMATCH with the field that differs.
absl::StatusOr<VerifiedAcceptance> VerifyAcceptance(std::string_view order_bytes,
                                                    const goldeneagle::v1::Acceptance& acceptance,
                                                    const journal::Checkpoint& checkpoint);

// The same for an act on a case (opening, stage, cap).
struct VerifiedCaseAct {
  uint64_t journal_index = 0;
  absl::Time accepted_at;
};
absl::StatusOr<VerifiedCaseAct> VerifyCaseAct(std::string_view act_bytes,
                                              const goldeneagle::v1::CaseAcceptance& acceptance,
                                              const journal::Checkpoint& checkpoint);

// A leaf that `proof` leads to the checkpoint's root. Errors, of verification: PROOF_INVALID, ENTRY_MALFORMED.
absl::StatusOr<journal::Leaf> VerifyLeafInLog(std::string_view leaf_bytes, const goldeneagle::v1::InclusionProof& proof,
                                              const journal::Checkpoint& checkpoint);

}  // namespace eagle::client
