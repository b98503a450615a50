// Deductions and the payments that carry them to other banks.
//
//   debtor's accounts --DEDUCTION--> transit --SETTLEMENT--> court's account                       DEDUCTED
//                                    transit --PAYMENT-----> clearing      SENT_NOT_CONFIRMED, then
//                                                            CONFIRMED                             DEDUCTED
//   debtor's accounts <--RETURN----- transit <--REJECTION--- clearing      REJECTED                NOT_DEDUCTED
//
// All legs of one step are one transaction, so the transit account is empty between transactions.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/bank/acts.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/person_name.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

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

v1::DeductionState StateOf(const Work& work, const PaymentRow& payment, const Book& book) {
  v1::DeductionState state;
  state.set_amount_minor_units(payment.amount);
  state.set_booking_reference(BookingReference(work, payment.booking));
  state.set_payment_reference(payment.payment);
  *state.mutable_booked_at() = trust::TimestampOf(payment.sent_at);
  if (payment.state == "CONFIRMED") *state.mutable_settled_at() = trust::TimestampOf(*payment.settled_at);
  *state.mutable_measure() = sdk::MeasureOf(book.entries(), payment.measure);
  return state;
}

// Why the account can't be paid to; empty: it can. Only accounts of this bank can be judged.
std::string WhyNotPayable(const Work& work, const v1::CourtAccount& account, std::string_view currency) {
  if (account.bank() != work.agency) return "";
  const std::optional<AccountRow> row = work.tables.Account(account.account_number());
  if (!row || row->kind == kInternal || row->status == "CLOSED") return "COURT_ACCOUNT_NOT_FOUND";
  if (row->nature != kCourtEnforcement) return "NOT_A_COURT_ACCOUNT";
  if (row->currency != currency) return "COURT_ACCOUNT_OTHER_CURRENCY";
  const std::vector<CustomerRow> holders = work.tables.HoldersOf(row->account);
  // An enforcement account is named after its court, often with what it is for behind it: 某某人民法院(执行款专户).
  const std::string name = FoldName(account.account_name());
  const bool named = std::any_of(holders.begin(), holders.end(),
                                 [&](const CustomerRow& holder) { return name.rfind(FoldName(holder.name), 0) == 0; });
  return named ? "" : "COURT_ACCOUNT_NAME_MISMATCH";
}

// The rule that forbids to take `amount`, when the measure's accounts that may be taken from hold less; empty: none.
std::string ExemptPart(const Work& work, const MeasureRow& row, int64_t amount, std::string_view purpose) {
  std::string rule;
  for (const sdk::Share& share : row.measure.shares) {
    const std::string exempt = ExemptBy(work.tables, *work.tables.Account(share.asset), "DEDUCT", purpose);
    if (exempt.empty()) {
      amount -= share.controlled;
    } else if (share.controlled > 0) {
      rule = exempt;
    }
  }
  return amount > 0 ? rule : "";
}

// What bars any account on which the measure controls money: a deduction takes them in order, so one holds back all.
std::optional<Bar> BarOf(const Work& work, const MeasureRow& row) {
  for (const sdk::Share& share : row.measure.shares) {
    if (share.controlled == 0) continue;
    if (std::optional<Bar> bar = BarredBy(work, *work.tables.Account(share.asset))) return bar;
  }
  return std::nullopt;
}

int64_t BookFirstLeg(const Work& work, const std::vector<sdk::Cut>& cuts, const std::string& operation,
                     const std::string& transit) {
  BookingRow row{.at = work.now, .kind = "DEDUCTION", .operation = operation};
  int64_t sum = 0;
  for (const sdk::Cut& cut : cuts) {
    row.entries.push_back({cut.asset, -cut.amount});
    sum += cut.amount;
  }
  row.entries.push_back({transit, sum});
  return work.tables.AddBooking(row);
}

