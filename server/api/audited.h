// Reads of personal data are events: with an officer's ticket only, and the answer leaves after the journal says who
// read what and why (law 2).
//
//   EAGLE_ASSIGN_OR_RETURN(trust::OpenedTicket ticket, TakeTicket(*impl_, caller, request.officer_ticket()));
//   ... find what is read; the ticket must be for its case ...
//   RecordThenReply(impl_, caller, *impl_, AccessBy(ring, caller, "GetCase", std::move(ticket)), response, reply);
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "server/api/impl.h"
#include "server/trust/ticket.h"

namespace eagle::api {

// The caller's ticket, good now by what is published; the sequencer looks again when the page is recorded.
// Errors: those of trust::OpenTicket and domain::CheckTicketNow; TICKET_MISMATCH: for another connection, or a court
// reads with another court's officer.
absl::StatusOr<trust::OpenedTicket> TakeTicket(Handlers::Impl& impl, const Caller& caller,
                                               const goldeneagle::v1::SignedMember& member);

// Who reads, as GrantReading names it.
std::string ReaderName(const Caller& caller);

// Whether the caller may read this case with this ticket, by `method`. `party`: what is read was said by or to the
// caller's court, whoever has the case. Errors: SCOPE_NOT_GRANTED, TICKET_MISMATCH.
absl::Status MayRead(Handlers::Impl& impl, const Caller& caller, std::string_view method, const domain::Case& of,
                     const trust::OpenedTicket& ticket, bool party = false);

// The row of the case that is read, by its own court or by whom it was granted to. `court_code`: empty for the caller's
// own. Errors: NOT_FOUND in the caller's own court; SCOPE_NOT_GRANTED for others, known or not; TICKET_MISMATCH.
absl::StatusOr<domain::Case> CaseToRead(Handlers::Impl& impl, const Caller& caller, std::string_view method,
                                        const std::string& court_code, const std::string& case_number,
                                        const trust::OpenedTicket& ticket, JournalReader& journal);

// Whose rows `method` lists: the caller's own (no code) or a court's below it. Errors: SCOPE_NOT_GRANTED for any other
// court, known or not.
absl::StatusOr<CourtOrdinal> CourtListed(const Caller& caller, std::string_view method, const std::string& court,
                                         const core::Published& published);

// The order that is read, by its own court or by whom its case was granted to. Errors: NOT_FOUND for unknown orders and
// for those of other courts alike; those of MayRead.
absl::StatusOr<domain::Order> OrderToRead(Handlers::Impl& impl, const Caller& caller, std::string_view method,
                                          const std::string& order_id, const trust::OpenedTicket& ticket,
                                          JournalReader& journal);

// The tag under which a read of the order names its subject now: the order's own may be of an older key. Of a case
// whose payloads are gone, the order's own.
absl::StatusOr<std::string> SubjectTagOf(const trust::KeyRing& ring, const domain::Order& order,
                                         JournalReader& journal);

// What is recorded of any read with this ticket; case, order, subjects, rows and page are the call's own.
domain::RecordAccess AccessBy(const trust::KeyRing& ring, const Caller& caller, std::string_view method,
                              trust::OpenedTicket ticket);

// Counts, and tells whoever watches the log, a read above the limits or without an open case.
void NoticeRead(Handlers::Impl& impl, const Caller& caller, std::string_view method, const std::string& officer_tag,
                const domain::Result& result, const core::CommitView& commit);

template <typename Response>
void RecordThenReply(const std::shared_ptr<Handlers::Impl>& impl, const Caller& caller, domain::RecordAccess read,
                     Response response, Reply<Response> reply) {
  auto kept = std::make_shared<Response>(std::move(response));
  std::string method = read.method, tag = read.officer_tags.front();
  impl->Submit<Response>(std::move(read), reply,
                         [impl, caller, method = std::move(method), tag = std::move(tag), kept, reply](
                             const domain::Result& result, const core::CommitView& commit) {
                           NoticeRead(*impl, caller, method, tag, result, commit);
                           if (!result.status.ok()) return reply(result.status);
                           reply(std::move(*kept));
                         });
}

}  // namespace eagle::api
