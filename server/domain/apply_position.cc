#include "server/domain/apply_position.h"

#include <algorithm>

#include "server/domain/apply_parts.h"
#include "server/domain/deadline_form.h"
#include "server/domain/ending.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

AgencyPosition& PositionAt(State& state, AgencyOrdinal agency) {
  if (state.positions.size() < agency.value()) state.positions.resize(agency.value());
  return state.positions[agency.value() - 1];
}

// The timer of the first day that the agency still owes.
void RearmStatement(State& state, AgencyOrdinal agency) {
  AgencyPosition& position = PositionAt(state, agency);
  const auto day = FirstOwedDay(state, agency);
  const absl::Time due = day ? StatementDue(state, *day) : absl::InfiniteFuture();
  if (due == position.due) return;
  if (position.due != absl::InfiniteFuture()) state.timers.erase({position.due, agency.value(), Timer::kOfPosition});
  if (due != absl::InfiniteFuture()) state.timers.insert({due, agency.value(), Timer::kOfPosition});
  position.due = due;
}

void Stand(State& state, const Measure& measure, absl::Time since) {
  AgencyPosition& position = PositionAt(state, measure.agency);
  const auto id = AgencyPosition::IdOf(state.orders.at(measure.freeze.value()).order_id);
  if (!position.standing.emplace(id, measure.freeze).second && since >= position.since) return;
  position.since = std::min(position.since, since);
}

void Fall(State& state, const Measure& measure) {
  AgencyPosition& position = PositionAt(state, measure.agency);
  position.standing.erase(AgencyPosition::IdOf(state.orders.at(measure.freeze.value()).order_id));
  if (position.standing.empty()) position.since = absl::InfiniteFuture();
  if (state.ahead.erase(measure.freeze.value()) > 0) state.changes.ahead.insert(measure.freeze.value());
}

void Judged(State& state, AgencyOrdinal agency, const std::string& day) {
  std::string& judged = PositionAt(state, agency).seen.judged_day;
  judged = std::max(judged, day);  // days as text sort as they follow
  state.changes.positions.insert(agency.value());
  RearmStatement(state, agency);
}

// Which of its measures the unit was ahead in, so that staying ahead is noticed.
void FollowAhead(const Position& position, AgencyOrdinal agency, State& state) {
  for (const PositionLine& line : position.lines()) {
    const OrderSeq freeze = OrderOfLine(state, agency, line.order_id());
    if (!freeze) continue;
    const auto judged = JudgeLine(state, freeze, &line.measure(), FromProto(position.as_of()));
    if (judged && judged->agreement == Agreement::kAhead) {
      state.ahead[freeze.value()] = OneMore(state, freeze, position.day());
      state.changes.ahead.insert(freeze.value());
    } else if (state.ahead.erase(freeze.value()) > 0) {
      state.changes.ahead.insert(freeze.value());
    }
  }
}

void Stated(const Entry& entry, State& state) {
  const auto body = Parse<PositionStated>(entry.body);
  GATEWAY_ASSERT(entry.payload.has_value(), "an organisation's own payloads are never erased");
  const auto position = Parse<Position>(Parse<PositionPayload>(*entry.payload).member());
  FollowAhead(position, entry.agency, state);
  PositionSeen& seen = PositionAt(state, entry.agency).seen;
  if (position.after().empty()) seen.strangers = 0;
  for (const PositionLine& line : position.lines()) {
    if (!line.measure().ended() && !OrderOfLine(state, entry.agency, line.order_id())) ++seen.strangers;
  }
  seen.digest = body.digest();
  seen.index = entry.index;
  seen.day = body.day();
  seen.as_of = FromProto(position.as_of());
  seen.up_to = position.up_to();
  seen.complete = body.complete();
  state.changes.positions.insert(entry.agency.value());
  if (!seen.complete) return;
  seen.complete_day = body.day();
  Judged(state, entry.agency, body.day());
}

void ArmIncident(State& state, const Incident& incident) {
  if (incident.deadline.armed()) state.timers.insert({incident.deadline.next(), incident.index, Timer::kOfIncident});
}
void DisarmIncident(State& state, const Incident& incident) {
  if (incident.deadline.armed()) state.timers.erase({incident.deadline.next(), incident.index, Timer::kOfIncident});
}

