// Orders as acts: is it well-formed, may these people order it in this case now, can these agencies do it? All that the
// case's ledger has no say in, all violations at once. Private to decide_order.cc, which asks the ledger.
#pragma once

#include <string>
#include <vector>

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
  OrderSeq freeze;             // of a freeze of its own group only once that has an index
  std::optional<size_t> pair;  // DEDUCT: the member of the batch, in its own group, whose measure it takes from
  AgencySet targets;
  std::string asset_kind;           // FREEZE: of what it bars at its agency (Directory::KindFrozen)
  int64_t reserved = 0;             // what the ledger holds for it
  std::vector<uint32_t> confirmed;  // doubts that a leader's word lifted: numbers of reasons
  bool counted = true;
  // It was signed before the log lost its newest data, so it may have been accepted and carried out already: then the
  // measure shows its effect, and whether there is enough for it is the unit's to say.
  bool may_be_done = false;
  absl::Time begins = absl::InfinitePast();  // when it begins, if it has to wait for it
  Violations wrong;
  std::string message = "the order is refused";
};

// What the member `i` and all of its action on its case ask for under its head, in minor units: whoever signs a head
// signs for the sum, so an amount that is split stays one amount.
int64_t AmountUnderHead(const SubmitOrders& command, size_t i);
// Which roles different officers must sign `order` in, by the policy in force, when its head asks for `amount`. Pre: a
// policy is installed; it has a row for the action, or the answer is empty.
std::vector<goldeneagle::v1::OfficerRole> RolesFor(const Policy& policy, const goldeneagle::v1::Order& order,
                                                   int64_t amount);
// What is wrong with the people of `order` when `keys` have signed it: those it names, the roles, the exception's
// leader. `amount`: as for RolesFor.
void CheckSigners(const State& state, const goldeneagle::v1::Order& order, int64_t amount, const SignedHead& head,
                  absl::Time now, Violations& wrong);
// Ordinal of the officer whose signature allows more than the cap; 0 = there is no exception.
uint32_t ExceptionLeader(const State& state, const goldeneagle::v1::Order& order);

// Whether the agency's approved rows do what `order` asks of it; of what concerns a measure its own kind is asked for.
bool CanDo(const Agency& agency, const goldeneagle::v1::Order& order);

// The member `i` of the batch. Pre: a policy is installed. Points into `state` and `command`.
Trial ExamineOrder(const State& state, const SubmitOrders& command, size_t i, absl::Time now);

}  // namespace eagle::domain
