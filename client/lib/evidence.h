// Fetching evidence: asked of the gateway, completed with the log's leaves where they were asked for, and verified by
// the very code with which a stranger will verify it (client/audit), with this desk's own pins. What doesn't verify is
// never a file.
//
// Threads: one at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(FetchedEvidence evidence, FetchEvidence({.order_id = id, .ticket = ticket}, *desk,
//   *gateway)); EAGLE_RETURN_IF_ERROR(WriteDurably("1024.evidence", evidence.bytes));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/evidence.h"
#include "client/lib/desk.h"
#include "client/lib/gateway.h"

namespace eagle::client {

struct EvidenceAsked {
  std::string order_id;               // 16 bytes
  v1::SignedMember ticket;            // an officer's, for the order's case (trust/ticket.h)
  std::vector<std::string> agencies;  // whose answers are opened; empty: all
  bool silence = false;               // of the only one of `agencies`
  bool complete = false;              // with the run of leaves up to the checkpoint: auditors
};
struct FetchedEvidence {
  std::string bytes;  // the file
  audit::EvidenceReport report;
};

// The keys that this desk pins. Errors: CONFIGURATION_INVALID when it pins no registrars.
absl::StatusOr<audit::EvidencePins> PinsOf(const DeskOptions& options);

// Errors: PinsOf's; the gateway's; EVIDENCE_TOO_LARGE when the run doesn't fit a file; of verification:
// EVIDENCE_MALFORMED, EVIDENCE_INVALID, those of Desk::Observe, and ACCEPTANCE_MISMATCH when this desk signed other
// bytes under that order id.
absl::StatusOr<FetchedEvidence> FetchEvidence(const EvidenceAsked& asked, Desk& desk, Gateway& gateway);

}  // namespace eagle::client
