// The leaves of the register: amounts that move between shares, who gets what others give up, and what is reported of
// it.
#include <algorithm>
#include <utility>

#include "adapters/sdk/encumbrance/register.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

bool WaitsOn(const Encumbrance& row, std::string_view asset) {
  const Share* share = row.ShareOn(asset);
  return share != nullptr && share->unfunded > 0;
}

Amounts AmountsOf(const Encumbrance& row) {
  if (!IsLive(row.phase)) return {};
  return {row.requested, row.controlled(), row.unfunded()};
}

}  // namespace

// The last in rank loses first, until no more is controlled than is there.
void EncumbranceRegister::Squeeze(std::string_view asset) {
  int64_t missing = -Free(asset);
  for (auto row = rows_.rbegin(); row != rows_.rend() && missing > 0; ++row) {
    const int64_t amount = std::min(missing, IsLive(row->phase) ? row->ControlledOn(asset) : 0);
    if (amount == 0) continue;
    Lose(*row, asset, amount);
    missing -= amount;
  }
  GATEWAY_ASSERT(missing <= 0, "balances are never negative, so measures can lose all that is missing");
}

// What the measure may still control on `asset`, below zero when that is too much already.
int64_t EncumbranceRegister::Room(const Encumbrance& row, std::string_view asset) {
  if (!row.ceiling || row.ceiling->asset != asset) return row.unfunded();
  return std::min(row.unfunded(), row.ceiling->amount - row.ControlledOn(asset));
}

// Free money on `asset` goes to those who wait for inflow there; of `credit`, which is income, also to INCOME measures.
void EncumbranceRegister::Capture(std::string_view asset, const IncomeShare& share, int64_t credit) {
  int64_t left = Free(asset);
  for (Encumbrance& row : rows_) {
    if (left <= 0) return;
    if (!IsLive(row.phase) || !WaitsOn(row, asset)) continue;
    int64_t amount = 0;
    if (row.inflow == InflowRule::kCapture) amount = std::min(left, Room(row, asset));
    if (row.inflow == InflowRule::kIncome && share) amount = std::min({share(row, credit), credit, Room(row, asset)});
    if (amount <= 0) continue;
    Control(row, asset, amount);
    left -= amount;
    credit -= std::min(credit, amount);
  }
}

// What `giver` gave up on `asset` goes to later ones with the asset in scope, and to those who wait for inflow there.
void EncumbranceRegister::Offer(std::string_view asset, int64_t amount, const Encumbrance& giver) {
  for (Encumbrance& row : rows_) {
    if (amount <= 0) return;
    if (&row == &giver || !IsLive(row.phase)) continue;
    const bool is_next = giver.StandsBefore(row) && row.HasInScope(asset);
    const bool waits = row.inflow == InflowRule::kCapture && WaitsOn(row, asset);
    if ((!is_next && !waits) || row.inflow == InflowRule::kIncome) continue;
    const int64_t part = std::max<int64_t>(0, std::min(amount, Room(row, asset)));
    Control(row, asset, part);
    amount -= part;
  }
}

// Ends a live row; what it controlled is appended to `given_up` and offered by the caller.
void EncumbranceRegister::End(Encumbrance& row, Act act, std::vector<GivenUp>& given_up) {
  Do(row, act);
  given_up.push_back({&row, std::exchange(row.shares, {})});
}

void EncumbranceRegister::GiveUp(Encumbrance& row, Act act) {
  const Moment before = Snapshot();
  std::vector<GivenUp> given_up;
  End(row, act, given_up);
  for (const Share& share : given_up.front().shares) Offer(share.asset, share.controlled, row);
  TakeEffect();
  Note(before, row.id, ChangeKind::kPromoted);
}

// Every waitlisted measure that controls something, or before which nobody stands any more, takes effect now.
void EncumbranceRegister::TakeEffect() {
  for (Encumbrance& row : rows_) {
    if (row.phase != Phase::kWaitlisted || (row.controlled() == 0 && !StandsFirst(row))) continue;
    Do(row, Act::kTakeEffect);
    if (!row.effective_from) row.effective_from = now_;
    if (!row.effective_to && row.term.HasEnd()) row.effective_to = EndOf(row.term, *row.effective_from, zone_);
  }
}

bool EncumbranceRegister::StandsFirst(const Encumbrance& row) const {
  for (const Share& share : row.shares) {
    for (const Encumbrance& other : rows_) {
      if (IsLive(other.phase) && other.StandsBefore(row) && other.ShareOn(share.asset) != nullptr) return false;
    }
  }
  return true;
}

// ---- Shares ----

Share& EncumbranceRegister::MutableShare(Encumbrance& row, std::string_view asset) {
  for (Share& share : row.shares) {
    if (share.asset == asset) return share;
  }
  const auto order = [&](std::string_view id) {
    return std::find(row.scope.begin(), row.scope.end(), id) - row.scope.begin();
  };
  auto place = row.shares.begin();
  while (place != row.shares.end() && order(place->asset) < order(asset)) ++place;
  return *row.shares.insert(place, Share{std::string(asset), 0, 0});
}

void EncumbranceRegister::DropEmptyShares(Encumbrance& row) {
  row.shares.erase(std::remove_if(row.shares.begin(), row.shares.end(),
                                  [](const Share& share) { return share.controlled == 0 && share.unfunded == 0; }),
                   row.shares.end());
}

void EncumbranceRegister::Control(Encumbrance& row, std::string_view asset, int64_t amount) {
  if (amount <= 0) return;
  for (Share& share : row.shares) {
    if (share.unfunded == 0) continue;
    GATEWAY_ASSERT(share.unfunded >= amount, "nobody controls more than its limit");
    share.unfunded -= amount;
    break;
  }
  MutableShare(row, asset).controlled += amount;
  DropEmptyShares(row);
}

