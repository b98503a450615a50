// Proposals and approvals: what is connected, which policy holds, whether a clock is accepted. Two administrators
// together.
#include "absl/strings/str_cat.h"
#include "server/base/uuid.h"
#include "server/domain/draft.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckSystem(const SystemIdentity& system, const std::string& path, Violations& wrong) {
  if (system.spiffe_id().substr(0, 9) != "spiffe://")
    wrong.Add(path + ".spiffe_id", Reason::kFieldInvalid, "a SPIFFE id");
  if (system.spki_sha256().empty() || system.spki_sha256_size() > 4)
    wrong.Add(path + ".spki_sha256", Reason::kFieldMissing, "1 to 4 pins");
  for (const std::string& pin : system.spki_sha256()) {
    if (pin.size() != 32) wrong.Add(path + ".spki_sha256", Reason::kFieldInvalid, "32 bytes each");
  }
}

void CheckAgency(const RegisterAgency& agency, Violations& wrong) {
  static constexpr const char* kKinds[] = {"BANK", "LAND", "VEHICLE", "HOUSING_FUND", "BUSINESS", "IP"};
  CheckText(agency.code(), 32, "agency.code", wrong);
  CheckText(agency.name(), kStringBytes, "agency.name", wrong);
  if (std::find(std::begin(kKinds), std::end(kKinds), agency.kind()) == std::end(kKinds))
    wrong.Add("agency.kind", Reason::kFieldInvalid, "not a kind of agency");
  if (agency.region().size() != 6) wrong.Add("agency.region", Reason::kFieldInvalid, "six digits");
  if (agency.capabilities().empty() || agency.capabilities_size() > 256)
    wrong.Add("agency.capabilities", Reason::kFieldMissing, "1 to 256 rows");
  for (int i = 0; i < agency.capabilities_size(); ++i) {
    if (agency.capabilities(i).asset_kind().empty() || agency.capabilities(i).action() == ACTION_UNSPECIFIED) {
      wrong.Add(absl::StrCat("agency.capabilities[", i, "]"), Reason::kFieldMissing,
                "asset kind and action are required");
    }
  }
  CheckSystem(agency.system(), "agency.system", wrong);
}

// A SPIFFE id names one system for ever.
bool IdentityTaken(const State& state, const SystemIdentity& system, const SystemOwner& asking) {
  const SystemOwner* owner = state.directory.OwnerOf(system.spiffe_id());
  return owner != nullptr && *owner != asking;
}

void CheckErase(const State& state, const EraseCase& erase, absl::Time now, Violations& wrong) {
  const auto found = state.cases.find(erase.case_index());
  const Court* court = state.directory.CourtByCode(erase.court());
  if (found == state.cases.end() || court == nullptr || found->second.court != court->ordinal) {
    wrong.Add("erase.case_index", Reason::kCaseUnknown, "no case of this court was opened there");
    return;
  }
  const Case& of = found->second;
  const auto refuse = [&wrong](std::string_view why) { wrong.Add("erase.case_index", Reason::kCaseNotErasable, why); };
  if (of.erased()) return refuse("it was erased before");
  if (of.stage != CASE_STAGE_CLOSED || !of.readable) return refuse("it isn't closed");
  for (const auto& [seq, kept] : of.orders) {
    const Order* order = state.FindOrder(OrderSeq(seq));
    if (order != nullptr && !order->complete()) {
      refuse("an order of it is open");
      break;
    }
    const auto threads = order != nullptr ? state.ObjectionsOf(*order) : std::vector<const ObjectionThread*>();
    if (std::any_of(threads.begin(), threads.end(), [](const auto* thread) { return thread->open(); })) {
      refuse("an objection against an order of it has no answer");
      break;
    }
  }
  if (std::any_of(state.supervisions.begin(), state.supervisions.end(),
                  [&](const auto& thread) { return thread.second.case_seq == of.seq && thread.second.open(); }))
    refuse("a supervision order about it is open");
  if (!of.AtRest()) refuse("a measure of it stands, or money is on its way");
  if (state.policy == nullptr || !state.policy->table().has_retention()) {
    refuse("the policy gives no retention");
  } else if (now < RetainedUntil(of.closed_at, *state.policy)) {
    refuse("its retention has not passed");
  }
}

