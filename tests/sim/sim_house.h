// A whole bank: the product's own core (adapters/bank) with deposits, wealth products and accounts for wages, in
// memory, behind a line on which calls and replies get lost. Beside it the law's register, compared after every step.
//
// Private to the files of this folder. Threads: one.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/bank/core.h"
#include "adapters/bank/positions.h"
#include "tests/sim/sim_agency.h"

namespace eagle::sim {

struct World::House : public World::Agency, public sdk::CoreRegister {
  // What one respondent has there: two accounts, one of them for wages, and a product that pays back to the first.
  struct Customer {
    std::string person, name, account, wages, product;
  };

  House(World& owner, std::string house_code, uint64_t seed,
        const std::vector<std::pair<std::string, std::string>>& persons);

  // --- an agency
  std::vector<goldeneagle::v1::Capability> Abilities() const override;
  absl::StatusOr<std::unique_ptr<sdk::Agent>> Make(const sdk::AgentConfig& config) override;
  void Drop() override { inbox_.reset(); }
  const std::vector<SimCore::Effect>& effects() const override { return effects_; }
  std::optional<sdk::Encumbrance> RowOf(const std::string& operation) override;
  std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) override;
  bool WaitedOnce(const std::string& operation) override;
  void VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction& transaction,
                     const sdk::PositionVisitor& visit) override;
  void People(bool all) override;
  bool Busy() override { return !sent_.empty(); }

  // --- its core
  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override;
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override;
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit) override;

  // --- its counter and its payment system
  void Deposit(const std::string& account, int64_t amount);
  void PaySalary(const std::string& account, int64_t amount);
  // A court's freeze on paper; gives its number. Of another authority with `court` empty.
  std::string FreezeOnPaper(const Customer& of, const std::string& account, const std::string& court,
                            const std::string& document, int64_t amount);
  void Withdraw(const std::string& account);  // all that is free, and a fen more is refused
  void Settle(bool reject);                   // every payment that is on its way

  const std::vector<Customer>& customers() const { return customers_; }
  // Orders that it sent back: income under the measure is on its way.
  const std::set<std::string>& returned() const { return returned_; }
  // Of the measure that the order made, or took over.
  const Law::Claim* ClaimOf(const std::string& operation) const;

 private:
  struct Sent {
    std::string claim;
    Law::Cuts cuts;
    bool income = false;
  };
  const Customer* Of(const std::string& person) const;
  std::string Expected(const sdk::Request& request);
  std::string Place(const sdk::Request& request, std::vector<std::string> scope, int64_t limit, Law::Catches catches,
                    int64_t months, const std::string& product, int64_t quantity_e4);
  std::string Freeze(const sdk::Request& request);
  std::string Deduct(const sdk::Request& request);
  std::string Standing(const std::string& claim) const;
  void Compare(const std::string& step);
  absl::Time Now() const { return world.true_clock_.True(); }

  std::unique_ptr<bank::BankCore> core_;
  std::unique_ptr<bank::CorePositions> positions_;
  sdk::FakeDisk disk_;
  std::unique_ptr<sdk::FakeInbox> inbox_;
  Law law_;
  std::vector<Customer> customers_;
  std::vector<SimCore::Effect> effects_;
  std::map<std::string, std::string> taken_over_;  // by operation of the order: the counter's number
  std::map<std::string, std::pair<std::string, std::string>> papers_;  // by number: person and document
  std::map<std::string, int64_t> kept_;                                // by claim of income: of a month
  std::set<std::string> whole_;                                        // claims that bar whole accounts
  std::map<std::string, int64_t> month_;                               // by account and month: income that was left
  std::map<std::string, Sent> sent_;                                   // by payment
  std::set<std::string> returned_;
  uint64_t requests_ = 0, payments_ = 0;
};

}  // namespace eagle::sim
