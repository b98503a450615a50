// What a clerk of the agency does about a task that the agent holds in doubt.
//
// Threads: the agent's one.
#pragma once

#include "absl/status/statusor.h"
#include "adapters/rest/rest_core.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/shell/counter_socket.h"

namespace eagle::rest {

// look {id}: what the agency's server says of it now, raw code and words included. Errors: FIELD_MISSING,
// FIELD_INVALID, UNAVAILABLE.
absl::StatusOr<sdk::Json> LookAtServer(const sdk::CounterRequest& request, RestCore& core);

// resolve {id, reason, clerk, remark}: it was certainly not done, and the court is told so with the reason. What was
// done is settled by `ask`, with the server's own words: whoever says "not done" of something that the server knows is
// refused. Errors: FIELD_MISSING, FIELD_INVALID, TASK_NOT_WAITING (also: the server knows it), ANSWER_INVALID, what
// Find gives.
absl::StatusOr<sdk::Json> ResolveNotDone(const sdk::CounterRequest& request, sdk::Agent& agent, RestCore& core);

}  // namespace eagle::rest