void EncumbranceRegister::Lose(Encumbrance& row, std::string_view asset, int64_t amount) {
  Share* waiting = nullptr;
  for (Share& share : row.shares) {
    if (share.unfunded > 0) waiting = &share;
  }
  Share& from = MutableShare(row, asset);  // it is there: it controls `amount`
  from.controlled -= amount;
  (waiting != nullptr ? *waiting : from).unfunded += amount;
  DropEmptyShares(row);
}

void EncumbranceRegister::Do(Encumbrance& row, Act act) {
  const std::optional<Phase> next = NextPhase(row.phase, act);
  GATEWAY_ASSERT(next.has_value(), "callers check the phase first");
  row.phase = *next;
}

// ---- Looking ----

const Encumbrance* EncumbranceRegister::Find(std::string_view id) const {
  for (const Encumbrance& row : rows_) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

Encumbrance* EncumbranceRegister::FindMutable(std::string_view id) { return const_cast<Encumbrance*>(Find(id)); }

const Asset* EncumbranceRegister::FindAsset(std::string_view id) const {
  const auto found = assets_.find(id);
  return found == assets_.end() ? nullptr : &found->second;
}

Asset* EncumbranceRegister::AssetOf(std::string_view id) { return const_cast<Asset*>(FindAsset(id)); }

int64_t EncumbranceRegister::Free(std::string_view asset) const {
  int64_t free = FindAsset(asset)->balance;
  for (const Encumbrance& row : rows_) {
    if (IsLive(row.phase)) free -= row.ControlledOn(asset);
  }
  return free;
}

int64_t EncumbranceRegister::Available(std::string_view asset) const {
  if (FindAsset(asset) == nullptr) return 0;
  for (const Encumbrance& row : rows_) {
    const bool blocks = row.whole_account && (row.phase == Phase::kEffective || row.phase == Phase::kPending);
    if (blocks && row.ShareOn(asset) != nullptr) return 0;
  }
  return Free(asset);
}

std::vector<const Encumbrance*> EncumbranceRegister::StandingOn(std::string_view asset) const {
  std::vector<const Encumbrance*> out;
  for (const Encumbrance& row : rows_) {
    if (IsLive(row.phase) && row.ShareOn(asset) != nullptr) out.push_back(&row);
  }
  return out;
}

std::vector<const Encumbrance*> EncumbranceRegister::Before(std::string_view id) const {
  std::vector<const Encumbrance*> out;
  const Encumbrance* row = Find(id);
  if (row == nullptr || !IsLive(row->phase)) return out;
  for (const Encumbrance& other : rows_) {
    if (!IsLive(other.phase) || !other.StandsBefore(*row)) continue;
    const bool meets = std::any_of(row->shares.begin(), row->shares.end(),
                                   [&](const Share& share) { return other.ShareOn(share.asset) != nullptr; });
    if (meets) out.push_back(&other);
  }
  return out;
}

// ---- What changed ----

EncumbranceRegister::Moment EncumbranceRegister::Snapshot() const {
  Moment before;
  for (const Encumbrance& row : rows_) {
    if (IsLive(row.phase)) before.emplace(row.id, std::make_pair(row.phase, AmountsOf(row)));
  }
  return before;
}

// Measures under review have no effect yet: their authorities hear of them only when they end.
void EncumbranceRegister::Note(const Moment& before, std::string_view subject, ChangeKind grown) {
  for (const Encumbrance& row : rows_) {
    const auto was = before.find(row.id);
    if (was == before.end() || row.id == subject) continue;
    const auto& [phase, amounts] = was->second;
    const Amounts after = AmountsOf(row);
    if (phase == row.phase && (amounts == after || phase == Phase::kPending)) continue;
    ChangeKind kind = grown;
    if (!IsLive(row.phase)) {
      kind = ChangeKind::kLapsed;
    } else if (phase == Phase::kWaitlisted && row.phase == Phase::kEffective) {
      kind = ChangeKind::kPromoted;
    } else if (after.controlled < amounts.controlled) {
      kind = ChangeKind::kReduced;
    }
    changes_.push_back({kind, row.id, amounts, after, now_});
  }
}

uint64_t EncumbranceRegister::RevisionOf(std::string_view id) const {
  const Encumbrance* row = Find(id);
  GATEWAY_ASSERT(row != nullptr, "callers ask for a measure that they have");
  const auto stored = stored_rows_.find(id);
  const bool changed = stored == stored_rows_.end() || stored->second != *row;
  return row->revision + (changed ? 1 : 0);
}

std::vector<Encumbrance> EncumbranceRegister::TakeChangedRows() {
  std::vector<Encumbrance> out;
  for (Encumbrance& row : rows_) {
    const uint64_t revision = RevisionOf(row.id);
    if (revision == row.revision) continue;
    row.revision = revision;
    out.push_back(row);
    stored_rows_.insert_or_assign(row.id, row);
  }
  return out;
}

std::vector<Asset> EncumbranceRegister::TakeChangedAssets() {
  std::vector<Asset> out;
  for (const auto& [id, asset] : assets_) {
    const auto stored = stored_assets_.find(id);
    if (stored != stored_assets_.end() && stored->second == asset) continue;
    out.push_back(asset);
    stored_assets_.insert_or_assign(id, asset);
  }
  return out;
}

std::vector<Change> EncumbranceRegister::TakeChanges() { return std::exchange(changes_, {}); }

}  // namespace eagle::sdk
