#include "server/domain/ledger.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "server/base/assert.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::MeasureState;
using goldeneagle::v1::Outcome;

bool Ended(MeasurePhase phase) { return phase >= MeasurePhase::kLapsed; }

// Receipts of several orders speak of one measure, and one may have been on its way while the next overtook it.
bool IsOlder(const MeasureState& state, const Measure& measure) {
  return state.revision() != 0 && state.revision() < measure.state.revision();
}

}  // namespace

template <typename Filter>
Totals CaseLedger::SumIf(Filter filter) const {
  Totals sum;
  for (const Measure& measure : measures_) {
    if (!measure.counted || !filter(measure.respondent)) continue;
    switch (measure.phase) {
      case MeasurePhase::kRequested:
        sum.requested += measure.limit - measure.deducting;
        break;
      case MeasurePhase::kWaitlisted:
        sum.contingent += measure.limit;
        break;
      case MeasurePhase::kEffective:
        // Of a pair more may be asked for than came to be controlled: then it is of the unfunded part.
        sum.controlled += std::max<int64_t>(0, measure.controlled - measure.deducting);
        sum.unfunded += measure.unfunded - std::max<int64_t>(0, measure.deducting - measure.controlled);
        break;
      default:
        break;
    }
  }
  for (const Deduction& deduction : deductions_) {
    if (!filter(deduction.respondent)) continue;
    switch (deduction.phase) {
      case DeductionPhase::kAccepted:
        sum.deducting += deduction.amount;
        break;
      case DeductionPhase::kSent:
        sum.in_transit += deduction.amount;
        break;
      case DeductionPhase::kSettled:
        sum.deducted += deduction.amount;
        break;
      case DeductionPhase::kRefused:
        break;
    }
  }
  return sum;
}

Totals CaseLedger::Sum() const {
  return SumIf([](uint32_t) { return true; });
}
Totals CaseLedger::SumOf(uint32_t respondent) const {
  return SumIf([=](uint32_t other) { return other == respondent; });
}

Reason CaseLedger::MayAdd(uint32_t respondent, int64_t amount, int64_t (Totals::*sum)() const) const {
  if ((Sum().*sum)() + amount > cap_) return Reason::kCapExceeded;
  const int64_t liability = respondent < liability_caps_.size() ? liability_caps_[respondent] : 0;
  if (liability > 0 && (SumOf(respondent).*sum)() + amount > liability) return Reason::kLiabilityExceeded;
  return Reason::kNone;
}

Reason CaseLedger::MayFreeze(uint32_t respondent, int64_t amount) const {
  return MayAdd(respondent, amount, &Totals::Bound);
}

Reason CaseLedger::MayDeduct(uint32_t respondent, int64_t amount) const {
  // The amount moves from E to D, so only D can break its bound; D + E + R stays as it is, which a cap lowered
  // meanwhile may already have made too much: then nothing more is taken than the cap.
  return MayAdd(respondent, amount, &Totals::D);
}

Reason CaseLedger::MayTransfer(const Deduction& title) const {
  if (const Reason reason = MayDeduct(title.respondent, title.amount); reason != Reason::kNone) return reason;
  const int64_t beyond = title.amount - HeldFor(title);
  return beyond > 0 ? MayFreeze(title.respondent, beyond) : Reason::kNone;
}

int64_t CaseLedger::HeldFor(const Deduction& deduction) const {
  const Measure* measure = FindMeasure(deduction.freeze);
  GATEWAY_ASSERT(measure != nullptr, "a deduction names a measure of the case");
  if (!deduction.of_thing) return measure->Has(deduction.amount) ? deduction.amount : 0;
  if (measure->phase != MeasurePhase::kEffective || !measure->counted) return 0;
  int64_t value = measure->controlled;
  if (deduction.share_denominator > 0)
    value = static_cast<int64_t>(absl::int128(value) * deduction.share_numerator / deduction.share_denominator);
  return std::clamp<int64_t>(std::min(value, measure->controlled - measure->deducting), 0, deduction.amount);
}

int64_t CaseLedger::Surplus() const {
  const Totals sum = Sum();
  const Totals removed = SumIf([this](uint32_t respondent) { return IsRemoved(respondent); });
  // What can be released is what is held; what was taken above the cap is a refund, not a release. Releasing what
  // stands on removed respondents brings the rest that far below the cap.
  return std::clamp<int64_t>(std::max(sum.Bound() - cap_, removed.E() + removed.R()), 0, sum.E() + sum.R());
}
std::vector<uint64_t> CaseLedger::OnRemoved() const {
  std::vector<uint64_t> freezes;
  for (const Measure& measure : measures_) {
    if (IsRemoved(measure.respondent) && !Ended(measure.phase)) freezes.push_back(measure.freeze.value());
  }
  std::sort(freezes.begin(), freezes.end());
  return freezes;
}
int64_t CaseLedger::RefundDue() const { return std::max<int64_t>(0, Sum().D() - cap_); }

