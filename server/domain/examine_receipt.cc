#include "server/domain/examine_receipt.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderRow = eagle::domain::Order;

// The files themselves are no concern of the fold; what names them must be able to.
void CheckDocuments(const Receipt& receipt, Violations& wrong) {
  constexpr int kDocumentsMax = 8;
  if (receipt.documents_size() > kDocumentsMax)
    wrong.Add("documents", Reason::kTooLarge, absl::StrCat("at most ", kDocumentsMax));
  for (int i = 0; i < std::min(receipt.documents_size(), kDocumentsMax); ++i) {
    const Instrument& file = receipt.documents(i);
    if (file.category().empty() || file.digest().size() != 32 || file.size_bytes() == 0 || file.media_type().empty())
      wrong.Add(absl::StrCat("documents[", i, "]"), Reason::kFieldInvalid, "category, SHA-256, size and type");
  }
}

// requested = controlled + unfunded for money that is in effect, nothing negative, never more than the order's limit.
void CheckMeasureState(const MeasureState& state, int64_t limit, bool is_money, const std::string& path,
                       Violations& wrong) {
  const int64_t controlled = state.controlled_minor_units(), unfunded = state.unfunded_minor_units(),
                requested = state.requested_minor_units();
  if (controlled < 0 || unfunded < 0 || requested < 0 || requested > limit) {
    wrong.Add(path, Reason::kReceiptInconsistent, "negative, or more than the order's limit");
    return;
  }
  if (state.unit_reference().empty())
    wrong.Add(path + ".unit_reference", Reason::kReceiptInconsistent, "the unit's own number is required");
  if (state.controlled_quantity_e4() < 0 || state.controlled_quantity_e4() > state.requested_quantity_e4())
    wrong.Add(path + ".controlled_quantity_e4", Reason::kReceiptInconsistent,
              "not negative, and at most what was asked for");
  if (!is_money || state.ended()) return;
  if (controlled + unfunded != requested)
    wrong.Add(path, Reason::kReceiptInconsistent, "requested = controlled + unfunded must hold");
  int64_t controlled_sum = 0, unfunded_sum = 0;
  for (const auto& share : state.shares()) {
    if (share.controlled_minor_units() < 0 || share.unfunded_minor_units() < 0 ||
        !(share.controlled_minor_units() <= kAmountBoundMinorUnits)) {
      wrong.Add(path + ".shares", Reason::kReceiptInconsistent, "negative or beyond the bound");
      return;
    }
    controlled_sum += share.controlled_minor_units(), unfunded_sum += share.unfunded_minor_units();
  }
  if (state.shares_size() > 0 && (controlled_sum != controlled || unfunded_sum != unfunded)) {
    wrong.Add(path + ".shares", Reason::kReceiptInconsistent, "the shares don't add up");
  }
}

void CheckDeductionState(const DeductionState& state, const CaseOrder& kept, const Measure* measure,
                         const std::string& path, Violations& wrong) {
  if (!IsAmount(state.amount_minor_units()) || state.amount_minor_units() > kept.amount) {
    wrong.Add(path + ".amount_minor_units", Reason::kReceiptInconsistent, "above zero and at most what was ordered");
  }
  if (!state.has_measure()) {
    wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "the measure after the deduction is required");
  } else if (measure != nullptr) {
    CheckMeasureState(state.measure(), std::max(measure->limit, kept.amount + state.measure().requested_minor_units()),
                      true, path + ".measure", wrong);
  }
}

// It was in effect, and is over.
bool HasEnded(const Measure& measure) {
  return measure.phase == MeasurePhase::kLapsed || measure.phase == MeasurePhase::kReleased ||
         measure.phase == MeasurePhase::kConsumed;
}

