#include "adapters/bank/clerk.h"

#include "server/base/reason.h"

namespace eagle::bank {

absl::StatusOr<sdk::Json> ResolveNotDone(const sdk::CounterRequest& request, sdk::Agent& agent,
                                         sdk::CoreRegister& core) {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, request.Required("id"));
  EAGLE_ASSIGN_OR_RETURN(const std::string reason, request.Required("reason"));
  EAGLE_ASSIGN_OR_RETURN(const std::string clerk, request.Required("clerk"));
  const std::optional<sdk::Operation> operation = sdk::ParseOperation(id);
  if (!operation) return Fail(Reason::kFieldInvalid, "not the id of a task").At("id", "see clerk list");
  EAGLE_ASSIGN_OR_RETURN(const sdk::Found found, core.Find(*operation));
  if (found.kind == sdk::Found::Kind::kDone)
    return Fail(Reason::kTaskNotWaiting, "the core says that it was done: use clerk ask");
  for (const sdk::ClerkTask& task : agent.ClerkQueue()) {
    if (task.operation != *operation) continue;
    sdk::Answer answer;
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(sdk::NotDoneOutcome(task.order.action()));
    item.set_reason(reason);
    item.set_remark(request.Optional("remark"));
    EAGLE_RETURN_IF_ERROR(agent.ResolveInDoubt(*operation, answer, clerk));
    sdk::Json out;
    sdk::Put(out, "id", id);
    sdk::Put(out, "resolved_by", clerk);
    return out;
  }
  return Fail(Reason::kTaskNotWaiting, "no task with this id waits for a clerk");
}

}  // namespace eagle::bank
