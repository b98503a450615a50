// A bank's core in the simulation: the real encumbrance register over accounts in memory, behind Apply and Find, with
// replies that get lost.
//
// The object is the core's disk: what was committed stays, whatever happens to the agent in front. Counts effects, so
// that a second one under the same operation is seen. Each step is done by the law, too (law.h), and the two compared.
//
// Threads: one.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/sdk/encumbrance/register.h"
#include "adapters/sdk/ports.h"
#include "adapters/sdk/position.h"
#include "tests/sim/law.h"
#include "tests/sim/sim_network.h"

namespace eagle::sim {

class SimCore : public sdk::CoreRegister {
 public:
  // Told after each step: what it was, and what the law says otherwise (empty: nothing).
  using Compared = std::function<void(const std::string& step, const std::string& difference)>;
  SimCore(std::string bank, Dice& dice, const Weather& weather, absl::TimeZone zone, Compared compared)
      : bank_(std::move(bank)),
        dice_(dice),
        weather_(weather),
        zone_(zone),
        compared_(std::move(compared)),
        law_(zone) {}

  // --- the world
  void OpenAccount(const std::string& person, const std::string& account, int64_t balance);
  // Another authority's measure at the counter.
  void CounterFreeze(const std::string& person, const std::string& document, int64_t amount, absl::Time now);
  void CounterRelease(const std::string& document, absl::Time now);
  void Deposit(const std::string& account, int64_t amount, absl::Time now);
  void ConfirmPayments(absl::Time now, bool reject);

  // --- what the auditor counts
  struct Effect {
    std::string operation;
    goldeneagle::v1::Action action;
    std::string person;
    uint64_t arrival = 0;  // the inbox's own count: what gives rank
  };
  const std::vector<Effect>& effects() const { return effects_; }
  const std::vector<std::string>& accounts_of(const std::string& person) { return persons_[person]; }
  int64_t TotalMoney() const;  // on accounts, in transit and at the court
  int64_t deposited() const { return deposited_; }
  int64_t at_court() const { return at_court_; }
  // Controlled + unfunded of the live measures of `operation` (0 when it is over), and what was taken under it.
  std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) const;
  // It was on the waitlist at some time.
  bool WaitedOnce(const std::string& operation) const { return waited_.contains(operation); }
  const std::map<std::string, sdk::Encumbrance>& rows() const { return rows_; }
  bool HasOpenPayments() const { return !payments_.empty(); }
  // What stands for courts, for the daily statement.
  void VisitStanding(absl::Time now, const sdk::PositionVisitor& visit) const;

  // --- sdk::CoreRegister
  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override;
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override;
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit) override;

 private:
  struct Payment {
    sdk::Operation operation;
    std::string freeze;
    int64_t amount;
    std::vector<sdk::Cut> cuts;
    Law::Cuts by_law;
  };
  sdk::EncumbranceRegister LoadBook(absl::Time now) const;
  void StoreBook(sdk::EncumbranceRegister& book);
  absl::StatusOr<sdk::Answer> Freeze(const sdk::Request& request);
  absl::StatusOr<sdk::Answer> Renew(const sdk::Request& request);
  absl::StatusOr<sdk::Answer> Release(const sdk::Request& request);
  absl::StatusOr<sdk::Answer> Deduct(const sdk::Request& request);
  void Settle(const Payment& payment, bool reject, absl::Time now);
  // The step is done; `done` and `by_law`: whether each of the two registers allowed it.
  void Compare(const std::string& step, bool done, bool by_law, absl::Time now);

  std::string bank_;
  Dice& dice_;
  const Weather& weather_;
  absl::TimeZone zone_;
  Compared compared_;
  Law law_;
  std::map<std::string, std::vector<std::string>> persons_;
  std::map<std::string, sdk::Asset> assets_;
  std::map<std::string, sdk::Encumbrance> rows_;
  std::map<std::string, sdk::Operation> freeze_operations_;  // by row id
  std::map<std::string, sdk::Answer> answers_;               // by operation text
  std::vector<Effect> effects_;
  std::vector<sdk::RegisterChange> changes_;
  std::vector<Payment> payments_;
  std::set<std::string> waited_;
  int64_t deposited_ = 0, at_court_ = 0, in_transit_ = 0;
};

}  // namespace eagle::sim
