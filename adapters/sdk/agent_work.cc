// What the agent has its register do, and what becomes of it when the register fails.
//
//   WAITING --intent--> APPLYING --answer--> DONE | RETURNED | UNDER_REVIEW | PROGRESS        (a core of its own)
//                        | an error, or a crash: Find
//                        |-- DONE: as above    |-- NOT_DONE: WAITING    |-- UNKNOWN: IN_DOUBT
//   WAITING --one transaction--> DONE | RETURNED | UNDER_REVIEW | PROGRESS                     (a register in the
//   inbox)
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"

namespace eagle::sdk {
namespace {

// The stored bytes were verified before; they parse as they did then.
v1::Order OrderOf(const TaskRow& row) {
  v1::Order order;
  GATEWAY_ASSERT(order.ParseFromString(row.member.member()), "a verified order can be read again");
  return order;
}

std::string TextOf(const absl::Status& status) { return FailureOf(status).message; }

}  // namespace

Request Agent::RequestOf(const TaskRow& row, const v1::Order& order, const Operation* freeze) {
  return {row.operation,
          order,
          row.digest,
          {row.arrived_at, row.arrival_sequence},
          std::max(Wall(), row.arrived_at),
          freeze,
          PapersOf(order)};
}

void Agent::Work() {
  uint32_t done = 0;
  while (done < config_.work_per_step_max && stopped_.ok()) {
    const auto ready = queue_.Ready(Monotonic(), ForgetBefore(), config_.work_per_step_max - done, MayBegin());
    if (ready.empty()) return;
    done += static_cast<uint32_t>(ready.size());
    std::vector<journal::Hash> inquiries;
    for (const journal::Hash& digest : ready) {
      if (!queue_.Find(digest)->is_control) inquiries.push_back(digest);
    }
    if (!inquiries.empty()) Inquire(inquiries);
    for (const journal::Hash& digest : ready) {
      if (!stopped_.ok()) return;
      const QueuedTask* task = queue_.Find(digest);
      if (task != nullptr && task->is_control) Control(digest);
    }
  }
}

bool Agent::HasLease(const journal::Hash& digest) {
  const QueuedTask* task = queue_.Find(digest);
  return task != nullptr && Monotonic() < task->lease_end;
}

// Counts a failed attempt, or a failed question, and sets the time of the next; false when it was the last.
bool Agent::TryLater(const journal::Hash& digest, uint32_t QueuedTask::*count, uint32_t times_max) {
  QueuedTask* task = queue_.Find(digest);
  GATEWAY_ASSERT(task != nullptr, "a task that is worked on is open");
  const uint32_t times = ++(task->*count);
  task->next_try = Monotonic() + Backoff(times, absl::OkStatus());
  return times < times_max;
}

// Inquiries change nothing, so many share one transaction, and all are made again if it is lost.
void Agent::Inquire(const std::vector<journal::Hash>& tasks) {
  Unit unit(ports_.inbox);
  for (const journal::Hash& digest : tasks) {
    TaskRow row = *unit.tables.FindTask(digest);
    const v1::Order order = OrderOf(row);
    const Request request = RequestOf(row, order, nullptr);
    absl::StatusOr<Answer> answer =
        core_ != nullptr ? core_->Inquire(request) : in_inbox_->Inquire(request, *unit.transaction);
    register_reachable_ = answer.ok();
    if (!answer.ok()) {
      ++metrics_.register_errors;
      if (TryLater(digest, &QueuedTask::attempts, config_.inquiry_attempts_max)) continue;
      answer = FailedAnswer("INTERNAL", "the agency's own systems failed");
    } else if (absl::Status valid = CheckAnswer(order, *answer); !valid.ok()) {
      // Whatever it was meant to say, it isn't NIL.
      ++metrics_.answers_invalid;
      answer = FailedAnswer("ANSWER_INVALID", TextOf(valid));
    }
    ++metrics_.inquiries_answered;
    Record(row, order, *std::move(answer), unit);
  }
  Commit(unit);
}

void Agent::Control(const journal::Hash& digest) {
  Unit unit(ports_.inbox);
  TaskRow row = *unit.tables.FindTask(digest);
  const v1::Order order = OrderOf(row);
  if (row.state == TaskState::kApplying) {
    unit.transaction.reset();
    return AskFind(std::move(row), order);
  }
  Operation freeze;
  if (const std::string* named = trust::FreezeNamed(order)) {
    freeze = {*named, config_.agency, 0};
    const auto made = unit.tables.FindOperation(freeze);
    const v1::Order freeze_order = made ? OrderOf(*made) : v1::Order();
    const bool makes = freeze_order.has_freeze() || freeze_order.has_extract_income();
    const bool fits = made && makes && freeze_order.court() == order.court() &&
                      freeze_order.case_number() == order.case_number() && made->person == row.person &&
                      made->state > TaskState::kApplying && made->state <= TaskState::kDone;
    if (!fits) {
      ReturnTask(row, std::string(RowOf(Reason::kMeasureUnknown).name),
                 "no measure of this case and person came from that order", unit);
      Commit(unit);
      return;
    }
  }
  if (const Disputed disputed = DisputeOver(order, unit); disputed == Disputed::kOpen) {
    queue_.Find(digest)->next_try = Monotonic() + config_.status_interval;  // the court examines our objection
    return;
  } else if (disputed == Disputed::kUpheld) {
    ReturnTask(row, "REFUSED_BY_CLERK", "the court found the agency's objection to this order right", unit);
    Commit(unit);
    return;
  }
  unit.transaction.reset();
  const Operation* of = freeze.order_id.empty() ? nullptr : &freeze;
  return core_ != nullptr ? ApplyInCore(std::move(row), order, of) : ApplyInInbox(std::move(row), order, of);
}

void Agent::ApplyInCore(TaskRow row, const v1::Order& order, const Operation* freeze) {
  {
    Unit unit(ports_.inbox);
    row.state = TaskState::kApplying;
    unit.Put(row);
    if (!Commit(unit)) return;
  }
  if (!HasLease(row.digest)) {  // writing the intent took too long
    ++metrics_.leases_ended;
    Unit unit(ports_.inbox);
    row.state = TaskState::kWaiting;
    unit.Put(row);
    Commit(unit);
    return;
  }
  absl::StatusOr<Answer> answer = core_->Apply(RequestOf(row, order, freeze));
  register_reachable_ = answer.ok();
  next_changes_ = Monotonic();
  if (!answer.ok()) {
    ++metrics_.register_errors;
    return AskFind(std::move(row), order);
  }
  ++metrics_.controls_applied;
  if (absl::Status valid = CheckAnswer(order, *answer); !valid.ok()) {
    ++metrics_.answers_invalid;
    return Doubt(std::move(row), "applied, but the answer can't be signed: " + TextOf(valid));
  }
  Unit unit(ports_.inbox);
  Record(row, order, *std::move(answer), unit);
  Commit(unit);
}

void Agent::AskFind(TaskRow row, const v1::Order& order) {
  if (core_ == nullptr) return Doubt(std::move(row), "begun in a core that this adapter doesn't have any more");
  absl::StatusOr<Found> found = core_->Find(row.operation);
  register_reachable_ = found.ok();
  if (!found.ok()) {
    ++metrics_.register_errors;
    if (TryLater(row.digest, &QueuedTask::questions, config_.find_attempts_max)) return;
    return Doubt(std::move(row), "the core couldn't be asked: " + TextOf(found.status()));
  }
  if (found->kind == Found::Kind::kUnknown) {
    return Doubt(std::move(row), found->note.empty() ? "the core doesn't know whether it was done" : found->note);
  }
  if (found->kind == Found::Kind::kNotDone) {
    ++metrics_.found_not_done;
    if (!TryLater(row.digest, &QueuedTask::attempts, config_.control_attempts_max))
      return GiveUp(std::move(row), order, "the core didn't do it, often tried");
    Unit unit(ports_.inbox);
    row.state = TaskState::kWaiting;
    unit.Put(row);
    Commit(unit);
    return;
  }
  ++metrics_.found_done;
  if (absl::Status valid = CheckAnswer(order, found->answer); !valid.ok()) {
    ++metrics_.answers_invalid;
    return Doubt(std::move(row), "found done, but the answer can't be signed: " + TextOf(valid));
  }
  Unit unit(ports_.inbox);
  Record(row, order, std::move(found->answer), unit);
  Commit(unit);
}

void Agent::ApplyInInbox(TaskRow row, const v1::Order& order, const Operation* freeze) {
  Unit unit(ports_.inbox);
  absl::StatusOr<Answer> answer = in_inbox_->Apply(RequestOf(row, order, freeze), *unit.transaction);
  register_reachable_ = answer.ok();
  const absl::Status valid = answer.ok() ? CheckAnswer(order, *answer) : answer.status();
  if (!valid.ok()) {
    unit.transaction.reset();  // so nothing was done
    if (answer.ok()) {
      ++metrics_.answers_invalid;
      return GiveUp(std::move(row), order, "the register's answer can't be signed: " + TextOf(valid));
    }
    ++metrics_.register_errors;
    if (!TryLater(row.digest, &QueuedTask::attempts, config_.control_attempts_max))
      GiveUp(std::move(row), order, "the agency's own systems failed");
    return;
  }
  if (!HasLease(row.digest)) {
    ++metrics_.leases_ended;
    return;
  }
  ++metrics_.controls_applied;
  Record(row, order, *std::move(answer), unit);
  if (Commit(unit)) next_changes_ = Monotonic();
}

// Certainly not done, and not to be tried again: the agency's own failure.
void Agent::GiveUp(TaskRow row, const v1::Order& order, const std::string& remark) {
  Unit unit(ports_.inbox);
  Record(row, order, FailedAnswer("INTERNAL", remark), unit);
  Commit(unit);
}

void Agent::Doubt(TaskRow row, const std::string& note) {
  ++metrics_.in_doubt;
  Unit unit(ports_.inbox);
  if (!row.acknowledged) AcknowledgeTask(row, unit);
  row.state = TaskState::kInDoubt;
  row.note = note;
  unit.Put(row);
  Commit(unit);
}

// Controls that could not be answered at once: the court learns that they arrived, and when.
void Agent::Acknowledge() {
  const auto waiting = queue_.Unacknowledged();
  if (waiting.empty()) return;
  Unit unit(ports_.inbox);
  for (const journal::Hash& digest : waiting) {
    TaskRow row = *unit.tables.FindTask(digest);
    AcknowledgeTask(row, unit);
    unit.Put(row);
  }
  Commit(unit);
}

}  // namespace eagle::sdk
