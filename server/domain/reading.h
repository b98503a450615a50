// Who reads personal data, and how much of it: what a ticket must hold to be taken now, by which scope, and how many
// pages its officer has read. The count is state: it follows from the ACCESS_RECORDED entries and nothing else.
//
// Threads: a value; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/reading.pb.h"
#include "server/base/ids.h"
#include "server/domain/directory.h"

namespace eagle::domain {

class Policy;

// One row of the readers table: pages that one officer read in the newest hour and civil day in which he read at all.
// There is one row for each officer who ever read, so the table is as large as the staff.
struct ReaderCount {
  int64_t hour_start = 0, day_start = 0;  // microseconds since 1970
  uint32_t in_hour = 0, in_day = 0;
  std::string Encode() const;
  // False: not what Encode writes.
  bool Decode(std::string_view row);
  friend bool operator==(const ReaderCount&, const ReaderCount&) = default;
};

// A ticket may come from a clock that is ahead of ours by so much.
inline constexpr absl::Duration kTicketClockAhead = absl::Minutes(2);

// Whether the ticket is good now, whatever it is used for: its times, its purpose, its officer.
// Errors, first match wins: PURPOSE_NOT_ALLOWED (no row for reading in the policy, or not one of its purposes),
// TICKET_INVALID (it lives longer than the policy allows, or not from a past instant), TICKET_EXPIRED,
// OFFICER_NOT_VALID.
absl::Status CheckTicketNow(const Directory& directory, const Policy* policy,
                            const goldeneagle::v1::OfficerTicket& ticket, std::string_view officers_of,
                            std::string_view key, absl::Time now);

// By which scope `reader` ("court/<code>", "system/<name>") comes to a case of `court` that was opened at `case_seq`,
// with a ticket signed by an officer of `officers_of`. Errors: SCOPE_NOT_GRANTED.
absl::StatusOr<goldeneagle::v1::ReadScope> ScopeOf(const Directory& directory, std::string_view reader,
                                                   std::string_view court, CaseSeq case_seq,
                                                   std::string_view officers_of, absl::Time now);

// Whether `superior` stands above `court`, at any height.
bool IsAbove(const Directory& directory, std::string_view superior, std::string_view court);

}  // namespace eagle::domain
