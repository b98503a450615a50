#include "server/domain/examine_order.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"
#include "server/domain/plausibility.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;

constexpr size_t kAgenciesPerOrder = 10'000;

// It was in effect, whether it still is or not.
bool WasInEffect(const Measure& measure) {
  return measure.phase == MeasurePhase::kEffective || measure.phase == MeasurePhase::kLapsed ||
         measure.phase == MeasurePhase::kReleased || measure.phase == MeasurePhase::kConsumed;
}

class OrderExaminer {
 public:
  OrderExaminer(const State& state, const SubmitOrders& command, absl::Time now)
      : state_(state), command_(command), policy_(*state.policy), now_(now) {}

  Trial Examine(size_t i) const {
    Trial trial{
        .member = &command_.members[i], .digest = &command_.signed_head.digests[i], .index = static_cast<uint32_t>(i)};
    const OrderProto& order = trial.member->parsed;
    Violations& wrong = trial.wrong;
    trial.may_be_done = FromProto(command_.signed_head.head.signed_at()) <= state_.directory.may_be_lost_until();
    trial.of = state_.FindCase(command_.court, trial.member->case_number_tags);
    if (trial.member->refused_before) {
      wrong.Add("order_id", Reason::kRefusedBefore, "an origin of this log that has ended had refused it");
      return trial;
    }
    CheckEnvelopeFields(order, wrong);
    CheckPeople(order, AmountUnderHead(command_, i), trial);
    CheckTargets(order, trial);
    trial.pair = order.has_deduct() ? PairOf(i) : std::nullopt;
    CheckAct(order, trial);
    CheckPlausible(order, trial);
    return trial;
  }

 private:
  void CheckEnvelopeFields(const OrderProto& order, Violations& wrong) const {
    if (order.court() != command_.signed_head.head.signer())
      wrong.Add("court", Reason::kSignerNotCaller, "the order must name the court that signed it");
    CheckText(order.legal_basis(), kTextBytes, "legal_basis", wrong);
    const auto& purposes = policy_.table().purposes();
    if (std::find(purposes.begin(), purposes.end(), order.purpose()) == purposes.end()) {
      wrong.Add("purpose", Reason::kFieldInvalid, "not a purpose of the policy in force");
    }
    if (order.urgency() == URGENCY_URGENT) {
      const auto& reasons = policy_.table().urgency_reasons();
      if (std::find(reasons.begin(), reasons.end(), order.urgency_reason()) == reasons.end()) {
        wrong.Add("urgency_reason", Reason::kFieldMissing, "an urgent order gives a reason of the policy in force");
      }
    } else if (order.urgency() != URGENCY_NORMAL) {
      wrong.Add("urgency", Reason::kFieldMissing, "URGENT or NORMAL");
    }
    if (!order.group().empty() && order.group().size() != 16)
      wrong.Add("group", Reason::kFieldInvalid, "16 bytes or none");
    const absl::Time issued = FromProto(order.issued_at()), not_after = FromProto(order.not_after());
    if (!order.has_issued_at()) wrong.Add("issued_at", Reason::kFieldMissing, "the field is required");
    if (!order.has_not_after() || not_after <= issued) {
      wrong.Add("not_after", Reason::kFieldInvalid, "must lie after issued_at");
    } else if (now_ > not_after) {
      wrong.Add("not_after", Reason::kOrderExpired, "has passed");
    }
    if (order.legal_basis().empty() == false && order.instruments_size() > 100)
      wrong.Add("instruments", Reason::kTooLarge, "at most 100");
  }

