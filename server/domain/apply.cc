#include "server/domain/apply.h"

#include "server/base/assert.h"
#include "server/domain/apply_objection.h"
#include "server/domain/apply_parts.h"
#include "server/domain/apply_position.h"
#include "server/domain/apply_supervision.h"
#include "server/domain/deadline_form.h"
#include "server/domain/instant.h"
#include "server/domain/waiting.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

Order& OrderOf(State& state, OrderSeq seq) {
  const auto it = state.orders.find(seq.value());
  GATEWAY_ASSERT(it != state.orders.end(), "an entry names an order that was accepted before");
  return it->second;
}
// The order waits no longer for witnesses: it is gone, answered, or they have seen it.
void Unwait(State& state, const Order& order) {
  if (Takes(order.action)) state.witnessing.waiting.erase(order.seq.value());
}
void Disarm(State& state, const Deadline& deadline, uint64_t seq, Timer::Kind kind) {
  if (deadline.armed()) state.timers.erase({deadline.next(), seq, kind});
}
void Arm(State& state, const Deadline& deadline, uint64_t seq, Timer::Kind kind) {
  if (deadline.armed()) state.timers.insert({deadline.next(), seq, kind});
}

// An order without open targets needs no clock any more.
void Closed(State& state, Order& order) {
  if (!order.complete()) return;
  Unwait(state, order);
  StopWaiting(state, order);
  Disarm(state, order.deadline, order.seq.value(), Timer::kOfOrder);
}

void MarkOrder(State& state, Order& order, uint64_t index) {
  order.last_index = index;
  state.changes.orders.insert(order.seq.value());
}

std::vector<OrderSignature> SignaturesOf(const google::protobuf::RepeatedPtrField<OrderSigner>& signers) {
  std::vector<OrderSignature> signatures;
  for (const OrderSigner& signer : signers) {
    OrderSignature signature{.officer = OfficerOrdinal(signer.officer())};
    for (int role : signer.roles()) signature.roles.push_back(static_cast<OfficerRole>(role));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}
std::vector<OfficerRole> RolesOf(const google::protobuf::RepeatedField<int>& roles) {
  std::vector<OfficerRole> out;
  for (int role : roles) out.push_back(static_cast<OfficerRole>(role));
  return out;
}

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
  order.deadline = DeadlineFrom(body);
  order.subject_tag = body.subject_tag();
  order.freeze = OrderSeq(body.freeze_order());
  order.targets = AgencySet::FromBytes(body.targets());
  order.signatures = SignaturesOf(body.signers());
  order.roles = RolesOf(body.roles());
  order.exception_leader = OfficerOrdinal(body.exception_leader());
  order.signed_index = entry.index;
  order.signed_at = entry.time;
  MarkOrder(state, order, entry.index);
  if (body.begins() != 0) {
    order.begins = FromMicros(body.begins());
    order.waits = true;
    StartWaiting(state, order);
  } else {
    Arm(state, order.deadline, entry.index, Timer::kOfOrder);
  }
  if (Takes(order.action)) state.witnessing.waiting[entry.index] = entry.time;
  UseId(state, body.order_id(), {entry.index, body.digest(), ""});
}

