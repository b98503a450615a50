// The short ones: withdrawal, hand-out, presence, the clock's alarm, deadlines, surplus.
#include "absl/container/flat_hash_set.h"
#include "goldeneagle/v1/supervision_entry.pb.h"
#include "server/base/assert.h"
#include "server/base/uuid.h"
#include "server/domain/draft.h"
#include "server/domain/ending.h"
#include "server/domain/instant.h"
#include "server/domain/waiting.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// What of `marks` a deadline still has to fire at `now`.
template <typename Emit>
void FireMarks(const Deadline& deadline, absl::Time now, size_t most, Emit emit) {
  for (size_t i = deadline.fired; i < deadline.marks.size() && deadline.marks[i] <= now && most > 0; ++i, --most)
    emit(i);
}

void MarkObjection(Draft& draft, const ObjectionThread& thread) {
  FireMarks(thread.deadline, draft.now(), kMarksPerTick, [&](size_t i) {
    ObjectionMarked body;
    body.set_objection(thread.index);
    body.set_deadline_row(thread.deadline.row);
    body.set_mark_permille(thread.deadline.marks_permille[i]);
    body.set_due(Micros(thread.deadline.due));
    draft.Append({.type = ENTRY_TYPE_OBJECTION_MARKED,
                  .agency = thread.agency,
                  .order = thread.order,
                  .case_seq = thread.case_seq},
                 body);
  });
}

void MarkSupervision(Draft& draft, const SupervisionThread& thread) {
  FireMarks(thread.deadline, draft.now(), kMarksPerTick, [&](size_t i) {
    SupervisionMarked body;
    body.set_supervision(thread.index);
    body.set_deadline_row(thread.deadline.row);
    body.set_mark_permille(thread.deadline.marks_permille[i]);
    body.set_due(Micros(thread.deadline.due));
    draft.Append({.type = ENTRY_TYPE_SUPERVISION_MARKED,
                  .agency = thread.to_agency,
                  .order = thread.order,
                  .case_seq = thread.case_seq},
                 body);
  });
}

void MarkIncident(Draft& draft, const Incident& incident) {
  FireMarks(incident.deadline, draft.now(), kMarksPerTick, [&](size_t i) {
    IncidentMarked body;
    body.set_incident(incident.index);
    body.set_deadline_row(incident.deadline.row);
    body.set_mark_permille(incident.deadline.marks_permille[i]);
    body.set_due(Micros(incident.deadline.due));
    draft.Append({.type = ENTRY_TYPE_INCIDENT_MARKED,
                  .agency = incident.agency,
                  .order = incident.freeze,
                  .case_seq = incident.case_seq},
                 body);
  });
}

void MarkEnd(Draft& draft, OrderSeq freeze) {
  const State& state = draft.state();
  const Case& of = state.cases.at(state.FindOrder(freeze)->case_seq.value());
  const Measure* measure = of.ledger.FindMeasure(freeze);
  const auto mark = EndMarkAt(state.policy.get(), *measure, draft.now());
  if (!mark) return;
  MeasureMarked body;
  body.set_freeze_order(freeze.value());
  body.set_ends(Micros(mark->ends));
  body.set_days_before(mark->days_before);
  body.set_policy_version(state.policy->version());
  draft.Append({.type = ENTRY_TYPE_MEASURE_MARKED, .agency = measure->agency, .case_seq = of.seq}, body);
}

// What of the order's marks has come, when `open` have not answered.
void MarkOrder(Draft& draft, const eagle::domain::Order& order, const AgencySet& open) {
  FireMarks(order.deadline, draft.now(), kMarksPerTick, [&](size_t i) {
    DeadlineMarked body;
    body.set_deadline_row(order.deadline.row);
    body.set_mark_permille(order.deadline.marks_permille[i]);
    body.set_due(Micros(order.deadline.due));
    body.set_open(open.bytes());
    draft.Append({.type = ENTRY_TYPE_DEADLINE_MARKED, .order = order.seq, .case_seq = order.case_seq}, body);
  });
}

void MarkSurplus(Draft& draft, const Case& of) {
  FireMarks(of.surplus, draft.now(), kMarksPerTick, [&](size_t i) {
    DeadlineMarked body;
    body.set_deadline_row(of.surplus.row);
    body.set_mark_permille(of.surplus.marks_permille[i]);
    body.set_due(Micros(of.surplus.due));
    draft.Append({.type = ENTRY_TYPE_DEADLINE_MARKED, .case_seq = of.seq}, body);
  });
}