// `report`: what was found in the one that it names, if it names one.
void CheckProposal(const State& state, const Proposal& proposal, const std::optional<ExaminedReport>& report,
                   absl::Time now, Violations& wrong) {
  CheckText(proposal.ground(), kTextBytes, "proposal.ground", wrong);
  switch (proposal.change_case()) {
    case Proposal::kCourt:
      CheckText(proposal.court().code(), 32, "court.code", wrong);
      CheckText(proposal.court().name(), kStringBytes, "court.name", wrong);
      if (proposal.court().has_system()) CheckSystem(proposal.court().system(), "court.system", wrong);
      if (IdentityTaken(state, proposal.court().system(), {SystemOwner::Kind::kCourt, proposal.court().code()})) {
        wrong.Add("court.system.spiffe_id", Reason::kFieldInvalid, "belongs to another system");
      }
      if (state.directory.production() && state.policy != nullptr &&
          !state.policy->table().test_court_digits().empty()) {
        // 辽99…: the digits behind the three-byte character of the province.
        const std::string digits = proposal.court().code().size() > 3 ? proposal.court().code().substr(3, 2) : "";
        if (digits == state.policy->table().test_court_digits())
          wrong.Add("court.code", Reason::kTestRegion, "test courts exist only in the test environment");
      }
      break;
    case Proposal::kAgency:
      CheckAgency(proposal.agency(), wrong);
      if (state.directory.agencies().size() >= kAgenciesMax &&
          state.directory.AgencyByCode(proposal.agency().code()) == nullptr) {
        wrong.Add("agency.code", Reason::kTooLarge,
                  absl::StrCat("a directory holds at most ", kAgenciesMax, " agencies"));
      }
      if (IdentityTaken(state, proposal.agency().system(), {SystemOwner::Kind::kAgency, proposal.agency().code()})) {
        wrong.Add("agency.system.spiffe_id", Reason::kFieldInvalid, "belongs to another system");
      }
      break;
    case Proposal::kSystem:
      CheckText(proposal.system().name(), 63, "system.name", wrong);
      if (proposal.system().role() != "AUDITOR" && proposal.system().role() != "OPERATOR" &&
          proposal.system().role() != "WITNESS")
        wrong.Add("system.role", Reason::kFieldInvalid, "AUDITOR, OPERATOR or WITNESS");
      CheckSystem(proposal.system().system(), "system.system", wrong);
      if (IdentityTaken(state, proposal.system().system(), {SystemOwner::Kind::kSystem, proposal.system().name()})) {
        wrong.Add("system.system.spiffe_id", Reason::kFieldInvalid, "belongs to another system");
      }
      break;
    case Proposal::kPolicy: {
      const auto policy = Policy::Create(proposal.policy().table());
      if (!policy.ok()) {
        for (const Violation& violation : FailureOf(policy.status()).violations) {
          wrong.Add("policy.table." + violation.field, violation.reason, violation.description);
        }
      }
      if (!proposal.policy().table().has_witnesses() && !state.witnessing.registered.witnesses().empty())
        wrong.Add("policy.table.witnesses", Reason::kFieldMissing, "the log has witnesses: what happens without them?");
      const uint32_t installed = state.policy != nullptr ? state.policy->version() : 0;
      if (proposal.policy().table().version() <= installed)
        wrong.Add("policy.table.version", Reason::kProposalConflicts, "not above the installed version");
      break;
    }
    case Proposal::kClock:
      if (state.clock_alarm == 0 || proposal.clock().alarm_index() != state.clock_alarm) {
        wrong.Add("clock.alarm_index", Reason::kProposalConflicts, "no such alarm stands");
      }
      break;
    case Proposal::kErase:
      CheckErase(state, proposal.erase(), now, wrong);
      break;
    case Proposal::kWitnesses:
      CheckWitnesses(state, proposal.witnesses(), wrong);
      break;
    case Proposal::kReading:
      CheckReading(state, proposal.reading(), wrong);
      break;
    case Proposal::kAdapter:
      CheckAdapter(state, proposal.adapter(), report ? &*report : nullptr, wrong);
      break;
    case Proposal::CHANGE_NOT_SET:
      wrong.Add("proposal.change", Reason::kFieldMissing,
                "court, agency, system, policy, clock, erase, witnesses, reading or adapter");
      break;
  }
}

