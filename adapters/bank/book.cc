#include "adapters/bank/book.h"

#include <set>
#include <utility>

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

absl::Status Book::Place(MeasureRow row) {
  EAGLE_RETURN_IF_ERROR(register_.Place(row.measure));
  rows_.emplace(row.measure.id, std::move(row));
  return absl::OkStatus();
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
    event.item = sdk::ItemOf(register_, change.id);
    event.at = change.at;
    work_->tables.AddChange(event);
  }
}

absl::Status CatchUp(const Work& work) {
  while (const std::optional<Tables::End> end = work.tables.NextEnd(work.now)) {
    const Work then{work.tables, end->at, work.zone, work.agency, work.kind};
    EAGLE_ASSIGN_OR_RETURN(Book book, Book::Load(then, end->accounts));
    book.Save();
  }
  return absl::OkStatus();
}

}  // namespace eagle::bank
