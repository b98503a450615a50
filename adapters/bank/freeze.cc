// Freezes, renewals and releases.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/matching.h"
#include "adapters/sdk/measure.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

v1::ItemResult Refused(v1::Outcome outcome, std::string_view reason, std::string_view remark) {
  v1::ItemResult item;
  item.set_outcome(outcome);
  item.set_reason(std::string(reason));
  item.set_remark(std::string(remark));
  return item;
}

v1::ItemResult NotControlled(std::string_view reason, std::string_view remark) {
  return Refused(v1::OUTCOME_NOT_CONTROLLED, reason, remark);
}

v1::ItemResult NameMismatch() {
  return Refused(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH",
                 "the number is on our books under another name; nothing was done there");
}

// The accounts that a freeze may use, in order, and what is to be said about the others.
struct Target {
  std::vector<std::string> scope;
  std::vector<v1::ItemResult> notes;
};

// Why this account may not be used; nothing: it may.
std::optional<v1::ItemResult> WhyNot(Tables& tables, const AccountRow& account, const v1::Order& order) {
  const std::string where = "account " + account.account;
  if (account.status == "CLOSED") return NotControlled("ACCOUNT_CLOSED", where);
  if (const std::string rule = ExemptBy(tables, account, "FREEZE", order.purpose()); !rule.empty()) {
    return Refused(v1::OUTCOME_EXEMPT_HELD, rule,
                   absl::StrCat(where, " is ", account.nature, ": nothing was done, its arrival is on record"));
  }
  // The contract names no share of an account, so nobody said which part is the respondent's.
  if (account.joint) return NotControlled("JOINT_ACCOUNT", where + " has other holders");
  if (account.currency != order.freeze().currency()) return NotControlled("OTHER_CURRENCY", where);
  return std::nullopt;
}

Target TargetOfPerson(const Work& work, const v1::Order& order) {
  const Matches matches = FindCustomers(work.tables, order.subject());
  Target target;
  std::vector<sdk::Asset> usable;
  std::set<std::string> seen, last;  // `last`: may be frozen, but not deducted from
  for (const Match& match : matches.fits) {
    for (const AccountRow& account : work.tables.AccountsOf(match.customer.customer)) {
      if (!seen.insert(account.account).second) continue;
      if (std::optional<v1::ItemResult> note = WhyNot(work.tables, account, order)) {
        target.notes.push_back(std::move(*note));
        continue;
      }
      sdk::Asset asset{.id = account.account, .currency = account.currency};
      asset.account_class = ClassOf(work.kind, account);
      usable.push_back(std::move(asset));
      if (!ExemptBy(work.tables, account, "DEDUCT", order.purpose()).empty() || BarredBy(work, account))
        last.insert(account.account);
    }
  }
  target.scope = sdk::ScopeOfPerson(usable, order.freeze().currency()).scope;
  std::stable_partition(target.scope.begin(), target.scope.end(),
                        [&](const std::string& account) { return last.count(account) == 0; });
  if (!matches.ambiguous.empty()) target.notes.push_back(NameMismatch());
  if (target.scope.empty() && target.notes.empty()) {
    target.notes.push_back(matches.fits.empty() ? NotControlled("NO_CUSTOMER", "name and number are not on our books")
                                                : NotControlled("NO_ACCOUNT", "the customer has no account"));
  }
  return target;
}

Target TargetOfAccount(const Work& work, const v1::Order& order) {
  const std::string& number = order.freeze().account().account_number();
  const std::optional<AccountRow> account = work.tables.Account(number);
  if (!account || account->kind == kInternal) return {{}, {NotControlled("ACCOUNT_NOT_FOUND", "no such account")}};
  const Matches matches = FindCustomers(work.tables, order.subject());
  const std::vector<CustomerRow> holders = work.tables.HoldersOf(number);
  const auto holds = [&](const CustomerRow& customer) {
    return std::any_of(holders.begin(), holders.end(),
                       [&](const CustomerRow& holder) { return holder.customer == customer.customer; });
  };
  const bool fits =
      std::any_of(matches.fits.begin(), matches.fits.end(), [&](const Match& match) { return holds(match.customer); });
  if (!fits && std::any_of(matches.ambiguous.begin(), matches.ambiguous.end(), holds)) return {{}, {NameMismatch()}};
  if (!fits) return {{}, {NotControlled("NUMBER_MISMATCH", "the account is not the respondent's")}};
  if (std::optional<v1::ItemResult> note = WhyNot(work.tables, *account, order)) return {{}, {std::move(*note)}};
  return {{number}, {}};
}

// The ruling's number where the order gives it, else the case's.
std::string DocumentOf(const v1::Order& order) {
  for (const v1::Instrument& instrument : order.instruments()) {
    if (instrument.category() == "RULING" && !instrument.title().empty()) return instrument.title();
  }
  return order.case_number();
}

MeasureRow RowOf(const sdk::Request& request, std::vector<std::string> scope) {
  const v1::Order& order = request.order;
  const v1::Freeze& freeze = order.freeze();
  MeasureRow row;
  row.measure.id = request.operation.Text();
  row.measure.authority = order.court();
  row.measure.document_number = DocumentOf(order);
  row.measure.scope = std::move(scope);
  row.measure.rank = {request.arrival.at, request.arrival.sequence};
  row.measure.requested = freeze.limit_minor_units();
  row.measure.inflow = freeze.inflow() == v1::INFLOW_CAPTURE ? sdk::InflowRule::kCapture : sdk::InflowRule::kNone;
  row.measure.whole_account = freeze.has_person_at_agency() && freeze.person_at_agency().whole_account();
  row.measure.term = {freeze.term().months(), freeze.term().years()};
  row.person = sdk::PersonKey(order.subject());
  row.operation = request.operation;
  return row;
}

