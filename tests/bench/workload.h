// What the benchmarks submit: a directory of many banks, and cases, orders and receipts that are never the same twice.
//
// `apply` runs every command that the benchmark itself must have behind it (set-up, cases): through the domain alone,
// or through a sequencer. Threads: one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/domain_world.h"

namespace eagle::bench {

class Workload {
 public:
  using Apply = std::function<void(const domain::Command&)>;

  // One court and `banks` more banks than the DomainWorld has; `world` stands at the end of the set-up.
  explicit Workload(size_t banks);
  // Gives the set-up, from the log's second entry on, to `apply`, which is kept.
  void Begin(Apply apply);

  // A batch of `members` orders each.
  domain::SubmitOrders Inquiries(size_t members);  // to every bank
  domain::SubmitOrders Freezes(size_t members);    // 100.00 at one bank, sixteen a case
  // Final receipts for orders of Freezes: all money controlled.
  domain::ReportReceipts Answers(const std::vector<goldeneagle::v1::Order>& freezes);
  // The orders of the last call of Freezes.
  const std::vector<goldeneagle::v1::Order>& last() const { return last_; }

  test::DomainWorld world{test::PolicyWithoutDirectoryHeads()};

 private:
  std::string NextCase();
  Apply apply_;
  std::vector<std::string> banks_;
  std::vector<goldeneagle::v1::Order> last_;
  size_t freezes_ = 0, cases_ = 0, opened_ = 0;
};

// The domain alone: decides, applies, keeps the entries until they are taken.
class Domain {
 public:
  explicit Domain(Workload& work) : work_(work) {
    work_.world.state = {};
    domain::Apply(domain::FoundLog(work_.world.founding, work_.world.script.front().first), work_.world.state);
    work_.Begin([this](const domain::Command& command) { Run(command); });
  }
  void Run(const domain::Command& command) {
    domain::Decision decision = domain::Decide(work_.world.state, command, work_.world.now);
    for (domain::Entry& entry : decision.entries) {
      domain::Apply(entry, work_.world.state);
      entries_.push_back(std::move(entry));
    }
  }
  // What Run has made since the last call; also forgets what has changed, as the sequencer does with every commit.
  std::vector<domain::Entry> Take() {
    work_.world.state.changes = {};
    return std::exchange(entries_, {});
  }
  const std::vector<domain::Entry>& entries() const { return entries_; }

 private:
  Workload& work_;
  std::vector<domain::Entry> entries_;
};

}  // namespace eagle::bench
