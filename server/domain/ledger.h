// The case ledger: what is asked for, frozen, taken and on its way in one case, and the bound that never breaks (law
// 6).
//
//   D = deducted + in transit + deductions accepted and unanswered; the proceeds of things that change their owner and
//       income as it is extracted are among them
//   E = controlled, less deductions accepted and unanswered
//   R = limits requested and unanswered + unfunded parts of effective measures (income still to come in is such a
//   part),
//       less what deductions of the same group are to take of them
//   C = the case's cap
//   Nothing is accepted that would break  D <= C  or  D + E + R <= C, for the case and for each respondent with a
//   liability of its own. Waitlisted limits are contingent: shown, not counted. A measure that isn't money, or goes
//   beyond the cap by a signed exception, is not counted. What stands on a respondent who was removed from the case
//   stays counted until it is over, and is to be released as a surplus is.
//
// Units:   minor units of the case's one currency; amounts never negative.
// Threads: a value; a copy is a scratch ledger on which a group is tried.
// Source:  Civil Procedure Law art 253 and interpretation arts on over-freezing 超标的 (domain A7.4), design law 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "server/base/ids.h"
#include "server/base/reason.h"

namespace eagle::domain {

enum class MeasurePhase : uint8_t { kRequested, kWaitlisted, kEffective, kLapsed, kReleased, kConsumed, kRefused };
enum class DeductionPhase : uint8_t { kAccepted, kSent, kSettled, kRefused };

// One freeze of the case and the measure that came of it.
struct Measure {
  OrderSeq freeze;
  AgencyOrdinal agency;
  uint32_t respondent = 0;  // place in the case's list
  bool is_money = true;
  std::string asset_kind;  // row of the policy: DEPOSIT, LAND, ...
  bool counted = true;     // false: outside the sums (no money, or by exception)
  int64_t limit = 0;       // as asked; shrinks by release and deduction
  int64_t controlled = 0;  // as the unit last signed it
  int64_t unfunded = 0;
  int64_t deducting =
      0;  // deductions accepted and unanswered: of `controlled`, or of what it will be (freeze and deduct)
  MeasurePhase phase = MeasurePhase::kRequested;
  OrderSeq renewal;                                  // accepted and unanswered; none: an invalid id
  goldeneagle::v1::MeasureState state;               // as the unit last signed it
  absl::Time heard_at = absl::InfinitePast();        // when the unit's last word about it was signed or recorded
  absl::Time stands_since = absl::InfiniteFuture();  // from when on it is in effect or waits; never: it doesn't
  absl::Time marked_end = absl::InfinitePast();      // the end for which its newest mark was (ending.h), and how many
  uint32_t marked_days = 0;                          // days before it

  bool stands() const { return phase == MeasurePhase::kWaitlisted || phase == MeasurePhase::kEffective; }
  // Whether so much of it is controlled, and not being taken already; of one that was only asked for, of its limit.
  bool Has(int64_t amount) const {
    return (phase == MeasurePhase::kEffective && amount <= controlled - deducting) ||
           (phase == MeasurePhase::kRequested && amount <= limit - deducting);
  }
};

// What is taken for the claim: money by DEDUCT, the proceeds of a thing by TRANSFER_TITLE, one payment of income.
struct Deduction {
  OrderSeq order;
  OrderSeq freeze;
  uint32_t respondent = 0;
  int64_t amount = 0;
  DeductionPhase phase = DeductionPhase::kAccepted;
  bool of_thing = false;  // proceeds: the price needn't be what the thing counts with
  // Of a thing: the part that changes its owner; both 0: all that the measure holds.
  uint32_t share_numerator = 0, share_denominator = 0;
  // What the measure gives for it while it is unanswered. 0 for money that the measure doesn't have any more: accepted
  // once more after a recovery, and carried out before it.
  int64_t held = 0;
  std::string booking;  // of income: the unit's own reference, which it pays once
};

// The sums, for a case or for one respondent of it.
struct Totals {
  int64_t requested = 0, controlled = 0, unfunded = 0, contingent = 0;
  int64_t deducting = 0, in_transit = 0, deducted = 0;
  int64_t D() const { return deducting + in_transit + deducted; }
  int64_t E() const { return controlled; }
  int64_t R() const { return requested + unfunded; }
  int64_t Bound() const { return D() + E() + R(); }
};

class CaseLedger {
 public:
  // Caps: C, and one for each respondent (0 = none of its own).
  void SetCaps(int64_t cap, std::vector<int64_t> liability_caps) {
    cap_ = cap, liability_caps_ = std::move(liability_caps);
  }
  int64_t cap() const { return cap_; }
  // By place: who is a respondent no longer.
  void SetRemoved(std::vector<bool> removed) { removed_ = std::move(removed); }