std::string KindOf(const Proposal& proposal) {
  switch (proposal.change_case()) {
    case Proposal::kCourt:
      return "court";
    case Proposal::kAgency:
      return "agency";
    case Proposal::kSystem:
      return "system";
    case Proposal::kPolicy:
      return "policy";
    case Proposal::kClock:
      return "clock";
    case Proposal::kErase:
      return "erase";
    case Proposal::kWitnesses:
      return "witnesses";
    case Proposal::kReading:
      return "reading";
    case Proposal::kAdapter:
      return "adapter";
    case Proposal::CHANGE_NOT_SET:
      break;
  }
  return "";
}

// What a proposal would change: two in one batch may not change the same thing.
std::string TargetOf(const Proposal& proposal) {
  switch (proposal.change_case()) {
    case Proposal::kCourt:
      return "court/" + proposal.court().code();
    case Proposal::kAgency:
      return "agency/" + proposal.agency().code();
    case Proposal::kSystem:
      return "system/" + proposal.system().name();
    case Proposal::kErase:
      return absl::StrCat("erase/", proposal.erase().case_index());
    case Proposal::kReading:
      return absl::StrCat("reading/", proposal.reading().case_index(), "/", proposal.reading().reader());
    case Proposal::kAdapter:
      return "adapter/" + proposal.adapter().report();
    default:
      return KindOf(proposal);
  }
}

// Under which a proposal's system would call; empty when it connects none.
std::string IdentityOf(const Proposal& proposal) {
  switch (proposal.change_case()) {
    case Proposal::kCourt:
      return proposal.court().system().spiffe_id();
    case Proposal::kAgency:
      return proposal.agency().system().spiffe_id();
    case Proposal::kSystem:
      return proposal.system().system().spiffe_id();
    default:
      return "";
  }
}

class AdministrationDecider {
 public:
  AdministrationDecider(Draft& draft, const SubmitAdministration& command, HeadWriter& head, uint32_t administrator)
      : draft_(draft), state_(draft.state()), command_(command), head_(head), administrator_(administrator) {}

  MemberResult DecideMember(size_t i) {
    const Administration& act = command_.members[i].parsed;
    const std::string& digest = command_.signed_head.digests[i];
    if (auto known = Repeated(state_, act.request_id(), digest, Reason::kRequestIdReused)) {
      const auto proposal = state_.proposals.find(act.has_approval() ? act.approval().proposal_index() : known->index);
      known->in_effect = proposal != state_.proposals.end() && proposal->second.in_effect;
      return *known;
    }
    Violations wrong;
    if (act.has_proposal()) {
      CheckProposal(state_, act.proposal(), command_.members[i].report, draft_.now(), wrong);
    } else if (act.has_approval()) {
      CheckApproval(act.approval(), command_.members[i].report, wrong);
    } else {
      wrong.Add("act", Reason::kFieldMissing, "a proposal or an approval");
    }
    if (!wrong.empty()) {
      return Refuse(draft_, head_, wrong.ToFailure("the act of administration is refused"), act.request_id(), digest,
                    static_cast<uint32_t>(i), command_.members[i].bytes, nullptr);
    }
    return act.has_proposal() ? Propose(i, digest) : Approve(i, digest);
  }