// With the marks that passed while no gateway was there to begin it.
void DecideBegin(Draft& draft, const eagle::domain::Order& order) {
  const BeginVerdict verdict = JudgeBegin(draft.state(), order, draft.now());
  AgencySet left = order.Open();
  left.RemoveAll(verdict.ended);
  OrderBegun body;
  body.set_outcome(left.empty() ? BEGIN_OUTCOME_ENDED : BEGIN_OUTCOME_BEGUN);
  body.set_begins(Micros(order.begins));
  body.set_ended(verdict.ended.bytes());
  body.set_completes(left.empty());
  body.set_policy_version(draft.state().policy->version());
  draft.Append(
      {.type = ENTRY_TYPE_ORDER_BEGUN, .order = order.seq, .case_seq = order.case_seq, .outcome = verdict.reason},
      body);
  if (!left.empty()) MarkOrder(draft, order, left);
}

bool MovesBound(const Entry& entry, const State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_CASE_CAP_CHANGED:
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
    case ENTRY_TYPE_MEASURE_CHANGED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_ORDER_WITHDRAWN:
      return true;
    case ENTRY_TYPE_ORDER_ACCEPTED: {  // it may take what the measure doesn't have any more (Deduction::held)
      const Order* order = state.FindOrder(OrderSeq(entry.index));
      return order != nullptr && Takes(order->action);
    }
    default:
      return false;
  }
}

// An order other than a release whose person is a respondent no longer.
bool IsOnRemoved(const State& state, const Order& order) {
  const auto of = state.cases.find(order.case_seq.value());
  if (order.action == ACTION_RELEASE || of == state.cases.end() ||
      of->second.RespondentsNow() == of->second.standings.size())
    return false;
  const auto kept = of->second.orders.find(order.seq.value());
  return kept != of->second.orders.end() && of->second.IsRemoved(kept->second.respondent);
}

// A deduction or a transfer of title under the same measure that was accepted before the release and has no last word
// yet: the release would take what it is about from under it.
bool WaitsForDeduction(const State& state, const Order& release) {
  const auto of = state.cases.find(release.case_seq.value());
  if (of == state.cases.end()) return false;
  const auto& deductions = of->second.ledger.deductions();
  return std::any_of(deductions.begin(), deductions.end(), [&](const Deduction& deduction) {
    if (deduction.freeze != release.freeze || deduction.order >= release.seq) return false;
    const Order* order = state.FindOrder(deduction.order);
    return order != nullptr && !order->complete();
  });
}

}  // namespace

bool HeldByObjection(const State& state, const Order& order) {
  const auto threads = state.ObjectionsOf(order);
  return std::any_of(threads.begin(), threads.end(), [&](const auto* thread) { return thread->Holds(order); });
}

AgencySet StandsStillAt(const State& state, const Order& order) {
  AgencySet still = order.paused;
  if (!IsOnRemoved(state, order)) return still;
  AgencySet idle = order.Open();
  idle.RemoveAll(order.delivered);
  still.AddAll(idle);
  return still;
}

bool StandsStill(const State& state, const Order& order, AgencyOrdinal agency) {
  return order.paused.Contains(agency) || (!order.delivered.Contains(agency) && IsOnRemoved(state, order));
}

bool MayHandOut(const State& state, const Order& order) {
  if (order.action == ACTION_RELEASE) return !order.delivered.empty() || !WaitsForDeduction(state, order);
  if (!Takes(order.action)) return true;
  const auto of = state.cases.find(order.case_seq.value());
  const ActionRow* row = state.policy != nullptr ? state.policy->ActionRowFor(order.action) : nullptr;
  if (of == state.cases.end() || row == nullptr) return false;
  const auto& stages = row->stages();
  // What was delivered before may have begun: asking again is safe, and the answer is owed.
  return !order.delivered.empty() || (std::find(stages.begin(), stages.end(), of->second.stage) != stages.end() &&
                                      of->second.ledger.RefundDue() == 0 && !HeldByObjection(state, order) &&
                                      state.witnessing.Lets(order.seq.value()));
}