  void CheckPeople(const OrderProto& order, int64_t amount, Trial& trial) const {
    Violations& wrong = trial.wrong;
    CheckIdentity(order.subject(), policy_, state_.directory.production(), "subject", wrong);
    if (trial.of == nullptr) {
      wrong.Add("case_number", Reason::kCaseUnknown, "the court has no such case here");
    } else {
      const auto& respondents = trial.of->open.respondents();
      const auto it = std::find_if(respondents.begin(), respondents.end(),
                                   [&](const auto& r) { return SameIdentity(r.identity(), order.subject()); });
      if (it == respondents.end()) {
        wrong.Add("subject", Reason::kNotRespondent, "not a respondent of this case");
      } else {
        trial.respondent = static_cast<uint32_t>(it - respondents.begin());
      }
    }
    CheckSigners(state_, order, amount, command_.signed_head, now_, wrong);
    const ActionRow* row = policy_.ActionRowFor(order.action());
    if (row == nullptr) {
      wrong.Add("action", Reason::kFieldMissing, "an action of the policy in force");
      return;
    }
    if (trial.of != nullptr &&
        std::find(row->stages().begin(), row->stages().end(), trial.of->stage) == row->stages().end()) {
      wrong.Add("action", Reason::kStageForbids,
                "not allowed in the case's stage " + CaseStage_Name(trial.of->stage).substr(11));
    }
    for (const std::string& paper : row->papers()) {
      const bool there = std::any_of(order.instruments().begin(), order.instruments().end(),
                                     [&](const auto& i) { return i.category() == paper; });
      if (!there) wrong.Add("instruments", Reason::kPaperMissing, "needs " + paper);
    }
    for (int i = 0; i < order.instruments_size(); ++i) {
      const auto& paper = order.instruments(i);
      const bool type = paper.media_type() == "application/pdf" || paper.media_type() == "application/ofd";
      if (paper.category().empty() || paper.digest().size() != 32 || paper.size_bytes() == 0 || !type) {
        wrong.Add(absl::StrCat("instruments[", i, "]"), Reason::kFieldInvalid,
                  "category, SHA-256, size and a PDF or OFD type are required");
      }
    }
  }

  void CheckTargets(const OrderProto& order, Trial& trial) const {
    Violations& wrong = trial.wrong;
    if (order.agencies().empty() || static_cast<size_t>(order.agencies_size()) > kAgenciesPerOrder) {
      wrong.Add("agencies", Reason::kFieldMissing, absl::StrCat("1 to ", kAgenciesPerOrder, " agencies"));
    }
    if (order.action() != ACTION_INQUIRE && order.agencies_size() > 1) {
      wrong.Add("agencies", Reason::kFieldInvalid,
                "a control order names exactly one agency, so that none learns of another");
    }
    for (int i = 0; i < order.agencies_size(); ++i) {
      const Agency* agency = state_.directory.AgencyByCode(order.agencies(i));
      // An inquiry may name thousands: the path is spelled only for what is wrong.
      const auto refuse = [&](Reason reason, const char* why) {
        wrong.Add(absl::StrCat("agencies[", i, "]"), reason, why);
      };
      if (agency == nullptr) {
        refuse(Reason::kAgencyUnknown, "no agency has this code");
      } else if (trial.targets.Contains(agency->ordinal)) {
        refuse(Reason::kFieldInvalid, "named twice");
      } else {
        trial.targets.Add(agency->ordinal);
        if (!Capable(*agency, order)) refuse(Reason::kCapabilityMissing, "the agency can't do this");
      }
    }
  }

  static bool Capable(const Agency& agency, const OrderProto& order) {
    if (order.action() == ACTION_INQUIRE) {
      const auto& kinds = order.inquire().asset_kinds();
      if (kinds.empty()) return Directory::Can(agency, ACTION_INQUIRE, "");
      return std::any_of(kinds.begin(), kinds.end(),
                         [&](const std::string& kind) { return Directory::Can(agency, ACTION_INQUIRE, kind); });
    }
    if (order.has_renew()) return true;  // judged by the measure's own kind
    const std::string_view kind = order.has_freeze() ? AssetKindOf(order.freeze()) : std::string_view();
    return Directory::Can(agency, order.action(), kind);
  }

