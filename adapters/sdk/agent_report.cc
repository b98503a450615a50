// Receipts: made and stored in the transaction of what they tell, signed in batches, sent until acknowledged, never
// changed.
//
// One report is on its way at a time, in the order in which the receipts were made, so no event overtakes the answer of
// its order.
#include <algorithm>
#include <utility>

#include "adapters/sdk/agent.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/trust/freeze_named.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

constexpr size_t kBatchBytes = 900 * 1024;  // of members; the rest of the message is for head and framing
constexpr size_t kForgottenAtOnce = 256;

v1::ReceiptKind KindOf(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kFinal:
      return v1::RECEIPT_KIND_FINAL;
    case AnswerKind::kReturned:
      return v1::RECEIPT_KIND_RETURNED;
    default:
      return v1::RECEIPT_KIND_PROGRESS;
  }
}

TaskState StateOf(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kFinal:
      return TaskState::kDone;
    case AnswerKind::kReturned:
      return TaskState::kReturned;
    case AnswerKind::kUnderReview:
      return TaskState::kUnderReview;
    case AnswerKind::kProgress:
      return TaskState::kProgress;
  }
  return TaskState::kDone;
}

bool IsTransient(const v1::ReceiptResult& result) {
  const auto reason = ReasonByName(result.reason());
  return result.verdict() == v1::RECEIPT_VERDICT_UNSPECIFIED ||
         (result.verdict() == v1::RECEIPT_VERDICT_REFUSED && reason &&
          (*reason == Reason::kBusy || *reason == Reason::kUnavailable || *reason == Reason::kDraining));
}

// The gateway knows no such order.
bool IsUnknown(const ReceiptFate& fate) {
  return fate.verdict == v1::RECEIPT_VERDICT_REFUSED && fate.reason == RowOf(Reason::kReceiptForAnotherOrder).name;
}

}  // namespace

// Numbers the receipt, fills in what every one has, and stores it. The row is stored by the caller.
void Agent::AddReceipt(TaskRow& row, v1::Receipt& receipt, Unit& unit) {
  receipt.set_order_digest(std::string(journal::View(row.digest)));
  receipt.set_order_id(row.operation.order_id);
  receipt.set_agency(config_.agency);
  receipt.set_step(row.operation.step);
  receipt.set_sequence(++row.receipt_sequence);
  *receipt.mutable_arrived_at() = trust::TimestampOf(row.arrived_at);
  *receipt.mutable_answered_at() = trust::TimestampOf(std::max(Wall(), row.arrived_at));
  ReceiptRow stored;
  stored.task = row.digest;
  stored.stream = receipt.kind() == v1::RECEIPT_KIND_EVENT ? ReceiptStream::kEvents : ReceiptStream::kResults;
  stored.member = receipt.SerializeAsString();
  if (receipt.kind() == v1::RECEIPT_KIND_FINAL || receipt.kind() == v1::RECEIPT_KIND_CORRECTION) {
    row.final_digest = journal::LeafHash(stored.member);
  }
  unit.tables.AddReceipt(stored);
  unit.receipts = true;
  ++metrics_.receipts;
}

// Rank is the inbox's to say: service of the order that made the measure; but of one that was taken over from the
// counter, which the register says.
void Agent::AddItems(const TaskRow& row, const v1::Order& order, std::vector<v1::ItemResult> items,
                     v1::Receipt& receipt, Unit& unit) {
  std::optional<TaskRow> freeze = row;
  bool from_counter = order.freeze().has_counter();
  if (const std::string* named = trust::FreezeNamed(order)) {
    freeze = unit.tables.FindOperation({*named, config_.agency, 0});
    v1::Order made;
    from_counter = freeze && made.ParseFromString(freeze->member.member()) && made.freeze().has_counter();
  }
  for (v1::ItemResult& item : items) {
    for (v1::MeasureState* measure :
         {item.has_measure() ? item.mutable_measure() : nullptr,
          item.deduction().has_measure() ? item.mutable_deduction()->mutable_measure() : nullptr}) {
      if (measure == nullptr || !freeze || (from_counter && measure->has_served_at())) continue;
      *measure->mutable_served_at() = trust::TimestampOf(freeze->arrived_at);
      measure->set_served_sequence(freeze->arrival_sequence);
    }
    *receipt.add_items() = std::move(item);
  }
}

