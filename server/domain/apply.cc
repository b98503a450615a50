#include "server/domain/apply.h"

#include "server/base/assert.h"
#include "server/domain/apply_receipt.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

template <typename Message>
Message Parse(std::string_view bytes) {
  Message message;
  GATEWAY_ASSERT(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                 "the journal holds what we wrote");
  return message;
}

Order& OrderOf(State& state, OrderSeq seq) {
  const auto it = state.orders.find(seq.value());
  GATEWAY_ASSERT(it != state.orders.end(), "an entry names an order that was accepted before");
  return it->second;
}
Case& CaseOf(State& state, CaseSeq seq) {
  const auto it = state.cases.find(seq.value());
  GATEWAY_ASSERT(it != state.cases.end(), "an entry names a case that was opened before");
  return it->second;
}

void Disarm(State& state, const Deadline& deadline, uint64_t seq, bool of_case) {
  if (deadline.armed()) state.timers.erase({deadline.next(), seq, of_case});
}
void Arm(State& state, const Deadline& deadline, uint64_t seq, bool of_case) {
  if (deadline.armed()) state.timers.insert({deadline.next(), seq, of_case});
}

void UseId(State& state, const std::string& id, IdUse use) {
  state.ids[id] = std::move(use);
  state.changes.ids.push_back(id);
}

// An order without open targets needs no clock any more.
void Closed(State& state, Order& order) {
  if (!order.complete()) return;
  Disarm(state, order.deadline, order.seq.value(), false);
}

void MarkOrder(State& state, Order& order, uint64_t index) {
  order.last_index = index;
  state.changes.orders.insert(order.seq.value());
}

Deadline DeadlineFrom(const std::string& row, int64_t due, const google::protobuf::RepeatedField<int64_t>& marks,
                      const google::protobuf::RepeatedField<uint32_t>& permille) {
  Deadline deadline{.row = row, .due = FromMicros(due)};
  for (int i = 0; i < marks.size(); ++i) {
    deadline.marks.push_back(FromMicros(marks.Get(i)));
    deadline.marks_permille.push_back(permille.Get(i));
  }
  return deadline;
}

// --- public halves

void PublicBatchHead(const Entry& entry, State& state) {
  const auto body = Parse<BatchHead>(entry.body);
  std::string signer;
  switch (entry.actor_kind) {
    case ACTOR_KIND_COURT:
      signer = "court/" + std::to_string(entry.actor);
      break;
    case ACTOR_KIND_AGENCY:
      signer = "agency/" + std::to_string(entry.actor);
      break;
    case ACTOR_KIND_REGISTRAR:
      signer = "registrar";
      break;
    default:
      signer = "administrator/" + std::to_string(entry.actor);
      break;
  }
  const std::string key = SequenceKey(signer, body.member_type(), body.sequence());
  state.sequences[key] = {body.head_digest(), entry.index};
  state.changes.sequences.push_back(key);
}

void PublicCaseOpened(const Entry& entry, State& state) {
  const auto body = Parse<CaseOpened>(entry.body);
  Case& opened = state.cases[entry.index];
  opened.seq = CaseSeq(entry.index);
  opened.court = CourtOrdinal(entry.actor);
  opened.key_id = entry.key_id;
  opened.number_tag = body.number_tag();
  opened.stage = body.stage();
  opened.opened_at = entry.time;
  state.case_numbers[CaseNumberKey(opened.court, opened.number_tag)] = entry.index;
  UseId(state, body.request_id(), {entry.index, body.digest(), ""});
  state.changes.cases.insert(entry.index);
}

void PublicOrderAccepted(const Entry& entry, State& state) {
  const auto body = Parse<OrderAccepted>(entry.body);
  Order& order = state.orders[entry.index];
  order.seq = OrderSeq(entry.index);
  order.order_id = body.order_id();
  order.digest = body.digest();
  order.case_seq = entry.case_seq;
  order.court = CourtOrdinal(entry.actor);
  order.head = body.head();
  order.action = body.action();
  order.urgent = body.urgency() == URGENCY_URGENT;
  order.accepted_at = entry.time;
  order.deadline = DeadlineFrom(body.deadline_row(), body.due(), body.marks(), body.marks_permille());
  order.subject_tag = body.subject_tag();
  order.freeze = OrderSeq(body.freeze_order());
  order.targets = AgencySet::FromBytes(body.targets());
  MarkOrder(state, order, entry.index);
  Arm(state, order.deadline, entry.index, false);
  UseId(state, body.order_id(), {entry.index, body.digest(), ""});
}

void PublicDelivered(const Entry& entry, State& state) {
  const auto body = Parse<Delivered>(entry.body);
  for (uint64_t seq : body.orders()) {
    Order& order = OrderOf(state, OrderSeq(seq));
    order.delivered.Add(entry.agency);
    MarkOrder(state, order, entry.index);
  }
}

