// Orders that wait for a later begin 定期查询: who may wait, when it begins, and whether it still may when that has
// come.
//
// A court's standing instruction is a list of ordinary orders with `not_before`, signed beforehand: the gateway chooses
// the second within the hours that the policy gives, signs nothing, and asks once more at the begin what it asked at
// the acceptance and time can change. Agencies verify the order themselves all the same.
//
// Threads: pure functions; StartWaiting and StopWaiting belong to the fold.
// Source:  policy row "standing"; domain edge case 32.
#pragma once

#include "absl/time/time.h"
#include "goldeneagle/v1/policy.pb.h"
#include "server/domain/examine_order.h"
#include "server/domain/state.h"

namespace eagle::domain {

// When an order with `not_before` begins: within the row's part of the first civil day whose part doesn't start before
// it, at a second that follows from the order's id. Never before not_before. Pre: both are within centuries of today.
absl::Time BeginOf(const goldeneagle::v1::StandingRow& row, const goldeneagle::v1::Order& order,
                   const absl::TimeZone& zone);

// Whether the member `i`, which has a not_before, may wait, and until when: fills trial.begins, which stays
// InfinitePast when that instant has come already. Errors: WAIT_NOT_PROVIDED, BEGIN_TOO_FAR, BEGIN_TOO_LATE,
// TOO_MANY_WAITING (under its own head).
void CheckWait(const Policy& policy, const SubmitOrders& command, size_t i, absl::Time now, Trial& trial);

// Where an order whose begin has come doesn't begin, and why. Nothing ends: it begins everywhere.
struct BeginVerdict {
  AgencySet ended;
  Reason reason = Reason::kNone;
};
// Reasons, first match wins: ERASED (the case can't be read), ORDER_EXPIRED, STAGE_FORBIDS, RESPONDENT_REMOVED,
// OFFICER_NOT_VALID, SIGNATURES_LAPSED; CAPABILITY_MISSING, at some agencies or all. One that is paused keeps its
// pause: its signatures are judged when it is signed anew. Pre: a policy is installed.
BeginVerdict JudgeBegin(const State& state, const Order& order, absl::Time now);

// Puts an order that waits on the list of those that do, with its timer; takes it off again, when it does.
void StartWaiting(State& state, const Order& order);
void StopWaiting(State& state, Order& order);

}  // namespace eagle::domain
