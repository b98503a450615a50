#include "adapters/land/unit_book.h"

#include <utility>

#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::land {

absl::StatusOr<UnitBook> UnitBook::Load(sdk::InboxTransaction& transaction, std::string_view unit, absl::Time now,
                                        absl::TimeZone zone) {
  LandTables tables(transaction);
  std::vector<Holder> holders = tables.HoldersOf(unit);
  std::vector<Seal> live = tables.SealsOf(unit, LandTables::Which::kLive);
  std::vector<sdk::Asset> things;
  for (const Holder& holder : holders) things.push_back(sdk::Thing(ThingId(unit, holder.number)));
  std::vector<sdk::Encumbrance> rows;
  for (const Seal& seal : live) rows.push_back(seal.row);
  EAGLE_ASSIGN_OR_RETURN(auto seals, sdk::EncumbranceRegister::Load(std::move(things), std::move(rows), now, zone));
  UnitBook book(std::string(unit), std::move(holders), std::move(seals));
  for (Seal& seal : live) {
    const std::string id = seal.row.id;
    book.kept_.emplace(id, std::move(seal));
  }
  return book;
}

const Holder* UnitBook::FindHolder(uint32_t number) const {
  for (const Holder& holder : holders_) {
    if (holder.number == number) return &holder;
  }
  return nullptr;
}

const Seal* UnitBook::FindSeal(std::string_view id) const {
  const auto found = kept_.find(id);
  return found == kept_.end() ? nullptr : &found->second;
}

const Seal* UnitBook::SealOfDocument(uint32_t holder, std::string_view document_number) const {
  for (const auto& [id, seal] : kept_) {
    const sdk::Encumbrance* row = seals_.Find(id);
    if (row != nullptr && sdk::IsLive(row->phase) && seal.holder == holder && row->document_number == document_number)
      return &seal;
  }
  return nullptr;
}

absl::Status UnitBook::Place(Seal seal, bool review) {
  EAGLE_RETURN_IF_ERROR(seals_.Place(seal.row, review));
  std::string id = seal.row.id;
  kept_.emplace(std::move(id), std::move(seal));
  return absl::OkStatus();
}

sdk::v1::ItemResult UnitBook::ItemOf(std::string_view id) const {
  const Seal* seal = FindSeal(id);
  GATEWAY_ASSERT(seal != nullptr, "callers ask for a seal of this book");
  sdk::v1::ItemResult item = sdk::ItemOf(seals_, id, seal->value_minor_units);
  for (auto& share : *item.mutable_measure()->mutable_shares()) share.set_asset_number(unit_);
  return item;
}

absl::Status UnitBook::Store(sdk::InboxTransaction& transaction, std::string_view decided) {
  LandTables tables(transaction);
  for (sdk::Encumbrance& row : seals_.TakeChangedRows()) {
    const auto kept = kept_.find(row.id);
    GATEWAY_ASSERT(kept != kept_.end(), "every row came in through Load or Place");
    kept->second.row = std::move(row);
    tables.PutSeal(kept->second);
  }
  for (const sdk::Change& change : seals_.TakeChanges()) {
    const Seal& seal = kept_.at(change.id);
    if (seal.row.id != decided) Tell(seal, change, tables, transaction);
  }
  return absl::OkStatus();
}

absl::Status UnitBook::StoreDisposed(sdk::InboxTransaction& transaction, std::string_view id) {
  EAGLE_RETURN_IF_ERROR(Store(transaction, id));
  LandTables tables(transaction);
  Tell(*FindSeal(id), {.kind = sdk::ChangeKind::kLapsed, .id = std::string(id), .at = seals_.now()}, tables,
       transaction);
  return absl::OkStatus();
}

// A lock that ends before its clerk decided has its order's last word in that; everything else is an event of a
// measure.
void UnitBook::Tell(const Seal& seal, const sdk::Change& change, LandTables& tables,
                    sdk::InboxTransaction& transaction) const {
  const auto review = tables.OpenReviewOf(seal.row.id);
  if (review) {
    GATEWAY_ASSERT(!sdk::IsLive(seal.row.phase), "only its clerk, or its end, changes a lock under review");
    tables.CloseReview(review->number, ReviewState::kClosed, "", sdk::PhaseName(seal.row.phase), change.at);
  }
  if (!seal.IsOurs()) return;
  sdk::RegisterChange told{.operation = seal.operation, .at = change.at};
  told.item = ItemOf(seal.row.id);
  if (review) {
    told.kind = sdk::RegisterChange::Kind::kAnswer;
    told.answer.items.push_back(std::exchange(told.item, {}));
  } else {
    told.kind = sdk::RegisterChange::Kind::kEvent;
    told.change = sdk::ChangeOf(change.kind);
  }
  sdk::InboxTables(transaction).AppendChange(std::move(told));
}

}  // namespace eagle::land