void DecideCommand(Draft& draft, const Withdraw& command) {
  const State& state = draft.state();
  Result& result = draft.result();
  if (!IsUuidV7(command.request_id)) {
    result.status = Fail(Reason::kFieldInvalid, "the request id is unusable").At("request_id", "UUIDv7, 16 bytes");
    return;
  }
  const auto id = state.ids.find(command.order_id);
  const Order* order = id == state.ids.end() ? nullptr : state.FindOrder(OrderSeq(id->second.index));
  if (order == nullptr || order->court != command.court || order->order_id != command.order_id) {
    result.status = Fail(Reason::kNotFound, "no order of this court has this id");
    return;
  }
  if (const auto used = state.ids.find(command.request_id); used != state.ids.end()) {
    if (used->second.digest != order->digest) {
      result.status = Fail(Reason::kRequestIdReused, "this id was used with other content");
    } else {
      result.index = used->second.index;
      result.agencies_withdrawn = order->withdrawn.bytes();
      result.agencies_begun = order->delivered.bytes();
    }
    return;
  }
  AgencySet idle = order->Open();
  idle.RemoveAll(order->delivered);
  if (idle.empty()) {
    result.status = Fail(Reason::kNotWithdrawable, "work has begun everywhere, or everything is answered");
    return;
  }
  // After a loss of the log an agency may tell of its payment before the deduction is handed out again.
  const auto of = state.cases.find(order->case_seq.value());
  const Deduction* paid = of == state.cases.end() ? nullptr : of->second.ledger.FindDeduction(order->seq);
  if (paid != nullptr && paid->phase == DeductionPhase::kSent) {
    result.status = Fail(Reason::kNotWithdrawable, "its money is on the way to the court");
    return;
  }
  AgencySet left = order->Open();
  left.RemoveAll(idle);
  OrderWithdrawn body;
  body.set_request_id(command.request_id);
  body.set_targets(idle.bytes());
  body.set_completes(left.empty());
  result.index = draft.Append({.type = ENTRY_TYPE_ORDER_WITHDRAWN,
                               .actor_kind = ACTOR_KIND_COURT,
                               .actor = command.court.value(),
                               .order = order->seq,
                               .case_seq = order->case_seq},
                              body);
  result.agencies_withdrawn = idle.bytes();
  result.agencies_begun = order->delivered.bytes();
}

void DecideCommand(Draft& draft, const Deliver& command) {
  GATEWAY_ASSERT(!command.orders.empty() && command.orders.size() <= kOrdersPerDelivery,
                 "a delivery has 1 to 256 tasks");
  Delivered body;
  const State& state = draft.state();
  for (OrderSeq seq : command.orders) {
    const Order* order = state.FindOrder(seq);
    // Answered, withdrawn or brought to stand still in this very batch: nothing to hand out any more.
    if (order != nullptr && !order->waits && order->Open().Contains(command.agency) &&
        !StandsStill(state, *order, command.agency) && MayHandOut(state, *order))
      body.add_orders(seq.value());
  }
  if (body.orders().empty()) return;
  body.set_instance(command.instance);
  draft.result().index = draft.Append({.type = ENTRY_TYPE_DELIVERED,
                                       .actor_kind = ACTOR_KIND_AGENCY,
                                       .actor = command.agency.value(),
                                       .agency = command.agency},
                                      body);
}

void DecideCommand(Draft& draft, const SayHello& command) {
  const State& state = draft.state();
  const Agency* agency = state.directory.AgencyByOrdinal(command.agency);
  if (agency == nullptr) {
    draft.result().status = Fail(Reason::kAgencyUnknown, "the agency is not in the directory");
    return;
  }
  draft.result().status = MayWork(state.policy.get(), state.adapters, {command.adapter, command.version}, draft.now());
  if (!draft.result().status.ok()) return;
  AdapterPresent body;
  body.set_instance(command.instance);
  body.set_adapter(command.adapter);
  body.set_version(command.version);
  body.set_contract_version(command.contract_version);
  body.set_inbox(command.inbox);
  body.set_most_in_flight(command.most_in_flight);
  body.set_declared(DeclaredBits(agency->row, command.declared));
  draft.result().index = draft.Append({.type = ENTRY_TYPE_ADAPTER_PRESENT,
                                       .actor_kind = ACTOR_KIND_AGENCY,
                                       .actor = command.agency.value(),
                                       .agency = command.agency},
                                      body);
}

void DecideCommand(Draft& draft, const MarkAbsent& command) {
  if (!draft.state().PresenceOf(command.agency).present) return;
  AdapterAbsent body;
  body.set_last_seen(Micros(std::min(command.last_seen, draft.now())));
  draft.result().index = draft.Append({.type = ENTRY_TYPE_ADAPTER_ABSENT, .agency = command.agency}, body);
}

