// Orders as acts: is it well-formed, may these people order it in this case now, can these agencies do it? All that the
// case's ledger has no say in, all violations at once. Private to decide_order.cc, which asks the ledger.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "server/domain/agency_set.h"
#include "server/domain/case.h"
#include "server/domain/command.h"
#include "server/domain/state.h"

namespace eagle::domain {

// One member on its way: what is known of it, what is wrong with it, what would follow.
struct Trial {
  const OrderMember* member = nullptr;
  const std::string* digest = nullptr;
  uint32_t index = 0;
  const Case* of = nullptr;
  uint32_t respondent = 0;
  OrderSeq freeze;
  AgencySet targets;
  int64_t reserved = 0;  // what the ledger holds for it
  bool counted = true;
  Violations wrong;
  std::string message = "the order is refused";
};

// The member `i` of the batch. Pre: a policy is installed. Points into `state` and `command`.
Trial ExamineOrder(const State& state, const SubmitOrders& command, size_t i, absl::Time now);

}  // namespace eagle::domain
