// What a poll brings: statements, withdrawals, new tasks and repeated ones. All of it is on record in one transaction.
#include <algorithm>

#include "adapters/sdk/agent.h"
#include "adapters/sdk/witnessed.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::sdk {
namespace {

constexpr absl::Duration kClocksDiffer = absl::Minutes(10);

}  // namespace

void Agent::TakeTasks(const Call& call, const v1::PullTasksResponse& response) {
  newest_word_ = std::max(newest_word_, response.objections());
  newest_supervision_ = std::max(newest_supervision_, response.supervision());
  if (static_cast<uint32_t>(response.tasks_size()) > call.tasks_asked)
    return Malformed(kPull, "more tasks than were asked for");
  for (const v1::Task& task : response.tasks()) {
    if (task.head() >= static_cast<uint32_t>(response.heads_size()))
      return Malformed(kPull, "a task names a head that isn't there");
  }
  if (response.tasks().empty()) ++metrics_.empty_polls;

  Unit unit(ports_.inbox);
  TakeStatements(response, unit);
  TakeDirectoryHead(response, unit);
  directory_complete_ = response.directory_complete();
  TakeWithdrawn(response.withdrawn(), unit);
  for (const v1::Task& task : response.tasks()) TakeTask(task, response.heads(static_cast<int>(task.head())), unit);
  // What waited for statements is judged anew, now that there are more, or no more to come.
  for (const journal::Hash& digest : queue_.In(TaskState::kArrived)) {
    auto row = unit.tables.FindTask(digest);
    if (row && row->state == TaskState::kArrived) Judge(*row, unit);
  }
  if (!Commit(unit)) return;

  if (response.directory().empty()) recounts_ = 0;  // the poll's digest was right, and there was nothing past it
  delivered_in_session_ = delivered_in_session_ || !response.tasks().empty();
  const absl::Duration granted_at = Monotonic();
  for (const v1::Task& task : response.tasks()) {
    QueuedTask* queued = queue_.Find(journal::LeafHash(task.member()));
    if (queued == nullptr) continue;
    queued->lease_end = call.sent_at + lease_;
    queued->granted_at = granted_at;
  }
  if (response.draining()) {
    not_before_[kPull] = granted_at + Backoff(1, absl::OkStatus());
    GoDown(Backoff(3, absl::OkStatus()));
  }
}

// A statement that the book refuses is passed over: whoever needs it will be returned with a reason.
void Agent::TakeStatements(const v1::PullTasksResponse& response, Unit& unit) {
  if (response.directory().empty()) return;
  MetaRow meta = unit.tables.Meta();
  for (const v1::DirectoryChange& change : response.directory()) {
    if (change.position() <= meta.directory_position) continue;
    meta.directory_position = change.position();
    const journal::Hash digest = journal::LeafHash(change.statement().member());
    const journal::Hash stream = journal::Sha256(meta.stream_digest + std::string(journal::View(digest)));
    meta.stream_digest = journal::View(stream);
    ++meta.statements;
    const auto accepted = book_.Accept(change.statement(), ports_.checker);
    if (!accepted.ok()) {
      ++metrics_.statements_refused;
      continue;
    }
    if (accepted->was_known) continue;
    ++metrics_.statements_accepted;
    unit.tables.AddStatement(meta.statement_offset + change.position(), change.statement());
  }
  unit.tables.PutMeta(meta);
}

// One that counts statements which aren't here yet, or fewer than are here, says nothing: the next poll brings its
// like.
void Agent::TakeDirectoryHead(const v1::PullTasksResponse& response, Unit& unit) {
  if (!response.has_directory_head()) return;
  MetaRow meta = unit.tables.Meta();
  if (config_.log_policy == nullptr) {  // nothing to judge it by: it needn't be sent again
    meta.directory_head = response.directory_head().proof().index();
    return unit.tables.PutMeta(meta);
  }
  const auto head = ReadDirectoryHead(response.directory_head(), *config_.log_policy);
  if (head && (head->index <= meta.directory_head || head->body.position() != meta.directory_position)) return;
  if (!head || head->body.statements() != meta.statements || head->body.digest() != meta.stream_digest) {
    ++metrics_.directory_heads_wrong;
    return;
  }
  ++metrics_.directory_heads;
  meta.directory_head = head->index;
  directory_head_at_ = meta.directory_head_at = head->at;
  unit.tables.PutMeta(meta);
}

// Clocks differ a little; a head of the far future is no fresh one.
bool Agent::KnowsDirectory(absl::Duration age_max) const {
  if (config_.log_policy == nullptr) return true;
  const absl::Duration age = ports_.clock.WallNow() - directory_head_at_;
  return age <= age_max && age >= -kClocksDiffer;
}

