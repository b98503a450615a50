// Deductions and the payments that carry them to other banks.
//
//   debtor's accounts --DEDUCTION--> transit --SETTLEMENT--> court's account                       DEDUCTED
//                                    transit --PAYMENT-----> clearing      SENT_NOT_CONFIRMED, then
//                                                            CONFIRMED                             DEDUCTED
//   debtor's accounts <--RETURN----- transit <--REJECTION--- clearing      REJECTED                NOT_DEDUCTED
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/legs.h"
#include "adapters/bank/products.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

// Why nothing was taken; the measure as it stands goes along while it stands.
sdk::Answer NotDeducted(std::string_view reason, std::string_view remark, int64_t amount = 0,
                        const v1::MeasureState* measure = nullptr) {
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(v1::OUTCOME_NOT_DEDUCTED);
  item.set_reason(std::string(reason));
  item.set_remark(std::string(remark));
  if (measure != nullptr && !measure->ended()) {
    item.mutable_deduction()->set_amount_minor_units(amount);
    *item.mutable_deduction()->mutable_measure() = *measure;
  }
  return answer;
}

bool IsLockedProduct(const Work& work, const std::string& account) {
  const std::optional<ProductRow> product = work.tables.Product(account);
  return product && IsLocked(work, *product);
}

// The rule that forbids to take `amount`, when the measure's accounts that may be taken from hold less; empty: none.
std::string ExemptPart(const Work& work, const sdk::Encumbrance& measure, int64_t amount, std::string_view purpose) {
  std::string rule;
  for (const sdk::Share& share : measure.shares) {
    std::string held_back = ExemptBy(work.tables, *work.tables.Account(share.asset), "DEDUCT", purpose);
    if (held_back.empty() && IsLockedProduct(work, share.asset)) held_back = kProductLocked;
    if (held_back.empty()) {
      amount -= share.controlled;
    } else if (share.controlled > 0) {
      rule = held_back;
    }
  }
  return amount > 0 ? rule : "";
}

int64_t LockedPart(const Work& work, const sdk::Encumbrance& measure) {
  int64_t locked = 0;
  for (const sdk::Share& share : measure.shares)
    if (share.controlled > 0 && IsLockedProduct(work, share.asset)) locked += share.controlled;
  return locked;
}

// Products don't pay courts, their return accounts do: what the other accounts can't give is redeemed first.
absl::Status RedeemFor(const Work& work, Book& book, const std::string& measure, int64_t amount,
                       std::string_view purpose, const std::string& operation) {
  const std::vector<sdk::Share> shares = book.entries().Find(measure)->shares;
  for (const sdk::Share& share : shares) {
    const AccountRow account = *work.tables.Account(share.asset);
    if (!work.tables.Product(share.asset) && ExemptBy(work.tables, account, "DEDUCT", purpose).empty())
      amount -= share.controlled;
  }
  for (const sdk::Share& share : shares) {
    const std::optional<ProductRow> product = work.tables.Product(share.asset);
    const int64_t part = std::min(amount, share.controlled);
    if (part <= 0 || !product || IsLocked(work, *product)) continue;
    EAGLE_RETURN_IF_ERROR(PayBack(work, book, *product, UnitsFor(*product, part), measure,
                                  absl::StrCat("redeemed/", operation, "/", share.asset)));
    amount -= part;
  }
  return absl::OkStatus();
}

// What bars any account on which the measure controls money: a deduction takes them in order, so one holds back all.
std::optional<Bar> BarOf(const Work& work, const MeasureRow& row) {
  for (const sdk::Share& share : row.measure.shares) {
    if (share.controlled == 0) continue;
    if (std::optional<Bar> bar = BarredBy(work, *work.tables.Account(share.asset))) return bar;
  }
  return std::nullopt;
}

sdk::RegisterChange LastWord(const Work& work, const PaymentRow& payment, v1::ItemResult item) {
  sdk::RegisterChange change{.kind = sdk::RegisterChange::Kind::kAnswer, .operation = payment.operation};
  change.answer.effect_at = work.now;
  change.answer.items.push_back(std::move(item));
  change.at = work.now;
  return change;
}

}  // namespace

std::string BookingReference(const Work& work, int64_t booking) {
  return absl::StrFormat("%s-B%06d", work.agency, booking);
}