int64_t Move(const Work& work, std::string kind, const std::string& operation, const std::string& from,
             const std::string& to, int64_t amount) {
  return work.tables.AddBooking({.at = work.now,
                                 .kind = std::move(kind),
                                 .operation = operation,
                                 .request = std::nullopt,
                                 .entries = {{from, -amount}, {to, amount}}});
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
  const std::string measure = request.freeze_operation == nullptr ? "" : request.freeze_operation->Text();
  const std::optional<MeasureRow> row = work.tables.Measure(measure);
  if (!row || row->measure.authority != request.order.court() ||
      row->person != sdk::PersonKey(request.order.subject())) {
    return NotDeducted("MEASURE_UNKNOWN", "no measure of this court on this person came from that order");
  }
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const v1::MeasureState before = sdk::MeasureOf(book.entries(), measure);
  const auto refused = [&](std::string_view reason, std::string_view remark) {
    return NotDeducted(reason, remark, amount, &before);
  };
  if (book.entries().FindAsset(row->measure.scope.front())->currency != deduct.currency())
    return refused("CURRENCY_MISMATCH", "the measure is in another currency");
  if (const std::string why = WhyNotPayable(work, deduct.account(), deduct.currency()); !why.empty())
    return refused(why, "the court's account can't be paid to");
  if (deduct.up_to()) {
    amount = std::min(amount, book.entries().Find(measure)->controlled());
    if (amount == 0) return refused("NO_BALANCE", "the measure controls nothing");
  }
  if (const std::string rule = ExemptPart(work, *row, amount, request.order.purpose()); !rule.empty()) {
    return refused(rule, "the measure holds too little that may be deducted");
  }
  if (const std::optional<Bar> bar = BarOf(work, *row)) return refused(bar->reason, bar->remark);
  const absl::StatusOr<std::vector<sdk::Cut>> cuts = book.entries().Deduct(measure, amount);
  if (ReasonOf(cuts.status()) == Reason::kMeasureNotEffective)
    return refused(sdk::PhaseName(row->measure.phase), "the measure isn't in effect");
  if (ReasonOf(cuts.status()) == Reason::kAmountAboveMeasure)
    return refused("AMOUNT_ABOVE_MEASURE", "more than the measure controls");
  EAGLE_RETURN_IF_ERROR(cuts.status());

  const std::string operation = request.operation.Text(),
                    transit = work.tables.InternalAccount(kTransit, deduct.currency());
  PaymentRow payment{.operation = request.operation,
                     .measure = measure,
                     .amount = amount,
                     .currency = deduct.currency(),
                     .cuts = *cuts};
  payment.sent_at = work.now;
  payment.booking = BookFirstLeg(work, *cuts, operation, transit);
  book.Save();

  sdk::Answer answer;
  answer.effect_at = work.now;
  v1::ItemResult& item = answer.items.emplace_back();
  const bool own = deduct.account().bank() == work.agency;
  if (own) {
    Move(work, "SETTLEMENT", operation, transit, deduct.account().account_number(), amount);
    payment.state = "CONFIRMED", payment.settled_at = work.now;
    item.set_outcome(v1::OUTCOME_DEDUCTED);
  } else {
    Move(work, "PAYMENT", operation, transit, work.tables.InternalAccount(kClearing, deduct.currency()), amount);
    payment.to_bank = deduct.account().bank(), payment.to_name = deduct.account().account_name();
    payment.to_account = deduct.account().account_number();
    work.tables.AddPayment(payment);
    item.set_outcome(v1::OUTCOME_SENT_NOT_CONFIRMED);
    answer.kind = sdk::AnswerKind::kProgress;
  }
  *item.mutable_deduction() = StateOf(work, payment, book);
  return answer;
}

absl::Status ConfirmPayment(const Work& work, PaymentRow payment) {
  GATEWAY_ASSERT(payment.state == "SENT", "only what was sent is confirmed");
  payment.state = "CONFIRMED", payment.settled_at = work.now;
  work.tables.PutPayment(payment);
  EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, {}, payment.measure));
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_DEDUCTED);
  *item.mutable_deduction() = StateOf(work, payment, book);
  work.tables.AddChange(LastWord(work, payment, std::move(item)));
  return absl::OkStatus();
}

absl::Status RejectPayment(const Work& work, PaymentRow payment, const std::string& reason) {
  GATEWAY_ASSERT(payment.state == "SENT", "only what was sent comes back");
  payment.state = "REJECTED", payment.reason = reason, payment.settled_at = work.now;
  work.tables.PutPayment(payment);
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {}, payment.measure));
  EAGLE_RETURN_IF_ERROR(book.entries().GiveBack(payment.measure, payment.cuts));
  const std::string operation = payment.operation.Text(),
                    transit = work.tables.InternalAccount(kTransit, payment.currency);
  Move(work, "REJECTION", operation, work.tables.InternalAccount(kClearing, payment.currency), transit, payment.amount);
  BookingRow back{.at = work.now,
                  .kind = "RETURN",
                  .operation = operation,
                  .request = std::nullopt,
                  .entries = {{transit, -payment.amount}}};
  for (const sdk::Cut& cut : payment.cuts) back.entries.push_back({cut.asset, cut.amount});
  work.tables.AddBooking(back);
  v1::ItemResult item;
  item.set_outcome(v1::OUTCOME_NOT_DEDUCTED);
  item.set_reason("PAYMENT_REJECTED");
  item.set_remark(reason);
  *item.mutable_deduction() = StateOf(work, payment, book);
  work.tables.AddChange(LastWord(work, payment, std::move(item)));
  book.Save();
  return absl::OkStatus();
}

}  // namespace eagle::bank
