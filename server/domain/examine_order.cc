#include "server/domain/examine_order.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"
#include "server/domain/act.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/examine_act.h"
#include "server/domain/instant.h"
#include "server/domain/plausibility.h"
#include "server/domain/waiting.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;

constexpr size_t kAgenciesPerOrder = 10'000;

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
    if (order.has_not_before()) CheckWait(policy_, command_, i, now_, trial);
    CheckPeople(order, AmountUnderHead(command_, i), trial);
    CheckTargets(order, trial);
    trial.pair = order.has_deduct() ? PairOf(i) : std::nullopt;
    ActExaminer(state_, command_, now_).Examine(order, trial);
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
        if (trial.of->IsRemoved(trial.respondent) && order.action() != ACTION_RELEASE)
          wrong.Add("subject", Reason::kRespondentRemoved,
                    "a respondent of this case no longer: only releases name him");
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
        if (!CanDo(*agency, order)) refuse(Reason::kCapabilityMissing, "the agency can't do this");
      }
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
    // What lies outside is refused by itself.
    sum += std::clamp<int64_t>(ThresholdAmountOf(other), 0, kAmountBoundMinorUnits);
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

bool CanDo(const Agency& agency, const OrderProto& order) {
  if (order.action() == ACTION_INQUIRE) {
    const auto& kinds = order.inquire().asset_kinds();
    if (kinds.empty()) return Directory::Can(agency, ACTION_INQUIRE, "");
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](const std::string& kind) { return Directory::Can(agency, ACTION_INQUIRE, kind); });
  }
  // Judged by the measure's own kind.
  if (order.has_renew() || order.has_transfer_title() || order.has_locate()) return true;
  if (order.has_extract_income()) return Directory::Can(agency, order.action(), kIncomeKind);
  const std::string kind = order.has_freeze() ? Directory::KindFrozen(agency, order.freeze()) : std::string();
  return Directory::Can(agency, order.action(), kind);
}

Trial ExamineOrder(const State& state, const SubmitOrders& command, size_t i, absl::Time now) {
  return OrderExaminer(state, command, now).Examine(i);
}

}  // namespace eagle::domain
