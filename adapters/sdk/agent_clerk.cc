// What people decide: tasks in doubt, tasks under review, and entries made at a counter.
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"

namespace eagle::sdk {
namespace {

Fail NotWaiting(std::string_view why) { return Fail(Reason::kTaskNotWaiting, why); }

}  // namespace

std::vector<ClerkTask> Agent::ClerkQueue(size_t limit) {
  std::vector<ClerkTask> out;
  Unit unit(ports_.inbox);
  std::vector<journal::Hash> waiting = queue_.In(TaskState::kInDoubt);
  for (const journal::Hash& digest : queue_.In(TaskState::kUnderReview)) waiting.push_back(digest);
  for (const journal::Hash& digest : waiting) {
    if (out.size() == limit) break;
    const auto row = unit.tables.FindTask(digest);
    if (!row) continue;
    ClerkTask& task = out.emplace_back();
    task.operation = row->operation;
    task.state = row->state;
    task.arrival = {row->arrived_at, row->arrival_sequence};
    task.note = row->note;
    task.order.ParseFromString(row->member.member());
    task.papers = PapersOf(task.order);
  }
  std::sort(out.begin(), out.end(),
            [](const ClerkTask& a, const ClerkTask& b) { return a.arrival.sequence < b.arrival.sequence; });
  return out;
}

absl::StatusOr<TaskRow> Agent::Waiting(Unit& unit, const Operation& operation, TaskState state) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  auto row = unit.tables.FindOperation(operation);
  if (!row || row->state != state)
    return NotWaiting("no task with this operation is " + std::string(TaskStateName(state)));
  return *std::move(row);
}

absl::Status Agent::ResolveInDoubt(const Operation& operation, const Answer& answer, std::string_view clerk) {
  Unit unit(ports_.inbox);
  EAGLE_ASSIGN_OR_RETURN(TaskRow row, Waiting(unit, operation, TaskState::kInDoubt));
  v1::Order order;
  order.ParseFromString(row.member.member());
  EAGLE_RETURN_IF_ERROR(CheckAnswer(order, answer));
  if (answer.kind == AnswerKind::kUnderReview)
    return Fail(Reason::kAnswerInvalid, "a clerk decides, or leaves it in doubt");
  Record(row, order, answer, unit);
  row.note = "resolved by " + std::string(clerk);
  unit.Put(row);
  return Commit(unit) ? absl::OkStatus() : stopped_;
}

absl::Status Agent::AskAgain(const Operation& operation) {
  if (core_ == nullptr) return NotWaiting("a register in the inbox is never in doubt");
  std::optional<TaskRow> row;
  {
    Unit unit(ports_.inbox);
    EAGLE_ASSIGN_OR_RETURN(row, Waiting(unit, operation, TaskState::kInDoubt));
  }
  EAGLE_ASSIGN_OR_RETURN(Found found, core_->Find(operation));
  // What was in doubt may not be applied a second time on the word of a core that didn't know before.
  if (found.kind != Found::Kind::kDone) return NotWaiting("the core doesn't say that it was done: a clerk decides");
  v1::Order order;
  order.ParseFromString(row->member.member());
  EAGLE_RETURN_IF_ERROR(CheckAnswer(order, found.answer));
  ++metrics_.found_done;
  Unit unit(ports_.inbox);
  Record(*row, order, std::move(found.answer), unit);
  return Commit(unit) ? absl::OkStatus() : stopped_;
}

absl::Status Agent::DecideReview(const Operation& operation, const Decision& decision) {
  if (in_inbox_ == nullptr) return NotWaiting("the core's own clerks decide, and its changes tell");
  Unit unit(ports_.inbox);
  EAGLE_ASSIGN_OR_RETURN(TaskRow row, Waiting(unit, operation, TaskState::kUnderReview));
  v1::Order order;
  order.ParseFromString(row.member.member());
  if (decision.approved && DisputeOver(order, unit) != Disputed::kNo)
    return Fail(Reason::kObjectionOpen, "an objection of this agency stands against it");
  Operation freeze{"", config_.agency, 0};
  if (const std::string* named = trust::FreezeNamed(order)) freeze.order_id = *named;
  const Request request = RequestOf(row, order, freeze.order_id.empty() ? nullptr : &freeze);
  EAGLE_ASSIGN_OR_RETURN(Answer answer, in_inbox_->Decide(request, decision, *unit.transaction));
  EAGLE_RETURN_IF_ERROR(CheckAnswer(order, answer));
  if (answer.kind == AnswerKind::kUnderReview) return Fail(Reason::kAnswerInvalid, "the clerk has decided already");
  Record(row, order, std::move(answer), unit);
  if (!Commit(unit)) return stopped_;
  next_changes_ = Monotonic();
  return absl::OkStatus();
}

absl::Status Agent::InTransaction(const std::function<absl::Status(InboxTransaction&)>& work) {
  EAGLE_RETURN_IF_ERROR(stopped_);
  Unit unit(ports_.inbox);
  EAGLE_RETURN_IF_ERROR(work(*unit.transaction));
  if (!Commit(unit)) return stopped_;
  next_changes_ = Monotonic();
  return absl::OkStatus();
}

}  // namespace eagle::sdk
