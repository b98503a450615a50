// An office of things by the law alone: who owns which part of which unit, who may be sealed, what a seal, a release, a
// sale and a search come to. Beside Law (who stands where) it knows owners, shares and searches.
//
//   land       a seal is on one owner's part
//   vehicles   a seal is on the whole, and it can be looked for
//   equity     a seal is on a quantity of what one owner has
//
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/sdk/ports.h"
#include "goldeneagle/v1/order.pb.h"
#include "tests/sim/law.h"

namespace eagle::sim {

class LawOffice {
 public:
  enum class Grip { kPart, kWhole, kQuantity };
  struct Holder {
    std::string unit;
    uint32_t number = 0;
    std::string person;  // id number
    uint64_t numerator = 1, denominator = 1;
    bool expected = false;  // is to become the owner
    bool former = false;
  };
  // A seal beside its claim.
  struct Seal {
    std::string claim;
    std::string unit, court, document;
    uint32_t holder = 0;
    int64_t value = 0;  // that the court declared
    int64_t proceeds = 0;
    bool counts = true;  // not, by a signed exception
  };
  struct Search {
    std::string operation, claim, unit;
    bool over = false;
  };

  LawOffice(Grip grip, bool movable, bool clerks_freeze, bool clerks_transfer, absl::TimeZone zone)
      : grip_(grip), movable_(movable), clerks_freeze_(clerks_freeze), clerks_transfer_(clerks_transfer), law_(zone) {}
  // `whole`: the quantity that there is of the unit.
  void Open(const std::string& unit, int64_t whole, const std::vector<Holder>& holders);

  // What the office answers by the law, having done it: "CONTROLLED", "NOT_TRANSFERRED", ...
  std::string Apply(const sdk::Request& request);
  std::string Decide(const sdk::Request& request, bool approved);
  // --- the counter. `sequence`: the office's own count of what was served.
  void Enter(const std::string& seal, const std::string& court, const std::string& document, const Holder& of,
             uint64_t sequence, int64_t months, absl::Time now);
  bool ReleaseAtCounter(const std::string& seal, absl::Time now);
  // Which orders are told.
  std::set<std::string> Looking(const std::string& unit, absl::Time now);
  void Collected(const std::string& unit, absl::Time now);
  // Whether the advance notice may become ownership: not while the seller's part is sealed.
  bool RegisterOwner(const std::string& unit);

  // What it did by orders and at the counter, and how often.
  const std::map<std::string, uint64_t>& acts() const { return acts_; }
  const std::vector<Holder>& holders() const { return holders_; }
  std::vector<std::string> units() const;
  int64_t WholeOf(const std::string& unit) const { return wholes_.at(unit); }
  std::string AssetOf(const Holder& of) const;
  const Seal* SealOf(const std::string& operation) const;
  const Law& law() const { return law_; }
  void PassTo(absl::Time now);
  std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) const;
  bool WaitedOnce(const std::string& operation) const;

 private:
  std::string Freeze(const sdk::Request& request);
  std::string TakeOver(const sdk::Request& request);
  std::string Release(const sdk::Request& request);
  std::string Transfer(const sdk::Request& request, bool decided);
  std::string Locate(const sdk::Request& request);
  std::string Did(const std::string& what, const std::string& said) { return ++acts_[what], said; }
  Seal* Named(const sdk::Request& request);
  Holder* Find(const std::string& unit, uint32_t number);
  int64_t QuantityOf(const Holder& of) const;
  std::string Standing(const std::string& claim) const;
  // Whether nothing is left to him.
  bool Sell(const Seal& seal, Holder& from, uint64_t numerator, uint64_t denominator, int64_t quantity,
            const goldeneagle::v1::TransferTitle& order, absl::Time now);

  const Grip grip_;
  const bool movable_, clerks_freeze_, clerks_transfer_;
  Law law_;
  std::map<std::string, int64_t> wholes_;
  std::vector<Holder> holders_;
  std::map<std::string, Seal> seals_;              // by number: an order's operation, or the counter's
  std::map<std::string, std::string> taken_over_;  // by operation of the order: the counter's number
  std::vector<Search> searches_;
  std::map<std::string, uint64_t> acts_;
};

}  // namespace eagle::sim
