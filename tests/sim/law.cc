#include "tests/sim/law.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace eagle::sim {
namespace {

using Stage = Law::Stage;

bool Before(const Law::Claim& a, const Law::Claim& b) { return std::tie(a.served, a.id) < std::tie(b.served, b.id); }

// The two registers' words for one thing.
Stage StageOf(sdk::Phase phase) {
  switch (phase) {
    case sdk::Phase::kPending:
      return Stage::kReview;
    case sdk::Phase::kWaitlisted:
      return Stage::kWaits;
    case sdk::Phase::kEffective:
      return Stage::kStands;
    case sdk::Phase::kReleased:
      return Stage::kReleased;
    case sdk::Phase::kLapsed:
      return Stage::kLapsed;
    case sdk::Phase::kConsumed:
      return Stage::kConsumed;
    case sdk::Phase::kDisposed:
      return Stage::kDisposed;
    case sdk::Phase::kVoid:
      return Stage::kVoid;
    case sdk::Phase::kRefused:
      return Stage::kRefused;
  }
  return Stage::kVoid;
}

const char* Name(Stage stage) {
  constexpr const char* kNames[] = {"under review", "waits",    "stands", "released", "lapsed",
                                    "consumed",     "disposed", "void",   "refused"};
  return kNames[static_cast<size_t>(stage)];
}

}  // namespace

int64_t Law::Claim::Held() const {
  int64_t sum = 0;
  for (const auto& [asset, amount] : held) sum += amount;
  return sum;
}

int64_t Law::Claim::Room(const std::string& asset) const {
  const auto bound = most.find(asset);
  if (bound == most.end()) return Lacks();
  const auto there = held.find(asset);
  return std::min(Lacks(), bound->second - (there == held.end() ? 0 : there->second));
}

bool Law::Claim::StandsOn(const std::string& asset) const {
  if (!Live()) return false;
  const auto there = held.find(asset);
  return (there != held.end() && there->second > 0) || (waits_on == asset && Lacks() > 0);
}

const Law::Claim* Law::Find(const std::string& id) const {
  const auto found = std::find_if(claims_.begin(), claims_.end(), [&](const Claim& one) { return one.id == id; });
  return found == claims_.end() ? nullptr : &*found;
}
Law::Claim* Law::FindMutable(const std::string& id) { return const_cast<Claim*>(Find(id)); }

int64_t Law::Free(const std::string& asset) const {
  int64_t free = assets_.at(asset);
  for (const Claim& claim : claims_) {
    if (claim.Live() && claim.held.contains(asset)) free -= claim.held.at(asset);
  }
  return free;
}

bool Law::Overtaken(const std::string& asset, std::pair<absl::Time, uint64_t> served) const {
  return std::any_of(claims_.begin(), claims_.end(), [&](const Claim& claim) {
    return claim.stage == Stage::kStands && claim.StandsOn(asset) && served < claim.served;
  });
}

bool Law::IsFirst(const Claim& claim) const {
  for (const Claim& other : claims_) {
    if (&other == &claim) return true;
    for (const std::string& asset : claim.scope) {
      if (claim.StandsOn(asset) && other.StandsOn(asset)) return false;
    }
  }
  return true;
}

void Law::TakeEffect(absl::Time now) {
  for (Claim& claim : claims_) {
    if (claim.stage != Stage::kWaits) continue;
    if (claim.Held() == 0 && !IsFirst(claim)) {
      claim.waited = true;
      continue;
    }
    claim.stage = Stage::kStands;
    if (claim.ends == absl::InfiniteFuture() && claim.months > 0) claim.ends = EndOf(now, claim.months);
  }
}

// Until the end of the day before the corresponding one; where a month has no such day, of its last.
absl::Time Law::EndOf(absl::Time from, int64_t months) const {
  const absl::CivilDay first = absl::ToCivilDay(from, zone_);
  const absl::CivilMonth month = absl::CivilMonth(first) + months;
  const absl::CivilDay next_month(month + 1);
  const absl::CivilDay corresponding = absl::CivilDay(month) + (first.day() - 1);
  return absl::FromCivil(std::min(corresponding, next_month), zone_);
}