  void CheckAct(const OrderProto& order, Trial& trial) const {
    const bool fits = (order.action() == ACTION_INQUIRE && order.has_inquire()) ||
                      (order.action() == ACTION_FREEZE && order.has_freeze()) ||
                      (order.action() == ACTION_RELEASE && order.has_release()) ||
                      (order.action() == ACTION_DEDUCT && order.has_deduct()) ||
                      (order.action() == ACTION_RENEW && order.has_renew());
    if (!fits) {
      trial.wrong.Add("act", Reason::kFieldMissing, "the part that fits the action is required");
      return;
    }
    if (order.has_inquire()) CheckInquire(order, trial);
    if (order.has_freeze()) CheckFreeze(order, trial);
    if (order.has_release()) CheckRelease(order.release(), trial);
    if (order.has_deduct()) CheckDeduct(order, trial);
    if (order.has_renew()) CheckRenew(order, trial);
  }

  void CheckInquire(const OrderProto& order, Trial& trial) const {
    const Inquire& inquire = order.inquire();
    for (int i = 0; i < inquire.asset_kinds_size(); ++i) {
      if (!policy_.IsAssetKind(inquire.asset_kinds(i))) {
        trial.wrong.Add(absl::StrCat("inquire.asset_kinds[", i, "]"), Reason::kFieldInvalid,
                        "not an asset kind of the policy in force");
      }
    }
    if (inquire.has_transactions()) CheckTransactions(order, trial);
  }

  void CheckTransactions(const OrderProto& order, Trial& trial) const {
    const DayRange& days = order.inquire().transactions();
    const auto wrong = [&](const char* field, std::string why) {
      trial.wrong.Add(std::string("inquire.transactions") + field, Reason::kFieldInvalid, std::move(why));
    };
    if (!policy_.table().has_inquiry())
      return wrong("", "the policy in force has no row for inquiries: balances can be asked for, no transactions");
    const std::optional<absl::CivilDay> first = ParseCivilDay(days.first_day()), last = ParseCivilDay(days.last_day());
    if (!first) wrong(".first_day", "a day as 2026-09-28");
    if (!last) wrong(".last_day", "a day as 2026-09-28");
    if (!first || !last) return;
    if (*last < *first) return wrong(".last_day", "not before the first day");
    if (*last > absl::ToCivilDay(now_, policy_.zone())) wrong(".last_day", "not past today");
    const uint32_t most = policy_.table().inquiry().transaction_days_max();
    if (*last - *first >= most) wrong("", absl::StrCat("at most ", most, " days by the policy's row for inquiries"));
  }