constexpr std::string_view kNoSuchMeasure = "no measure of this court on this person came from that order";

// The measure that the order is about, when it is this court's and on this person.
std::optional<MeasureRow> MeasureNamed(const Work& work, const sdk::Request& request) {
  if (request.freeze_operation == nullptr) return std::nullopt;
  std::optional<MeasureRow> row = work.tables.Measure(request.freeze_operation->Text());
  const bool fits =
      row && row->measure.authority == request.order.court() && row->person == sdk::PersonKey(request.order.subject());
  return fits ? row : std::nullopt;
}

}  // namespace

std::string ExemptBy(Tables& tables, const AccountRow& account, std::string_view action, std::string_view purpose) {
  const std::optional<ExemptionRow> row = tables.Exemption(account.nature, action);
  if (!row || (!row->unless_purpose.empty() && row->unless_purpose == purpose)) return "";
  return row->rule;
}

std::optional<Bar> BarredBy(const Work& work, const AccountRow& account) {
  return work.kind.barred == nullptr ? std::nullopt : work.kind.barred(work, account);
}

absl::StatusOr<sdk::Answer> Freeze(const Work& work, const sdk::Request& request) {
  const v1::Order& order = request.order;
  if (order.freeze().has_asset())
    return sdk::Returned("ACTION_NOT_SUPPORTED", absl::StrCat(work.kind.office, " keeps accounts, no things"));
  Target target = order.freeze().has_account() ? TargetOfAccount(work, order) : TargetOfPerson(work, order);
  sdk::Answer answer;
  if (!target.scope.empty()) {
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, target.scope));
    EAGLE_RETURN_IF_ERROR(book.Place(RowOf(request, std::move(target.scope))));
    book.Save();
    answer.items.push_back(sdk::ItemOf(book.entries(), request.operation.Text()));
    answer.effect_at = work.now;
  } else {
    // The first item is the word on the order: what may be lifted comes before what may not.
    std::stable_partition(target.notes.begin(), target.notes.end(),
                          [](const v1::ItemResult& note) { return note.outcome() == v1::OUTCOME_EXEMPT_HELD; });
  }
  for (v1::ItemResult& note : target.notes) answer.items.push_back(std::move(note));
  if (const size_t all = answer.items.size(); all > sdk::kItemsMax) {
    answer.items.resize(sdk::kItemsMax);
    answer.items.back().set_remark(absl::StrCat("and ", all - sdk::kItemsMax, " more accounts that were passed over"));
  }
  return answer;
}

absl::StatusOr<sdk::Answer> Renew(const Work& work, const sdk::Request& request) {
  sdk::Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  const std::optional<MeasureRow> row = MeasureNamed(work, request);
  if (!row) {
    item = Refused(v1::OUTCOME_NOT_RENEWED, "MEASURE_UNKNOWN", kNoSuchMeasure);
    return answer;
  }
  const std::string& measure = row->measure.id;
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const v1::Term& term = request.order.renew().term();
  const absl::Status renewed = book.entries().Renew(measure, {.months = term.months(), .years = term.years()});
  if (ReasonOf(renewed) == Reason::kMeasureNotEffective) {
    item = Refused(v1::OUTCOME_NOT_RENEWED, sdk::PhaseName(row->measure.phase),
                   sdk::IsLive(row->measure.phase) ? "the measure waits: it has no term that runs"
                                                   : "the measure has ended before");
    *item.mutable_measure() = sdk::MeasureOf(book.entries(), measure);
    return answer;
  }
  EAGLE_RETURN_IF_ERROR(renewed);
  book.Save();
  answer.effect_at = work.now;
  item.set_outcome(v1::OUTCOME_RENEWED);
  *item.mutable_measure() = sdk::MeasureOf(book.entries(), measure);
  return answer;
}

absl::StatusOr<sdk::Answer> Release(const Work& work, const sdk::Request& request) {
  const auto refused = [](std::string_view reason, std::string_view remark) {
    sdk::Answer answer;
    answer.items.push_back(NotControlled(reason, remark));
    return answer;
  };
  const std::optional<MeasureRow> row = MeasureNamed(work, request);
  if (!row) return refused("MEASURE_UNKNOWN", kNoSuchMeasure);
  const std::string& measure = row->measure.id;
  if (work.tables.HasOpenPayment(measure))
    return sdk::Returned("OPEN_DEDUCTION",
                         "a deduction under the measure is on its way: send the release again after it");
  EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(work, row->measure.scope, measure));
  const absl::Status released = book.entries().Release(measure, request.order.release().amount_minor_units());
  if (ReasonOf(released) == Reason::kMeasureNotEffective) {
    sdk::Answer answer = refused(sdk::PhaseName(row->measure.phase), "the measure has ended before");
    *answer.items[0].mutable_measure() = sdk::MeasureOf(book.entries(), measure);
    return answer;
  }
  if (ReasonOf(released) == Reason::kAmountAboveMeasure)
    return refused("AMOUNT_ABOVE_MEASURE", "more than the limit of the measure");
  EAGLE_RETURN_IF_ERROR(released);
  book.Save();
  sdk::Answer answer;
  answer.effect_at = work.now;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(v1::OUTCOME_RELEASED);
  *item.mutable_measure() = sdk::MeasureOf(book.entries(), measure);
  return answer;
}

}  // namespace eagle::bank
