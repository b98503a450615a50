// Evidence of one order: which entries of the log tell its story, opened where they are its own, and one proof that
// they are in the tree (goldeneagle/v1/evidence.proto has the list).
//
// Nothing here is decided or asserted: a reader with pinned keys verifies every byte (client/audit/evidence.h).
//
// Threads: pure functions on one snapshot.
//
//   EAGLE_ASSIGN_OR_RETURN(GetEvidenceResponse response, MakeEvidence(order, request, published, journal));
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/api/journal_reader.h"
#include "server/core/sequencer.h"
#include "server/domain/order.h"

namespace eagle::api {

inline constexpr size_t kEvidenceBytesMax = 3 << 20;  // of one answer
inline constexpr uint64_t kEvidenceRunMax = 65'536;   // entries of an unbroken run
// How far behind its acceptance an order's deliveries are looked for; later ones are found where an entry points back.
inline constexpr uint64_t kDeliveriesWithin = 4'096;

// Pre: `published` is older than the journal's snapshot or the same; the request's form was checked.
// Errors: AGENCY_UNKNOWN, NOT_SILENT, EVIDENCE_TOO_LARGE, ERASED; UNAVAILABLE when the order is newer than `published`.
absl::StatusOr<goldeneagle::v1::GetEvidenceResponse> MakeEvidence(const domain::Order& order,
                                                                  const goldeneagle::v1::GetEvidenceRequest& request,
                                                                  std::shared_ptr<const core::Published> published,
                                                                  JournalReader& journal);

}  // namespace eagle::api