// What was paid counts even when the measure was over before the unit's word of it came: `late`. So does a word that a
// newer one of the same measure overtook. The same payment twice says nothing new.
void CheckExtracted(const ItemResult& item, const OrderRow& order, const CaseOrder& kept, const Measure& measure,
                    bool late, const CaseLedger& ledger, const std::string& path, Violations& wrong) {
  const DeductionState& paid = item.deduction();
  const MeasureState& after = paid.measure();
  const auto expect = [&](bool holds, const char* field, const char* rule) {
    if (!holds) wrong.Add(path + field, Reason::kReceiptInconsistent, rule);
  };
  expect(!paid.booking_reference().empty(), ".deduction.booking_reference", "the unit's own reference is required");
  expect(paid.has_measure(), ".deduction.measure", "the measure after the payment is required");
  expect(!item.has_measure() || item.measure().SerializeAsString() == after.SerializeAsString(), ".measure",
         "another than the measure after the payment");
  const Deduction* before = ledger.FindPayment(order.seq, paid.booking_reference());
  const int64_t amount = paid.amount_minor_units();
  if (before != nullptr) {
    expect(before->amount == amount, ".deduction.amount_minor_units", "this reference was paid with another amount");
  } else {
    expect(IsAmount(amount) && amount <= kept.amount - ledger.IncomeOf(order.seq), ".deduction.amount_minor_units",
           "above zero, and never more in all than was ordered");
  }
  if (!paid.has_measure()) return;
  late |= before != nullptr || (after.revision() != 0 && after.revision() < measure.state.revision());
  CheckMeasureState(after, late ? kept.amount : std::max<int64_t>(0, measure.limit - std::max<int64_t>(0, amount)),
                    true, path + ".deduction.measure", wrong);
}

// 发现 扣押: of an order that the unit said it looks by.
void CheckSighting(MeasureChange change, const ItemResult& item, const TaskBook& book, const CaseOrder& kept,
                   const std::string& path, Violations& wrong) {
  const auto expect = [&](bool holds, const std::string& field, const char* rule) {
    if (!holds) wrong.Add(field, Reason::kReceiptInconsistent, rule);
  };
  const Sighting& sighting = item.sighting();
  const bool seized = change == MEASURE_CHANGE_SEIZED;
  expect(seized || change == MEASURE_CHANGE_SIGHTED, "change", "what is looked for is sighted or seized");
  expect(book.final_outcome == OUTCOME_LOCATING, "kind", "only who answered LOCATING tells of a sighting");
  expect(!seized || kept.hold, "change", "nobody ordered to hold it");
  expect(sighting.has_seen_at(), path + ".sighting.seen_at", "when?");
  expect(!sighting.place().empty(), path + ".sighting.place", "where?");
  expect(!sighting.seen_by().empty(), path + ".sighting.seen_by", "who met it?");
  expect(!seized || sighting.held(), path + ".sighting.held", "what is seized is held");
  expect(!sighting.held() || !sighting.custody_place().empty(), path + ".sighting.custody_place", "where is it held?");
  expect(!sighting.held() || sighting.has_collect_by(), path + ".sighting.collect_by",
         "until when does the court take it over?");
}

// One that was overtaken speaks of a measure that has changed since, or is over: what was asked for bounds it.
void CheckEvent(const Receipt& receipt, const ItemResult& item, const TaskBook& book, const OrderRow& order,
                const CaseOrder& kept, const CaseLedger& ledger, const std::string& path, Violations& wrong) {
  const MeasureChange change = receipt.change();
  if (order.action == ACTION_LOCATE) return CheckSighting(change, item, book, kept, path, wrong);
  const Measure* measure = MakesMeasure(order.action) ? ledger.FindMeasure(order.seq) : nullptr;
  const bool overtaken = book.Overtakes(receipt);
  const bool of_search = change == MEASURE_CHANGE_SIGHTED || change == MEASURE_CHANGE_SEIZED;
  const bool pays = change == MEASURE_CHANGE_EXTRACTED;
  const bool stands = measure != nullptr && (measure->phase == MeasurePhase::kEffective ||
                                             (measure->phase == MeasurePhase::kWaitlisted && !pays));
  if (measure == nullptr || change == MEASURE_CHANGE_UNSPECIFIED || of_search ||
      (pays && order.action != ACTION_EXTRACT_INCOME) || (!stands && !overtaken && !(pays && HasEnded(*measure)))) {
    wrong.Add("change", Reason::kReceiptInconsistent, "an event names what changed on a measure that stands");
  } else if (pays) {
    if (receipt.items_size() > 1) wrong.Add("items", Reason::kReceiptInconsistent, "one payment a receipt");
    CheckExtracted(item, order, kept, *measure, overtaken || !stands, ledger, path, wrong);
  } else {
    CheckMeasureState(item.measure(), overtaken ? kept.amount : measure->limit, measure->is_money, path + ".measure",
                      wrong);
  }
}