 private:
  void CheckApproval(const Approval& approval, const std::optional<ExaminedReport>& report, Violations& wrong) {
    const auto it = state_.proposals.find(approval.proposal_index());
    if (it == state_.proposals.end() || it->second.in_effect || it->second.digest != approval.proposal_digest()) {
      wrong.Add("approval.proposal_index", Reason::kProposalUnknown, "no open proposal with this index and digest");
      return;
    }
    if (it->second.approvers.contains(administrator_) || approved_here_.contains(approval.proposal_index())) {
      wrong.Add("signatures", Reason::kAlreadyApproved, "another administrator must approve");
    }
    // The state may have moved on since it was made.
    CheckProposal(state_, it->second.proposal, report, draft_.now(), wrong);
    if (adopted_here_.contains(TargetOf(it->second.proposal))) {
      wrong.Add("approval.proposal_index", Reason::kProposalConflicts,
                "the batch changes the same thing before: approve this one in another batch");
    }
    if (identities_here_.contains(IdentityOf(it->second.proposal))) {
      wrong.Add("approval.proposal_index", Reason::kProposalConflicts,
                "the batch gives the same SPIFFE id to another system before");
    }
  }

  MemberResult Propose(size_t i, const std::string& digest) {
    const Administration& act = command_.members[i].parsed;
    ProposalMade body;
    body.set_digest(digest);
    body.set_request_id(act.request_id());
    body.set_kind(KindOf(act.proposal()));
    body.set_head(head_.Index());
    return {.id = act.request_id(), .index = Append(ENTRY_TYPE_PROPOSAL_MADE, i, body)};
  }

  MemberResult Approve(size_t i, const std::string& digest) {
    const Administration& act = command_.members[i].parsed;
    const uint64_t index = act.approval().proposal_index();
    const ProposalState& proposal = state_.proposals.at(index);
    ProposalApproved body;
    body.set_proposal(index);
    body.set_digest(digest);
    body.set_request_id(act.request_id());
    body.set_head(head_.Index());
    MemberResult result{.id = act.request_id(), .index = Append(ENTRY_TYPE_PROPOSAL_APPROVED, i, body)};
    approved_here_.insert(index);
    std::set<uint32_t> approvers = proposal.approvers;
    approvers.insert(administrator_);
    if (approvers.size() < state_.directory.founding().approvals()) return result;
    if (proposal.proposal.has_adapter()) {
      AdoptAdapter(draft_, index, *command_.members[i].report, administrator_);
    } else {
      Adopt(index, proposal.proposal, approvers, command_.members[i].fresh_key_id);
    }
    adopted_here_.insert(TargetOf(proposal.proposal));
    if (std::string identity = IdentityOf(proposal.proposal); !identity.empty())
      identities_here_.insert(std::move(identity));
    result.in_effect = true;
    return result;
  }

  uint64_t Append(EntryType type, size_t i, const google::protobuf::MessageLite& body) {
    AdministrationPayload payload;
    payload.set_member(command_.members[i].bytes);
    payload.set_index(static_cast<uint32_t>(i));
    Entry entry{.type = type,
                .actor_kind = ACTOR_KIND_ADMINISTRATOR,
                .actor = administrator_,
                .payload = payload.SerializeAsString()};
    return draft_.Append(std::move(entry), body);
  }

