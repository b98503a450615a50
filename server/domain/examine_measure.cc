// Acts about a measure that stands: released, renewed, deducted from, handed to another owner, looked for.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/domain/act.h"
#include "server/domain/draft.h"
#include "server/domain/examine_act.h"
#include "server/domain/instant.h"

namespace eagle::domain {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

bool WasInEffect(const Measure& measure) {
  return measure.phase == MeasurePhase::kEffective || measure.phase == MeasurePhase::kLapsed ||
         measure.phase == MeasurePhase::kReleased || measure.phase == MeasurePhase::kConsumed;
}

bool Stands(const Measure& measure, const Trial& trial) {
  return measure.phase == MeasurePhase::kEffective || (trial.may_be_done && WasInEffect(measure));
}

const Measure* ActExaminer::CheckMeasure(const std::string& freeze_order_id, const std::string& path,
                                         Trial& trial) const {
  const auto id = state_.ids.find(freeze_order_id);
  const Measure* measure = nullptr;
  if (trial.of != nullptr && id != state_.ids.end()) measure = trial.of->ledger.FindMeasure(OrderSeq(id->second.index));
  if (measure == nullptr) {
    trial.wrong.Add(path, Reason::kMeasureUnknown, "no freeze of this case");
    return nullptr;
  }
  trial.freeze = measure->freeze;
  if (!trial.targets.Contains(measure->agency))
    trial.wrong.Add("agencies", Reason::kMeasureUnknown, "the measure is at another agency");
  if (measure->respondent != trial.respondent)
    trial.wrong.Add("subject", Reason::kMeasureUnknown, "the measure is on another respondent");
  return measure;
}

void ActExaminer::CheckCan(const OrderMessage& order, const std::string& asset_kind, Trial& trial) const {
  for (const std::string& code : order.agencies()) {
    const Agency* agency = state_.directory.AgencyByCode(code);
    if (agency != nullptr && !Directory::Can(*agency, order.action(), asset_kind))
      trial.wrong.Add("agencies[0]", Reason::kCapabilityMissing, "the agency can't do this with " + asset_kind);
  }
}

// Money has parts; a thing has them where its agency counts it, as a share of a company.
// Source: enforcement against equity (2021) art 5, what exceeds the claim is released, not all of it.
bool ActExaminer::HasParts(const Measure& measure) const {
  if (measure.is_money) return true;
  const Agency* agency = state_.directory.AgencyByOrdinal(measure.agency);
  if (agency == nullptr) return false;
  const auto& rows = agency->row.capabilities();
  return std::any_of(rows.begin(), rows.end(), [&](const Capability& row) {
    return row.action() == ACTION_RELEASE && row.asset_kind() == measure.asset_kind && row.partial_release();
  });
}

void ActExaminer::CheckRelease(const Release& release, Trial& trial) const {
  const auto& grounds = policy_.table().release_grounds();
  if (std::find(grounds.begin(), grounds.end(), release.ground()) == grounds.end()) {
    trial.wrong.Add("release.ground", Reason::kFieldInvalid, "not a ground of the policy in force");
  }
  const Measure* measure = CheckMeasure(release.freeze_order_id(), "release.freeze_order_id", trial);
  if (measure == nullptr) return;
  if (!Stands(*measure, trial) && measure->phase != MeasurePhase::kWaitlisted) {
    trial.wrong.Add("release.freeze_order_id", Reason::kMeasureNotEffective, "nothing to release: unanswered or over");
  }
  if (release.amount_minor_units() < 0 || release.amount_minor_units() > kAmountBoundMinorUnits ||
      (release.amount_minor_units() > 0 && !HasParts(*measure))) {
    trial.wrong.Add("release.amount_minor_units", Reason::kAmountInvalid,
                    "0 for all, or a part of money or of what its agency counts in parts");
  } else if (release.amount_minor_units() > measure->limit && !trial.may_be_done) {
    trial.wrong.Add("release.amount_minor_units", Reason::kAmountAboveMeasure, "more than the measure's limit");
  }
}

// What was carried out before the log lost its newest data shows in the measure: then its end is the unit's to judge.
void ActExaminer::CheckRenew(const OrderMessage& order, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const Measure* measure = CheckMeasure(order.renew().freeze_order_id(), "renew.freeze_order_id", trial);
  if (measure == nullptr) return;
  const TermRow* row = CheckTerm(order.renew().term(), measure->asset_kind, true, "renew.term", trial);
  CheckCan(order, measure->asset_kind, trial);
  if (trial.may_be_done && WasInEffect(*measure)) return;
  const absl::Time end =
      measure->state.has_effective_to() ? FromProto(measure->state.effective_to()) : absl::InfiniteFuture();
  if (measure->phase == MeasurePhase::kLapsed || (measure->phase == MeasurePhase::kEffective && end <= now_)) {
    wrong.Add("renew.freeze_order_id", Reason::kTermEnded, "its term has ended: freeze anew, behind the queue");
  } else if (measure->phase != MeasurePhase::kEffective) {
    wrong.Add("renew.freeze_order_id", Reason::kMeasureNotEffective,
              measure->phase == MeasurePhase::kWaitlisted ? "a measure that waits has no term that runs"
                                                          : "nothing to renew: unanswered or over");
  } else if (row != nullptr && row->renewal_opens_days() > 0 &&
             end - now_ > absl::Hours(24) * row->renewal_opens_days()) {
    wrong.Add("renew.freeze_order_id", Reason::kRenewalTooEarly,
              absl::StrCat("from ", row->renewal_opens_days(), " days before its end, by the policy's row ",
                           measure->asset_kind));
  }
}

void ActExaminer::CheckDeduct(const OrderMessage& order, Trial& trial) const {
  const Deduct& deduct = order.deduct();
  CheckCurrency(deduct.currency(), "deduct.currency", trial);
  if (!IsAmount(deduct.amount_minor_units()))
    trial.wrong.Add("deduct.amount_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
  CheckAccount(order, deduct.account(), deduct.account_statement(), "deduct.account", trial);
  if (trial.pair) return CheckPair(order, trial);
  const Measure* measure = CheckMeasure(deduct.freeze_order_id(), "deduct.freeze_order_id", trial);
  if (measure == nullptr) return;
  // Income is taken as it comes in, by its own order.
  if (!measure->is_money || measure->asset_kind == kIncomeKind || !Stands(*measure, trial)) {
    trial.wrong.Add("deduct.freeze_order_id", Reason::kMeasureNotEffective,
                    "only controlled money of an effective measure can be taken");
  }
}

void ActExaminer::CheckPair(const OrderMessage& order, Trial& trial) const {
  const OrderMessage& freeze = command_.members[*trial.pair].parsed;
  Violations& wrong = trial.wrong;
  if (freeze.agencies_size() != 1 || order.agencies_size() != 1 || freeze.agencies(0) != order.agencies(0))
    wrong.Add("agencies", Reason::kMeasureUnknown, "the freeze of its group is for another agency");
  if (!SameIdentity(freeze.subject(), order.subject()))
    wrong.Add("subject", Reason::kMeasureUnknown, "the freeze of its group is on another respondent");
  if (!IsMoney(freeze.freeze()))
    wrong.Add("deduct.freeze_order_id", Reason::kMeasureNotEffective, "only money can be taken");
  if (order.deduct().amount_minor_units() > freeze.freeze().limit_minor_units())
    wrong.Add("deduct.amount_minor_units", Reason::kAmountAboveMeasure, "more than the freeze's limit");
}

// What the buyer pays for it lies outside the measure: only what of the price goes to this claim is told, and counts.
void ActExaminer::CheckTransferTitle(const OrderMessage& order, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const TransferTitle& title = order.transfer_title();
  CheckIdentity(title.transferee(), policy_, state_.directory.production(), "transfer_title.transferee", wrong);
  if (SameIdentity(title.transferee(), order.subject()))
    wrong.Add("transfer_title.transferee", Reason::kFieldInvalid, "somebody else than the subject");
  const uint32_t part = title.share_numerator(), of = title.share_denominator();
  if ((part > 0 || of > 0) && (part == 0 || of < part))
    wrong.Add("transfer_title.share_numerator", Reason::kFieldInvalid,
              "a share above zero and at most the whole, or neither number");
  const auto& grounds = policy_.table().transfer_grounds();
  if (std::find(grounds.begin(), grounds.end(), title.ground()) == grounds.end())
    wrong.Add("transfer_title.ground", Reason::kFieldInvalid, "not a ground of the policy in force");
  if (title.proceeds_minor_units() != 0 && !IsAmount(title.proceeds_minor_units()))
    wrong.Add("transfer_title.proceeds_minor_units", Reason::kAmountInvalid, "not negative and within the bound");
  const Measure* measure = CheckMeasure(title.freeze_order_id(), "transfer_title.freeze_order_id", trial);
  if (measure == nullptr) return;
  CheckCan(order, measure->asset_kind, trial);
  if (measure->is_money || !Stands(*measure, trial))
    wrong.Add("transfer_title.freeze_order_id", Reason::kMeasureNotEffective,
              "only a thing under an effective measure changes its owner");
}

void ActExaminer::CheckLocate(const OrderMessage& order, Trial& trial) const {
  Violations& wrong = trial.wrong;
  const Locate& locate = order.locate();
  const LocateRow& row = policy_.table().locate();
  if (!policy_.table().has_locate())
    wrong.Add("locate", Reason::kActNotProvided, "the policy in force has no row for it");
  const uint32_t months = CheckMonths(locate.term(), "locate.term", trial);
  if (policy_.table().has_locate() && months > row.months_max())
    wrong.Add("locate.term", Reason::kTermTooLong,
              absl::StrCat("at most ", row.months_max(), " months by the policy's row for it"));
  // Whoever holds the thing must know to whom he gives it.
  if (locate.hold() || !locate.collect_contact().empty())
    CheckText(locate.collect_contact(), kStringBytes, "locate.collect_contact", wrong);
  if (locate.hold() || !locate.collect_phone().empty())
    CheckText(locate.collect_phone(), kStringBytes, "locate.collect_phone", wrong);
  const Measure* measure = CheckMeasure(locate.freeze_order_id(), "locate.freeze_order_id", trial);
  if (measure == nullptr) return;
  CheckCan(order, measure->asset_kind, trial);
  const auto& kinds = row.asset_kinds();
  if (!Stands(*measure, trial)) {
    wrong.Add("locate.freeze_order_id", Reason::kMeasureNotEffective,
              "only what is under an effective measure is looked for");
  } else if (std::find(kinds.begin(), kinds.end(), measure->asset_kind) == kinds.end()) {
    wrong.Add("locate.freeze_order_id", Reason::kFieldInvalid, "not a movable of the policy's row");
  }
}

}  // namespace eagle::domain