void CheckTitle(const Receipt& receipt, const ItemResult& item, const CaseOrder& kept, const CaseLedger& ledger,
                const std::string& path, Violations& wrong) {
  const Outcome outcome = item.outcome();
  const Measure* measure = ledger.FindMeasure(kept.freeze);
  if (outcome == OUTCOME_TRANSFERRED) {
    if (receipt.kind() == RECEIPT_KIND_PROGRESS)
      wrong.Add("kind", Reason::kReceiptInconsistent, "an effect is a FINAL receipt");
    if (measure != nullptr) CheckMeasureState(item.measure(), measure->limit, false, path + ".measure", wrong);
    if (kept.whole && !item.measure().ended())
      wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "the measure ends with the whole of what it held");
  } else if (outcome != OUTCOME_NOT_TRANSFERRED && outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW) {
    wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a transfer of title");
  } else if (receipt.kind() == RECEIPT_KIND_CORRECTION && item.has_measure()) {
    CheckMeasureState(item.measure(), kAmountBoundMinorUnits, false, path + ".measure", wrong);
  }
}

void CheckItem(const Receipt& receipt, const ItemResult& item, const OrderRow& order, const CaseOrder& kept,
               const CaseLedger& ledger, const std::string& path, Violations& wrong) {
  const Outcome outcome = item.outcome();
  const bool interim = receipt.kind() == RECEIPT_KIND_PROGRESS;
  // A last word that leaves the decision open would end the measure's reservation while a clerk may still place it.
  if (outcome == OUTCOME_UNDER_REVIEW && !interim)
    wrong.Add("kind", Reason::kReceiptInconsistent, "UNDER_REVIEW is PROGRESS");
  switch (order.action) {
    case ACTION_INQUIRE:
      if (outcome != OUTCOME_FOUND && outcome != OUTCOME_NIL && outcome != OUTCOME_AMBIGUOUS &&
          outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW) {
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to an inquiry");
      }
      if (outcome == OUTCOME_NIL && receipt.searched_scope().empty())
        wrong.Add("searched_scope", Reason::kReceiptInconsistent, "NIL says what was searched");
      if (outcome == OUTCOME_FOUND && !item.has_finding())
        wrong.Add(path + ".finding", Reason::kReceiptInconsistent, "FOUND says what");
      break;
    case ACTION_FREEZE:
    case ACTION_EXTRACT_INCOME:
      if (outcome == OUTCOME_CONTROLLED || outcome == OUTCOME_PARTLY_CONTROLLED || outcome == OUTCOME_WAITLISTED) {
        const Measure* measure = ledger.FindMeasure(order.seq);
        CheckMeasureState(item.measure(), kept.amount, measure != nullptr && measure->is_money, path + ".measure",
                          wrong);
        if (interim) wrong.Add("kind", Reason::kReceiptInconsistent, "an effect is a FINAL receipt");
      } else if (outcome != OUTCOME_NOT_CONTROLLED && outcome != OUTCOME_EXEMPT_HELD && outcome != OUTCOME_AMBIGUOUS &&
                 outcome != OUTCOME_ERROR && outcome != OUTCOME_NIL && outcome != OUTCOME_UNDER_REVIEW) {
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a freeze");
      }
      break;
    case ACTION_RELEASE:
      if (outcome == OUTCOME_RELEASED) {
        const Measure* measure = ledger.FindMeasure(kept.freeze);
        if (measure != nullptr)
          CheckMeasureState(item.measure(), measure->limit, measure->is_money, path + ".measure", wrong);
        if (kept.amount == 0 && !item.measure().ended())
          wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "what was released whole has ended");
      } else if (outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_CONTROLLED) {
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a release");
      } else if (receipt.kind() == RECEIPT_KIND_CORRECTION && item.has_measure()) {
        const Measure* measure = ledger.FindMeasure(kept.freeze);
        if (measure != nullptr)
          CheckMeasureState(item.measure(), kAmountBoundMinorUnits, measure->is_money, path + ".measure", wrong);
      }
      break;
    case ACTION_RENEW:
      if (outcome == OUTCOME_RENEWED) {
        const Measure* measure = ledger.FindMeasure(kept.freeze);
        if (measure != nullptr)
          CheckMeasureState(item.measure(), measure->limit, measure->is_money, path + ".measure", wrong);
        if (item.measure().ended() || !item.measure().has_effective_to())
          wrong.Add(path + ".measure", Reason::kReceiptInconsistent, "what was renewed stands, and has its new end");
        if (interim) wrong.Add("kind", Reason::kReceiptInconsistent, "an effect is a FINAL receipt");
      } else if (outcome != OUTCOME_ERROR && outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_RENEWED) {
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a renewal");
      }
      break;
    case ACTION_DEDUCT:
      if (outcome == OUTCOME_DEDUCTED || outcome == OUTCOME_SENT_NOT_CONFIRMED) {
        CheckDeductionState(item.deduction(), kept, ledger.FindMeasure(kept.freeze), path + ".deduction", wrong);
        if (interim != (outcome == OUTCOME_SENT_NOT_CONFIRMED))
          wrong.Add("kind", Reason::kReceiptInconsistent, "SENT_NOT_CONFIRMED is PROGRESS, DEDUCTED is FINAL");
      } else if (outcome != OUTCOME_NOT_DEDUCTED && outcome != OUTCOME_EXEMPT_HELD && outcome != OUTCOME_ERROR &&
                 outcome != OUTCOME_UNDER_REVIEW && outcome != OUTCOME_NOT_CONTROLLED) {
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a deduction");
      }
      break;
    case ACTION_TRANSFER_TITLE:
      CheckTitle(receipt, item, kept, ledger, path, wrong);
      break;
    case ACTION_LOCATE:
      if (outcome != OUTCOME_LOCATING && outcome != OUTCOME_NOT_LOCATING && outcome != OUTCOME_ERROR &&
          outcome != OUTCOME_UNDER_REVIEW)
        wrong.Add(path + ".outcome", Reason::kReceiptInconsistent, "not an answer to a search");
      if (outcome == OUTCOME_LOCATING && interim)
        wrong.Add("kind", Reason::kReceiptInconsistent, "who looks for it says so in a FINAL receipt");
      break;
    default:
      break;
  }
}

}  // namespace

