#include "tests/adapters/sdk/coin_model.h"

#include <algorithm>

#include "adapters/sdk/encumbrance/term.h"

namespace eagle::sdk {

void CoinModel::AddAccount(const std::string& account, int64_t coins, bool thing) {
  accounts_[account] = Coins(static_cast<size_t>(coins));
  is_thing_[account] = thing;
}

int64_t CoinModel::HeldBy(const std::string& holder, const std::string& account) const {
  const Coins& coins = accounts_.at(account);
  return std::count(coins.begin(), coins.end(), holder);
}
int64_t CoinModel::Held(const std::string& id, const std::string& account) const { return HeldBy(id, account); }
int64_t CoinModel::Balance(const std::string& account) const {
  return static_cast<int64_t>(accounts_.at(account).size());
}
int64_t CoinModel::Unfunded(const std::string& id) const {
  int64_t held = 0;
  for (const auto& [account, coins] : accounts_) held += HeldBy(id, account);
  const Measure& measure = measures_.at(id);
  return IsLive(measure.phase) ? measure.limit - held : 0;
}

std::vector<CoinModel::Measure*> CoinModel::InRankOrder(bool backwards) {
  std::vector<Measure*> out;
  for (auto& [id, measure] : measures_) {
    if (IsLive(measure.phase)) out.push_back(&measure);
  }
  std::sort(out.begin(), out.end(), [](Measure* a, Measure* b) { return a->rank < b->rank; });
  if (backwards) std::reverse(out.begin(), out.end());
  return out;
}

bool CoinModel::Pass(const std::string& account, const std::string& from, const std::string& to) {
  Coins& coins = accounts_[account];
  const auto coin = std::find(coins.begin(), coins.end(), from);
  if (coin == coins.end()) return false;
  *coin = to;
  return true;
}

void CoinModel::Grab(Measure& measure, const std::string& account, const std::string& from) {
  Pass(account, from, measure.id);
}

void CoinModel::Drop(Measure& measure, const std::string& account) {
  if (Unfunded(measure.id) == 0) measure.waits_on = account;
  Pass(account, measure.id, "");
}

bool CoinModel::StandsOn(const Measure& measure, const std::string& account) const {
  return HeldBy(measure.id, account) > 0 || (Unfunded(measure.id) > 0 && measure.waits_on == account);
}

void CoinModel::Settle() {
  for (Measure* measure : InRankOrder(false)) {
    if (measure->phase != Phase::kWaitlisted) continue;
    int64_t held = 0;
    for (const auto& [account, coins] : accounts_) held += HeldBy(measure->id, account);
    bool first = true;
    for (Measure* other : InRankOrder(false)) {
      if (other->rank < measure->rank && StandsOn(*other, measure->waits_on)) first = false;
    }
    if (held == 0 && !first) continue;
    measure->phase = Phase::kEffective;
    if (measure->last_day < 0) {
      const absl::CivilDay epoch(1970, 1, 1);
      measure->last_day = LastDayOf({.months = measure->months}, epoch + day_) - epoch;
    }
  }
}

void CoinModel::HandOn(const std::string& account, int64_t coins, const Measure& giver) {
  for (Measure* measure : InRankOrder(false)) {
    const bool later = giver.rank < measure->rank &&
                       std::find(measure->scope.begin(), measure->scope.end(), account) != measure->scope.end();
    for (; coins > 0; --coins) {
      const bool waits = measure->capture && measure->waits_on == account;
      if (Unfunded(measure->id) == 0 || (!later && !waits)) break;
      Grab(*measure, account, "");
    }
  }
}

void CoinModel::CatchInflow(const std::string& account) {
  for (Measure* measure : InRankOrder(false)) {
    while (measure->capture && measure->waits_on == account && Unfunded(measure->id) > 0 && HeldBy("", account) > 0) {
      Grab(*measure, account, "");
    }
  }
}

void CoinModel::EndOne(Measure& measure, Phase phase) {
  measure.phase = phase;
  for (const std::string& account : measure.scope) {
    int64_t coins = 0;
    while (Pass(account, measure.id, "")) ++coins;
    HandOn(account, coins, measure);
  }
  Settle();
}

bool CoinModel::Place(Measure measure, bool review) {
  if (measures_.count(measure.id) != 0) return false;
  const bool thing = is_thing_.at(measure.scope.front());
  if (thing) {
    measure.limit = 1;
    for (Measure* other : InRankOrder(false)) {
      if (other->phase == Phase::kEffective && measure.rank < other->rank && StandsOn(*other, measure.scope.front()))
        return false;
    }
  }
  measure.phase = review ? Phase::kPending : Phase::kWaitlisted;
  measure.waits_on = measure.scope.front();
  Measure& placed = measures_[measure.id] = measure;
  for (const std::string& account : placed.scope) {
    while (Unfunded(placed.id) > 0) {
      if (HeldBy("", account) > 0) {
        Grab(placed, account, "");
        continue;
      }
      Measure* loser = nullptr;
      for (Measure* other : InRankOrder(true)) {
        if (placed.rank < other->rank && HeldBy(other->id, account) > 0) {
          loser = other;
          break;
        }
      }
      if (loser == nullptr) break;
      Drop(*loser, account);
      Grab(placed, account, "");
    }
  }
  Settle();
  return true;
}

bool CoinModel::Approve(const std::string& id) {
  const auto found = measures_.find(id);
  if (found == measures_.end() || found->second.phase != Phase::kPending) return false;
  found->second.phase = Phase::kWaitlisted;
  Settle();
  return true;
}

bool CoinModel::Refuse(const std::string& id) {
  const auto found = measures_.find(id);
  if (found == measures_.end() || found->second.phase != Phase::kPending) return false;
  EndOne(found->second, Phase::kRefused);
  return true;
}

bool CoinModel::Release(const std::string& id, int64_t amount) {
  const auto found = measures_.find(id);
  if (found == measures_.end() || !IsLive(found->second.phase) || amount > found->second.limit) return false;
  Measure& measure = found->second;
  if (amount == 0 || amount == measure.limit) {
    EndOne(measure, Phase::kReleased);
    return true;
  }
  for (; amount > 0 && Unfunded(id) > 0; --amount) --measure.limit;
  std::vector<std::pair<std::string, int64_t>> given;
  for (auto account = measure.scope.rbegin(); account != measure.scope.rend(); ++account) {
    int64_t coins = 0;
    for (; amount > 0 && Pass(*account, id, ""); --amount, ++coins) --measure.limit;
    given.emplace_back(*account, coins);
  }
  for (const auto& [account, coins] : given) HandOn(account, coins, measure);
  Settle();
  return true;
}

bool CoinModel::Deduct(const std::string& id, int64_t amount, CutList& cuts) {
  const auto found = measures_.find(id);
  if (found == measures_.end() || found->second.phase != Phase::kEffective) return false;
  Measure& measure = found->second;
  if (is_thing_.at(measure.scope.front()) || amount <= 0 || amount > measure.limit - Unfunded(id)) return false;
  for (const std::string& account : measure.scope) {
    Coins& coins = accounts_[account];
    int64_t taken = 0;
    for (; amount > 0; --amount, ++taken) {
      const auto coin = std::find(coins.begin(), coins.end(), id);
      if (coin == coins.end()) break;
      coins.erase(coin);
      --measure.limit;
      ++measure.deducted;
    }
    if (taken > 0) cuts.emplace_back(account, taken);
  }
  if (measure.limit == 0) measure.phase = Phase::kConsumed;
  Settle();
  return true;
}

void CoinModel::GiveBack(const std::string& id, const CutList& cuts) {
  Measure& measure = measures_.at(id);
  if (measure.phase == Phase::kConsumed) measure.phase = Phase::kEffective;
  for (const auto& [account, coins] : cuts) {
    measure.deducted -= coins;
    const bool again = measure.phase == Phase::kEffective;
    for (int64_t i = 0; i < coins; ++i) accounts_[account].push_back(again ? id : "");
    if (again) measure.limit += coins;
    if (!again) HandOn(account, coins, measure);
  }
  Settle();
  if (measure.phase == Phase::kEffective && measure.last_day < day_) EndOne(measure, Phase::kLapsed);
}

bool CoinModel::Credit(const std::string& account, int64_t amount) {
  if (is_thing_.at(account)) return false;
  for (int64_t i = 0; i < amount; ++i) accounts_[account].emplace_back();
  CatchInflow(account);
  Settle();
  return true;
}

bool CoinModel::Withdraw(const std::string& account, int64_t amount) {
  if (is_thing_.at(account) || amount > Free(account)) return false;
  Coins& coins = accounts_[account];
  for (int64_t i = 0; i < amount; ++i) coins.erase(std::find(coins.begin(), coins.end(), ""));
  return true;
}

bool CoinModel::Reduce(const std::string& account, int64_t amount) {
  if (is_thing_.at(account) || amount > Balance(account)) return false;
  Coins& coins = accounts_[account];
  for (int64_t i = 0; i < amount; ++i) {
    for (Measure* measure : InRankOrder(true)) {
      if (HeldBy("", account) > 0) break;
      if (HeldBy(measure->id, account) > 0) Drop(*measure, account);
    }
    coins.erase(std::find(coins.begin(), coins.end(), ""));
  }
  Settle();
  return true;
}

bool CoinModel::Move(const std::string& from, const std::string& to, int64_t amount, const std::string& first) {
  if (from == to || is_thing_.at(from) || is_thing_.at(to) || amount > Balance(from)) return false;
  const auto in_rank = InRankOrder(false);
  for (const Measure* measure : in_rank) {
    if (StandsOn(*measure, from) && std::find(measure->scope.begin(), measure->scope.end(), to) == measure->scope.end())
      return false;
  }
  std::vector<std::string> order = {first, ""};
  for (const Measure* measure : in_rank) order.push_back(measure->id);
  Coins& coins = accounts_[from];
  for (; amount > 0; --amount) {
    auto coin = coins.end();
    for (auto holder = order.begin(); coin == coins.end() && holder != order.end(); ++holder)
      coin = std::find(coins.begin(), coins.end(), *holder);
    accounts_[to].push_back(*coin);
    coins.erase(coin);
  }
  for (Measure* measure : in_rank) {
    if (coins.empty() && measure->waits_on == from && Unfunded(measure->id) > 0) measure->waits_on = to;
  }
  CatchInflow(to);
  Settle();
  return true;
}

bool CoinModel::Dispose(const std::string& id, bool whole) {
  const auto found = measures_.find(id);
  if (found == measures_.end() || found->second.phase != Phase::kEffective) return false;
  const std::string thing = found->second.scope.front();
  if (!is_thing_.at(thing)) return false;
  if (whole) {
    for (Measure* other : InRankOrder(false)) {
      if (other->id != id && StandsOn(*other, thing)) other->phase = Phase::kVoid;
    }
  }
  EndOne(found->second, Phase::kDisposed);
  return true;
}

void CoinModel::WalkTo(int64_t day) {
  while (day_ < day) {
    ++day_;
    // Those that end together let go before anybody catches.
    std::vector<Measure*> ending;
    for (Measure* measure : InRankOrder(false)) {
      if (measure->phase == Phase::kEffective && measure->last_day < day_) ending.push_back(measure);
    }
    std::map<std::string, std::map<std::string, int64_t>> held;
    for (Measure* measure : ending) {
      measure->phase = Phase::kLapsed;
      for (const std::string& account : measure->scope) {
        while (Pass(account, measure->id, "")) ++held[measure->id][account];
      }
    }
    for (Measure* measure : ending) {
      for (const std::string& account : measure->scope) HandOn(account, held[measure->id][account], *measure);
    }
    Settle();
  }
}

}  // namespace eagle::sdk
