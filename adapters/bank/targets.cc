#include "adapters/bank/targets.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/matching.h"
#include "adapters/bank/products.h"

namespace eagle::bank {

v1::ItemResult Refused(v1::Outcome outcome, std::string_view reason, std::string_view remark) {
  v1::ItemResult item;
  item.set_outcome(outcome);
  item.set_reason(std::string(reason));
  item.set_remark(std::string(remark));
  return item;
}

namespace {

v1::ItemResult NameMismatch() {
  return Refused(v1::OUTCOME_AMBIGUOUS, "NAME_MISMATCH",
                 "the number is on our books under another name; nothing was done there");
}

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
  const bool of_income = order.has_extract_income();
  if (account.currency != (of_income ? order.extract_income().currency() : order.freeze().currency()))
    return NotControlled("OTHER_CURRENCY", where);
  return std::nullopt;
}

// Another house keeps it: only what it pays back can be caught.
std::optional<v1::ItemResult> WhyNotBarred(Tables& tables, const std::string& account) {
  const std::optional<ProductRow> product = tables.Product(account);
  if (!product || product->own) return std::nullopt;
  return NotControlled(
      kProductNotControlled,
      absl::StrCat("product ", account, " is kept by the house for which it was sold; it pays back to ",
                   product->return_account));
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
      if (std::optional<v1::ItemResult> note = WhyNotBarred(work.tables, account.account)) {
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
  target.scope = ScopeWith(work, sdk::ScopeOfPerson(usable, order.freeze().currency()).scope);
  std::stable_partition(target.scope.begin(), target.scope.end(),
                        [&](const std::string& account) { return last.count(account) == 0; });
  if (!matches.ambiguous.empty()) target.notes.push_back(NameMismatch());
  if (target.scope.empty() && target.notes.empty()) {
    target.notes.push_back(matches.fits.empty() ? NotControlled("NO_CUSTOMER", "name and number are not on our books")
                                                : NotControlled("NO_ACCOUNT", "the customer has no account"));
  }
  return target;
}

}  // namespace

Target TargetOfAccount(const Work& work, const v1::Order& order, const std::string& number) {
  const std::optional<AccountRow> account = work.tables.Account(number);
  if (!account || account->kind == kInternal) return {{}, {NotControlled("ACCOUNT_NOT_FOUND", "no such account")}, {}};
  const Matches matches = FindCustomers(work.tables, order.subject());
  const std::vector<CustomerRow> holders = work.tables.HoldersOf(number);
  const auto holds = [&](const CustomerRow& customer) {
    return std::any_of(holders.begin(), holders.end(),
                       [&](const CustomerRow& holder) { return holder.customer == customer.customer; });
  };
  const bool fits =
      std::any_of(matches.fits.begin(), matches.fits.end(), [&](const Match& match) { return holds(match.customer); });
  if (!fits && std::any_of(matches.ambiguous.begin(), matches.ambiguous.end(), holds))
    return {{}, {NameMismatch()}, {}};
  if (!fits) return {{}, {NotControlled("NUMBER_MISMATCH", "the account is not the respondent's")}, {}};
  if (std::optional<v1::ItemResult> note = WhyNot(work.tables, *account, order)) return {{}, {std::move(*note)}, {}};
  return {{number}, {}, {}};
}

namespace {

// The product with its return account, which has the same holders: both, or what the other house can't keep from us.
Target TargetOfProduct(const Work& work, const v1::Order& order, const ProductRow& product, int64_t quantity_e4) {
  Target target = TargetOfAccount(work, order, product.account);
  if (target.scope.empty()) return target;
  if (quantity_e4 > product.units_e4)
    return {{}, {NotControlled("QUANTITY_ABOVE_HOLDING", "fewer units are held than are to be frozen")}, {}};
  target.product = product.account;
  target.scope = {product.return_account};
  if (product.own) target.scope.push_back(product.account);
  return target;
}

// The ruling's number where the order gives it, else the case's.
std::string DocumentOf(const v1::Order& order) {
  for (const v1::Instrument& instrument : order.instruments()) {
    if (instrument.category() == "RULING" && !instrument.title().empty()) return instrument.title();
  }
  return order.case_number();
}

}  // namespace

Target TargetOf(const Work& work, const v1::Order& order) {
  const v1::Freeze& freeze = order.freeze();
  if (freeze.has_person_at_agency()) return TargetOfPerson(work, order);
  const std::string& number =
      freeze.has_product() ? freeze.product().product_number() : freeze.account().account_number();
  if (const std::optional<ProductRow> product = work.tables.Product(number))
    return TargetOfProduct(work, order, *product, freeze.product().quantity_e4());
  if (freeze.has_product()) return {{}, {NotControlled("ACCOUNT_NOT_FOUND", "no such product")}, {}};
  return TargetOfAccount(work, order, number);
}

MeasureRow RowOf(const sdk::Request& request, const Target& target) {
  const v1::Order& order = request.order;
  MeasureRow row;
  row.measure.id = request.operation.Text();
  row.measure.authority = order.court();
  row.measure.document_number = DocumentOf(order);
  row.measure.scope = target.scope;
  row.measure.rank = {request.arrival.at, request.arrival.sequence};
  row.person = sdk::PersonKey(order.subject());
  row.operation = request.operation;
  return row;
}

}  // namespace eagle::bank