Measure* CaseLedger::Find(OrderSeq freeze) {
  for (Measure& measure : measures_) {
    if (measure.freeze == freeze) return &measure;
  }
  return nullptr;
}
const Measure* CaseLedger::FindMeasure(OrderSeq freeze) const { return const_cast<CaseLedger*>(this)->Find(freeze); }
Deduction* CaseLedger::FindMutable(OrderSeq order) {
  for (Deduction& deduction : deductions_) {
    if (deduction.order == order) return &deduction;
  }
  return nullptr;
}
const Deduction* CaseLedger::FindDeduction(OrderSeq order) const {
  return const_cast<CaseLedger*>(this)->FindMutable(order);
}

const Deduction* CaseLedger::FindPayment(OrderSeq order, std::string_view booking) const {
  for (const Deduction& deduction : deductions_) {
    if (deduction.order == order && !booking.empty() && deduction.booking == booking) return &deduction;
  }
  return nullptr;
}
int64_t CaseLedger::IncomeOf(OrderSeq order) const {
  int64_t paid = 0;
  for (const Deduction& deduction : deductions_) {
    if (deduction.order == order && !deduction.booking.empty()) paid += deduction.amount;
  }
  return paid;
}

bool CaseLedger::HasOpenDeduction(OrderSeq freeze) const {
  return std::any_of(deductions_.begin(), deductions_.end(), [&](const Deduction& deduction) {
    return deduction.freeze == freeze &&
           (deduction.phase == DeductionPhase::kAccepted || deduction.phase == DeductionPhase::kSent);
  });
}

void CaseLedger::FreezeAccepted(Measure measure) { measures_.push_back(std::move(measure)); }

void CaseLedger::FreezeRefused(OrderSeq freeze) { MeasureEnded(freeze, MeasurePhase::kRefused); }

void CaseLedger::MeasureEnded(OrderSeq freeze, MeasurePhase how) {
  Measure* measure = Find(freeze);
  GATEWAY_ASSERT(measure != nullptr, "a measure ends only after its freeze was accepted");
  measure->phase = how;
  measure->controlled = measure->unfunded = measure->deducting = 0;
}

void CaseLedger::Heard(OrderSeq freeze, absl::Time at, absl::Time heard) {
  Measure* measure = Find(freeze);
  if (measure == nullptr) return;  // the order made none
  measure->heard_at = std::max(measure->heard_at, heard);
  measure->stands_since = measure->stands() ? std::min(measure->stands_since, at) : absl::InfiniteFuture();
}

void CaseLedger::EndMarked(OrderSeq freeze, absl::Time end, uint32_t days_before) {
  Measure* measure = Find(freeze);
  if (measure == nullptr) return;
  measure->marked_end = end;
  measure->marked_days = days_before;
}

void CaseLedger::MeasureSigned(OrderSeq freeze, Outcome outcome, const MeasureState& state) {
  Measure* measure = Find(freeze);
  GATEWAY_ASSERT(measure != nullptr, "a unit signs only what was accepted");
  if (Ended(measure->phase)) return;  // an older statement about a measure that is over
  if (IsOlder(state, *measure)) return;
  measure->state = state;
  measure->controlled = state.controlled_minor_units();
  measure->unfunded = state.unfunded_minor_units();
  measure->limit = state.requested_minor_units();
  if (state.ended()) {
    MeasureEnded(freeze,
                 outcome == goldeneagle::v1::OUTCOME_RELEASED ? MeasurePhase::kReleased : MeasurePhase::kConsumed);
    return;
  }
  const bool waits = outcome == goldeneagle::v1::OUTCOME_WAITLISTED || !state.has_effective_from();
  measure->phase = waits ? MeasurePhase::kWaitlisted : MeasurePhase::kEffective;
}

void CaseLedger::MeasureCorrected(OrderSeq freeze, Outcome outcome, const MeasureState& state, MeasurePhase ended_by) {
  Measure* measure = Find(freeze);
  GATEWAY_ASSERT(measure != nullptr, "a unit corrects only what it had said of a measure");
  if (measure->phase == ended_by && !state.ended() && !IsOlder(state, *measure))
    measure->phase = MeasurePhase::kRequested;
  MeasureSigned(freeze, outcome, state);
}