void PublicTaskReport(const Entry& entry, State& state) {
  const auto body = Parse<TaskReport>(entry.body);
  Order& order = OrderOf(state, entry.order);
  switch (body.kind()) {
    case RECEIPT_KIND_FINAL:
    case RECEIPT_KIND_CORRECTION:
      order.done.Add(entry.agency);
      break;
    case RECEIPT_KIND_RETURNED:
      order.returned.Add(entry.agency);
      break;
    default:
      order.reported.Add(entry.agency);
      break;
  }
  MarkOrder(state, order, entry.index);
  Closed(state, order);
}

void PublicDeadlineMarked(const Entry& entry, State& state) {
  Deadline* deadline;
  uint64_t seq;
  if (entry.order) {
    Order& order = OrderOf(state, entry.order);
    MarkOrder(state, order, entry.index);
    deadline = &order.deadline, seq = order.seq.value();
  } else {
    Case& surplus = CaseOf(state, entry.case_seq);
    state.changes.cases.insert(surplus.seq.value());
    deadline = &surplus.surplus, seq = surplus.seq.value();
  }
  Disarm(state, *deadline, seq, !entry.order);
  deadline->fired += 1;
  Arm(state, *deadline, seq, !entry.order);
}

void PublicWithdrawn(const Entry& entry, State& state) {
  const auto body = Parse<OrderWithdrawn>(entry.body);
  Order& order = OrderOf(state, entry.order);
  order.withdrawn.AddAll(AgencySet::FromBytes(body.targets()));
  MarkOrder(state, order, entry.index);
  Closed(state, order);
  UseId(state, body.request_id(), {entry.index, order.digest, ""});
}

void PublicSurplus(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  Disarm(state, of.surplus, of.seq.value(), true);
  of.surplus = {};
  if (entry.type == ENTRY_TYPE_SURPLUS_ARISEN) {
    const auto body = Parse<SurplusArisen>(entry.body);
    of.surplus = DeadlineFrom(body.deadline_row(), body.due(), body.marks(), body.marks_permille());
    Arm(state, of.surplus, of.seq.value(), true);
  }
  state.changes.cases.insert(of.seq.value());
}

PresenceState& PresenceAt(State& state, AgencyOrdinal agency) {
  if (state.presence.size() < agency.value()) state.presence.resize(agency.value());
  state.changes.presence.insert(agency.value());
  return state.presence[agency.value() - 1];
}

void PublicPresence(const Entry& entry, State& state) {
  PresenceState& presence = PresenceAt(state, entry.agency);
  if (entry.type == ENTRY_TYPE_ADAPTER_PRESENT) {
    const auto body = Parse<AdapterPresent>(entry.body);
    presence = {.ever = true,
                .present = true,
                .since = entry.time,
                .inbox = body.inbox(),
                .declared = body.declared(),
                .most_in_flight = body.most_in_flight()};
  } else {
    presence.present = false;
    presence.since = FromMicros(Parse<AdapterAbsent>(entry.body).last_seen());
  }
}

// The rows under the bitmap have changed: so has the bitmap, in the same entry.
void PublicAgencyRegistered(const Entry& entry, State& state) {
  if (!state.PresenceOf(entry.agency).ever) return;
  PresenceAt(state, entry.agency).declared = Parse<Adopted>(entry.body).declared();
}

