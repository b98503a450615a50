// The inner half of verifying evidence: what the log's own entries say, folded in their order, and whether anything
// that should be there is missing.
//
//   every entry has its place    an order's entry in `previous`, a head under its members, a statement under a signer;
//                                others only in the unbroken run up to the checkpoint
//   nothing is left out          `previous` links the order's entries; `completes` and the marks' bitmaps count who has
//                                answered; every agency in scope is registered and all its receipts are opened
//
// Threads: pure functions.
#pragma once

#include "absl/status/status.h"
#include "client/audit/evidence_file.h"

namespace eagle::audit {

// Fills in the report from a file that OpenFile took. Errors: EVIDENCE_INVALID.
absl::Status TellStory(const EvidencePins& pins, OpenedFile& file, EvidenceReport& report);

}  // namespace eagle::audit