void ExamineReceipt(const Receipt& receipt, const TaskBook& book, const OrderRow& order, const CaseOrder& kept,
                    const CaseLedger& ledger, Violations& wrong) {
  if (receipt.kind() == RECEIPT_KIND_UNSPECIFIED) wrong.Add("kind", Reason::kFieldMissing, "the field is required");
  if (receipt.sequence() == 0) wrong.Add("sequence", Reason::kFieldMissing, "starts at 1");
  CheckDocuments(receipt, wrong);
  if (!receipt.has_arrived_at() || !receipt.has_answered_at())
    wrong.Add("arrived_at", Reason::kFieldMissing, "arrival and answer times are required");
  if (receipt.kind() == RECEIPT_KIND_RETURNED) {
    if (receipt.returned().reason().empty() || receipt.returned().contact_name().empty() ||
        receipt.returned().contact_phone().empty()) {
      wrong.Add("returned", Reason::kFieldMissing, "reason, contact name and phone are required");
    }
    return;
  }
  if (receipt.kind() == RECEIPT_KIND_ACKNOWLEDGED) return;
  if (receipt.items().empty()) {
    wrong.Add("items", Reason::kFieldMissing, "at least one result");
    return;
  }
  for (int i = 0; i < receipt.items_size(); ++i) {
    const std::string path = absl::StrCat("items[", i, "]");
    if (receipt.kind() == RECEIPT_KIND_EVENT) {
      CheckEvent(receipt, receipt.items(i), book, order, kept, ledger, path, wrong);
    } else {
      CheckItem(receipt, receipt.items(i), order, kept, ledger, path, wrong);
    }
  }
}

}  // namespace eagle::domain
