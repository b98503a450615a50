// What the register tells of its own accord: last words of clerks and of the payment system, events of measures,
// corrections.
//
// Each change becomes receipts in the transaction that moves the cursor, so none is lost and none is told twice. What
// speaks of an order that has no last word yet waits for it, beside the inbox's task, and holds up nobody else.
#include "adapters/sdk/agent.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr size_t kChangesAtOnce = 256;

}  // namespace

void Agent::TakeChanges() {
  next_changes_ = Monotonic() + config_.changes_interval;
  if (in_inbox_ != nullptr) {
    Unit unit(ports_.inbox);
    if (absl::Status status = in_inbox_->Advance(Wall(), *unit.transaction); !status.ok()) {
      ++metrics_.register_errors;
    } else if (!Commit(unit)) {
      return;
    }
  }
  Unit unit(ports_.inbox);
  MetaRow meta = unit.tables.Meta();
  absl::StatusOr<std::vector<RegisterChange>> changes = core_ != nullptr
                                                            ? core_->Changes(meta.change_cursor, kChangesAtOnce)
                                                            : unit.tables.Changes(meta.change_cursor, kChangesAtOnce);
  if (!changes.ok()) {
    ++metrics_.register_errors;
    register_reachable_ = false;
    return;
  }
  if (changes->empty()) return;
  for (const RegisterChange& change : *changes) {
    if (change.sequence <= meta.change_cursor) continue;  // a register that repeats itself
    meta.change_cursor = change.sequence;
    ++metrics_.changes;
    TakeChange(change, unit);
  }
  MetaRow now = unit.tables.Meta();  // receipts were numbered meanwhile
  now.change_cursor = meta.change_cursor;
  unit.tables.PutMeta(now);
  if (Commit(unit) && changes->size() == kChangesAtOnce) next_changes_ = Monotonic();
}

void Agent::TakeChange(const RegisterChange& change, Unit& unit) {
  auto row = unit.tables.FindOperation(change.operation);
  bool taken = false;
  if (row) {
    switch (change.kind) {
      case RegisterChange::Kind::kAnswer:
        taken = TakeAnswer(*row, change, unit);
        break;
      case RegisterChange::Kind::kEvent:
        if (IsOpen(row->state)) {
          unit.tables.Defer(row->digest, change);
          taken = true;
        } else {
          taken = row->state == TaskState::kDone && RecordEvent(*row, change, unit);
        }
        break;
      case RegisterChange::Kind::kCorrection:
        taken = RecordCorrection(*row, change, unit);
        break;
    }
  }
  if (!taken) ++metrics_.changes_passed_over;
}

// The word that an open order was waiting for. After the last word there is none.
bool Agent::TakeAnswer(TaskRow& row, const RegisterChange& change, Unit& unit) {
  const bool awaited = IsOpen(row.state) && row.state != TaskState::kArrived;
  if (!awaited || change.answer.kind == AnswerKind::kUnderReview) return false;
  v1::Order order;
  if (!order.ParseFromString(row.member.member())) return false;
  if (absl::Status valid = CheckAnswer(order, change.answer); !valid.ok()) {
    ++metrics_.answers_invalid;
    row.note = "the register's answer can't be signed: " + FailureOf(valid).message;
    unit.Put(row);
    return false;
  }
  Record(row, order, change.answer, unit);
  return true;
}

}  // namespace eagle::sdk