  void CheckFreeze(const OrderProto& order, Trial& trial) const {
    Violations& wrong = trial.wrong;
    const Freeze& freeze = order.freeze();
    CheckCurrency(freeze.currency(), "freeze.currency", trial);
    const bool exempt = order.has_over_cap_exception();
    if (exempt) CheckException(order, trial);
    const bool valued = IsAmount(freeze.limit_minor_units());
    if (freeze.has_asset()) {
      const auto& asset = freeze.asset();
      if (!policy_.IsAssetKind(asset.asset_kind()))
        wrong.Add("freeze.asset.asset_kind", Reason::kFieldInvalid, "not an asset kind of the policy in force");
      CheckText(asset.unit_number(), kStringBytes, "freeze.asset.unit_number", wrong);
      if (asset.share_numerator() == 0 || asset.share_denominator() < asset.share_numerator()) {
        wrong.Add("freeze.asset.share_numerator", Reason::kFieldInvalid, "a share above zero and at most the whole");
      }
      const bool unknown =
          freeze.limit_minor_units() == 0 && exempt && order.over_cap_exception().reason() == "VALUE_UNKNOWN";
      if (!valued && !unknown)
        wrong.Add("freeze.limit_minor_units", Reason::kAmountInvalid,
                  "a declared value, or 0 under a signed exception VALUE_UNKNOWN");
      trial.counted = valued && !exempt;
    } else if (freeze.has_person_at_agency() || freeze.has_account()) {
      if (!valued) wrong.Add("freeze.limit_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
      if (freeze.inflow() != INFLOW_CAPTURE && freeze.inflow() != INFLOW_NONE)
        wrong.Add("freeze.inflow", Reason::kFieldMissing, "CAPTURE or NONE");
      if (freeze.has_account())
        CheckText(freeze.account().account_number(), kStringBytes, "freeze.account.account_number", wrong);
      if (exempt) wrong.Add("over_cap_exception", Reason::kFieldInvalid, "money is divisible: no exception");
    } else {
      wrong.Add("freeze.target", Reason::kFieldMissing, "what is to be frozen?");
    }
    trial.reserved = trial.counted && valued ? freeze.limit_minor_units() : 0;
    CheckTerm(freeze.term(), AssetKindOf(freeze), false, "freeze.term", trial);
  }

  // The row that bounds the term; null when there is none, or when the term is no term.
  const TermRow* CheckTerm(const Term& term, std::string_view asset_kind, bool renewal, const std::string& path,
                           Trial& trial) const {
    const uint32_t months = term.months(), years = term.years();
    if ((months > 0) == (years > 0) || months > 1200 || years > 100) {
      trial.wrong.Add(path, Reason::kFieldMissing, "either months or years");
      return nullptr;
    }
    const TermRow* row = policy_.TermFor(asset_kind, trial.of != nullptr ? trial.of->stage : CASE_STAGE_UNSPECIFIED);
    if (row == nullptr) {
      trial.wrong.Add(path, Reason::kFieldInvalid, "the policy in force has no term for this asset");
      return nullptr;
    }
    const uint32_t most = renewal && row->renewal_months_max() > 0 ? row->renewal_months_max() : row->months_max();
    if (months + 12 * years > most)
      trial.wrong.Add(path, Reason::kTermTooLong,
                      absl::StrCat("at most ", most, " months by the policy's row ", ToAbsl(asset_kind)));
    return row;
  }

  void CheckException(const OrderProto& order, Trial& trial) const {
    const auto& exception = order.over_cap_exception();
    if (exception.reason() != "INDIVISIBLE" && exception.reason() != "VALUE_UNKNOWN") {
      trial.wrong.Add("over_cap_exception.reason", Reason::kFieldInvalid, "INDIVISIBLE or VALUE_UNKNOWN");
    }
  }

  void CheckCurrency(const std::string& currency, const std::string& path, Trial& trial) const {
    if (trial.of != nullptr && currency != trial.of->open.claim().currency()) {
      trial.wrong.Add(path, Reason::kFieldInvalid, "the currency of the claim");
    }
  }

  // The order that made the measure, if it is one of this case at the same agency.
  const Measure* CheckMeasure(const std::string& freeze_order_id, const std::string& path, Trial& trial) const {
    const auto id = state_.ids.find(freeze_order_id);
    const Measure* measure = nullptr;
    if (trial.of != nullptr && id != state_.ids.end())
      measure = trial.of->ledger.FindMeasure(OrderSeq(id->second.index));
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

  // Money has parts; a thing has them where its agency counts it, as a share of a company.
  // Source: enforcement against equity (2021) art 5, what exceeds the claim is released, not all of it.
  bool HasParts(const Measure& measure) const {
    if (measure.is_money) return true;
    const Agency* agency = state_.directory.AgencyByOrdinal(measure.agency);
    if (agency == nullptr) return false;
    const auto& rows = agency->row.capabilities();
    return std::any_of(rows.begin(), rows.end(), [&](const Capability& row) {
      return row.action() == ACTION_RELEASE && row.asset_kind() == measure.asset_kind && row.partial_release();
    });
  }

  void CheckRelease(const Release& release, Trial& trial) const {
    const auto& grounds = policy_.table().release_grounds();
    if (std::find(grounds.begin(), grounds.end(), release.ground()) == grounds.end()) {
      trial.wrong.Add("release.ground", Reason::kFieldInvalid, "not a ground of the policy in force");
    }
    const Measure* measure = CheckMeasure(release.freeze_order_id(), "release.freeze_order_id", trial);
    if (measure == nullptr) return;
    const bool stands = measure->phase == MeasurePhase::kEffective || measure->phase == MeasurePhase::kWaitlisted;
    if (!stands && !(trial.may_be_done && WasInEffect(*measure))) {
      trial.wrong.Add("release.freeze_order_id", Reason::kMeasureNotEffective,
                      "nothing to release: unanswered or over");
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
  void CheckRenew(const OrderProto& order, Trial& trial) const {
    Violations& wrong = trial.wrong;
    const Measure* measure = CheckMeasure(order.renew().freeze_order_id(), "renew.freeze_order_id", trial);
    if (measure == nullptr) return;
    const TermRow* row = CheckTerm(order.renew().term(), measure->asset_kind, true, "renew.term", trial);
    for (const std::string& code : order.agencies()) {
      const Agency* agency = state_.directory.AgencyByCode(code);
      if (agency != nullptr && !Directory::Can(*agency, ACTION_RENEW, measure->asset_kind))
        wrong.Add("agencies[0]", Reason::kCapabilityMissing,
                  "the agency can't renew measures on " + measure->asset_kind);
    }
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

  void CheckDeduct(const OrderProto& order, Trial& trial) const {
    const Deduct& deduct = order.deduct();
    CheckCurrency(deduct.currency(), "deduct.currency", trial);
    if (!IsAmount(deduct.amount_minor_units()))
      trial.wrong.Add("deduct.amount_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
    const Statement* account = state_.directory.AccountByDigest(order.court(), deduct.account_statement());
    if (account == nullptr || !HoldsAt(*account, now_) ||
        account->account().account_number() != deduct.account().account_number() ||
        account->account().bank() != deduct.account().bank() ||
        account->account().account_name() != deduct.account().account_name()) {
      trial.wrong.Add("deduct.account", Reason::kAccountNotCourts, "not an enforcement account that this court stated");
    }
    if (trial.pair) return CheckPair(order, trial);
    const Measure* measure = CheckMeasure(deduct.freeze_order_id(), "deduct.freeze_order_id", trial);
    if (measure == nullptr) return;
    const bool stands = measure->phase == MeasurePhase::kEffective || (trial.may_be_done && WasInEffect(*measure));
    if (!measure->is_money || !stands) {
      trial.wrong.Add("deduct.freeze_order_id", Reason::kMeasureNotEffective,
                      "only controlled money of an effective measure can be taken");
    }
  }

  // The freeze before it in its own group that the deduction names: 冻结并划拨.
  std::optional<size_t> PairOf(size_t i) const {
    const OrderProto& deduction = command_.members[i].parsed;
    for (size_t k = 0; k < i && !deduction.group().empty(); ++k) {
      const OrderProto& other = command_.members[k].parsed;
      if (other.has_freeze() && other.group() == deduction.group() &&
          other.order_id() == deduction.deduct().freeze_order_id())
        return k;
    }
    return std::nullopt;
  }

  void CheckPair(const OrderProto& order, Trial& trial) const {
    const OrderProto& freeze = command_.members[*trial.pair].parsed;
    Violations& wrong = trial.wrong;
    if (freeze.agencies_size() != 1 || order.agencies_size() != 1 || freeze.agencies(0) != order.agencies(0))
      wrong.Add("agencies", Reason::kMeasureUnknown, "the freeze of its group is for another agency");
    if (!SameIdentity(freeze.subject(), order.subject()))
      wrong.Add("subject", Reason::kMeasureUnknown, "the freeze of its group is on another respondent");
    if (freeze.freeze().has_asset())
      wrong.Add("deduct.freeze_order_id", Reason::kMeasureNotEffective, "only money can be taken");
    if (order.deduct().amount_minor_units() > freeze.freeze().limit_minor_units())
      wrong.Add("deduct.amount_minor_units", Reason::kAmountAboveMeasure, "more than the freeze's limit");
  }

  void CheckPlausible(const OrderProto& order, Trial& trial) const {
    std::vector<Violation> doubts;
    if (trial.of != nullptr && policy_.table().has_plausibility()) {
      Measure pair;
      if (trial.pair) pair.limit = command_.members[*trial.pair].parsed.freeze().limit_minor_units();
      const Measure* measure = trial.pair ? &pair : trial.freeze ? trial.of->ledger.FindMeasure(trial.freeze) : nullptr;
      doubts = DoubtsOfOrder(order, trial.of->open, trial.respondent, measure, policy_.table().plausibility());
    }
    trial.confirmed = SettleDoubts(doubts, order.has_confirmed() ? &order.confirmed() : nullptr, state_, order.court(),
                                   command_.signed_head, now_, trial.wrong);
  }

  const State& state_;
  const SubmitOrders& command_;
  const Policy& policy_;
  const absl::Time now_;
};

}  // namespace

int64_t AmountUnderHead(const SubmitOrders& command, size_t i) {
  const OrderProto& order = command.members[i].parsed;
  int64_t sum = 0;
  for (const OrderMember& member : command.members) {
    const OrderProto& other = member.parsed;
    if (other.action() != order.action() || other.case_number() != order.case_number()) continue;
    const int64_t amount = other.has_freeze()   ? other.freeze().limit_minor_units()
                           : other.has_deduct() ? other.deduct().amount_minor_units()
                                                : 0;
    sum += std::clamp<int64_t>(amount, 0, kAmountBoundMinorUnits);  // what lies outside is refused by itself
  }
  return sum;
}

std::vector<OfficerRole> RolesFor(const Policy& policy, const OrderProto& order, int64_t amount) {
  std::vector<OfficerRole> roles;
  const ActionRow* row = policy.ActionRowFor(order.action());
  if (row == nullptr) return roles;
  for (int role : row->roles()) roles.push_back(static_cast<OfficerRole>(role));
  const bool above = row->third_key_above_minor_units() > 0 && amount > row->third_key_above_minor_units();
  const bool there = std::find(roles.begin(), roles.end(), OFFICER_ROLE_LEADER) != roles.end();
  if (above || (order.has_confirmed() && !there)) roles.push_back(OFFICER_ROLE_LEADER);
  return roles;
}

void CheckSigners(const State& state, const OrderProto& order, int64_t amount, const SignedHead& head, absl::Time now,
                  Violations& wrong) {
  if (order.officers().empty()) wrong.Add("officers", Reason::kFieldMissing, "the handling officer is required");
  if (order.officers_size() > kOfficersPerOrder)
    wrong.Add("officers", Reason::kTooLarge, absl::StrCat("at most ", kOfficersPerOrder));
  for (int i = 0; i < order.officers_size(); ++i) {
    const auto officer = state.directory.OfficerByCode(order.court(), order.officers(i).officer());
    const std::string path = absl::StrCat("officers[", i, "]");
    if (!officer || !HoldsAt(*officer->statement, now)) {
      wrong.Add(path, Reason::kOfficerNotValid, "no such officer of this court now");
    } else if (officer->statement->officer().work_id_no() != order.officers(i).work_id_no() ||
               officer->statement->officer().duty_card_no() != order.officers(i).duty_card_no()) {
      wrong.Add(path, Reason::kFieldInvalid, "the numbers are not those of the officer's statement");
    }
  }
  // Agencies ask for the hand of whom the order names first.
  if (!order.officers().empty() && !HasSigned(state, order.court(), order.officers(0).officer(), head, now))
    wrong.Add("officers[0]", Reason::kSignaturesMissing, "the handler whom the order names must have signed");
  if (state.policy->ActionRowFor(order.action()) != nullptr)
    CheckRoles(state, order.court(), head, RolesFor(*state.policy, order, amount), now, "signatures", wrong);
  if (order.has_freeze() && order.has_over_cap_exception() &&
      !HasSignedAs(state, order.court(), order.over_cap_exception().leader(), OFFICER_ROLE_LEADER, head, now))
    wrong.Add("over_cap_exception.leader", Reason::kExceptionNotSigned, "the leader named here must have signed");
}

uint32_t ExceptionLeader(const State& state, const OrderProto& order) {
  if (!order.has_freeze() || !order.has_over_cap_exception()) return 0;
  const auto leader = state.directory.OfficerByCode(order.court(), order.over_cap_exception().leader());
  return leader ? leader->ordinal.value() : 0;
}

Trial ExamineOrder(const State& state, const SubmitOrders& command, size_t i, absl::Time now) {
  return OrderExaminer(state, command, now).Examine(i);
}

}  // namespace eagle::domain