// More is held there than there is: who came last loses first.
void Law::Squeeze(const std::string& asset) {
  int64_t over = -Free(asset);
  for (auto claim = claims_.rbegin(); claim != claims_.rend() && over > 0; ++claim) {
    const int64_t part = claim->Live() && claim->held.contains(asset) ? std::min(over, claim->held.at(asset)) : 0;
    if (part == 0) continue;
    if (claim->Lacks() == 0) claim->waits_on = asset;
    claim->held[asset] -= part;
    over -= part;
  }
}

void Law::Offer(const std::string& asset, int64_t amount, const Claim& giver) {
  for (Claim& claim : claims_) {
    if (&claim == &giver || !claim.Live() || claim.catches == Catches::kIncome) continue;
    const bool behind =
        Before(giver, claim) && std::find(claim.scope.begin(), claim.scope.end(), asset) != claim.scope.end();
    const bool waits = claim.catches == Catches::kInflow && claim.waits_on == asset;
    const int64_t part = behind || waits ? std::min(amount, claim.Room(asset)) : 0;
    if (part > 0) claim.held[asset] += part;
    amount -= part;
  }
}

void Law::GiveUp(Claim& claim, Stage stage) {
  claim.stage = stage;
  for (const auto& [asset, amount] : std::exchange(claim.held, {})) Offer(asset, amount, claim);
}

void Law::PassTo(absl::Time now) {
  while (true) {
    absl::Time next = absl::InfiniteFuture();
    for (const Claim& claim : claims_) {
      if (claim.stage == Stage::kStands) next = std::min(next, claim.ends);
    }
    if (next > now) return;
    std::vector<std::pair<const Claim*, Cuts>> ended;
    for (Claim& claim : claims_) {
      if (claim.stage != Stage::kStands || claim.ends > next) continue;
      claim.stage = Stage::kLapsed;
      ended.emplace_back(&claim, std::exchange(claim.held, {}));
    }
    for (const auto& [claim, held] : ended) {
      for (const auto& [asset, amount] : held) Offer(asset, amount, *claim);
    }
    TakeEffect(next);
  }
}

bool Law::Place(Claim claim, absl::Time now, bool review, const std::string& first) {
  PassTo(now);
  if (Find(claim.id) != nullptr || claim.limit <= 0) return false;
  claim.waits_on = claim.scope.front();
  claim.stage = review ? Stage::kReview : Stage::kWaits;
  Claim& own = *claims_.insert(std::upper_bound(claims_.begin(), claims_.end(), claim, Before), std::move(claim));
  std::vector<std::string> order = own.scope;
  std::stable_partition(order.begin(), order.end(), [&](const std::string& asset) { return asset == first; });
  for (const std::string& asset : order) {
    if (own.catches == Catches::kIncome) break;
    int64_t left = assets_.at(asset);
    for (const Claim& other : claims_) {
      if (Before(other, own) && other.Live() && other.held.contains(asset)) left -= other.held.at(asset);
    }
    const int64_t part = std::min(left, own.Room(asset));
    if (part > 0) own.held[asset] += part;
    Squeeze(asset);
  }
  TakeEffect(now);
  return true;
}

bool Law::Approve(const std::string& id, absl::Time now) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kReview) return false;
  claim->stage = Stage::kWaits;
  TakeEffect(now);
  return true;
}

bool Law::Refuse(const std::string& id, absl::Time now) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kReview) return false;
  GiveUp(*claim, Stage::kRefused);
  TakeEffect(now);
  return true;
}

bool Law::Renew(const std::string& id, int64_t months, absl::Time now) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kStands) return false;
  claim->ends = EndOf(claim->ends, months);
  return true;
}

bool Law::Release(const std::string& id, int64_t amount, absl::Time now) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || !claim->Live() || amount > claim->limit) return false;
  if (amount == 0 || amount == claim->limit) {
    GiveUp(*claim, Stage::kReleased);
  } else {
    int64_t held = std::max<int64_t>(0, amount - claim->Lacks());  // what waits goes first, then the last account
    Cuts given;
    for (auto asset = claim->scope.rbegin(); asset != claim->scope.rend() && held > 0; ++asset) {
      const int64_t part = std::min(held, claim->held[*asset]);
      claim->held[*asset] -= part, held -= part;
      given[*asset] = part;
    }
    claim->limit -= amount;
    for (auto asset = claim->scope.rbegin(); asset != claim->scope.rend(); ++asset)
      Offer(*asset, given[*asset], *claim);
  }
  TakeEffect(now);
  return true;
}

