// Reading personal data: who of us reads, why, and the ticket 查阅凭证 that he signs for one case.
//
// Threads: one.
//
//   AddReadingFlags(verb, flags->reading);
//   EAGLE_ASSIGN_OR_RETURN(*request.mutable_officer_ticket(), SignTicket(session, flags.reading, {court, number}));
//
//   ReadingTicket ticket(session, flags.reading, of);  // for a read of many pages
//   for (...) EAGLE_RETURN_IF_ERROR(ticket.Put(*request.mutable_officer_ticket()));
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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

// The ticket of a read that may take longer than a ticket is good for: signed anew once half of its time is over, so
// that the call which shows it has the other half.
class ReadingTicket {
 public:
  // Pre: both outlive this.
  ReadingTicket(Session& session, const ReadingFlags& flags, CaseNamed of)
      : session_(session), flags_(flags), of_(std::move(of)) {}

  // Puts the one that is good now into a request. Errors: as SignTicket.
  absl::Status Put(v1::SignedMember& field);

 private:
  Session& session_;
  const ReadingFlags& flags_;
  const CaseNamed of_;
  v1::SignedMember ticket_;
  absl::Time renew_at_ = absl::InfinitePast();
};

// The case of one order: as it was signed, where this desk signed it; else as the gateway says it.
// Errors: those of the outbox and of GetOrder.
absl::StatusOr<CaseNamed> CaseOfOrder(Session& session, const std::string& order_id);

}  // namespace eagle::client