void PublicDelivered(const Entry& entry, State& state) {
  const auto body = Parse<Delivered>(entry.body);
  for (uint64_t seq : body.orders()) {
    Order& order = OrderOf(state, OrderSeq(seq));
    order.delivered.Add(entry.agency);
    Unwait(state, order);
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
  if (!order.Open().Contains(entry.agency)) order.paused.Remove(entry.agency);
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
  const Timer::Kind kind = entry.order ? Timer::kOfOrder : Timer::kOfCase;
  Disarm(state, *deadline, seq, kind);
  deadline->fired += 1;
  Arm(state, *deadline, seq, kind);
}

void PublicWithdrawn(const Entry& entry, State& state) {
  const auto body = Parse<OrderWithdrawn>(entry.body);
  Order& order = OrderOf(state, entry.order);
  order.withdrawn.AddAll(AgencySet::FromBytes(body.targets()));
  order.paused.RemoveAll(order.withdrawn);
  MarkOrder(state, order, entry.index);
  Closed(state, order);
  UseId(state, body.request_id(), {entry.index, order.digest, ""});
}

void PublicBegun(const Entry& entry, State& state) {
  const auto body = Parse<OrderBegun>(entry.body);
  Order& order = OrderOf(state, entry.order);
  StopWaiting(state, order);
  order.ended = AgencySet::FromBytes(body.ended());
  order.ended_for = entry.outcome;
  order.withdrawn.AddAll(order.ended);
  order.paused.RemoveAll(order.ended);
  MarkOrder(state, order, entry.index);
  if (!order.complete()) Arm(state, order.deadline, order.seq.value(), Timer::kOfOrder);
}

void PublicFlagged(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  of.flagged = entry.index;
  of.flagged_at = entry.time;
  of.flagged_by = entry.order;
  state.changes.cases.insert(of.seq.value());
  MarkOrder(state, OrderOf(state, entry.order), entry.index);
}

void PublicPaused(const Entry& entry, State& state) {
  Order& order = OrderOf(state, entry.order);
  order.paused.AddAll(AgencySet::FromBytes(Parse<OrderPaused>(entry.body).targets()));
  order.paused_index = entry.index;
  MarkOrder(state, order, entry.index);
}

void PublicResumed(const Entry& entry, State& state) {
  const auto body = Parse<OrderResumed>(entry.body);
  Order& order = OrderOf(state, entry.order);
  order.paused.RemoveAll(AgencySet::FromBytes(body.targets()));
  order.signatures = SignaturesOf(body.signers());
  order.roles = RolesOf(body.roles());
  order.exception_leader = OfficerOrdinal(body.exception_leader());
  order.signed_index = entry.index;
  order.signed_at = entry.time;
  MarkOrder(state, order, entry.index);
}

void PublicSurplus(const Entry& entry, State& state) {
  Case& of = CaseOf(state, entry.case_seq);
  Disarm(state, of.surplus, of.seq.value(), Timer::kOfCase);
  of.surplus = {};
  if (entry.type == ENTRY_TYPE_SURPLUS_ARISEN) {
    const auto body = Parse<SurplusArisen>(entry.body);
    of.surplus = DeadlineFrom(body);
    Arm(state, of.surplus, of.seq.value(), Timer::kOfCase);
  }
  state.changes.cases.insert(of.seq.value());
}

void PublicCosigned(const Entry& entry, State& state) {
  const auto body = Parse<CheckpointCosigned>(entry.body);
  Witnessing& witnessing = state.witnessing;
  witnessing.size = body.size();
  witnessing.checkpoint = body.checkpoint();
  witnessing.at = entry.time;
  witnessing.missing_since = absl::InfiniteFuture();
  witnessing.deductions_wait = false;
  witnessing.waiting.erase(witnessing.waiting.begin(), witnessing.waiting.lower_bound(body.size()));
  state.changes.witnessing = true;
}

// Whose absence the alarm was about are the witnesses no longer: the new ones' time begins here.
void PublicWitnessesRegistered(State& state) {
  state.witnessing.missing_since = absl::InfiniteFuture();
  state.witnessing.deductions_wait = false;
  state.changes.witnessing = true;
}

void PublicWitnessesMissing(const Entry& entry, State& state) {
  const auto body = Parse<WitnessesMissing>(entry.body);
  state.witnessing.missing_since = FromMicros(body.since());
  state.witnessing.deductions_wait = body.deductions_wait();
  state.changes.witnessing = true;
}

void PublicDirectoryHead(const Entry& entry, State& state) {
  state.directory_head = {entry.index, Parse<DirectoryHead>(entry.body).position(), entry.time};
  state.changes.directory_head = true;
}

void PublicDirectoryReceived(const Entry& entry, State& state) {
  state.acknowledged[entry.agency.value()] = {Parse<DirectoryReceived>(entry.body).position(), entry.time};
  state.changes.acknowledged.insert(entry.agency.value());
}

void PublicAdapterApproved(const Entry& entry, State& state) {
  const auto body = Parse<AdapterApproved>(entry.body);
  const AdapterVersion version{body.adapter(), body.version()};
  state.adapters[version] = {entry.index, FromMicros(body.valid_until())};
  state.changes.adapters.insert(version);
}

void PublicAccess(const Entry& entry, State& state) {
  const auto body = Parse<AccessRecorded>(entry.body);
  state.readers[body.officer_tag()] = {.hour_start = body.hour_start(),
                                       .day_start = body.day_start(),
                                       .in_hour = body.reads_in_hour(),
                                       .in_day = body.reads_in_day()};
  state.changes.readers.insert(body.officer_tag());
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
  if (ApplyObjection(entry, state)) {
    MarkOrder(state, OrderOf(state, entry.order), entry.index);
    return;
  }
  if (ApplyPosition(entry, state) || ApplySupervision(entry, state)) {
    if (entry.order) MarkOrder(state, OrderOf(state, entry.order), entry.index);
    return;
  }
  switch (entry.type) {
    case ENTRY_TYPE_BATCH_HEAD:
      PublicBatchHead(entry, state);
      break;
    case ENTRY_TYPE_CASE_OPENED:
      PublicCaseOpened(entry, state);
      break;
    case ENTRY_TYPE_CASE_STAGE_CHANGED: {
      const auto body = Parse<CaseStageChanged>(entry.body);
      Case& of = CaseOf(state, entry.case_seq);
      of.stage = body.to();
      of.flagged = 0;
      state.changes.cases.insert(entry.case_seq.value());
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    case ENTRY_TYPE_CASE_ERASED:
      CaseOf(state, entry.case_seq).stage = CASE_STAGE_ERASED;
      CaseOf(state, entry.case_seq).flagged = 0;
      state.changes.cases.insert(entry.case_seq.value());
      break;
    case ENTRY_TYPE_CASE_CAP_CHANGED: {
      const auto body = Parse<CaseCapChanged>(entry.body);
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
    case ENTRY_TYPE_ORDER_ACCEPTED:
      PublicOrderAccepted(entry, state);
      break;
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED: {
      const auto body = Parse<CaseRespondentsChanged>(entry.body);
      UseId(state, body.request_id(), {entry.index, body.digest(), ""});
      break;
    }
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
      order.paused.Remove(entry.agency);
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
    case ENTRY_TYPE_ORDER_BEGUN:
      PublicBegun(entry, state);
      break;
    case ENTRY_TYPE_RESUMPTION_FLAGGED:
      PublicFlagged(entry, state);
      break;
    case ENTRY_TYPE_ORDER_PAUSED:
      PublicPaused(entry, state);
      break;
    case ENTRY_TYPE_ORDER_RESUMED:
      PublicResumed(entry, state);
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
    case ENTRY_TYPE_ACCESS_RECORDED:
      PublicAccess(entry, state);
      break;
    case ENTRY_TYPE_CHECKPOINT_COSIGNED:
      PublicCosigned(entry, state);
      break;
    case ENTRY_TYPE_WITNESSES_REGISTERED:
      PublicWitnessesRegistered(state);
      break;
    case ENTRY_TYPE_WITNESSES_MISSING:
      PublicWitnessesMissing(entry, state);
      break;
    case ENTRY_TYPE_DIRECTORY_HEAD:
      PublicDirectoryHead(entry, state);
      break;
    case ENTRY_TYPE_DIRECTORY_RECEIVED:
      PublicDirectoryReceived(entry, state);
      break;
    case ENTRY_TYPE_ADAPTER_APPROVED:
      PublicAdapterApproved(entry, state);
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

}  // namespace

void Apply(const Entry& entry, State& state) {
  GATEWAY_ASSERT(entry.index == state.next_index, "entries are folded in order, each once");
  GATEWAY_ASSERT(entry.time >= state.recorded, "recorded time never goes back");
  state.next_index = entry.index + 1;
  state.recorded = entry.time;
  ApplyPublic(entry, state);
  const bool erases = entry.type == ENTRY_TYPE_CASE_ERASED;
  if (erases) FollowStanding(entry, state);
  ApplyPrivate(entry, state);
  if (!erases) FollowStanding(entry, state);
  if (const auto stream = StreamOf(entry)) state.changes.streams[*stream].push_back(entry.index);
}

std::string EntryTypeName(EntryType type) {
  const std::string name = EntryType_Name(type);
  constexpr std::string_view kPrefix = "ENTRY_TYPE_";
  return name.empty() ? "UNKNOWN" : name.substr(kPrefix.size());
}

bool IsKnownEntryType(uint16_t type) { return type != 0 && EntryType_IsValid(type); }

std::optional<uint64_t> StreamOf(const Entry& entry) {
  if (entry.type == ENTRY_TYPE_CASE_ERASED) return 0;      // the case's own stream can't be read any more
  if (entry.type == ENTRY_TYPE_READING_GRANTED) return 0;  // who may read is asked before any case is loaded
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
    case ENTRY_TYPE_WITNESSES_REGISTERED:
    case ENTRY_TYPE_ADAPTER_APPROVED:
    case ENTRY_TYPE_CLOCK_ACCEPTED:
    case ENTRY_TYPE_CLOCK_ALARM:
    case ENTRY_TYPE_STATEMENT_ACCEPTED:
    case ENTRY_TYPE_LOG_RECOVERED:
      return 0;
    default:
      return std::nullopt;
  }
}

}  // namespace eagle::domain
