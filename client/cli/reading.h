// Reading personal data: who of us reads, why, and the ticket 查阅凭证 that he signs for one case.
//
// Threads: one.
//
//   AddReadingFlags(verb, flags->reading);
//   EAGLE_ASSIGN_OR_RETURN(*request.mutable_officer_ticket(), SignTicket(session, flags.reading, {court, number}));
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/session.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::client {

struct ReadingFlags {
  std::string officer, key, purpose;
};
void AddReadingFlags(Verb& verb, ReadingFlags& flags);

// Which case: its court's code (empty: our own organisation) and number.
struct CaseNamed {
  std::string court, number;
};

// A ticket for this system's own certificate, good for [defaults] ticket_minutes from now.
// Errors: CONFIGURATION_INVALID when it isn't clear who reads; KEY_UNUSABLE; those of files.
absl::StatusOr<v1::SignedMember> SignTicket(Session& session, const ReadingFlags& flags, const CaseNamed& of);

// The case of one order: as it was signed, where this desk signed it; else as the gateway says it.
// Errors: those of the outbox and of GetOrder.
absl::StatusOr<CaseNamed> CaseOfOrder(Session& session, const std::string& order_id);

}  // namespace eagle::client