bool Law::Deduct(const std::string& id, int64_t amount, absl::Time now, Cuts& cuts) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kStands || amount <= 0 || amount > claim->Held()) return false;
  claim->limit -= amount, claim->taken += amount;
  for (const std::string& asset : claim->scope) {
    const int64_t part = std::min(amount, claim->held[asset]);
    if (part == 0) continue;
    claim->held[asset] -= part, assets_[asset] -= part, amount -= part;
    cuts[asset] = part;
  }
  if (claim->limit == 0) claim->stage = Stage::kConsumed;
  TakeEffect(now);
  return true;
}

void Law::GiveBack(const std::string& id, const Cuts& cuts, absl::Time now) {
  PassTo(now);
  Claim& claim = *FindMutable(id);
  if (claim.stage == Stage::kConsumed) claim.stage = Stage::kStands;
  for (const auto& [asset, amount] : cuts) {
    assets_[asset] += amount;
    claim.taken -= amount;
    if (claim.stage == Stage::kStands) {
      claim.limit += amount, claim.held[asset] += amount;
    } else {
      Offer(asset, amount, claim);
    }
  }
  TakeEffect(now);
  PassTo(now);
}

void Law::Credit(const std::string& asset, int64_t amount, absl::Time now) {
  (void)CreditIncome(asset, amount, 0, {}, now);
}

void Law::Catch(const std::string& asset) {
  for (Claim& claim : claims_) {
    if (!claim.Live() || claim.catches != Catches::kInflow || claim.waits_on != asset) continue;
    const int64_t part = std::min(claim.Room(asset), Free(asset));
    if (part > 0) claim.held[asset] += part;
  }
}

void Law::Move(const std::string& from, const std::string& to, int64_t amount, const std::string& first,
               absl::Time now) {
  PassTo(now);
  int64_t rest = amount;
  const int64_t free = Free(from);
  const auto carry = [&](Claim& claim) {
    const int64_t part = claim.Live() ? std::min(rest, claim.held[from]) : 0;
    claim.held[from] -= part, claim.held[to] += part, rest -= part;
  };
  if (Claim* claim = FindMutable(first); claim != nullptr) carry(*claim);
  rest -= std::min(rest, free);
  for (Claim& claim : claims_) carry(claim);
  assets_[from] -= amount, assets_[to] += amount;
  for (Claim& claim : claims_) {
    if (assets_[from] == 0 && claim.waits_on == from) claim.waits_on = to;
  }
  Catch(to);
  TakeEffect(now);
}

std::pair<std::map<std::string, int64_t>, int64_t> Law::CreditIncome(const std::string& asset, int64_t amount,
                                                                     int64_t left_this_month,
                                                                     const std::map<std::string, int64_t>& kept,
                                                                     absl::Time now) {
  PassTo(now);
  assets_[asset] += amount;
  std::map<std::string, int64_t> extracted;
  int64_t credit = amount, left = amount;
  for (Claim& claim : claims_) {
    if (!claim.Live() || claim.waits_on != asset || claim.Lacks() == 0) continue;
    int64_t part = 0;
    if (claim.catches == Catches::kInflow) part = std::min(claim.Room(asset), Free(asset));
    if (claim.catches == Catches::kIncome && kept.contains(claim.id))
      part = std::min({claim.Lacks(), credit, std::max<int64_t>(0, left_this_month + credit - kept.at(claim.id))});
    if (claim.catches == Catches::kIncome) left = credit - std::max<int64_t>(0, part);
    if (part <= 0) continue;
    claim.held[asset] += part;
    credit -= std::min(credit, part);
    if (claim.catches == Catches::kIncome) extracted[claim.id] = part;
  }
  TakeEffect(now);
  return {extracted, left};
}

bool Law::SellWhole(const std::string& id, absl::Time now) {
  PassTo(now);
  Claim* sold = FindMutable(id);
  if (sold == nullptr || sold->stage != Stage::kStands) return false;
  for (Claim& claim : claims_) {
    if (&claim == sold || !claim.Live() || !claim.StandsOn(sold->scope.front())) continue;
    claim.stage = Stage::kVoid;
    claim.held.clear();
  }
  sold->stage = Stage::kDisposed;
  sold->held.clear();
  return true;
}

