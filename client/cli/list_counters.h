// Measures made at agencies' counters 柜面冻结, as lines of a list: which of them the log has taken over already.
//
//   NEW      nobody has taken it over: the order goes
//   KNOWN    one of our orders has, with the same words, and it stands or waits for its answer: nothing goes
//   DIFFERS  the same, but something is written otherwise; or another line names it, too: people decide
//
// By agency and the unit's own number. Compared are document, limit and currency with the order that this desk sent,
// and the kind of asset with what the log has.
#pragma once

#include <map>
#include <string>

#include "client/cli/lists.h"

namespace eagle::client {

struct CounterSeen {
  enum class Verdict { kNew, kKnown, kDiffers };
  Verdict verdict = Verdict::kNew;
  std::string freeze_order_id;  // bytes, of the order that took it over; empty for NEW
  std::string column, why;      // of DIFFERS
};

// By position in `made`; absent for what takes nothing over. Asks the gateway for the measures of each case.
absl::StatusOr<std::map<size_t, CounterSeen>> SeeCounters(Session& session, const std::vector<ListedOrder>& made);

}  // namespace eagle::client
