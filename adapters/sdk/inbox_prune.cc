#include "adapters/sdk/inbox_prune.h"

#include <algorithm>
#include <set>

#include "goldeneagle/v1/adapter_service.pb.h"
#include "server/base/assert.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

v1::Receipt Read(const ReceiptRow& row) {
  v1::Receipt receipt;
  GATEWAY_ASSERT(receipt.ParseFromString(row.member), "a receipt that was made here can be read");
  return receipt;
}

bool IsInterim(v1::ReceiptKind kind) {
  return kind == v1::RECEIPT_KIND_ACKNOWLEDGED || kind == v1::RECEIPT_KIND_PROGRESS;
}

// Whether the gateway has it: RECORDED or DUPLICATE, and not on its way again.
bool IsRecorded(const ReceiptRow& receipt, const BatchRow& batch) {
  const auto place = std::find(batch.receipts.begin(), batch.receipts.end(), receipt.id) - batch.receipts.begin();
  if (static_cast<size_t>(place) >= batch.fates.size()) return false;
  const uint8_t verdict = batch.fates[static_cast<size_t>(place)].verdict;
  return verdict == v1::RECEIPT_VERDICT_RECORDED || verdict == v1::RECEIPT_VERDICT_DUPLICATE;
}

struct Told {
  bool all_recorded = true;  // the last word and what followed
  absl::Time last_word;
  std::set<uint64_t> interim_batches;  // that have an interim receipt of the task
};

Told WhatWasTold(const TaskRow& task, InboxTables& tables) {
  Told told{.last_word = task.arrived_at};
  for (const uint64_t id : tables.ReceiptsOf(task.digest)) {
    const ReceiptRow row = tables.Receipt(id);
    const v1::Receipt receipt = Read(row);
    if (IsInterim(receipt.kind())) {
      if (row.batch != 0) told.interim_batches.insert(row.batch);
      continue;
    }
    if (receipt.kind() != v1::RECEIPT_KIND_EVENT)
      told.last_word = std::max(told.last_word, trust::TimeOf(receipt.answered_at()).value_or(task.arrived_at));
    told.all_recorded = told.all_recorded && row.batch != 0 && IsRecorded(row, tables.Batch(row.batch));
  }
  return told;
}

// Drops the batch when all that it says was said better since.
size_t DropSuperseded(uint64_t sequence, InboxTables& tables) {
  if (tables.IsPending(sequence)) return 0;
  const BatchRow batch = tables.Batch(sequence);
  std::vector<ReceiptRow> rows;
  for (const uint64_t id : batch.receipts) {
    ReceiptRow& row = rows.emplace_back(tables.Receipt(id));
    if (!IsInterim(Read(row).kind())) return 0;
    const auto task = tables.FindTask(row.task);
    const bool has_last_word = task && (task->state == TaskState::kDone || task->state == TaskState::kReturned);
    if (!has_last_word || !task->is_pruned()) return 0;
  }
  for (const ReceiptRow& row : rows) tables.DropReceipt(row);
  tables.DropBatch(sequence);
  return rows.size();
}

void PruneTask(TaskRow task, absl::Time ended_before, InboxTables& tables, PruneReport& report) {
  const Told told = WhatWasTold(task, tables);
  if (!told.all_recorded || told.last_word > ended_before) return;
  v1::Order order;
  GATEWAY_ASSERT(order.ParseFromString(task.member.member()), "an order that was judged can be read");
  task.member.Clear();
  task.member.set_member(BriefOf(order).SerializeAsString());
  tables.PutTask(task);
  tables.TakeDeferred(task.digest);
  for (const uint64_t batch : told.interim_batches) report.receipts += DropSuperseded(batch, tables);
  ++report.orders;
}

}  // namespace

v1::Order BriefOf(const v1::Order& order) {
  v1::Order brief;
  brief.set_order_id(order.order_id());
  brief.set_court(order.court());
  brief.set_case_number(order.case_number());
  brief.set_action(order.action());
  if (order.has_inquire()) brief.mutable_inquire();
  if (order.has_freeze()) {
    brief.mutable_freeze()->set_currency(order.freeze().currency());
    brief.mutable_freeze()->set_limit_minor_units(order.freeze().limit_minor_units());
    if (order.freeze().has_counter()) brief.mutable_freeze()->mutable_counter();
  }
  if (order.has_extract_income()) {
    brief.mutable_extract_income()->set_currency(order.extract_income().currency());
    brief.mutable_extract_income()->set_limit_minor_units(order.extract_income().limit_minor_units());
  }
  if (order.has_renew()) brief.mutable_renew()->set_freeze_order_id(order.renew().freeze_order_id());
  if (order.has_release()) brief.mutable_release()->set_freeze_order_id(order.release().freeze_order_id());
  if (order.has_deduct()) {
    brief.mutable_deduct()->set_freeze_order_id(order.deduct().freeze_order_id());
    brief.mutable_deduct()->set_currency(order.deduct().currency());
    brief.mutable_deduct()->set_amount_minor_units(order.deduct().amount_minor_units());
  }
  return brief;
}

PruneReport PruneSome(InboxTables& tables, absl::Time ended_before, uint64_t after) {
  PruneReport report;
  report.changes = tables.DropChanges(tables.Meta().change_cursor, kPrunedAtOnce);
  report.more = report.changes == kPrunedAtOnce;
  const auto page = tables.Unpruned(after, kPrunedAtOnce);
  for (const auto& [arrival, digest] : page) {
    auto task = tables.FindTask(digest);
    GATEWAY_ASSERT(task && !IsOpen(task->state), "an indexed task is in the inbox, and never begins again");
    if (task->arrived_at > ended_before) return report;  // as did all that follow
    PruneTask(*std::move(task), ended_before, tables, report);
  }
  if (page.size() == kPrunedAtOnce) report.more = true, report.stopped_at = page.back().first;
  return report;
}

}  // namespace eagle::sdk