void ApplyPublic(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_BATCH_HEAD:
      PublicBatchHead(entry, state);
      break;
    case ENTRY_TYPE_CASE_OPENED:
      PublicCaseOpened(entry, state);
      break;
    case ENTRY_TYPE_CASE_STAGE_CHANGED: {
      const auto body = Parse<CaseStageChanged>(entry.body);
      CaseOf(state, entry.case_seq).stage = body.to();
      state.changes.cases.insert(entry.case_seq.value());
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    case ENTRY_TYPE_CASE_CAP_CHANGED: {
      const auto body = Parse<CaseCapChanged>(entry.body);
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    case ENTRY_TYPE_ORDER_ACCEPTED:
      PublicOrderAccepted(entry, state);
      break;
    case ENTRY_TYPE_REFUSED: {
      const auto body = Parse<Refused>(entry.body);
      if (!body.id().empty()) UseId(state, body.id(), {entry.index, body.digest(), entry.body});
      break;
    }
    case ENTRY_TYPE_DELIVERED:
      PublicDelivered(entry, state);
      break;
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
      PublicTaskReport(entry, state);
      break;
    case ENTRY_TYPE_RECEIPT_CONFLICT: {
      Order& order = OrderOf(state, entry.order);
      order.conflict.Add(entry.agency);
      MarkOrder(state, order, entry.index);
      Closed(state, order);
      break;
    }
    case ENTRY_TYPE_MEASURE_CHANGED:
      MarkOrder(state, OrderOf(state, entry.order), entry.index);
      break;
    case ENTRY_TYPE_DEADLINE_MARKED:
      PublicDeadlineMarked(entry, state);
      break;
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      PublicWithdrawn(entry, state);
      break;
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      PublicSurplus(entry, state);
      break;
    case ENTRY_TYPE_ADAPTER_PRESENT:
    case ENTRY_TYPE_ADAPTER_ABSENT:
      PublicPresence(entry, state);
      break;
    case ENTRY_TYPE_AGENCY_REGISTERED:
      PublicAgencyRegistered(entry, state);
      break;
    case ENTRY_TYPE_PROPOSAL_MADE: {
      const auto body = Parse<ProposalMade>(entry.body);
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    case ENTRY_TYPE_PROPOSAL_APPROVED: {
      const auto body = Parse<ProposalApproved>(entry.body);
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    default:
      break;  // nothing public beyond the leaf itself
  }
}

// --- private halves

CaseAct ActOf(const Entry& entry) { return Parse<CaseAct>(Parse<CasePayload>(*entry.payload).member()); }

void SetClaim(Case& of, const Claim& claim) {
  std::vector<int64_t> liabilities;
  for (const auto& respondent : of.open.respondents()) liabilities.push_back(respondent.liability_cap_minor_units());
  *of.open.mutable_claim() = claim;
  of.ledger.SetCaps(claim.cap_minor_units(), std::move(liabilities));
}

void PrivateCase(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.type == ENTRY_TYPE_CASE_OPENED ? CaseSeq(entry.index) : entry.case_seq);
  if (!entry.payload) {
    of.readable = false;
    return;
  }
  const CaseAct act = ActOf(entry);
  if (act.has_open()) {
    of.open = act.open();
    SetClaim(of, act.open().claim());
  } else if (act.has_cap()) {
    SetClaim(of, act.cap().claim());
  }
}

void PrivateOrderAccepted(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  if (!entry.payload) {
    of.readable = false;
    return;
  }
  const auto body = Parse<OrderAccepted>(entry.body);
  const auto payload = Parse<OrderPayload>(*entry.payload);
  CaseOrder& kept = of.orders[entry.index];
  kept.action = body.action();
  kept.respondent = payload.respondent();
  kept.freeze = OrderSeq(body.freeze_order());
  if (kept.action == ACTION_INQUIRE)
    return;  // moves no money: the order itself, which may name thousands of agencies, needn't be read
  AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal agency) { kept.agency = agency; });
  const auto order = Parse<goldeneagle::v1::Order>(payload.member());
  if (order.has_freeze()) {
    kept.amount = order.freeze().limit_minor_units();
    Measure measure{.freeze = OrderSeq(entry.index),
                    .agency = kept.agency,
                    .respondent = kept.respondent,
                    .is_money = !order.freeze().has_asset(),
                    .counted = payload.reserved_minor_units() > 0,
                    .limit = kept.amount};
    of.ledger.FreezeAccepted(std::move(measure));
  } else if (order.has_release()) {
    kept.amount = order.release().amount_minor_units();
  } else if (order.has_deduct()) {
    kept.amount = order.deduct().amount_minor_units();
    of.ledger.DeductionAccepted(
        {.order = OrderSeq(entry.index), .freeze = kept.freeze, .respondent = kept.respondent, .amount = kept.amount});
  }
}

void PrivateWithdrawn(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  const auto it = of.orders.find(entry.order.value());
  if (it == of.orders.end()) return;
  if (it->second.action == ACTION_FREEZE) of.ledger.FreezeRefused(entry.order);
  if (it->second.action == ACTION_DEDUCT) of.ledger.DeductionRefused(entry.order, nullptr);
}

void PrivateAdopted(const Entry& entry, State& state) {
  const auto body = Parse<Adopted>(entry.body);
  state.changes.directory = true;
  if (const auto it = state.proposals.find(body.proposal()); it != state.proposals.end()) it->second.in_effect = true;
  if (entry.type == ENTRY_TYPE_CLOCK_ACCEPTED) {
    state.clock_alarm = 0;
    return;
  }
  GATEWAY_ASSERT(entry.payload.has_value(), "the log's own payloads are never erased");
  const auto payload = Parse<AdoptedPayload>(*entry.payload);
  switch (payload.change_case()) {
    case AdoptedPayload::kCourt:
      state.directory.PutCourt(CourtOrdinal(body.ordinal()), entry.key_id, payload.court());
      break;
    case AdoptedPayload::kAgency:
      state.directory.PutAgency(AgencyOrdinal(body.ordinal()), entry.key_id, payload.agency());
      break;
    case AdoptedPayload::kSystem:
      state.directory.PutSystem(payload.system());
      break;
    case AdoptedPayload::kPolicy: {
      auto policy = Policy::Create(payload.policy().table());
      GATEWAY_ASSERT(policy.ok(), "only a checked policy is installed");
      state.policy = *policy;
      break;
    }
    case AdoptedPayload::CHANGE_NOT_SET:
      break;
  }
}