// The register's word becomes receipts and a state, in `unit`. Pre: CheckAnswer took it.
void Agent::Record(TaskRow& row, const v1::Order& order, Answer answer, Unit& unit) {
  if (answer.kind == AnswerKind::kReturned) return ReturnTask(row, answer.return_reason, answer.return_remark, unit);
  const TaskState state = StateOf(answer.kind);
  GATEWAY_ASSERT(MayFollow(row.state, state), "an answer comes only where one is awaited");
  if (order.action() != v1::ACTION_INQUIRE && answer.kind != AnswerKind::kFinal && !row.acknowledged)
    AcknowledgeTask(row, unit);
  v1::Receipt receipt;
  receipt.set_kind(KindOf(answer.kind));
  if (answer.effect_at) *receipt.mutable_effect_at() = trust::TimestampOf(*answer.effect_at);
  receipt.set_searched_scope(std::move(answer.searched_scope));
  AddItems(row, order, std::move(answer.items), receipt, unit);
  AddDocuments(answer.documents, receipt);
  AddReceipt(row, receipt, unit);
  row.state = state;
  row.note.clear();
  if (state == TaskState::kDone) {
    ObjectIfExempt(row, order, receipt, unit);
    for (const RegisterChange& change : unit.tables.TakeDeferred(row.digest)) {
      if (!RecordEvent(row, change, unit)) ++metrics_.changes_passed_over;
    }
  }
  unit.Put(row);
}

void Agent::ReturnTask(TaskRow& row, const std::string& reason, const std::string& remark, Unit& unit) {
  GATEWAY_ASSERT(MayFollow(row.state, TaskState::kReturned), "only what has no last word is returned");
  v1::Receipt receipt;
  receipt.set_kind(v1::RECEIPT_KIND_RETURNED);
  v1::ReturnNote& note = *receipt.mutable_returned();
  note.set_reason(reason);
  note.set_remark(remark);
  note.set_contact_name(config_.contact_name);
  note.set_contact_phone(config_.contact_phone);
  AddReceipt(row, receipt, unit);
  row.state = TaskState::kReturned;
  row.note.clear();
  ++metrics_.tasks_returned;
  unit.Put(row);
}

void Agent::AcknowledgeTask(TaskRow& row, Unit& unit) {
  v1::Receipt receipt;
  receipt.set_kind(v1::RECEIPT_KIND_ACKNOWLEDGED);
  row.acknowledged = true;
  AddReceipt(row, receipt, unit);
}

bool Agent::RecordEvent(TaskRow& row, const RegisterChange& change, Unit& unit) {
  if (!CheckEvent(change.change, change.item).ok()) {
    ++metrics_.answers_invalid;
    return false;
  }
  v1::Order order;
  GATEWAY_ASSERT(order.ParseFromString(row.member.member()), "a verified order can be read again");
  if (IsSighting(change.change) != order.has_locate()) {
    ++metrics_.answers_invalid;
    return false;
  }
  v1::Receipt receipt;
  receipt.set_kind(v1::RECEIPT_KIND_EVENT);
  receipt.set_change(change.change);
  *receipt.mutable_effect_at() = trust::TimestampOf(change.at);
  AddItems(row, order, {change.item}, receipt, unit);
  AddReceipt(row, receipt, unit);
  unit.Put(row);
  return true;
}

bool Agent::RecordCorrection(TaskRow& row, const RegisterChange& change, Unit& unit) {
  v1::Order order;
  if (row.state != TaskState::kDone || !row.final_digest || !order.ParseFromString(row.member.member())) return false;
  if (change.answer.kind != AnswerKind::kFinal || !CheckAnswer(order, change.answer).ok()) {
    ++metrics_.answers_invalid;
    return false;
  }
  v1::Receipt receipt;
  receipt.set_kind(v1::RECEIPT_KIND_CORRECTION);
  receipt.set_corrects(std::string(journal::View(*row.final_digest)));
  *receipt.mutable_effect_at() = trust::TimestampOf(change.answer.effect_at.value_or(change.at));
  receipt.set_searched_scope(change.answer.searched_scope);
  AddItems(row, order, change.answer.items, receipt, unit);
  AddDocuments(change.answer.documents, receipt);
  AddReceipt(row, receipt, unit);
  unit.Put(row);
  return true;
}

// While a report is on its way receipts gather, so the next batch holds them all.
void Agent::SignReceipts() {
  if (!may_have_unsigned_ || calls_[kReport]) return;
  Unit unit(ports_.inbox);
  std::vector<ReceiptRow> rows = unit.tables.Unsigned(trust::kMembersMax);
  if (rows.empty()) {
    may_have_unsigned_ = false;
    return;
  }
  size_t bytes = 0, count = 0;
  while (count < rows.size() && rows[count].stream == rows.front().stream &&
         bytes + rows[count].member.size() <= kBatchBytes) {
    bytes += rows[count++].member.size();
  }
  rows.resize(count);
  MetaRow meta = unit.tables.Meta();
  BatchRow batch;
  batch.sequence = ++meta.last_batch;
  batch.stream = rows.front().stream;
  std::vector<std::string> members;
  for (ReceiptRow& row : rows) {
    members.push_back(row.member);
    batch.receipts.push_back(row.id);
    row.batch = batch.sequence;
    unit.tables.PutReceipt(row);
    unit.tables.MarkSigned(row.id);
  }
  const trust::HeadFields fields = {v1::MEMBER_TYPE_RECEIPT, config_.environment, config_.agency, batch.sequence,
                                    Wall()};
  batch.head = trust::MakeBatch(fields, std::move(members), {&ports_.signer}).head();
  unit.tables.PutMeta(meta);
  unit.tables.PutBatch(batch);
  unit.tables.SetPending(batch.sequence, true);
  unit.pending = true;
  if (!Commit(unit)) return;
  ++metrics_.batches;
  // Only refused batches were waiting, so the new one needn't.
  if (!refused_batches_.empty() && failures_[kReport] == 0) not_before_[kReport] = Monotonic();
}

