// The act of an order, field by field: what is asked of which measure, for how much, for how long. Private to
// examine_order.cc.
//
// Threads: reads `state` and `command` only, which outlive it.
//
//   ActExaminer(state, command, now).Examine(order, trial);      // adds to trial.wrong, fills what the ledger needs
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/examine_order.h"

namespace eagle::domain {

class ActExaminer {
 public:
  ActExaminer(const State& state, const SubmitOrders& command, absl::Time now)
      : state_(state), command_(command), policy_(*state.policy), now_(now) {}

  // Pre: people, targets and the pair of `trial` are known as far as they can be.
  void Examine(const goldeneagle::v1::Order& order, Trial& trial) const;

 private:
  using OrderMessage = goldeneagle::v1::Order;

  // --- makes a measure, or only looks: examine_act.cc
  void CheckInquire(const OrderMessage& order, Trial& trial) const;
  void CheckTransactions(const OrderMessage& order, Trial& trial) const;
  void CheckFreeze(const OrderMessage& order, Trial& trial) const;
  void CheckMoney(const OrderMessage& order, bool valued, Trial& trial) const;
  void CheckThing(const OrderMessage& order, bool valued, Trial& trial) const;
  void CheckCounter(const goldeneagle::v1::CounterMeasure& counter, Trial& trial) const;
  void CheckBlockedActs(const goldeneagle::v1::Freeze& freeze, Trial& trial) const;
  void CheckExtractIncome(const OrderMessage& order, Trial& trial) const;

  // --- about a measure that stands: examine_measure.cc
  void CheckRelease(const goldeneagle::v1::Release& release, Trial& trial) const;
  void CheckRenew(const OrderMessage& order, Trial& trial) const;
  void CheckDeduct(const OrderMessage& order, Trial& trial) const;
  void CheckPair(const OrderMessage& order, Trial& trial) const;
  void CheckTransferTitle(const OrderMessage& order, Trial& trial) const;
  void CheckLocate(const OrderMessage& order, Trial& trial) const;
  bool HasParts(const Measure& measure) const;

  // --- what several acts have
  // The row that bounds the term; null when there is none, or when the term is no term.
  const goldeneagle::v1::TermRow* CheckTerm(const goldeneagle::v1::Term& term, std::string_view asset_kind,
                                            bool renewal, const std::string& path, Trial& trial) const;
  // In months; 0 when it is no term.
  static uint32_t CheckMonths(const goldeneagle::v1::Term& term, const std::string& path, Trial& trial);
  void CheckCurrency(const std::string& currency, const std::string& path, Trial& trial) const;
  // The court's own enforcement account, in the words of the statement that is named by its digest.
  void CheckAccount(const OrderMessage& order, const goldeneagle::v1::CourtAccount& account, const std::string& digest,
                    const std::string& path, Trial& trial) const;
  // The order that made the measure, if it is one of this case at the same agency.
  const Measure* CheckMeasure(const std::string& freeze_order_id, const std::string& path, Trial& trial) const;
  // Whether the agency does what is ordered with this kind of asset.
  void CheckCan(const OrderMessage& order, const std::string& asset_kind, Trial& trial) const;

  const State& state_;
  const SubmitOrders& command_;
  const Policy& policy_;
  const absl::Time now_;
};

// In effect now; or it was once, and the order may have been carried out before the log lost its newest data.
bool Stands(const Measure& measure, const Trial& trial);
// It was in effect, whether it still is or not.
bool WasInEffect(const Measure& measure);

}  // namespace eagle::domain
