// Whether what the gateway took goes on to the agencies, long before a deadline passes: of each order that this court
// was promised, what the gateway says of it now, agency by agency.
//
//   WAITS       for the agency: it is absent, or full; or for the court: an objection keeps it back
//   LATE        the agency is there, and for longer than the bound nothing went out to it, or nothing came back; or an
//               order waits although its begin has passed
//   LOST        the gateway doesn't know the order, knows it under another number, or not at this agency; or the
//               promise itself doesn't verify
//
// What the gateway says of presence and of objections is believed here: it stands in the journal (ADAPTER_PRESENT,
// OBJECTION_RAISED), where the agency and whoever audits see a lie. That something went out is not: only the agency's
// own word ends the wait.
//
// Units:   instants of the records; the bound is a duration above zero, the court's to choose.
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::vector<PromisedOrder> promised, desk.Promised());
//   for (const HandoutRow& row : CheckHandout(promised[0], &view, agencies, now, absl::Minutes(10))) ...
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/directory_service.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/order_service.pb.h"

namespace eagle::client {

// One order of ours that the gateway said it had taken.
struct PromisedOrder {
  goldeneagle::v1::Order order;  // as it was signed
  uint64_t order_seq = 0;
  absl::Time accepted_at;
  absl::Time begins = absl::InfinitePast();  // of one that waits; InfinitePast: with its acceptance
  absl::Status proved;                       // OK: the acceptance verifies, again, down to the sent bytes
};

struct HandoutRow {
  enum class Verdict { kWaits, kLate, kLost };
  Verdict verdict = Verdict::kWaits;
  std::string agency;  // code; empty: the whole order
  goldeneagle::v1::TaskState state = goldeneagle::v1::TASK_STATE_UNSPECIFIED;
  absl::Time since;  // the wait began
  std::string why;
};
// WAITS, LATE, LOST.
std::string_view VerdictText(HandoutRow::Verdict verdict);

using AgencyViews = std::map<std::string, goldeneagle::v1::AgencyView, std::less<>>;  // by code

// What is not in order, and what waits longer than `bound`; nothing for all else. `view`: null when the gateway says
// that there is no such order.
std::vector<HandoutRow> CheckHandout(const PromisedOrder& promised, const goldeneagle::v1::OrderView* view,
                                     const AgencyViews& agencies, absl::Time now, absl::Duration bound);

}  // namespace eagle::client