void PrivateProposal(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.payload.has_value(), "the log's own payloads are never erased");
  if (entry.type == ENTRY_TYPE_PROPOSAL_MADE) {
    const auto member = Parse<AdministrationPayload>(*entry.payload).member();
    ProposalState& made = state.proposals[entry.index];
    made.digest = Parse<ProposalMade>(entry.body).digest();
    made.member = member;
    made.proposal = Parse<Administration>(member).proposal();
    made.approvers.insert(entry.actor);
  } else {
    state.proposals[Parse<ProposalApproved>(entry.body).proposal()].approvers.insert(entry.actor);
  }
}

void PrivateStatement(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.payload.has_value(), "statements are never erased");
  const auto body = Parse<StatementAccepted>(entry.body);
  state.directory.PutStatement(entry.index, body.digest(),
                               Parse<Statement>(Parse<StatementPayload>(*entry.payload).member()));
  state.changes.directory = true;
}

void PrivateSurplus(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  of.surplus_amount = 0;
  if (entry.type == ENTRY_TYPE_SURPLUS_ARISEN && entry.payload) {
    of.surplus_amount = Parse<SurplusPayload>(*entry.payload).surplus_minor_units();
  }
}

}  // namespace

void ApplyPrivate(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_LOG_FOUNDED:
      state.directory.Found(Parse<LogFounded>(entry.body));
      state.changes.directory = true;
      break;
    case ENTRY_TYPE_PROPOSAL_MADE:
    case ENTRY_TYPE_PROPOSAL_APPROVED:
      PrivateProposal(entry, state);
      break;
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
    case ENTRY_TYPE_SYSTEM_REGISTERED:
    case ENTRY_TYPE_POLICY_INSTALLED:
    case ENTRY_TYPE_CLOCK_ACCEPTED:
      PrivateAdopted(entry, state);
      break;
    case ENTRY_TYPE_CLOCK_ALARM:
      state.clock_alarm = entry.index;
      break;
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      PrivateStatement(entry, state);
      break;
    case ENTRY_TYPE_CASE_OPENED:
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
    case ENTRY_TYPE_CASE_CAP_CHANGED:
      PrivateCase(entry, state);
      break;
    case ENTRY_TYPE_ORDER_ACCEPTED:
      PrivateOrderAccepted(entry, state);
      break;
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      PrivateWithdrawn(entry, state);
      break;
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
    case ENTRY_TYPE_MEASURE_CHANGED:
      ApplyReceipt(entry, CaseOf(state, entry.case_seq));
      break;
    case ENTRY_TYPE_SURPLUS_ARISEN:
    case ENTRY_TYPE_SURPLUS_CLEARED:
      PrivateSurplus(entry, state);
      break;
    default:
      break;  // no private half
  }
}

void Apply(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.index == state.next_index, "entries are folded in order, each once");
  GATEWAY_ASSERT(entry.time >= state.recorded, "recorded time never goes back");
  state.next_index = entry.index + 1;
  state.recorded = entry.time;
  ApplyPublic(entry, state);
  ApplyPrivate(entry, state);
  if (const auto stream = StreamOf(entry)) state.changes.streams[*stream].push_back(entry.index);
}

std::string EntryTypeName(EntryType type) {
  const std::string name = EntryType_Name(type);
  constexpr std::string_view kPrefix = "ENTRY_TYPE_";
  return name.empty() ? "UNKNOWN" : name.substr(kPrefix.size());
}

bool IsKnownEntryType(uint16_t type) { return type != 0 && EntryType_IsValid(type); }

std::optional<uint64_t> StreamOf(const Entry& entry) {
  if (entry.type == ENTRY_TYPE_CASE_OPENED) return entry.index;
  if (entry.case_seq) return entry.case_seq.value();
  switch (entry.type) {
    case ENTRY_TYPE_LOG_FOUNDED:
    case ENTRY_TYPE_PROPOSAL_MADE:
    case ENTRY_TYPE_PROPOSAL_APPROVED:
    case ENTRY_TYPE_COURT_REGISTERED:
    case ENTRY_TYPE_AGENCY_REGISTERED:
    case ENTRY_TYPE_SYSTEM_REGISTERED:
    case ENTRY_TYPE_POLICY_INSTALLED:
    case ENTRY_TYPE_CLOCK_ACCEPTED:
    case ENTRY_TYPE_CLOCK_ALARM:
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
      return 0;
    default:
      return std::nullopt;
  }
}

}  // namespace eagle::domain