TaskQueue::May Agent::MayBegin() const {
  return {KnowsDirectory(config_.directory_age_inquire), KnowsDirectory(config_.directory_age_control), !NeedsPapers()};
}

bool Agent::DirectoryIsStale() const {
  TaskQueue::May may = MayBegin();
  may.without_papers = true;
  return !(may.inquire && may.control) && queue_.Waits(may);
}

void Agent::TakeTask(const v1::Task& task, const v1::Envelope& head, Unit& unit) {
  MetaRow meta = unit.tables.Meta();
  meta.last_delivery = std::max(meta.last_delivery, task.fence());
  const journal::Hash digest = journal::LeafHash(task.member());
  if (const auto known = unit.tables.FindTask(digest)) {
    ++metrics_.tasks_repeated;
    unit.tables.PutMeta(meta);
    Repeat(*known, unit);
    return;
  }
  TaskRow row;
  row.digest = digest;
  row.arrived_at = meta.last_arrived_at = std::max(Wall(), meta.last_arrived_at);
  row.arrival_sequence = ++meta.last_arrival_sequence;
  unit.tables.PutMeta(meta);
  row.member.set_member(task.member());
  row.member.set_index(task.index());
  *row.member.mutable_path() = task.path();
  *row.member.mutable_head() = head;
  const bool asks_witnesses = config_.log_policy != nullptr && config_.log_policy->needs_witnesses();
  row.witnessed = !asks_witnesses || IsWitnessed(task, *config_.log_policy);
  ++metrics_.tasks_new;
  Judge(row, unit);
}

// The first verdict stands. Only a statement that may still come keeps a task waiting for it.
void Agent::Judge(TaskRow& row, Unit& unit) {
  const Verdict verdict = verifier_.Verify(row.member, row.arrived_at);
  if (!verdict.order || verdict.order->order_id().size() != kUuidBytes) {
    ++metrics_.tasks_unreadable;
    return;
  }
  row.operation = {verdict.order->order_id(), config_.agency, 0};
  row.is_control = verdict.order->action() != v1::ACTION_INQUIRE;
  row.person = PersonKey(verdict.order->subject());
  if (!verdict.status.ok()) {
    if (verdict.may_lag && !directory_complete_) {
      unit.Put(row);
      return;
    }
    const Failure failure = FailureOf(verdict.status);
    if (failure.reason == Reason::kSignatureInvalid || failure.reason == Reason::kSignerUnknown)
      ++metrics_.signatures_invalid;
    ReturnTask(row, std::string(RowOf(failure.reason).name), failure.message, unit);
    return;
  }
  if (Takes(verdict.order->action()) && !row.witnessed) {
    ++metrics_.deductions_unwitnessed;
    ReturnTask(row, std::string(RowOf(Reason::kNotWitnessed).name),
               "no checkpoint that the log's witnesses cosigned holds this order", unit);
    return;
  }
  const auto other = unit.tables.FindOperation(row.operation);
  if (other && other->digest != row.digest) {
    ++metrics_.ids_reused;
    ReturnTask(row, std::string(RowOf(Reason::kOrderIdReused).name),
               "another order came under this id before; this one was not acted on", unit);
    return;
  }
  row.verified = true;
  row.state = TaskState::kWaiting;
  if (unit.tables.IsWithdrawn(row.operation.order_id)) {
    row.state = TaskState::kWithdrawn;
    ++metrics_.tasks_withdrawn;
  }
  unit.Put(row);
}

// The first answer again: every receipt on this order is sent once more, in the batch in which it was signed.
void Agent::Repeat(const TaskRow& row, Unit& unit) {
  for (uint64_t id : unit.tables.ReceiptsOf(row.digest)) {
    const uint64_t batch = unit.tables.Receipt(id).batch;
    if (batch == 0) continue;  // not signed yet, so it is on its way anyhow
    unit.tables.SetPending(batch, true);
    unit.pending = true;
  }
}

void Agent::TakeWithdrawn(const google::protobuf::RepeatedPtrField<std::string>& order_ids, Unit& unit) {
  for (const std::string& order_id : order_ids) {
    if (order_id.size() != kUuidBytes) continue;
    unit.tables.Withdraw(order_id);
    auto row = unit.tables.FindOperation({order_id, config_.agency, 0});
    if (!row || row->state != TaskState::kWaiting) continue;  // begun: an effect needs a release
    row->state = TaskState::kWithdrawn;
    ++metrics_.tasks_withdrawn;
    unit.Put(*row);
  }
}

}  // namespace eagle::sdk
