#include "adapters/bank/book.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/bank/products.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

sdk::Asset AssetOf(const Work& work, const std::string& number) {
  const std::optional<AccountRow> account = work.tables.Account(number);
  GATEWAY_ASSERT(account.has_value(), "accounts are looked up before they are loaded");
  return {.id = number,
          .balance = work.tables.Balance(number),
          .currency = account->currency,
          .account_class = ClassOf(work.kind, *account)};
}

// By how much a product is barred that was frozen by quantity, at its price of today.
void SetCeiling(const Work& work, MeasureRow& row) {
  if (row.quantity_e4 == 0) return;
  const std::optional<ProductRow> product = work.tables.Product(row.product);
  GATEWAY_ASSERT(product.has_value(), "a product is looked up before it is frozen");
  row.measure.ceiling = sdk::Ceiling{row.product, ValueOf(row.quantity_e4, product->price_e4)};
}

}  // namespace

sdk::AccountClass ClassOf(const Kind& kind, const AccountRow& account) {
  const AccountKind* row = FindAccountKind(kind, account.kind);
  return row == nullptr ? sdk::AccountClass::kDemand : row->use;
}

absl::StatusOr<Book> Book::Load(const Work& work, const std::vector<std::string>& accounts, std::string_view also) {
  std::map<std::string, MeasureRow, std::less<>> rows;
  std::set<std::string> seen;
  std::vector<std::string> next;
  const auto see = [&](const std::string& account) {
    if (seen.insert(account).second) next.push_back(account);
  };
  const auto add = [&](const std::string& measure) {
    if (rows.count(measure) != 0) return;
    MeasureRow row = *work.tables.Measure(measure);
    SetCeiling(work, row);
    for (const std::string& account : row.measure.scope) see(account);
    rows.emplace(measure, std::move(row));
  };
  for (const std::string& account : accounts) see(account);
  if (!also.empty()) add(std::string(also));
  while (!next.empty()) {
    const std::string account = std::move(next.back());
    next.pop_back();
    for (const std::string& measure : work.tables.LiveMeasuresOn(account)) add(measure);
  }
  std::vector<sdk::Asset> assets;
  for (const std::string& account : seen) assets.push_back(AssetOf(work, account));
  std::vector<sdk::Encumbrance> measures;
  for (const auto& [id, row] : rows) measures.push_back(row.measure);
  EAGLE_ASSIGN_OR_RETURN(sdk::EncumbranceRegister entries,
                         sdk::EncumbranceRegister::Load(std::move(assets), std::move(measures), work.now, work.zone));
  Book book(work, std::move(entries));
  book.rows_ = std::move(rows);
  return book;
}

absl::Status Book::Place(MeasureRow row, std::string_view first) {
  SetCeiling(*work_, row);
  EAGLE_RETURN_IF_ERROR(register_.Place(row.measure, /*review=*/false, first));
  rows_.emplace(row.measure.id, std::move(row));
  return absl::OkStatus();
}

void Book::TakeOver(const std::string& measure, const sdk::Operation& operation) {
  MeasureRow& row = rows_.find(measure)->second;
  GATEWAY_ASSERT(!row.IsOurs(), "an order's measure stays that order's");
  row.operation = operation;
  work_->tables.PutMeasure(row);
}

v1::MeasureState Book::State(const std::string& measure) const {
  v1::MeasureState state = sdk::MeasureOf(register_, measure);
  const MeasureRow& row = rows_.find(measure)->second;
  const sdk::Encumbrance& entry = *register_.Find(measure);
  if (row.quantity_e4 > 0) {
    const ProductRow product = *work_->tables.Product(row.product);
    state.set_requested_quantity_e4(row.quantity_e4);
    const int64_t held = entry.ControlledOn(row.product);
    const bool all = product.own && entry.ceiling && held == entry.ceiling->amount;
    state.set_controlled_quantity_e4(all ? row.quantity_e4 : std::min(row.quantity_e4, UnitsFor(product, held)));
  }
  const bool may_be_open = sdk::IsLive(entry.phase) || entry.phase == sdk::Phase::kConsumed;
  const int64_t sent = entry.inflow == sdk::InflowRule::kIncome && may_be_open ? work_->tables.SentUnder(measure) : 0;
  if (sent > 0) {
    state.set_requested_minor_units(state.requested_minor_units() + sent);
    state.set_unfunded_minor_units(state.unfunded_minor_units() + sent);
    v1::MeasureShare& share = state.shares().empty() ? *state.add_shares() : *state.mutable_shares(0);
    share.set_asset_number(entry.scope.front());
    share.set_unfunded_minor_units(share.unfunded_minor_units() + sent);
    state.set_rank(std::max(state.rank(), 1u));
    state.set_ended(false);
  }
  return state;
}

v1::ItemResult Book::Item(const std::string& measure) const {
  v1::ItemResult item = sdk::ItemOf(register_, measure);
  *item.mutable_measure() = State(measure);
  const v1::MeasureState& state = item.measure();
  if (!state.ended() && item.outcome() != v1::OUTCOME_WAITLISTED && state.unfunded_minor_units() > 0) {
    item.set_outcome(v1::OUTCOME_PARTLY_CONTROLLED);
    item.clear_reason();
  }
  const MeasureRow& row = rows_.find(measure)->second;
  const std::optional<ProductRow> product =
      row.product.empty() || state.ended() ? std::nullopt : work_->tables.Product(row.product);
  if (product && !product->own) {
    if (item.outcome() == v1::OUTCOME_CONTROLLED) item.set_outcome(v1::OUTCOME_PARTLY_CONTROLLED);
    item.set_reason(kProductNotControlled);
    item.set_remark("the product is kept by the house for which it was sold; what it pays back to account " +
                    product->return_account + " is caught");
  }
  return item;
}

void Book::Save() {
  for (const sdk::Asset& asset : register_.TakeChangedAssets()) {
    GATEWAY_ASSERT(asset.balance == work_->tables.Balance(asset.id),
                   "what the register counts is what the ledger says");
  }
  for (sdk::Encumbrance& changed : register_.TakeChangedRows()) {
    MeasureRow& row = rows_.find(changed.id)->second;
    row.measure = std::move(changed);
    work_->tables.PutMeasure(row);
  }
  for (const sdk::Change& change : register_.TakeChanges()) {
    const MeasureRow& row = rows_.find(change.id)->second;
    if (!row.IsOurs()) continue;  // other authorities are told by their own channels
    sdk::RegisterChange event{.kind = sdk::RegisterChange::Kind::kEvent, .operation = row.operation};
    event.change = sdk::ChangeOf(change.kind);
    event.item = Item(change.id);
    event.at = change.at;
    work_->tables.AddChange(event);
  }
}

absl::Status CatchUp(const Work& work) {
  while (true) {
    const std::optional<Tables::End> end = work.tables.NextEnd(work.now);
    const std::optional<ProductRow> due = work.tables.NextPaidBack(work.now);
    if (!end && !due) return absl::OkStatus();
    if (end && (!due || end->at <= *due->pays_back_at)) {
      const Work then{work.tables, end->at, work.zone, work.agency, work.kind};
      EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(then, end->accounts));
      book.Save();
    } else {
      EAGLE_RETURN_IF_ERROR(PayBackDue(Work{work.tables, *due->pays_back_at, work.zone, work.agency, work.kind}, *due));
    }
  }
}

bool IsBehind(const Work& work) {
  return work.tables.NextEnd(work.now).has_value() || work.tables.NextPaidBack(work.now).has_value();
}

}  // namespace eagle::bank
