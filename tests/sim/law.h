// A second register of who stands where on which asset, and for how much: written from the law, simpler than the
// product's and sharing no code with it, so that the two can be held against each other after every step.
//
// The law in a few lines: who was served first stands first. In that order each takes what is left, account by account,
// up to its limit; the rest of the limit waits on one account. Whoever holds nothing and has somebody before him waits,
// and no term of his runs. What one gives up goes to those behind him. What is deducted takes its part of the limit
// along, so nobody moves up by it. A thing is an asset of which there is one; a quantity is money by another name.
//
// Threads: one.
//
//   Law law(shanghai);  law.Open("A1", 100'000);
//   law.Place({.id = "F1", .served = {now, 1}, .scope = {"A1"}, .limit = 80'000, .months = 12}, now);
//   const std::string wrong = law.Differs(rows, balances);   // empty: the product's register says the same
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "adapters/sdk/encumbrance/encumbrance.h"

namespace eagle::sim {

class Law {
 public:
  enum class Stage { kReview, kWaits, kStands, kReleased, kLapsed, kConsumed, kDisposed, kVoid, kRefused };
  enum class Catches { kNothing, kInflow, kIncome };
  struct Claim {
    std::string id;
    std::pair<absl::Time, uint64_t> served;
    std::vector<std::string> scope;  // in the order in which it is used
    int64_t limit = 0;
    Catches catches = Catches::kNothing;
    int64_t months = 0;
    std::map<std::string, int64_t> most = {};  // at most so much of it is held there
    // --- what follows is the law's
    std::map<std::string, int64_t> held = {};  // by asset
    std::string waits_on = {};                 // where the rest of the limit is
    Stage stage = Stage::kWaits;
    absl::Time ends = absl::InfiniteFuture();
    int64_t taken = 0;
    bool waited = false;  // at some time
    bool Live() const { return stage <= Stage::kStands; }
    int64_t Held() const;
    int64_t Lacks() const { return limit - Held(); }
    // What more it may hold there.
    int64_t Room(const std::string& asset) const;
    bool StandsOn(const std::string& asset) const;
  };
  using Cuts = std::map<std::string, int64_t>;

  explicit Law(absl::TimeZone zone) : zone_(zone) {}

  void Open(const std::string& asset, int64_t amount) { assets_[asset] = amount; }
  void Close(const std::string& asset) { assets_.erase(asset); }
  int64_t Of(const std::string& asset) const { return assets_.at(asset); }
  const Claim* Find(const std::string& id) const;
  const std::vector<Claim>& claims() const { return claims_; }  // in rank
  int64_t Free(const std::string& asset) const;
  // Somebody who was served later than this is in effect there: registration went before.
  bool Overtaken(const std::string& asset, std::pair<absl::Time, uint64_t> served) const;

  // Each gives false, and does nothing, where the law doesn't allow it. Terms that ended by `now` end first.
  bool Place(Claim claim, absl::Time now, bool review = false, const std::string& first = "");
  bool Approve(const std::string& id, absl::Time now);
  bool Refuse(const std::string& id, absl::Time now);
  bool Renew(const std::string& id, int64_t months, absl::Time now);
  bool Release(const std::string& id, int64_t amount, absl::Time now);  // 0: all
  bool Deduct(const std::string& id, int64_t amount, absl::Time now, Cuts& cuts);
  void GiveBack(const std::string& id, const Cuts& cuts, absl::Time now);
  void Credit(const std::string& asset, int64_t amount, absl::Time now);
  // From one account to another inside the claims that hold it: of `first`, then what is free, then of others in rank.
  // Once nothing is left, what waits there waits on the other.
  void Move(const std::string& from, const std::string& to, int64_t amount, const std::string& first, absl::Time now);
  // Income: in rank order, before and after those who extract, everybody who catches; of those, each what of `left` is
  // above what is still to be kept of this month, and no more than this credit. Gives what each extracts, and what was
  // left of the credit behind the last of them.
  std::pair<std::map<std::string, int64_t>, int64_t> CreditIncome(const std::string& asset, int64_t amount,
                                                                  int64_t left_this_month,
                                                                  const std::map<std::string, int64_t>& kept,
                                                                  absl::Time now);
  // It was sold under `id`: whole, a part of a thing (the next takes effect on the rest), or so much of a quantity.
  bool SellWhole(const std::string& id, absl::Time now);
  bool SellPart(const std::string& id, absl::Time now);
  // With `all` nothing is left to those behind: they are void.
  bool SellQuantity(const std::string& id, int64_t quantity, absl::Time now, bool all);
  void PassTo(absl::Time now);

  // What the register says otherwise; empty: nothing.
  std::string Differs(const std::vector<sdk::Encumbrance>& rows, const std::map<std::string, int64_t>& balances) const;

 private:
  Claim* FindMutable(const std::string& id);
  bool IsFirst(const Claim& claim) const;
  void Squeeze(const std::string& asset);
  void Catch(const std::string& asset);
  void Offer(const std::string& asset, int64_t amount, const Claim& giver);
  void GiveUp(Claim& claim, Stage stage);
  void TakeEffect(absl::Time now);
  absl::Time EndOf(absl::Time from, int64_t months) const;
  std::string Differs(const Claim& claim, const sdk::Encumbrance& row) const;

  absl::TimeZone zone_;
  std::map<std::string, int64_t> assets_;
  std::vector<Claim> claims_;
};

}  // namespace eagle::sim
