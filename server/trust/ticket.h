// The ticket with which an officer reads personal data 查阅凭证 (proto reading.proto): made in the court, opened at the
// gateway. Its form is the signed batch's (batch.h); this file adds what a ticket is.
//
// Threads: pure functions; a Signer is used by one at a time.
//
//   v1::SignedMember ticket = MakeTicket({.environment = environment, .officer = "court/辽9901/officer/001",
//                                         .officers_of = "辽9901", .court = "辽9901", .case_number = number,
//                                         .purpose = "EXECUTION", .certificate_sha256 = fingerprint,
//                                         .issued_at = clock.WallNow(), .lifetime = absl::Minutes(10)}, signer);
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/reading.pb.h"
#include "server/journal/hash.h"
#include "server/trust/batch.h"

namespace eagle::trust {

struct TicketFields {
  v1::Environment environment = v1::ENVIRONMENT_UNSPECIFIED;
  std::string officer;      // subject of his statement
  std::string officers_of;  // code of his court
  std::string court;        // code of the court whose case it is
  std::string case_number, purpose;
  std::string certificate_sha256;  // 32 bytes
  absl::Time issued_at;            // the officer's clock, after 1970
  absl::Duration lifetime;
};
// Pre: fields set.
v1::SignedMember MakeTicket(const TicketFields& fields, Signer& signer);

// A ticket whose officer's signature holds. Whether he is in force, and the ticket in time, is the gateway's core to
// see.
struct OpenedTicket {
  v1::SignedMember member;
  v1::OfficerTicket ticket;
  std::string digest;       // 32 bytes
  std::string officers_of;  // code of the officer's court
  std::string key;          // with which he signed
};

// `candidates`: keys that officers of a court have or had, by the court's code.
// Errors: TICKET_MISSING: there is none; ENVIRONMENT_MISMATCH; TICKET_INVALID: it can't be read, has unknown fields,
// lacks one, or isn't signed by an officer of the court that its head and its officer name.
absl::StatusOr<OpenedTicket> OpenTicket(
    const v1::SignedMember& member, v1::Environment environment,
    const std::function<std::vector<CandidateKey>(std::string_view court)>& candidates,
    const SignatureChecker& checker);

}  // namespace eagle::trust