  void Adopt(uint64_t index, const Proposal& proposal, const std::set<uint32_t>& approvers,
             const std::string& fresh_key_id) {
    Adopted body;
    body.set_proposal(index);
    for (uint32_t ordinal : approvers) body.add_approvers(ordinal);
    Entry entry{.actor_kind = ACTOR_KIND_ADMINISTRATOR, .actor = administrator_};
    AdoptedPayload payload;
    switch (proposal.change_case()) {
      case Proposal::kCourt: {
        const Court* known = state_.directory.CourtByCode(proposal.court().code());
        body.set_ordinal(known != nullptr ? known->ordinal.value()
                                          : static_cast<uint32_t>(state_.directory.courts().size()) + ++new_courts_);
        *payload.mutable_court() = proposal.court();
        entry.type = ENTRY_TYPE_COURT_REGISTERED;
        entry.key_id = known != nullptr ? known->key_id : fresh_key_id;
        break;
      }
      case Proposal::kAgency: {
        const Agency* known = state_.directory.AgencyByCode(proposal.agency().code());
        body.set_ordinal(known != nullptr
                             ? known->ordinal.value()
                             : static_cast<uint32_t>(state_.directory.agencies().size()) + ++new_agencies_);
        if (known != nullptr) {
          // Which rows were declared, told of the new ones: a bitmap over the old ones says nothing about these.
          const std::string& declared = state_.PresenceOf(known->ordinal).declared;
          if (!declared.empty()) body.set_declared(DeclaredBits(proposal.agency(), DeclaredRows(known->row, declared)));
        }
        *payload.mutable_agency() = proposal.agency();
        entry.type = ENTRY_TYPE_AGENCY_REGISTERED;
        entry.agency = AgencyOrdinal(body.ordinal());
        entry.key_id = known != nullptr ? known->key_id : fresh_key_id;
        break;
      }
      case Proposal::kSystem:
        *payload.mutable_system() = proposal.system();
        entry.type = ENTRY_TYPE_SYSTEM_REGISTERED;
        break;
      case Proposal::kPolicy:
        body.set_policy_version(proposal.policy().table().version());
        *payload.mutable_policy() = proposal.policy();
        entry.type = ENTRY_TYPE_POLICY_INSTALLED;
        break;
      case Proposal::kErase:
        entry.type = ENTRY_TYPE_CASE_ERASED;
        entry.case_seq = CaseSeq(proposal.erase().case_index());
        break;
      case Proposal::kReading:
        *body.mutable_reading() = proposal.reading();
        entry.type = ENTRY_TYPE_READING_GRANTED;
        entry.case_seq = CaseSeq(proposal.reading().case_index());
        break;
      case Proposal::kWitnesses:
        *body.mutable_witnesses() = proposal.witnesses();
        entry.type = ENTRY_TYPE_WITNESSES_REGISTERED;
        break;
      default:
        entry.type = ENTRY_TYPE_CLOCK_ACCEPTED;
        break;
    }
    if (payload.change_case() != AdoptedPayload::CHANGE_NOT_SET) entry.payload = payload.SerializeAsString();
    draft_.Append(std::move(entry), body);
  }

  Draft& draft_;
  const State& state_;
  const SubmitAdministration& command_;
  HeadWriter& head_;
  uint32_t administrator_;
  uint32_t new_courts_ = 0, new_agencies_ = 0;
  std::set<uint64_t> approved_here_;
  std::set<std::string> adopted_here_, identities_here_;
};

}  // namespace

void DecideCommand(Draft& draft, const SubmitAdministration& command) {
  const auto& founding = draft.state().directory.founding();
  uint32_t administrator = 0;
  for (int i = 0; i < founding.administrators_size(); ++i) {
    const auto& keys = command.signed_head.keys;
    if (std::find(keys.begin(), keys.end(), founding.administrators(i).key()) == keys.end()) continue;
    if (administrator != 0) {
      draft.result().status =
          Fail(Reason::kEnvelopeMalformed, "one administrator signs a batch; the second approves in his own");
      return;
    }
    administrator = static_cast<uint32_t>(i + 1);
  }
  if (administrator == 0 || command.signed_head.head.signer() != "administrator") {
    draft.result().status = Fail(Reason::kSignatureInvalid, "no administrator of this log signed");
    return;
  }
  for (const AdministrationMember& member : command.members) {
    if (!IsUuidV7(member.parsed.request_id())) {
      draft.result().status = Fail(Reason::kFieldInvalid, "an act without a usable id can't be refused by id")
                                  .At("request_id", "UUIDv7, 16 bytes");
      return;
    }
  }
  HeadWriter head(draft, command.signed_head,
                  {ACTOR_KIND_ADMINISTRATOR, administrator, absl::StrCat("administrator/", administrator), ""});
  draft.result().status = head.CheckSequence();
  if (!draft.result().status.ok()) return;
  AdministrationDecider decider(draft, command, head, administrator);
  for (size_t i = 0; i < command.members.size(); ++i) draft.result().members.push_back(decider.DecideMember(i));
}

}  // namespace eagle::domain
