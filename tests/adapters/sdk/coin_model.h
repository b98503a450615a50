// A second, simpler register of encumbrances, to judge the real one: every minor unit is a coin that lies on an account
// and is free or held by exactly one measure. So no coin can be held twice, lost or made; days are walked through one
// by one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/sdk/encumbrance/encumbrance.h"

namespace eagle::sdk {

class CoinModel {
 public:
  struct Measure {
    std::string id;
    Rank rank;
    std::vector<std::string> scope;
    bool capture = false;
    int64_t limit = 0;
    int64_t deducted = 0;
    std::string waits_on;  // account of the unfunded part
    Phase phase = Phase::kWaitlisted;
    uint32_t months = 0;
    int64_t last_day = -1;  // -1: none yet
  };
  using CutList = std::vector<std::pair<std::string, int64_t>>;

  explicit CoinModel(int64_t day) : day_(day) {}
  void AddAccount(const std::string& account, int64_t coins, bool thing);

  bool Place(Measure measure, bool review);
  bool Approve(const std::string& id);
  bool Refuse(const std::string& id);
  bool Release(const std::string& id, int64_t amount);
  bool Deduct(const std::string& id, int64_t amount, CutList& cuts);
  void GiveBack(const std::string& id, const CutList& cuts);
  bool Credit(const std::string& account, int64_t amount);
  bool Withdraw(const std::string& account, int64_t amount);
  bool Reduce(const std::string& account, int64_t amount);
  bool Move(const std::string& from, const std::string& to, int64_t amount, const std::string& first);
  bool Dispose(const std::string& id, bool whole);
  void WalkTo(int64_t day);

  int64_t Held(const std::string& id, const std::string& account) const;
  int64_t Unfunded(const std::string& id) const;
  int64_t Balance(const std::string& account) const;
  int64_t Free(const std::string& account) const { return HeldBy("", account); }
  const std::map<std::string, Measure>& measures() const { return measures_; }

 private:
  using Coins = std::vector<std::string>;  // the holder of each; empty: free
  int64_t HeldBy(const std::string& holder, const std::string& account) const;
  std::vector<Measure*> InRankOrder(bool backwards);
  bool Pass(const std::string& account, const std::string& from, const std::string& to);  // one coin
  void Grab(Measure& measure, const std::string& account, const std::string& from);  // one coin, onto its unfunded part
  void Drop(Measure& measure, const std::string& account);  // one coin, off it, to the unfunded part
  void HandOn(const std::string& account, int64_t coins, const Measure& giver);
  void CatchInflow(const std::string& account);
  void EndOne(Measure& measure, Phase phase);
  void Settle();
  bool StandsOn(const Measure& measure, const std::string& account) const;

  int64_t day_;
  std::map<std::string, Coins> accounts_;
  std::map<std::string, bool> is_thing_;
  std::map<std::string, Measure> measures_;
};

}  // namespace eagle::sdk