void CaseLedger::RenewalAccepted(OrderSeq order, OrderSeq freeze) {
  Measure* measure = Find(freeze);
  GATEWAY_ASSERT(measure != nullptr, "a renewal names a measure of the case");
  measure->renewal = order;
}

void CaseLedger::RenewalAnswered(OrderSeq order, OrderSeq freeze) {
  Measure* measure = Find(freeze);
  GATEWAY_ASSERT(measure != nullptr, "a renewal names a measure of the case");
  if (measure->renewal == order) measure->renewal = {};
}

void CaseLedger::DeductionAccepted(const Deduction& deduction) {
  Measure* measure = Find(deduction.freeze);
  GATEWAY_ASSERT(measure != nullptr, "a deduction names a measure of the case");
  deductions_.push_back(deduction);
  deductions_.back().held = HeldFor(deduction);
  measure->deducting += deductions_.back().held;
}

void CaseLedger::Leave(Deduction& deduction, DeductionPhase phase, const MeasureState* after) {
  Measure* measure = Find(deduction.freeze);
  GATEWAY_ASSERT(measure != nullptr, "a deduction names a measure of the case");
  if (deduction.phase == DeductionPhase::kAccepted)
    measure->deducting = std::max<int64_t>(0, measure->deducting - deduction.held);
  deduction.phase = phase;
  if (after != nullptr) MeasureSigned(deduction.freeze, goldeneagle::v1::OUTCOME_DEDUCTED, *after);
}

void CaseLedger::DeductionSent(OrderSeq order, const goldeneagle::v1::DeductionState& state) {
  Deduction* deduction = FindMutable(order);
  GATEWAY_ASSERT(deduction != nullptr, "only an accepted deduction is sent");
  Leave(*deduction, DeductionPhase::kSent, state.has_measure() ? &state.measure() : nullptr);
  deduction->amount = state.amount_minor_units();  // perhaps less than was ordered; only now, as all of it left
}
void CaseLedger::DeductionSettled(OrderSeq order, const goldeneagle::v1::DeductionState& state) {
  Deduction* deduction = FindMutable(order);
  GATEWAY_ASSERT(deduction != nullptr, "only an accepted deduction is settled");
  Leave(*deduction, DeductionPhase::kSettled, state.has_measure() ? &state.measure() : nullptr);
  deduction->amount = state.amount_minor_units();
}
void CaseLedger::DeductionRefused(OrderSeq order, const goldeneagle::v1::DeductionState* state) {
  Deduction* deduction = FindMutable(order);
  GATEWAY_ASSERT(deduction != nullptr, "only an accepted deduction is refused");
  Measure* measure = Find(deduction->freeze);
  // A payment that came back revives the measure that it had used up.
  if (measure->phase == MeasurePhase::kConsumed && state != nullptr && state->has_measure() &&
      !IsOlder(state->measure(), *measure))
    measure->phase = MeasurePhase::kEffective;
  Leave(*deduction, DeductionPhase::kRefused, state != nullptr && state->has_measure() ? &state->measure() : nullptr);
}

void CaseLedger::TitleAnswered(OrderSeq order, Outcome outcome, const MeasureState* state) {
  Deduction* deduction = FindMutable(order);
  GATEWAY_ASSERT(deduction != nullptr && deduction->of_thing, "only an accepted transfer is answered");
  if (outcome == goldeneagle::v1::OUTCOME_TRANSFERRED) return Leave(*deduction, DeductionPhase::kSettled, state);
  const bool was_told_done = deduction->phase == DeductionPhase::kSettled;
  Leave(*deduction, DeductionPhase::kRefused, nullptr);
  if (was_told_done && state != nullptr) MeasureCorrected(deduction->freeze, outcome, *state, MeasurePhase::kConsumed);
}

void CaseLedger::IncomeTaken(OrderSeq order, const goldeneagle::v1::DeductionState& state, bool late) {
  const Measure* measure = FindMeasure(order);
  GATEWAY_ASSERT(measure != nullptr, "income is paid under a measure of the case");
  if (FindPayment(order, state.booking_reference()) != nullptr) return;
  deductions_.push_back({.order = order,
                         .freeze = order,
                         .respondent = measure->respondent,
                         .amount = state.amount_minor_units(),
                         .phase = DeductionPhase::kSettled,
                         .booking = state.booking_reference()});
  if (!late) MeasureSigned(order, goldeneagle::v1::OUTCOME_DEDUCTED, state.measure());
}

}  // namespace eagle::domain