void DecideCommand(Draft& draft, const AlarmClock& command) {
  if (draft.state().clock_alarm != 0) return;  // one alarm stands already
  ClockAlarm body;
  body.set_wall_time(Micros(command.wall));
  body.set_recorded_time(Micros(draft.now()));
  body.set_cause(command.cause);
  draft.result().index = draft.Append({.type = ENTRY_TYPE_CLOCK_ALARM}, body);
}

void DecideCommand(Draft& draft, const Tick& tick) {
  const State& state = draft.state();
  DecideDirectoryHead(draft, tick.stream);
  DecideWitnessMark(draft);
  for (auto timer = state.timers.begin(); timer != state.timers.end() && timer->at <= draft.now(); ++timer) {
    if (draft.entries().size() >= kMarksPerTick) break;
    if (timer->kind == Timer::kOfObjection) {
      MarkObjection(draft, state.objections.at(timer->seq));
      continue;
    }
    if (timer->kind == Timer::kOfSupervision) {
      MarkSupervision(draft, state.supervisions.at(timer->seq));
      continue;
    }
    if (timer->kind == Timer::kOfIncident) {
      MarkIncident(draft, state.incidents.at(timer->seq));
      continue;
    }
    if (timer->kind == Timer::kOfPosition) {
      DecideMissingStatement(draft, AgencyOrdinal(static_cast<uint32_t>(timer->seq)));
      continue;
    }
    if (timer->kind == Timer::kOfMeasure) {
      MarkEnd(draft, OrderSeq(timer->seq));
      continue;
    }
    if (timer->kind == Timer::kOfBegin) {
      DecideBegin(draft, *state.FindOrder(OrderSeq(timer->seq)));
      continue;
    }
    if (timer->kind == Timer::kOfCase) {
      MarkSurplus(draft, state.cases.at(timer->seq));
      continue;
    }
    const Order& order = *state.FindOrder(OrderSeq(timer->seq));
    MarkOrder(draft, order, order.Open());
  }
}

std::vector<Entry> DecideSurplus(const State& state, const std::vector<Entry>& applied, absl::Time now) {
  Draft draft(state, now);
  absl::flat_hash_set<uint64_t> judged;
  for (auto entry = applied.rbegin(); entry != applied.rend(); ++entry) {
    if (!entry->case_seq || !MovesBound(*entry, state) || !judged.insert(entry->case_seq.value()).second) continue;
    const Case& of = state.cases.at(entry->case_seq.value());
    const int64_t surplus = of.ledger.Surplus();
    const std::vector<uint64_t> removed = of.ledger.OnRemoved();
    const bool as_told = surplus == of.surplus_amount && removed == of.removed_measures;
    if (!of.readable || as_told || state.policy == nullptr) continue;
    Entry out{.case_seq = of.seq};
    if (surplus == 0 && removed.empty()) {
      SurplusCleared body;
      body.set_cause(entry->index);
      out.type = ENTRY_TYPE_SURPLUS_CLEARED;
      draft.Append(std::move(out), body);
      continue;
    }
    // A surplus that changes keeps its first clock: releasing a part doesn't buy time for the rest.
    Deadline deadline = of.surplus;
    if (deadline.row.empty())
      deadline = ComputeDeadline(*state.policy->DeadlineNamed(kSurplusRow), now, state.policy->TerritoryOf(nullptr));
    SurplusArisen body;
    body.set_due(Micros(deadline.due));
    for (size_t i = deadline.fired; i < deadline.marks.size(); ++i) {
      body.add_marks(Micros(deadline.marks[i]));
      body.add_marks_permille(deadline.marks_permille[i]);
    }
    body.set_deadline_row(deadline.row);
    body.set_cause(entry->index);
    SurplusPayload payload;
    payload.set_surplus_minor_units(surplus);
    payload.set_refund_due_minor_units(of.ledger.RefundDue());
    for (uint64_t freeze : removed) payload.add_removed_measures(freeze);
    out.type = ENTRY_TYPE_SURPLUS_ARISEN;
    out.payload = payload.SerializeAsString();
    out.key_id = of.key_id;
    draft.Append(std::move(out), body);
  }
  return std::move(draft.entries());
}

}  // namespace eagle::domain
