// Inquiries: who is meant, what is there, what stands on it.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "adapters/bank/acts.h"
#include "adapters/bank/matching.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::bank {
namespace {

std::string_view KindOf(const Work& work, const AccountRow& account) {
  const AccountKind* kind = FindAccountKind(work.kind, account.kind);
  GATEWAY_ASSERT(kind != nullptr, "the import takes customers' accounts of the office's kinds only");
  return kind->asset_kind;
}

bool IsAsked(const v1::Inquire& inquire, std::string_view kind) {
  const auto& kinds = inquire.asset_kinds();
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string ScopeText(const Work& work, const v1::Inquire& inquire) {
  std::string kinds;
  for (const AssetClass& asset : work.kind.asset_classes) {
    if (IsAsked(inquire, asset.asset_kind)) absl::StrAppend(&kinds, kinds.empty() ? "" : ", ", asset.searched);
  }
  return absl::StrCat("core of ", work.agency, ": ", kinds.empty() ? "none of the kinds asked for is kept here" : kinds,
                      "; by name and number, 18 and 15 digits; joint accounts too");
}

v1::Finding FindingOf(const Work& work, const Book& book, const AccountRow& account, const Match& match) {
  v1::Finding finding;
  finding.set_asset_kind(std::string(KindOf(work, account)));
  finding.set_asset_number(account.account);
  finding.set_holder_name(match.customer.name);
  finding.set_matched_by(std::string(match.matched_by));
  const auto standing = book.entries().StandingOn(account.account);
  const bool frozen = std::any_of(standing.begin(), standing.end(), [](const sdk::Encumbrance* row) {
    return row->phase == sdk::Phase::kEffective && row->inflow != sdk::InflowRule::kIncome;  // which bars nobody
  });
  finding.set_status(frozen ? "FROZEN" : account.status);
  finding.set_currency(account.currency);
  finding.set_balance_known(true);
  finding.set_balance_minor_units(book.entries().FindAsset(account.account)->balance);
  finding.set_available_minor_units(book.entries().Available(account.account));
  finding.set_co_ownership(account.joint ? "JOINT" : "SOLE");
  if (!account.joint) finding.set_share_numerator(1), finding.set_share_denominator(1);
  for (const sdk::Encumbrance* row : standing) {
    if (static_cast<size_t>(finding.prior_measures_size()) == sdk::kPriorMeasuresMax) break;
    *finding.add_prior_measures() = sdk::PriorOf(*row);
  }
  *finding.mutable_as_of() = trust::TimestampOf(work.now);
  finding.set_description(absl::StrCat(account.branch, ", ", account.kind, account.nature == kGeneral ? "" : ", ",
                                       account.nature == kGeneral ? "" : account.nature, ", opened ",
                                       account.opened_on));
  if (const std::optional<ProductRow> product = work.tables.Product(account.account)) {
    finding.set_quantity_e4(product->units_e4);
    finding.set_return_account(product->return_account);
    finding.set_locked_until(product->locked_until);
    finding.set_description(absl::StrCat(finding.description(), "; product ", product->product,
                                         product->own ? ", own 自营" : ", sold for another house 代销", ", price of ",
                                         product->priced_on));
  }
  if (work.kind.describe != nullptr) work.kind.describe(work, account, finding);
  return finding;
}

}  // namespace

absl::StatusOr<sdk::Answer> Inquire(const Work& work, const v1::Order& order) {
  const v1::Inquire& inquire = order.inquire();
  const Matches matches = FindCustomers(work.tables, order.subject());
  sdk::Answer answer;
  answer.searched_scope = ScopeText(work, inquire);
  std::set<std::string> seen;  // an account that two matching customers hold is one account
  for (const Match& match : matches.fits) {
    for (const AccountRow& account : work.tables.AccountsOf(match.customer.customer)) {
      if (!IsAsked(inquire, KindOf(work, account)) || !seen.insert(account.account).second) continue;
      EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, {account.account}));
      v1::ItemResult& item = answer.items.emplace_back();
      item.set_outcome(v1::OUTCOME_FOUND);
      *item.mutable_finding() = FindingOf(work, book, account, match);
    }
  }
  if (!matches.ambiguous.empty()) {
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(v1::OUTCOME_AMBIGUOUS);
    item.set_reason("NAME_MISMATCH");
    item.set_remark("the number is on our books under another name");
  }
  if (answer.items.size() > sdk::kItemsMax)
    return sdk::FailedAnswer("TOO_MANY_ACCOUNTS", "more accounts than one answer can name: ask the head office");
  if (inquire.has_transactions()) AddMovements(work, inquire.transactions(), answer);
  if (answer.items.empty()) answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  return answer;
}

}  // namespace eagle::bank
