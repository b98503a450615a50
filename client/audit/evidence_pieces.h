// Evidence taken apart into standard files, so that strangers' tools can check each piece without knowing this format:
// for the order, for each time it was signed anew and for each receipt one folder with the names of
// server/docs/auditor-guide.md, sections 3 to 6.
//
//   entry-57/log.pub checkpoint entry.leaf entry.proof   one leaf in the log (C2SP signed note, tlog-proof)
//            order.member signer.key                     one signature (DSSE in a SignedMember; 32 bytes)
//            payload.bin salt.hex                        one commitment
//
// Threads: pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/audit/evidence.h"

namespace eagle::audit {

// Path ("entry-57/entry.leaf") -> content. Pre: `report` is what VerifyEvidence said of these bytes. Errors: as there.
absl::StatusOr<std::map<std::string, std::string>> PiecesOf(std::string_view bytes, const EvidencePins& pins,
                                                            const EvidenceReport& report);

}  // namespace eagle::audit
