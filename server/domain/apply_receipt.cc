#include "server/domain/apply_receipt.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void FreezeReceipt(const ItemResult& item, bool corrects, OrderSeq freeze, CaseLedger& ledger) {
  switch (item.outcome()) {
    case OUTCOME_CONTROLLED:
    case OUTCOME_PARTLY_CONTROLLED:
    case OUTCOME_WAITLISTED:
      corrects ? ledger.MeasureCorrected(freeze, item.outcome(), item.measure(), MeasurePhase::kRefused)
               : ledger.MeasureSigned(freeze, item.outcome(), item.measure());
      break;
    default:
      ledger.FreezeRefused(freeze);
      break;
  }
}

void DeductReceipt(const ItemResult& item, OrderSeq order, CaseLedger& ledger) {
  switch (item.outcome()) {
    case OUTCOME_SENT_NOT_CONFIRMED:
      ledger.DeductionSent(order, item.deduction());
      break;
    case OUTCOME_DEDUCTED:
      ledger.DeductionSettled(order, item.deduction());
      break;
    default:
      ledger.DeductionRefused(order, item.has_deduction() ? &item.deduction() : nullptr);
      break;
  }
}

}  // namespace

void ReceiptToLedger(const Receipt& receipt, OrderSeq order, const CaseOrder& kept, CaseLedger& ledger) {
  if (receipt.kind() == RECEIPT_KIND_EVENT) {
    const ItemResult& item = receipt.items(0);
    ledger.MeasureSigned(order, item.outcome(), item.measure());
    if (receipt.change() == MEASURE_CHANGE_LAPSED) ledger.MeasureEnded(order, MeasurePhase::kLapsed);
    return;
  }
  const bool last_word = receipt.kind() == RECEIPT_KIND_FINAL || receipt.kind() == RECEIPT_KIND_CORRECTION;
  switch (kept.action) {
    case ACTION_FREEZE:
      if (receipt.kind() == RECEIPT_KIND_RETURNED) ledger.FreezeRefused(order);
      if (last_word) FreezeReceipt(receipt.items(0), receipt.kind() == RECEIPT_KIND_CORRECTION, order, ledger);
      break;
    case ACTION_RELEASE:
      if (last_word && receipt.items(0).outcome() == OUTCOME_RELEASED) {
        ledger.MeasureSigned(kept.freeze, OUTCOME_RELEASED, receipt.items(0).measure());
      } else if (receipt.kind() == RECEIPT_KIND_CORRECTION && receipt.items(0).has_measure()) {
        // It was said to be released, and wasn't.
        ledger.MeasureCorrected(kept.freeze, receipt.items(0).outcome(), receipt.items(0).measure(),
                                MeasurePhase::kReleased);
      }
      break;
    case ACTION_RENEW:
      if (last_word || receipt.kind() == RECEIPT_KIND_RETURNED) ledger.RenewalAnswered(order, kept.freeze);
      if (last_word && receipt.items(0).outcome() == OUTCOME_RENEWED) {
        ledger.MeasureSigned(kept.freeze, OUTCOME_RENEWED, receipt.items(0).measure());
      }
      break;
    case ACTION_DEDUCT:
      if (receipt.kind() == RECEIPT_KIND_RETURNED) ledger.DeductionRefused(order, nullptr);
      if (last_word ||
          (receipt.kind() == RECEIPT_KIND_PROGRESS && receipt.items(0).outcome() == OUTCOME_SENT_NOT_CONFIRMED)) {
        DeductReceipt(receipt.items(0), order, ledger);
      }
      break;
    default:
      break;  // an inquiry moves nothing
  }
}

void ApplyReceipt(const Entry& entry, Case& of) {
  if (!entry.payload) {
    of.readable = false;
    return;
  }
  const auto kept = of.orders.find(entry.order.value());
  if (kept == of.orders.end()) return;  // the order's own payload couldn't be read
  ReceiptPayload payload;
  Receipt receipt;
  GATEWAY_ASSERT(payload.ParseFromString(*entry.payload) && receipt.ParseFromString(payload.member()),
                 "the journal holds what we wrote");
  TaskReport body;  // the fields used have the same numbers in all four bodies: digest = 1
  GATEWAY_ASSERT(body.ParseFromString(entry.body), "the journal holds what we wrote");
  TaskBook& task = kept->second.tasks[entry.agency.value()];
  task.seen.push_back(body.digest());
  if (entry.type == ENTRY_TYPE_RECEIPT_CONFLICT) return;
  if (task.Overtakes(receipt)) return;
  task.last_sequence = std::max(task.last_sequence, receipt.sequence());
  if (receipt.kind() == RECEIPT_KIND_FINAL || receipt.kind() == RECEIPT_KIND_CORRECTION ||
      receipt.kind() == RECEIPT_KIND_RETURNED) {
    task.final_digest = body.digest();
  }
  ReceiptToLedger(receipt, entry.order, kept->second, of.ledger);
  of.ledger.Heard(kept->second.freeze ? kept->second.freeze : entry.order, entry.time,
                  std::max(entry.time, FromProto(receipt.answered_at())));
}

}  // namespace eagle::domain
