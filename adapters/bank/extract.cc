// Extraction of income 提取收入: a standing instruction on one account for income.
//
//   employer --SALARY--> account    earlier measures catch theirs; the extraction takes what exceeds what is kept of
//   the
//                                   month's income, as far as this credit reaches
//   account --EXTRACTION--> transit --SETTLEMENT--> court's account                 EXTRACTED is told
//                           transit --PAYMENT-----> clearing      EXTRACTED is told when it is confirmed; what comes
//                           back
//                                                                 is under the measure, and goes out with the next
//                                                                 income: INFLOW is told of both
//
// What is sent and not settled still counts as a part of the measure's limit (Book::State): only settled money is
// taken.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/legs.h"
#include "adapters/bank/targets.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

sdk::Answer NotExtracted(v1::ItemResult why) {
  sdk::Answer answer;
  answer.items.push_back(std::move(why));
  return answer;
}

std::string MonthOf(const Work& work) {
  return absl::FormatCivilTime(absl::CivilMonth(absl::ToCivilDay(work.now, work.zone)));
}

void Tell(const Work& work, const sdk::Operation& operation, v1::MeasureChange change, v1::ItemResult item) {
  sdk::RegisterChange event{.kind = sdk::RegisterChange::Kind::kEvent, .operation = operation};
  event.change = change;
  event.item = std::move(item);
  event.at = work.now;
  work.tables.AddChange(event);
}

// Extractions in effect of which nothing was told that they hold money, so that nothing need be told while the next
// income is on its way. Of the others the court believes that they hold what came back, or what they took effect by,
// and the daily statement would contradict that until the payment settles.
std::set<std::string> HoldNothing(const Book& book, const std::string& account) {
  std::set<std::string> out;
  for (const sdk::Encumbrance* one : book.entries().StandingOn(account)) {
    if (one->phase == sdk::Phase::kEffective && one->controlled() == 0) out.insert(one->id);
  }
  return out;
}

// Pays what these measures hold, and tells of what is settled; `why` names the payment among those of one measure. Of
// what is on its way to another bank it tells that it is held no more, but for the `silent` ones.
absl::Status PayOut(const Work& work, Book& book, const std::vector<std::string>& takers, const std::string& currency,
                    const std::string& why, const std::set<std::string>& silent = {}) {
  std::vector<PaymentRow> settled, sent;
  for (const std::string& measure : takers) {
    const int64_t part = book.entries().Find(measure)->controlled();
    const ExtractionRow to = *work.tables.Extraction(measure);
    v1::CourtAccount court;
    court.set_bank(to.to_bank), court.set_account_name(to.to_name), court.set_account_number(to.to_account);
    PaymentRow payment{
        .operation = work.tables.Measure(measure)->operation, .measure = measure, .amount = part, .currency = currency};
    EAGLE_ASSIGN_OR_RETURN(payment.cuts, book.entries().Deduct(measure, part));
    Pay(work, {.operation = std::nullopt, .name = absl::StrCat("extraction/", why, "/", measure)}, "EXTRACTION", court,
        payment);
    (payment.state == "CONFIRMED" ? settled : sent).push_back(std::move(payment));
  }
  book.Save();
  for (const PaymentRow& payment : settled) TellExtracted(work, payment, book);
  for (const PaymentRow& payment : sent) {
    if (silent.count(payment.measure) == 0)
      Tell(work, payment.operation, v1::MEASURE_CHANGE_INFLOW, book.Item(payment.measure));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<sdk::Answer> ExtractIncome(const Work& work, const sdk::Request& request) {
  const v1::ExtractIncome& extract = request.order.extract_income();
  Target target = TargetOfAccount(work, request.order, extract.account_number());
  if (target.scope.empty()) return NotExtracted(std::move(target.notes.front()));
  const AccountRow account = *work.tables.Account(extract.account_number());
  if (const std::string rule = ExemptBy(work.tables, account, "DEDUCT", request.order.purpose()); !rule.empty()) {
    return NotExtracted(
        Refused(v1::OUTCOME_EXEMPT_HELD, rule,
                absl::StrCat("account ", account.account, " is ", account.nature, ": nothing was done")));
  }
  if (!work.tables.IsIncomeNature(account.nature))
    return NotExtracted(NotControlled("NO_INCOME_ACCOUNT", "the account isn't one into which income is paid"));
  if (const std::string why = WhyNotPayable(work, extract.account(), extract.currency()); !why.empty())
    return NotExtracted(NotControlled(why, "the court's account can't be paid to"));
  MeasureRow row = RowOf(request, target);
  row.measure.requested = extract.limit_minor_units();
  row.measure.inflow = sdk::InflowRule::kIncome;
  row.measure.term = {extract.term().months(), extract.term().years()};
  const std::string measure = row.measure.id;
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, target.scope));
  EAGLE_RETURN_IF_ERROR(book.Place(std::move(row)));
  book.Save();
  work.tables.AddExtraction({measure, extract.kept_per_month_minor_units(), extract.account().bank(),
                             extract.account().account_name(), extract.account().account_number()});
  sdk::Answer answer;
  answer.items.push_back(book.Item(measure));
  answer.effect_at = work.now;
  return answer;
}