absl::StatusOr<sdk::Answer> Deduct(const Work& work, const sdk::Request& request) {
  const v1::Deduct& deduct = request.order.deduct();
  int64_t amount = deduct.amount_minor_units();
  const std::optional<MeasureRow> row =
      request.freeze_operation == nullptr ? std::nullopt : work.tables.MeasureOf(*request.freeze_operation);
  if (!row || row->measure.authority != request.order.court() ||
      row->person != sdk::PersonKey(request.order.subject()) ||
      row->measure.inflow == sdk::InflowRule::kIncome) {  // which pays by itself, and is nobody else's to take
    return NotDeducted("MEASURE_UNKNOWN", "no measure of this court on this person came from that order");
  }
  const std::string& measure = row->measure.id;
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const v1::MeasureState before = book.State(measure);
  const auto refused = [&](std::string_view reason, std::string_view remark) {
    return NotDeducted(reason, remark, amount, &before);
  };
  if (book.entries().FindAsset(row->measure.scope.front())->currency != deduct.currency())
    return refused("CURRENCY_MISMATCH", "the measure is in another currency");
  if (const std::string why = WhyNotPayable(work, deduct.account(), deduct.currency()); !why.empty())
    return refused(why, "the court's account can't be paid to");
  if (deduct.up_to()) {
    const sdk::Encumbrance& now = *book.entries().Find(measure);
    amount = std::min(amount, now.controlled() - LockedPart(work, now));
    if (amount == 0) return refused("NO_BALANCE", "the measure controls nothing that can be taken now");
  }
  if (const std::string rule = ExemptPart(work, row->measure, amount, request.order.purpose()); !rule.empty()) {
    return refused(rule, "the measure holds too little that may be deducted");
  }
  if (const std::optional<Bar> bar = BarOf(work, *row)) return refused(bar->reason, bar->remark);
  const std::string operation = request.operation.Text();
  if (const sdk::Encumbrance& now = *book.entries().Find(measure);
      now.phase == sdk::Phase::kEffective && amount <= now.controlled()) {
    EAGLE_RETURN_IF_ERROR(RedeemFor(work, book, measure, amount, request.order.purpose(), operation));
  }
  const absl::StatusOr<std::vector<sdk::Cut>> cuts = book.entries().Deduct(measure, amount);
  if (ReasonOf(cuts.status()) == Reason::kMeasureNotEffective)
    return refused(sdk::PhaseName(row->measure.phase), "the measure isn't in effect");
  if (ReasonOf(cuts.status()) == Reason::kAmountAboveMeasure)
    return refused("AMOUNT_ABOVE_MEASURE", "more than the measure controls");
  EAGLE_RETURN_IF_ERROR(cuts.status());

  PaymentRow payment{.operation = request.operation,
                     .measure = measure,
                     .amount = amount,
                     .currency = deduct.currency(),
                     .cuts = *cuts};
  Pay(work, {.operation = operation}, "DEDUCTION", deduct.account(), payment);
  book.Save();

  sdk::Answer answer;
  answer.effect_at = work.now;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(v1::OUTCOME_DEDUCTED);
  if (payment.state == "SENT") {
    item.set_outcome(v1::OUTCOME_SENT_NOT_CONFIRMED);
    answer.kind = sdk::AnswerKind::kProgress;
  }
  *item.mutable_deduction() = DeductionOf(work, payment, book);
  return answer;
}

absl::Status ConfirmPayment(const Work& work, PaymentRow payment) {
  GATEWAY_ASSERT(payment.state == "SENT", "only what was sent is confirmed");
  payment.state = "CONFIRMED", payment.settled_at = work.now;
  work.tables.PutPayment(payment);
  EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, {}, payment.measure));
  if (work.tables.Extraction(payment.measure)) {
    TellExtracted(work, payment, book);
    return absl::OkStatus();
  }
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_DEDUCTED);
  *item.mutable_deduction() = DeductionOf(work, payment, book);
  work.tables.AddChange(LastWord(work, payment, std::move(item)));
  return absl::OkStatus();
}

absl::Status RejectPayment(const Work& work, PaymentRow payment, const std::string& reason) {
  GATEWAY_ASSERT(payment.state == "SENT", "only what was sent comes back");
  payment.state = "REJECTED", payment.reason = reason, payment.settled_at = work.now;
  work.tables.PutPayment(payment);
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {}, payment.measure));
  EAGLE_RETURN_IF_ERROR(book.entries().GiveBack(payment.measure, payment.cuts));
  if (work.tables.Extraction(payment.measure)) {
    BookReturn(work, {.operation = std::nullopt, .name = payment.payment}, payment);
    book.Save();
    TellComeBack(work, payment, book);
    return absl::OkStatus();
  }
  BookReturn(work, {.operation = payment.operation.Text()}, payment);
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_NOT_DEDUCTED);
  item.set_reason("PAYMENT_REJECTED");
  item.set_remark(reason);
  *item.mutable_deduction() = DeductionOf(work, payment, book);
  work.tables.AddChange(LastWord(work, payment, std::move(item)));
  book.Save();
  return absl::OkStatus();
}

}  // namespace eagle::bank
