#include "adapters/rest/clerk.h"

#include "server/base/reason.h"

namespace eagle::rest {
namespace {

absl::StatusOr<sdk::Operation> OperationIn(const sdk::CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, request.Required("id"));
  const std::optional<sdk::Operation> operation = sdk::ParseOperation(id);
  if (!operation) return Fail(Reason::kFieldInvalid, "not the id of a task").At("id", "see counter queue");
  return *operation;
}

}  // namespace

absl::StatusOr<sdk::Json> LookAtServer(const sdk::CounterRequest& request, RestCore& core) {
  EAGLE_ASSIGN_OR_RETURN(const sdk::Operation operation, OperationIn(request));
  EAGLE_ASSIGN_OR_RETURN(const Look look, core.LookAt(operation));
  sdk::Json out;
  sdk::Put(out, "id", operation.Text());
  sdk::Put(out, "verdict", look.verdict);
  sdk::Put(out, "http_status", look.http_status);
  sdk::Put(out, "code", look.code);
  sdk::Put(out, "text", look.text);
  if (!look.why.empty()) sdk::Put(out, "why", look.why);
  return out;
}

absl::StatusOr<sdk::Json> ResolveNotDone(const sdk::CounterRequest& request, sdk::Agent& agent, RestCore& core) {
  EAGLE_ASSIGN_OR_RETURN(const sdk::Operation operation, OperationIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string reason, request.Required("reason"));
  EAGLE_ASSIGN_OR_RETURN(const std::string clerk, request.Required("clerk"));
  EAGLE_ASSIGN_OR_RETURN(const Look look, core.LookAt(operation));
  if (look.verdict == "DONE")
    return Fail(Reason::kTaskNotWaiting, "the agency's server says that it was done: use counter ask");
  if (look.verdict == "PENDING")
    return Fail(Reason::kTaskNotWaiting, "the agency's server is at work on it: use counter ask when it has ended");
  for (const sdk::ClerkTask& task : agent.ClerkQueue()) {
    if (task.operation != operation) continue;
    sdk::Answer answer;
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(sdk::NotDoneOutcome(task.order.action()));
    item.set_reason(reason);
    item.set_remark(request.Optional("remark"));
    EAGLE_RETURN_IF_ERROR(agent.ResolveInDoubt(operation, answer, clerk));
    sdk::Json out;
    sdk::Put(out, "id", operation.Text());
    sdk::Put(out, "resolved_by", clerk);
    return out;
  }
  return Fail(Reason::kTaskNotWaiting, "no task with this id waits for a clerk");
}

}  // namespace eagle::rest