void Agent::SendReport() {
  v1::ReportResultsRequest request;
  ReceiptStream stream;
  {
    Unit unit(ports_.inbox);
    auto next = unit.tables.NextPending(0);
    may_have_pending_ = next.has_value();
    absl::Duration due = absl::InfiniteDuration();
    const absl::Duration now = Monotonic();
    for (; next; next = unit.tables.NextPending(*next)) {
      const auto refused = refused_batches_.find(*next);
      if (refused == refused_batches_.end() || refused->second.next_try <= now) break;
      due = std::min(due, refused->second.next_try);
    }
    if (!next) {
      if (may_have_pending_) not_before_[kReport] = due;
      return;
    }
    const BatchRow batch = unit.tables.Batch(*next);
    batch_sent_ = batch.sequence;
    stream = batch.stream;
    request.set_instance(config_.instance);
    *request.mutable_batch()->mutable_head() = batch.head;
    for (uint64_t id : batch.receipts) request.mutable_batch()->add_members(unit.tables.Receipt(id).member);
  }
  const auto& members = request.batch().members();
  if (PutDocumentsOf({members.begin(), members.end()})) return;
  const CallId call = Begin(kReport, config_.call_timeout);
  if (stream == ReceiptStream::kEvents) {
    ports_.channel.ReportEvents(call, request);
  } else {
    ports_.channel.ReportResults(call, request);
  }
}

void Agent::TakeReport(const v1::ReportResultsResponse& response) {
  Unit unit(ports_.inbox);
  BatchRow batch = unit.tables.Batch(batch_sent_);
  if (static_cast<size_t>(response.results_size()) != batch.receipts.size())
    return Malformed(kReport, "not one verdict a receipt");
  if (std::any_of(response.results().begin(), response.results().end(), IsTransient)) {
    return Failed(kReport, Fail(Reason::kBusy, "the gateway couldn't record every receipt now"));
  }
  const std::vector<ReceiptFate> before = std::exchange(batch.fates, {});
  for (const v1::ReceiptResult& result : response.results()) {
    batch.fates.push_back({static_cast<uint8_t>(result.verdict()), result.reason()});
    switch (result.verdict()) {
      case v1::RECEIPT_VERDICT_RECORDED:
        ++metrics_.receipts_recorded;
        break;
      case v1::RECEIPT_VERDICT_DUPLICATE:
        ++metrics_.receipts_duplicate;
        break;
      case v1::RECEIPT_VERDICT_CONFLICT:
        ++metrics_.receipts_conflict;
        break;
      default:
        ++metrics_.receipts_refused;
        break;
    }
  }
  unit.tables.PutBatch(batch);
  unit.tables.SetPending(batch.sequence, false);
  const bool forgotten = recovered_ && std::any_of(batch.fates.begin(), batch.fates.end(), IsUnknown);
  unit.tables.SetForgotten(batch.sequence, forgotten);
  for (size_t i = 0; i < before.size() && i < batch.fates.size(); ++i) {
    if (!IsUnknown(before[i]) || IsUnknown(batch.fates[i])) continue;
    // The court has sent the order again. What was said after this may have been turned down meanwhile.
    forgotten_wait_ = config_.forgotten_retry_min;
    if (const auto task = unit.tables.FindTask(unit.tables.Receipt(batch.receipts[i]).task)) Repeat(*task, unit);
  }
  if (forgotten) next_forgotten_ = std::min(next_forgotten_, Monotonic() + forgotten_wait_);
  const bool more = unit.tables.NextPending(0).has_value();
  if (!Commit(unit)) return;
  may_have_pending_ = more;
  refused_batches_.erase(batch.sequence);
}

// The task needn't come again: a court may withdraw, or an objection may hold back, what it has sent again and what was
// carried out before the loss. That it was is a fact which the new log must hear of, in the order in which it was said.
void Agent::TellForgotten() {
  Unit unit(ports_.inbox);
  for (std::vector<uint64_t> some = unit.tables.Forgotten(0, kForgottenAtOnce); !some.empty();
       some = unit.tables.Forgotten(some.back(), kForgottenAtOnce)) {
    for (uint64_t batch : some) unit.tables.SetPending(batch, true);
    unit.pending = true;
  }
  next_forgotten_ = absl::InfiniteDuration();  // until they are refused again
  forgotten_wait_ = std::min(2 * forgotten_wait_, config_.forgotten_retry_max);
  Commit(unit);
}

}  // namespace eagle::sdk
