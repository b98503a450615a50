#include "adapters/register/unit_book.h"

#include <algorithm>
#include <utility>

#include "absl/numeric/int128.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/measure.h"
#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::registry {

namespace {

// `amount` of `whole`, taken from `value` in proportion, rounded down.
int64_t InProportion(int64_t value, int64_t amount, int64_t whole) {
  return whole == 0 ? 0 : static_cast<int64_t>(absl::int128(value) * amount / whole);
}

sdk::Asset AssetOf(const Kind& kind, const Holder& holder, int64_t whole) {
  const std::string id = AssetId(kind, holder.unit, holder.number);
  if (kind.extent != Extent::kQuantity) return sdk::Thing(id);
  const auto quantity = QuantityOf(whole, holder.share_numerator, holder.share_denominator);
  GATEWAY_ASSERT(quantity.has_value(), "an import takes only shares that are whole quantities");
  return {.id = id, .kind = sdk::AssetKind::kMoney, .balance = *quantity};
}

}  // namespace

absl::StatusOr<UnitBook> UnitBook::Load(sdk::InboxTransaction& transaction, const OfficeRules& rules,
                                        std::string_view unit, absl::Time now) {
  const Kind& kind = rules.kind;
  Tables tables(transaction, kind);
  std::vector<Holder> holders = tables.HoldersOf(unit);
  std::vector<Seal> live = tables.SealsOf(unit, Tables::Which::kLive);
  int64_t whole = 0;
  if (kind.extent == Extent::kQuantity) {
    if (const auto row = tables.FindUnit(unit)) whole = WholeOf(kind, *row);
  }
  std::vector<sdk::Asset> assets;
  for (const Holder& holder : holders) {
    if (holder.state == HolderState::kFormer) continue;  // no live seal is on what he had
    if (kind.extent != Extent::kWhole || assets.empty()) assets.push_back(AssetOf(kind, holder, whole));
  }
  std::vector<sdk::Encumbrance> rows;
  for (const Seal& seal : live) rows.push_back(seal.row);
  EAGLE_ASSIGN_OR_RETURN(auto seals,
                         sdk::EncumbranceRegister::Load(std::move(assets), std::move(rows), now, rules.zone));
  UnitBook book(kind, std::string(unit), std::move(holders), std::move(seals));
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

size_t UnitBook::Count(HolderState state) const {
  return static_cast<size_t>(
      std::count_if(holders_.begin(), holders_.end(), [&](const Holder& holder) { return holder.state == state; }));
}

const Seal* UnitBook::FindSeal(std::string_view id) const {
  const auto found = kept_.find(id);
  return found == kept_.end() ? nullptr : &found->second;
}

const Seal* UnitBook::SealOfDocument(uint32_t holder, std::string_view document_number) const {
  const std::string asset = AssetId(kind_, unit_, holder);
  for (const auto& [id, seal] : kept_) {
    const sdk::Encumbrance* row = seals_.Find(id);
    if (row != nullptr && sdk::IsLive(row->phase) && row->scope.front() == asset &&
        row->document_number == document_number)
      return &seal;
  }
  return nullptr;
}

const Seal* UnitBook::FirstOn(uint32_t holder) const {
  const auto standing = seals_.StandingOn(AssetId(kind_, unit_, holder));
  return standing.empty() ? nullptr : FindSeal(standing.front()->id);
}

const Seal* UnitBook::FirstBarring(uint32_t holder, std::string_view act) const {
  for (const sdk::Encumbrance* row : seals_.StandingOn(AssetId(kind_, unit_, holder))) {
    if (const Seal* seal = FindSeal(row->id); seal->Bars(act)) return seal;
  }
  return nullptr;
}

int64_t UnitBook::FreeFor(uint32_t holder, std::string_view act) const {
  const std::string asset = AssetId(kind_, unit_, holder);
  int64_t free = seals_.FindAsset(asset)->balance;
  for (const sdk::Encumbrance* row : seals_.StandingOn(asset)) {
    if (FindSeal(row->id)->Bars(act)) free -= row->ControlledOn(asset);
  }
  return free;
}

std::vector<std::string> UnitBook::SealsAgainst(uint32_t holder) const {
  std::vector<std::string> out;
  for (const sdk::Encumbrance* row : seals_.StandingOn(AssetId(kind_, unit_, holder))) {
    if (FindSeal(row->id)->holder == holder) out.push_back(row->id);
  }
  return out;
}

std::string_view UnitBook::AssetKind() const {
  const Thing* thing = ThingOfNumber(kind_, unit_);
  return thing == nullptr ? std::string_view() : thing->asset_kind;
}

absl::Status UnitBook::Place(Seal seal, bool review) {
  if (kind_.extent == Extent::kQuantity) {
    for (const sdk::Encumbrance* row : seals_.StandingOn(seal.row.scope.front())) {
      if (row->phase == sdk::Phase::kEffective && seal.row.StandsBefore(*row))
        return Fail(Reason::kRankTaken, "a measure that was served later is in effect on the quantity")
            .With("before", row->id);
    }
  }
  EAGLE_RETURN_IF_ERROR(seals_.Place(seal.row, review));
  std::string id = seal.row.id;
  kept_.emplace(std::move(id), std::move(seal));
  return absl::OkStatus();
}

absl::Status UnitBook::ReleasePart(std::string_view id, int64_t amount_minor_units) {
  const auto kept = kept_.find(id);
  const sdk::Encumbrance* row = seals_.Find(id);
  if (kept == kept_.end() || row == nullptr) return Fail(Reason::kMeasureUnknown, "no measure with this id");
  Seal& seal = kept->second;
  // Never more than the order gives up.
  const int64_t quantity = InProportion(row->requested, amount_minor_units, seal.value_minor_units);
  if (quantity == 0) return Fail(Reason::kAmountInvalid, "less than one hundredth of the quantity");
  EAGLE_RETURN_IF_ERROR(seals_.Release(id, quantity));
  seal.value_minor_units -= amount_minor_units;
  return absl::OkStatus();
}

sdk::v1::ItemResult UnitBook::ItemOf(std::string_view id) const {
  const Seal* seal = FindSeal(id);
  GATEWAY_ASSERT(seal != nullptr, "callers ask for a seal of this book");
  const int64_t value = seal->value_minor_units;
  sdk::v1::ItemResult item = sdk::ItemOf(seals_, id, value);
  auto& measure = *item.mutable_measure();
  if (kind_.extent == Extent::kQuantity) {
    const int64_t quantity = measure.requested_minor_units();
    measure.set_requested_quantity_e4(quantity * kE4OfHundredth);
    measure.set_controlled_quantity_e4(measure.ended() ? 0 : measure.controlled_minor_units() * kE4OfHundredth);
    const int64_t controlled = InProportion(value, measure.controlled_minor_units(), quantity);
    measure.set_requested_minor_units(value);
    measure.set_controlled_minor_units(measure.ended() ? 0 : controlled);
    measure.set_unfunded_minor_units(measure.ended() ? 0 : value - controlled);
    for (auto& share : *measure.mutable_shares()) {
      share.set_controlled_minor_units(measure.controlled_minor_units());
      share.set_unfunded_minor_units(measure.unfunded_minor_units());
    }
    // What others took is a quantity; its value is theirs to say.
    for (auto& prior : *measure.mutable_prior_measures()) prior.set_amount_minor_units(0);
  }
  for (auto& share : *measure.mutable_shares()) share.set_asset_number(unit_);
  const Holder* holder = FindHolder(seal->holder);
  measure.set_pre_seal(holder != nullptr && holder->state == HolderState::kExpected);
  for (const std::string& act : seal->blocked_acts.empty() ? ActsOf(kind_, AssetKind()) : seal->blocked_acts)
    measure.add_blocked_acts(act);
  *measure.mutable_served_at() = trust::TimestampOf(seal->row.rank.served_at);
  measure.set_served_sequence(seal->row.rank.served_sequence);
  return item;
}

absl::Status UnitBook::Store(sdk::InboxTransaction& transaction, std::string_view decided) {
  Tables tables(transaction, kind_);
  for (sdk::Encumbrance& row : seals_.TakeChangedRows()) {
    const auto kept = kept_.find(row.id);
    GATEWAY_ASSERT(kept != kept_.end(), "every row came in through Load or Place");
    kept->second.row = std::move(row);
    tables.PutSeal(kept->second);
    const sdk::Phase phase = kept->second.row.phase;
    if (!sdk::IsLive(phase)) tables.EndSearchesOf(kept->first, sdk::PhaseName(phase), seals_.now());
  }
  for (const sdk::Change& change : seals_.TakeChanges()) {
    const Seal& seal = kept_.at(change.id);
    if (seal.row.id != decided) Tell(seal, change, tables, transaction);
  }
  return absl::OkStatus();
}

absl::Status UnitBook::StoreDisposed(sdk::InboxTransaction& transaction, std::string_view id) {
  EAGLE_RETURN_IF_ERROR(Store(transaction, id));
  Tables tables(transaction, kind_);
  Tell(*FindSeal(id), {.kind = sdk::ChangeKind::kLapsed, .id = std::string(id), .at = seals_.now()}, tables,
       transaction);
  return absl::OkStatus();
}

// A lock that ends before its clerk decided has its order's last word in that; everything else is an event of a
// measure.
void UnitBook::Tell(const Seal& seal, const sdk::Change& change, Tables& tables,
                    sdk::InboxTransaction& transaction) const {
  const auto review = seal.IsOurs() ? tables.OpenReviewOf(seal.row.id, seal.operation) : std::nullopt;
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

}  // namespace eagle::registry
