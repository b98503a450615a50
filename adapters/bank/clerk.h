// What a clerk of the bank decides about a task that the agent holds in doubt.
//
// Threads: the agent's one.
#pragma once

#include "absl/status/statusor.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::bank {

namespace v1 = ::goldeneagle::v1;

// resolve {id, reason, clerk, remark}: it was certainly not done, and the court is told so with the reason. What was
// done is settled by `ask`, with the core's own words: whoever says "not done" of something that the core knows is
// refused. Errors: FIELD_MISSING, FIELD_INVALID, TASK_NOT_WAITING (also: the core knows it), ANSWER_INVALID, what Find
// gives.
absl::StatusOr<sdk::Json> ResolveNotDone(const sdk::CounterRequest& request, sdk::Agent& agent,
                                         sdk::CoreRegister& core);

}  // namespace eagle::bank