  // kNone when the bound holds with `amount` more frozen (or, with `deduct`, moved from E to D).
  // CAP_EXCEEDED before LIABILITY_EXCEEDED.
  Reason MayFreeze(uint32_t respondent, int64_t amount) const;
  Reason MayDeduct(uint32_t respondent, int64_t amount) const;
  // The same of proceeds: what goes beyond the value that the thing, or the part of it, counts with must find room.
  Reason MayTransfer(const Deduction& title) const;

  // The events, as they happen. All total: what the journal says has happened.
  void FreezeAccepted(Measure measure);
  void FreezeRefused(OrderSeq freeze);
  // The unit's signed state after a FINAL or EVENT receipt. One that is older (MeasureState.revision) than what was
  // signed before changes nothing.
  void MeasureSigned(OrderSeq freeze, goldeneagle::v1::Outcome outcome, const goldeneagle::v1::MeasureState& state);
  // The same of a CORRECTION, or of the first word on a freeze. A measure that only the word taken back, or a
  // withdrawal of what had been carried out before a loss, had ended (`ended_by`) stands again.
  void MeasureCorrected(OrderSeq freeze, goldeneagle::v1::Outcome outcome, const goldeneagle::v1::MeasureState& state,
                        MeasurePhase ended_by);
  void MeasureEnded(OrderSeq freeze, MeasurePhase how);
  // A word of the unit about the measure was folded: signed or recorded at `heard`, whichever is later; recorded at
  // `at`. Changes no amount.
  void Heard(OrderSeq freeze, absl::Time at, absl::Time heard);
  // The end of the measure is so near. Changes no amount.
  void EndMarked(OrderSeq freeze, absl::Time end, uint32_t days_before);
  // Moves no amount; while it is open no second one is accepted, so terms aren't piled up.
  void RenewalAccepted(OrderSeq order, OrderSeq freeze);
  void RenewalAnswered(OrderSeq order, OrderSeq freeze);
  void DeductionAccepted(const Deduction& deduction);
  void DeductionSent(OrderSeq order, const goldeneagle::v1::DeductionState& state);
  void DeductionSettled(OrderSeq order, const goldeneagle::v1::DeductionState& state);
  // `state` with what the unit signed; null when the order came back undone. The money is under the same measure at the
  // same rank.
  void DeductionRefused(OrderSeq order, const goldeneagle::v1::DeductionState* state);

  // The last word on a transfer of title. TRANSFERRED with the measure after it; any other word frees the proceeds, and
  // one that corrects TRANSFERRED says with `state` that the measure stands again. Null: it came back undone.
  void TitleAnswered(OrderSeq order, goldeneagle::v1::Outcome outcome, const goldeneagle::v1::MeasureState* state);
  // A payment of income, of the order that made the measure. The same booking reference moves nothing twice. `late`: of
  // the measure a newer word is on file; what was paid counts all the same.
  void IncomeTaken(OrderSeq order, const goldeneagle::v1::DeductionState& state, bool late);

  const Measure* FindMeasure(OrderSeq freeze) const;
  const Deduction* FindDeduction(OrderSeq order) const;  // DEDUCT, TRANSFER_TITLE
  // A payment of income under this reference; null when there was none.
  const Deduction* FindPayment(OrderSeq order, std::string_view booking) const;
  int64_t IncomeOf(OrderSeq order) const;  // all that was paid under it
  const std::vector<Measure>& measures() const { return measures_; }
  const std::vector<Deduction>& deductions() const { return deductions_; }
  bool HasOpenDeduction(OrderSeq freeze) const;

  Totals Sum() const;
  Totals SumOf(uint32_t respondent) const;
  // What stands above the cap or on removed respondents, and has to be released; money already taken above the cap is
  // RefundDue.
  int64_t Surplus() const;
  int64_t RefundDue() const;
  // The freezes on removed respondents that are not over, whatever they amount to and wherever they stand; rising.
  std::vector<uint64_t> OnRemoved() const;

 private:
  Measure* Find(OrderSeq freeze);
  // What the measure gives for it: leaves E, or R, when it is accepted.
  int64_t HeldFor(const Deduction& deduction) const;
  Deduction* FindMutable(OrderSeq order);
  void Leave(Deduction& deduction, DeductionPhase phase, const goldeneagle::v1::MeasureState* after);
  bool IsRemoved(uint32_t respondent) const { return respondent < removed_.size() && removed_[respondent]; }
  Reason MayAdd(uint32_t respondent, int64_t amount, int64_t (Totals::*sum)() const) const;
  template <typename Filter>
  Totals SumIf(Filter filter) const;

  int64_t cap_ = 0;
  std::vector<int64_t> liability_caps_;
  std::vector<bool> removed_;
  std::vector<Measure> measures_;  // in order of acceptance
  std::vector<Deduction> deductions_;
};

}  // namespace eagle::domain