void IncidentRaised(const Entry& entry, State& state) {
  const auto body = Parse<IncidentArisen>(entry.body);
  Incident incident{.index = entry.index,
                    .kind = body.kind(),
                    .agency = entry.agency,
                    .freeze = entry.order,
                    .case_seq = entry.case_seq,
                    .day = body.day(),
                    .statement = body.statement(),
                    .arisen_at = entry.time};
  incident.deadline = DeadlineFrom(body);
  ArmIncident(state, incident);
  state.changes.incidents.insert(entry.index);
  state.PutIncident(std::move(incident));
  if (body.kind() == INCIDENT_KIND_STATEMENT_MISSING) Judged(state, entry.agency, body.day());
}

Incident& IncidentOf(State& state, uint64_t index) {
  const auto it = state.incidents.find(index);
  GATEWAY_ASSERT(it != state.incidents.end(), "an entry names an incident that stands");
  return it->second;
}

void IncidentTicked(const Entry& entry, State& state) {
  Incident& incident = IncidentOf(state, Parse<IncidentMarked>(entry.body).incident());
  DisarmIncident(state, incident);
  incident.deadline.fired += 1;
  ArmIncident(state, incident);
  state.changes.incidents.insert(incident.index);
}

void IncidentEnded(const Entry& entry, State& state) {
  const auto body = Parse<IncidentCleared>(entry.body);
  Incident& incident = IncidentOf(state, body.incident());
  DisarmIncident(state, incident);
  incident.cleared_index = entry.index;
  incident.cleared_at = entry.time;
  incident.late = body.late();
  state.CloseIncident(incident.index);
}

}  // namespace

bool ApplyPosition(const Entry& entry, State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_POSITION_STATED:
      Stated(entry, state);
      return true;
    case ENTRY_TYPE_INCIDENT_ARISEN:
      IncidentRaised(entry, state);
      return true;
    case ENTRY_TYPE_INCIDENT_MARKED:
      IncidentTicked(entry, state);
      return true;
    case ENTRY_TYPE_INCIDENT_CLEARED:
      IncidentEnded(entry, state);
      return true;
    default:
      return false;
  }
}

void FollowStanding(const Entry& entry, State& state) {
  if (entry.type == ENTRY_TYPE_POLICY_INSTALLED) {
    for (uint32_t n = 1; n <= state.positions.size(); ++n) RearmStatement(state, AgencyOrdinal(n));
    BuildEnds(state);
    return;
  }
  if (entry.type == ENTRY_TYPE_MEASURE_MARKED) {
    const OrderSeq freeze(Parse<MeasureMarked>(entry.body).freeze_order());
    return FollowEnd(state, freeze, CaseOf(state, entry.case_seq).ledger.FindMeasure(freeze));
  }
  if (entry.type == ENTRY_TYPE_CASE_ERASED) {
    for (const Measure& measure : CaseOf(state, entry.case_seq).ledger.measures()) {
      Fall(state, measure);
      FollowEnd(state, measure.freeze, nullptr);
      RearmStatement(state, measure.agency);
    }
    return;
  }
  if (entry.type != ENTRY_TYPE_TASK_ANSWERED && entry.type != ENTRY_TYPE_TASK_REPORTED &&
      entry.type != ENTRY_TYPE_MEASURE_CHANGED)
    return;
  const Case& of = CaseOf(state, entry.case_seq);
  const OrderSeq freeze = state.orders.at(entry.order.value()).freeze;
  const Measure* measure = of.readable ? of.ledger.FindMeasure(freeze ? freeze : entry.order) : nullptr;
  if (measure == nullptr) return;
  measure->stands() ? Stand(state, *measure, entry.time) : Fall(state, *measure);
  FollowEnd(state, measure->freeze, measure);
  RearmStatement(state, measure->agency);
}

void BuildStanding(State& state) {
  for (const auto& [seq, of] : state.cases) {
    if (!of.readable) continue;
    for (const Measure& measure : of.ledger.measures()) {
      if (measure.stands()) Stand(state, measure, measure.stands_since);
    }
  }
  for (uint32_t n = 1; n <= state.positions.size(); ++n) RearmStatement(state, AgencyOrdinal(n));
  BuildEnds(state);
}

}  // namespace eagle::domain