absl::Status PaySalary(const Work& work, const std::string& account, int64_t amount, const std::string& request) {
  if (const std::optional<BookingRow> done = work.tables.BookingOfRequest(request)) {
    const Entry& entry = done->entries.back();
    if (done->kind == "SALARY" && entry.account == account && entry.amount == amount) return absl::OkStatus();
    return Fail(Reason::kRequestIdReused, "this request was used for another booking").With("booking", done->booking);
  }
  const std::optional<AccountRow> row = work.tables.Account(account);
  if (!row || row->kind == kInternal || row->status == "CLOSED")
    return Fail(Reason::kNotFound, "no customer has such an account");
  if (!work.tables.IsIncomeNature(row->nature))
    return Fail(Reason::kFieldInvalid, "an argument doesn't fit").At("account", "must be an account for income");
  const std::string month = MonthOf(work);
  const int64_t before = work.tables.LeftOfIncome(account, month);
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, {account}));
  const std::set<std::string> silent = HoldNothing(book, account);
  std::map<std::string, int64_t> held;  // before this payment
  for (const sdk::Encumbrance* one : book.entries().StandingOn(account)) held[one->id] = one->controlled();
  int64_t left_then = amount;
  EAGLE_RETURN_IF_ERROR(book.entries().CreditIncome(account, amount, [&](const sdk::Encumbrance& taker, int64_t left) {
    const ExtractionRow extraction = *work.tables.Extraction(taker.id);
    if (extraction.flow == kStopped) return int64_t{0};
    const int64_t part = std::clamp<int64_t>(before + left - extraction.kept, 0, left);
    left_then = left - std::min(part, taker.unfunded());
    return part;
  }));
  const int64_t booking = work.tables.AddBooking(
      {.at = work.now,
       .kind = "SALARY",
       .request = request,
       .entries = {{work.tables.InternalAccount(kClearing, row->currency), -amount}, {account, amount}}});
  work.tables.AddIncome({booking, account, month, amount, left_then});
  book.Save();                      // who takes effect by what it got is told so before it pays
  std::vector<std::string> takers;  // also one that only holds what came back
  for (const sdk::Encumbrance* one : book.entries().StandingOn(account)) {
    if (one->inflow != sdk::InflowRule::kIncome || one->controlled() == 0) continue;
    if (work.tables.Extraction(one->id)->flow == kPays) {
      takers.push_back(one->id);
    } else if (one->controlled() > held[one->id]) {
      Tell(work, work.tables.Measure(one->id)->operation, v1::MEASURE_CHANGE_INFLOW, book.Item(one->id));
    }
  }
  return PayOut(work, book, takers, row->currency, absl::StrCat(booking), silent);
}

absl::Status DisputeExtraction(const Work& work, const sdk::Operation& operation, sdk::Disputed disputed) {
  const std::string measure = operation.Text();
  const std::optional<ExtractionRow> extraction = work.tables.Extraction(measure);
  const std::string flow = disputed == sdk::Disputed::kNo     ? kPays
                           : disputed == sdk::Disputed::kOpen ? kHolds
                                                              : kStopped;
  if (!extraction || extraction->flow == flow) return absl::OkStatus();
  work.tables.SetFlow(measure, flow);
  const MeasureRow row = *work.tables.Measure(measure);
  if (flow != kPays || row.measure.phase != sdk::Phase::kEffective) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row.measure.scope, measure));
  if (book.entries().Find(measure)->controlled() == 0) return absl::OkStatus();
  const std::string currency = work.tables.Account(row.measure.scope.front())->currency;
  return PayOut(work, book, {measure}, currency, absl::StrCat("r", row.measure.revision));
}
void TellExtracted(const Work& work, const PaymentRow& payment, const Book& book) {
  v1::ItemResult item = book.Item(payment.measure);
  *item.mutable_deduction() = DeductionOf(work, payment, book);
  Tell(work, payment.operation, v1::MEASURE_CHANGE_EXTRACTED, std::move(item));
}

// Nothing was told of its going out; a measure that has ended meanwhile has no more to tell.
void TellComeBack(const Work& work, const PaymentRow& payment, const Book& book) {
  if (!sdk::IsLive(book.entries().Find(payment.measure)->phase)) return;
  Tell(work, payment.operation, v1::MEASURE_CHANGE_INFLOW, book.Item(payment.measure));
}

}  // namespace eagle::bank
