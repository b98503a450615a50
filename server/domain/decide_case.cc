// Cases: opening, stage, cap and respondents.
#include <set>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "server/base/money.h"
#include "server/base/uuid.h"
#include "server/domain/authority.h"
#include "server/domain/draft.h"
#include "server/domain/examine_respondents.h"
#include "server/domain/instant.h"
#include "server/domain/plausibility.h"
#include "server/domain/stage.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// principal x rate x days, rounded half up to the minor unit. Source: policy row doubled_interest.
int64_t DoubledInterest(int64_t principal, uint32_t rate_per_million_per_day, uint32_t days) {
  const absl::int128 millionths = absl::int128(principal) * rate_per_million_per_day * days;
  return static_cast<int64_t>((millionths + 500'000) / 1'000'000);
}

void CheckClaim(const Claim& claim, const Policy& policy, const std::string& path, Violations& wrong) {
  if (!IsCurrency(claim.currency())) wrong.Add(path + ".currency", Reason::kFieldInvalid, "an ISO 4217 code");
  if (!IsAmount(claim.principal_minor_units()))
    wrong.Add(path + ".principal_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
  const std::pair<const char*, int64_t> parts[] = {
      {".interest_minor_units", claim.interest_minor_units()},
      {".doubled_interest_minor_units", claim.doubled_interest_minor_units()},
      {".cost_minor_units", claim.cost_minor_units()}};
  for (const auto& [field, amount] : parts) {
    if (amount != 0 && !IsAmount(amount))
      wrong.Add(path + field, Reason::kAmountInvalid, "not negative and within the bound");
  }
  if (!IsAmount(claim.cap_minor_units()))
    wrong.Add(path + ".cap_minor_units", Reason::kAmountInvalid, "above zero and within the bound");
  if (!wrong.empty() && wrong.list().back().reason == Reason::kAmountInvalid)
    return;  // sums of such numbers mean nothing
  const int64_t sum = claim.principal_minor_units() + claim.interest_minor_units() +
                      claim.doubled_interest_minor_units() + claim.cost_minor_units();
  if (sum != claim.cap_minor_units())
    wrong.Add(path + ".cap_minor_units", Reason::kCapNotSum, "not the sum of its signed parts");
  const bool doubled = claim.doubled_interest_minor_units() > 0 || claim.doubled_interest_days() > 0;
  if (doubled && !claim.has_horizon())
    wrong.Add(path + ".horizon", Reason::kFieldMissing, "doubled interest runs to a signed horizon");
  if (claim.doubled_interest_minor_units() !=
      DoubledInterest(claim.principal_minor_units(), policy.table().doubled_interest().rate_per_million_per_day(),
                      claim.doubled_interest_days())) {
    wrong.Add(path + ".doubled_interest_minor_units", Reason::kInterestNotByRule,
              "not principal x daily rate x days by the policy in force");
  }
}

class CaseDecider {
 public:
  CaseDecider(Draft& draft, const SubmitCases& command, HeadWriter& head)
      : draft_(draft), state_(draft.state()), command_(command), head_(head), policy_(*draft.state().policy) {}

  void Run() {
    for (size_t i = 0; i < command_.members.size(); ++i) draft_.result().members.push_back(DecideMember(i));
  }

 private:
  MemberResult DecideMember(size_t i) {
    const CaseMember& member = command_.members[i];
    const CaseAct& act = member.parsed;
    const std::string& digest = command_.signed_head.digests[i];
    if (auto known = Repeated(state_, act.request_id(), digest, Reason::kRequestIdReused)) return *known;
    for (size_t k = 0; k < i; ++k) {
      if (command_.members[k].parsed.request_id() == act.request_id()) {
        return {.id = act.request_id(),
                .refusal = Fail(Reason::kRequestIdReused, "the id stands twice in this batch").failure()};
      }
    }
    Violations wrong;
    ChangedPlaces places;
    const Case* of = state_.FindCase(command_.court, member.number_tags);
    Check(member, of, i, places, wrong);
    const std::vector<uint32_t> confirmed = SettleClaim(act, of, wrong);
    if (!wrong.empty()) {
      return Refuse(draft_, head_, wrong.ToFailure("the act on the case is refused"), act.request_id(), digest,
                    static_cast<uint32_t>(i), member.bytes, act.has_open() ? nullptr : of);
    }
    return Accept(member, of, i, digest, confirmed, places);
  }

  // What is about to end would end on the way to the other court.
  void CheckTransfer(const Case& of, Violations& wrong) const {
    if (!policy_.table().has_transfer()) return;
    const absl::CivilDay today = absl::ToCivilDay(draft_.now(), policy_.zone());
    const absl::CivilMonth reach =
        absl::CivilMonth(today) + static_cast<int>(policy_.table().transfer().months_left_min());
    // The corresponding day, or the last of its month. A term ends with the last moment of its last day.
    const absl::CivilDay day = std::min(absl::CivilDay(reach) + (today.day() - 1), absl::CivilDay(reach + 1) - 1);
    const absl::Time needed = absl::FromCivil(day, policy_.zone());
    for (const Measure& measure : of.ledger.measures()) {
      if (measure.phase != MeasurePhase::kEffective || !measure.state.has_effective_to()) continue;
      if (FromProto(measure.state.effective_to()) < needed)
        wrong.Add("stage.to", Reason::kStageChangeForbidden,
                  absl::StrCat("the measure of order ", measure.freeze.value(), " has less than ",
                               policy_.table().transfer().months_left_min(), " months left: renew it first"));
    }
  }

  void Check(const CaseMember& member, const Case* of, size_t i, ChangedPlaces& places, Violations& wrong) {
    const CaseAct& act = member.parsed;
    if (act.court() != command_.signed_head.head.signer())
      wrong.Add("court", Reason::kSignerNotCaller, "the act must name the court that signed it");
    std::vector<OfficerRole> roles;
    for (int role : policy_.table().case_acts().roles()) roles.push_back(static_cast<OfficerRole>(role));
    if (act.has_confirmed() && std::find(roles.begin(), roles.end(), OFFICER_ROLE_LEADER) == roles.end())
      roles.push_back(OFFICER_ROLE_LEADER);
    const bool enough = CheckRoles(state_, act.court(), command_.signed_head, roles, draft_.now(), "signatures", wrong);
    // His word on the case covers inquiries on its respondents, so it is his own.
    if (enough && act.has_open() &&
        !HasSigned(state_, act.court(), act.open().leader(), command_.signed_head, draft_.now())) {
      wrong.Add("open.leader", Reason::kSignaturesMissing, "the leader whom the case names must have signed");
    }
    if (!act.has_open() && of == nullptr)
      wrong.Add("case_number", Reason::kCaseUnknown, "the court has no such case here");
    switch (act.act_case()) {
      case CaseAct::kOpen:
        CheckOpen(act.open(), of, i, wrong);
        break;
      case CaseAct::kStage:
        CheckText(act.stage().ground(), kTextBytes, "stage.ground", wrong);
        if (of != nullptr && !StageMayChange(of->stage, act.stage().to())) {
          wrong.Add("stage.to", Reason::kStageChangeForbidden, "not from " + CaseStage_Name(of->stage).substr(11));
        } else if (of != nullptr && act.stage().to() == CASE_STAGE_TRANSFERRED) {
          CheckTransfer(*of, wrong);
        }
        break;
      case CaseAct::kCap:
        CheckText(act.cap().ground(), kTextBytes, "cap.ground", wrong);
        CheckClaim(act.cap().claim(), policy_, "cap.claim", wrong);
        if (of != nullptr && act.cap().claim().currency() != of->open.claim().currency()) {
          wrong.Add("cap.claim.currency", Reason::kFieldInvalid, "a case keeps its currency");
        }
        break;
      case CaseAct::kRespondents:
        places = ExamineRespondents(state_, act.respondents(), of, wrong);
        // The state doesn't have yet what an earlier member of this batch did to it.
        if (of != nullptr && regrouped_.contains(of->seq.value()))
          wrong.Add("respondents", Reason::kFieldInvalid, "one such act a case and batch: put all of it into one");
        break;
      case CaseAct::ACT_NOT_SET:
        wrong.Add("act", Reason::kFieldMissing, "open, stage, cap or respondents");
        break;
    }
  }

  // What of the claim looks like a slip, and what of that a leader confirmed.
  std::vector<uint32_t> SettleClaim(const CaseAct& act, const Case* of, Violations& wrong) const {
    std::vector<Violation> doubts;
    const auto history = state_.claims.find(command_.court.value());
    const ClaimHistory& claimed = history != state_.claims.end() ? history->second : no_claims_;
    const PlausibilityRow& row = policy_.table().plausibility();
    if (policy_.table().has_plausibility() && act.has_open()) {
      doubts = DoubtsOfClaim(act.open().claim(), nullptr, claimed, row, "open.claim");
      for (Violation& doubt : DoubtsOfLiabilities(act.open(), row, "open.respondents"))
        doubts.push_back(std::move(doubt));
    } else if (policy_.table().has_plausibility() && act.has_cap()) {
      const Claim* before = of != nullptr ? &of->open.claim() : nullptr;
      doubts = DoubtsOfClaim(act.cap().claim(), before, claimed, row, "cap.claim");
    } else if (policy_.table().has_plausibility() && act.has_respondents() && of != nullptr) {
      OpenCase as_opened;
      *as_opened.mutable_claim() = of->open.claim();
      *as_opened.mutable_respondents() = act.respondents().add();
      doubts = DoubtsOfLiabilities(as_opened, row, "respondents.add");
    }
    return SettleDoubts(doubts, act.has_confirmed() ? &act.confirmed() : nullptr, state_, act.court(),
                        command_.signed_head, draft_.now(), wrong);
  }

  void CheckOpen(const OpenCase& open, const Case* known, size_t i, Violations& wrong) {
    bool twin = known != nullptr;
    for (size_t k = 0; k < i; ++k) {
      twin |= command_.members[k].parsed.has_open() &&
              command_.members[k].number_tags == command_.members[i].number_tags && !draft_.result().members[k].refusal;
    }
    if (twin) wrong.Add("open.case_number", Reason::kCaseExists, "the court already opened it");
    CheckText(open.case_number(), kStringBytes, "open.case_number", wrong);
    CheckText(open.title(), kStringBytes, "open.title", wrong);
    CheckText(open.applicant(), 2 * kStringBytes, "open.applicant", wrong);
    CheckText(open.legal_basis(), kTextBytes, "open.legal_basis", wrong);
    const auto& purposes = policy_.table().purposes();
    if (std::find(purposes.begin(), purposes.end(), open.purpose()) == purposes.end()) {
      wrong.Add("open.purpose", Reason::kFieldInvalid, "not a purpose of the policy in force");
    }
    if (open.stage() != CASE_STAGE_PRESERVATION && open.stage() != CASE_STAGE_ENFORCEMENT) {
      wrong.Add("open.stage", Reason::kFieldInvalid, "a case opens in PRESERVATION or ENFORCEMENT");
    }
    if (open.respondents().empty() || open.respondents_size() > kRespondentsPerCase) {
      wrong.Add("open.respondents", Reason::kFieldMissing, absl::StrCat("1 to ", kRespondentsPerCase, " respondents"));
    }
    for (int r = 0; r < open.respondents_size(); ++r) {
      const auto& respondent = open.respondents(r);
      const std::string path = absl::StrCat("open.respondents[", r, "]");
      CheckRespondent(respondent, policy_, state_.directory.production(), path, wrong);
      for (int k = 0; k < r; ++k) {
        if (SameIdentity(open.respondents(k).identity(), respondent.identity()))
          wrong.Add(path + ".identity", Reason::kFieldInvalid, "named twice");
      }
    }
    CheckClaim(open.claim(), policy_, "open.claim", wrong);
    CheckOfficer(open.handler(), OFFICER_ROLE_HANDLER, "open.handler", wrong);
    CheckOfficer(open.leader(), OFFICER_ROLE_LEADER, "open.leader", wrong);
  }

  void CheckOfficer(const std::string& code, OfficerRole role, const std::string& path, Violations& wrong) {
    const auto officer = state_.directory.OfficerByCode(command_.signed_head.head.signer(), code);
    const bool good = officer && HoldsAt(*officer->statement, draft_.now()) &&
                      std::find(officer->statement->roles().begin(), officer->statement->roles().end(), role) !=
                          officer->statement->roles().end();
    if (!good) wrong.Add(path, Reason::kOfficerNotValid, "no officer of this court in that role now");
  }

  MemberResult Accept(const CaseMember& member, const Case* of, size_t i, const std::string& digest,
                      const std::vector<uint32_t>& confirmed, const ChangedPlaces& places) {
    const CaseAct& act = member.parsed;
    const uint64_t head = head_.Index();
    CasePayload payload;
    payload.set_member(member.bytes);
    payload.set_index(static_cast<uint32_t>(i));
    Entry entry{
        .actor_kind = ACTOR_KIND_COURT, .actor = command_.court.value(), .payload = payload.SerializeAsString()};
    if (act.has_open()) {
      CaseOpened body;
      body.set_stage(act.open().stage());
      body.set_number_tag(member.number_tags.front());
      for (const std::string& tag : member.subject_tags) body.add_subject_tags(tag);
      body.set_request_id(act.request_id());
      body.set_digest(digest);
      body.set_head(head);
      body.set_policy_version(policy_.version());
      for (uint32_t reason : confirmed) body.add_confirmed(reason);
      entry.type = ENTRY_TYPE_CASE_OPENED;
      entry.key_id = member.fresh_key_id;
      return {.id = act.request_id(), .index = draft_.Append(std::move(entry), body)};
    }
    entry.case_seq = of->seq;
    entry.key_id = of->key_id;
    if (act.has_stage()) {
      CaseStageChanged body;
      body.set_from(of->stage);
      body.set_to(act.stage().to());
      body.set_request_id(act.request_id());
      body.set_digest(digest);
      body.set_head(head);
      entry.type = ENTRY_TYPE_CASE_STAGE_CHANGED;
      return {.id = act.request_id(), .index = draft_.Append(std::move(entry), body)};
    }
    if (act.has_respondents()) {
      CaseRespondentsChanged body;
      body.set_request_id(act.request_id());
      body.set_digest(digest);
      body.set_head(head);
      body.set_policy_version(policy_.version());
      for (uint32_t reason : confirmed) body.add_confirmed(reason);
      body.mutable_added()->Assign(places.added.begin(), places.added.end());
      body.mutable_removed()->Assign(places.removed.begin(), places.removed.end());
      const auto& tags = member.subject_tags;  // of those who come, then of those who go
      for (size_t k = 0; k < tags.size(); ++k)
        *(k < places.added.size() ? body.add_added_tags() : body.add_removed_tags()) = tags[k];
      entry.type = ENTRY_TYPE_CASE_RESPONDENTS_CHANGED;
      regrouped_.insert(of->seq.value());
      return {.id = act.request_id(), .index = draft_.Append(std::move(entry), body)};
    }
    CaseCapChanged body;
    body.set_request_id(act.request_id());
    body.set_digest(digest);
    body.set_head(head);
    body.set_policy_version(policy_.version());
    for (uint32_t reason : confirmed) body.add_confirmed(reason);
    entry.type = ENTRY_TYPE_CASE_CAP_CHANGED;
    return {.id = act.request_id(), .index = draft_.Append(std::move(entry), body)};
  }

  Draft& draft_;
  const State& state_;
  const SubmitCases& command_;
  HeadWriter& head_;
  const Policy& policy_;
  const ClaimHistory no_claims_;
  std::set<uint64_t> regrouped_;  // cases whose respondents this batch changes
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitCases& command) {
  const Court* court = draft.state().directory.CourtByOrdinal(command.court);
  if (court == nullptr || draft.state().policy == nullptr) {
    draft.result().status = Fail(Reason::kCourtUnknown, "the court is not connected, or no policy is installed yet");
    return;
  }
  for (const CaseMember& member : command.members) {
    if (!IsUuidV7(member.parsed.request_id())) {
      draft.result().status = Fail(Reason::kFieldInvalid, "an act without a usable id can't be refused by id")
                                  .At("request_id", "UUIDv7, 16 bytes");
      return;
    }
  }
  HeadWriter head(
      draft, command.signed_head,
      {ACTOR_KIND_COURT, command.court.value(), absl::StrCat("court/", command.court.value()), court->key_id});
  draft.result().status = head.CheckSequence();
  if (draft.result().status.ok()) CaseDecider(draft, command, head).Run();
}

}  // namespace eagle::domain