bool Law::SellPart(const std::string& id, absl::Time now) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kStands) return false;
  GiveUp(*claim, Stage::kDisposed);
  TakeEffect(now);
  return true;
}

bool Law::SellQuantity(const std::string& id, int64_t quantity, absl::Time now, bool all) {
  PassTo(now);
  Claim* claim = FindMutable(id);
  if (claim == nullptr || claim->stage != Stage::kStands || quantity > claim->Held()) return false;
  const std::string& asset = claim->scope.front();
  for (Claim& other : claims_) {
    if (!all || &other == claim || !other.StandsOn(asset)) continue;
    other.stage = other.stage == Stage::kStands ? Stage::kLapsed : Stage::kVoid;
    other.held.clear();
  }
  assets_[asset] -= quantity, claim->held[asset] -= quantity;
  GiveUp(*claim, Stage::kDisposed);
  TakeEffect(now);
  return true;
}

// --- the comparison

std::string Law::Differs(const Claim& claim, const sdk::Encumbrance& row) const {
  if (StageOf(row.phase) != claim.stage)
    return absl::StrCat("by the law it ", Name(claim.stage), ", by the register it ", Name(StageOf(row.phase)));
  if (row.deducted != claim.taken) return absl::StrCat("taken: law ", claim.taken, ", register ", row.deducted);
  if (!claim.Live()) return "";
  if (row.requested != claim.limit) return absl::StrCat("limit: law ", claim.limit, ", register ", row.requested);
  if (row.effective_to.value_or(absl::InfiniteFuture()) != claim.ends)
    return absl::StrCat("it ends: law ", absl::FormatTime(claim.ends, zone_), ", register ",
                        absl::FormatTime(row.effective_to.value_or(absl::InfiniteFuture()), zone_));
  std::map<std::string, int64_t> held, waits;
  for (const sdk::Share& share : row.shares) {
    if (share.controlled > 0) held[share.asset] = share.controlled;
    if (share.unfunded > 0) waits[share.asset] = share.unfunded;
  }
  for (const std::string& asset : claim.scope) {
    const auto there = claim.held.find(asset);
    const int64_t by_law = there == claim.held.end() ? 0 : there->second;
    if (held[asset] != by_law) return absl::StrCat("held on ", asset, ": law ", by_law, ", register ", held[asset]);
  }
  if (claim.Lacks() > 0 && waits[claim.waits_on] != claim.Lacks())
    return absl::StrCat("waits on ", claim.waits_on, ": law ", claim.Lacks(), ", register ", waits[claim.waits_on]);
  return "";
}

std::string Law::Differs(const std::vector<sdk::Encumbrance>& rows,
                         const std::map<std::string, int64_t>& balances) const {
  std::map<std::string, const sdk::Encumbrance*> by_id;
  std::map<std::string, int64_t> held;
  for (const sdk::Encumbrance& row : rows) {
    by_id[row.id] = &row;
    for (const sdk::Share& share : row.shares) held[share.asset] += share.controlled;
    if (Find(row.id) == nullptr) return absl::StrCat(row.id, ": nobody placed it");
  }
  for (const auto& [asset, amount] : assets_) {
    const auto there = balances.find(asset);
    if (there == balances.end() || there->second != amount)
      return absl::StrCat("on ", asset, ": law ", amount, ", register ",
                          there == balances.end() ? "nothing" : absl::StrCat(there->second));
    if (held[asset] > amount) return absl::StrCat("more is held on ", asset, " than there is");
  }
  const sdk::Encumbrance* last = nullptr;
  for (const Claim& claim : claims_) {
    const auto row = by_id.find(claim.id);
    if (row == by_id.end()) return absl::StrCat(claim.id, ": the register doesn't have it");
    if (const std::string why = Differs(claim, *row->second); !why.empty()) return absl::StrCat(claim.id, ": ", why);
    if (!claim.Live()) continue;
    if (last != nullptr && std::tie(row->second->rank, row->second->id) < std::tie(last->rank, last->id))
      return absl::StrCat(claim.id, ": by the law it stands behind ", last->id);
    last = row->second;
  }
  return "";
}

}  // namespace eagle::sim
