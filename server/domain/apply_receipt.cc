#include "server/domain/apply_receipt.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// A last word on a freeze that was withdrawn before it was handed out tells of one that was carried out all the same:
// before a loss of the log, which the court sent again.
void FreezeReceipt(const ItemResult& item, OrderSeq freeze, CaseLedger& ledger) {
  switch (item.outcome()) {
    case OUTCOME_CONTROLLED:
    case OUTCOME_PARTLY_CONTROLLED:
    case OUTCOME_WAITLISTED:
      ledger.MeasureCorrected(freeze, item.outcome(), item.measure(), MeasurePhase::kRefused);
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

void EventToLedger(const Receipt& receipt, OrderSeq order, const CaseOrder& kept, bool overtaken, CaseLedger& ledger) {
  if (!MakesMeasure(kept.action)) return;  // a thing was met that an order looks for: no amount moves
  const ItemResult& item = receipt.items(0);
  if (receipt.change() == MEASURE_CHANGE_EXTRACTED) return ledger.IncomeTaken(order, item.deduction(), overtaken);
  if (overtaken) return;
  ledger.MeasureSigned(order, item.outcome(), item.measure());
  if (receipt.change() == MEASURE_CHANGE_LAPSED) ledger.MeasureEnded(order, MeasurePhase::kLapsed);
}

bool IsLastWord(const Receipt& receipt) {
  return receipt.kind() == RECEIPT_KIND_FINAL || receipt.kind() == RECEIPT_KIND_CORRECTION ||
         receipt.kind() == RECEIPT_KIND_RETURNED;
}

}  // namespace

void TaskBook::Take(const Receipt& receipt, const std::string& digest) {
  if (Overtakes(receipt)) return;
  last_sequence = std::max(last_sequence, receipt.sequence());
  if (!IsLastWord(receipt)) return;
  final_digest = digest;
  const bool says = receipt.kind() != RECEIPT_KIND_RETURNED && !receipt.items().empty();
  final_outcome = says ? receipt.items(0).outcome() : OUTCOME_UNSPECIFIED;
}

void ReceiptToLedger(const Receipt& receipt, OrderSeq order, const CaseOrder& kept, bool overtaken,
                     CaseLedger& ledger) {
  if (receipt.kind() == RECEIPT_KIND_EVENT) return EventToLedger(receipt, order, kept, overtaken, ledger);
  if (overtaken) return;
  const bool last_word = receipt.kind() == RECEIPT_KIND_FINAL || receipt.kind() == RECEIPT_KIND_CORRECTION;
  switch (kept.action) {
    case ACTION_FREEZE:
    case ACTION_EXTRACT_INCOME:
      if (receipt.kind() == RECEIPT_KIND_RETURNED) ledger.FreezeRefused(order);
      if (last_word) FreezeReceipt(receipt.items(0), order, ledger);
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
    case ACTION_TRANSFER_TITLE:
      if (receipt.kind() == RECEIPT_KIND_RETURNED) ledger.TitleAnswered(order, OUTCOME_UNSPECIFIED, nullptr);
      if (last_word) {
        const ItemResult& item = receipt.items(0);
        ledger.TitleAnswered(order, item.outcome(), item.has_measure() ? &item.measure() : nullptr);
      }
      break;
    default:
      break;  // inquiries and searches move nothing
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
  const bool overtaken = task.Overtakes(receipt);
  task.Take(receipt, body.digest());
  ReceiptToLedger(receipt, entry.order, kept->second, overtaken, of.ledger);
  if (!overtaken)
    of.ledger.Heard(kept->second.freeze ? kept->second.freeze : entry.order, entry.time,
                    std::max(entry.time, FromProto(receipt.answered_at())));
}

}  // namespace eagle::domain
