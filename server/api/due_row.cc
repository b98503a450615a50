#include "server/api/due_row.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "server/domain/instant.h"
#include "server/domain/position.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint32_t kSoonPermille = 750, kDuePermille = 1000;

// By the marks in the journal.
DueState StateOf(const domain::Deadline& deadline) {
  const uint32_t fired = deadline.fired > 0 ? deadline.marks_permille[deadline.fired - 1] : 0;
  return fired >= kDuePermille ? DUE_STATE_OVERDUE : fired >= kSoonPermille ? DUE_STATE_SOON : DUE_STATE_RUNNING;
}
// A surplus that changed has only the marks that were still to come, so the first of them tells of those before.
DueState StateOfSurplus(const domain::Deadline& deadline) {
  const auto& marks = deadline.marks_permille;
  return marks.empty() || marks.front() > kDuePermille ? DUE_STATE_OVERDUE : StateOf(deadline);
}

DueRow RowOf(const ClockName& name, absl::Time due, DueState state) {
  return {.key = {domain::Micros(due), name}, .state = state};
}

void AddOrder(const domain::Order& order, DueRow& row) {
  row.court = order.court;
  row.case_seq = order.case_seq;
  row.order = order.seq;
  row.action = order.action;
  row.urgent = order.urgent;
}

std::optional<DueRow> OfOrder(const domain::State& state, const ClockName& name) {
  const domain::Order* order = state.FindOrder(OrderSeq(name.seq));
  if (order == nullptr || order->complete() || order->waits) return std::nullopt;
  DueRow row = RowOf(name, order->deadline.due, StateOf(order->deadline));
  AddOrder(*order, row);
  row.agencies = order->Open();
  return row;
}

std::optional<DueRow> OfSurplus(const domain::State& state, const ClockName& name) {
  const auto of = state.cases.find(name.seq);
  if (of == state.cases.end() || of->second.surplus.row.empty()) return std::nullopt;
  DueRow row = RowOf(name, of->second.surplus.due, StateOfSurplus(of->second.surplus));
  row.court = of->second.court;
  row.case_seq = of->second.seq;
  return row;
}

std::optional<DueRow> OfObjection(const domain::State& state, const ClockName& name) {
  const domain::ObjectionThread* thread = state.FindObjection(name.seq);
  if (thread == nullptr || !thread->open()) return std::nullopt;
  DueRow row = RowOf(name, thread->deadline.due, StateOf(thread->deadline));
  if (const domain::Order* order = state.FindOrder(thread->order); order != nullptr) AddOrder(*order, row);
  row.agencies.Add(thread->agency);
  return row;
}

std::optional<DueRow> OfIncident(const domain::State& state, const ClockName& name) {
  const auto incident = state.incidents.find(name.seq);
  if (incident == state.incidents.end() || !incident->second.open()) return std::nullopt;
  DueRow row = RowOf(name, incident->second.deadline.due, StateOf(incident->second.deadline));
  if (const domain::Order* order = state.FindOrder(incident->second.freeze); order != nullptr) AddOrder(*order, row);
  row.agencies.Add(incident->second.agency);
  return row;
}

const domain::Measure* MeasureOf(const domain::State& state, const domain::Order* freeze) {
  if (freeze == nullptr || !domain::MakesMeasure(freeze->action)) return nullptr;
  const auto of = state.cases.find(freeze->case_seq.value());
  return of != state.cases.end() && of->second.readable ? of->second.ledger.FindMeasure(freeze->seq) : nullptr;
}

std::optional<DueRow> OfMeasureEnd(const domain::State& state, const ClockName& name) {
  const domain::Order* freeze = state.FindOrder(OrderSeq(name.seq));
  const domain::Measure* measure = MeasureOf(state, freeze);
  if (measure == nullptr || measure->phase != domain::MeasurePhase::kEffective || !measure->state.has_effective_to())
    return std::nullopt;
  const absl::Time ends = domain::FromProto(measure->state.effective_to());
  const bool marked = measure->marked_end == ends;
  DueRow row = RowOf(name, ends,
                     !marked                     ? DUE_STATE_RUNNING
                     : measure->marked_days == 0 ? DUE_STATE_OVERDUE
                                                 : DUE_STATE_SOON);
  AddOrder(*freeze, row);
  row.agencies.Add(measure->agency);
  row.days_left = marked ? measure->marked_days : 0;
  return row;
}

std::optional<DueRow> OfStatement(const domain::State& state, const ClockName& name) {
  const AgencyOrdinal agency(static_cast<uint32_t>(name.seq));
  const absl::Time due = state.PositionOf(agency).due;
  if (due == absl::InfiniteFuture()) return std::nullopt;
  const std::optional<absl::CivilDay> day = domain::FirstOwedDay(state, agency);
  DueRow row = RowOf(name, due, DUE_STATE_RUNNING);
  row.agencies.Add(agency);
  if (day) row.day = absl::FormatCivilTime(*day);
  return row;
}

std::optional<DueRow> OfSupervision(const domain::State& state, const ClockName& name) {
  const domain::SupervisionThread* thread = state.FindSupervision(name.seq);
  if (thread == nullptr || !thread->owed()) return std::nullopt;
  DueRow row = RowOf(name, thread->deadline.due, StateOf(thread->deadline));
  if (const domain::Order* order = state.FindOrder(thread->order); order != nullptr) AddOrder(*order, row);
  row.court = thread->court;
  row.case_seq = thread->case_seq;
  row.urgent = thread->urgency == URGENCY_URGENT;
  if (thread->to_agency) row.agencies.Add(thread->to_agency);
  return row;
}

}  // namespace

std::optional<DueRow> DueOf(const domain::State& state, const ClockName& name) {
  switch (name.kind) {
    case DUE_KIND_ORDER:
      return OfOrder(state, name);
    case DUE_KIND_SURPLUS:
      return OfSurplus(state, name);
    case DUE_KIND_OBJECTION:
      return OfObjection(state, name);
    case DUE_KIND_INCIDENT:
      return OfIncident(state, name);
    case DUE_KIND_MEASURE_END:
      return OfMeasureEnd(state, name);
    case DUE_KIND_STATEMENT:
      return OfStatement(state, name);
    case DUE_KIND_SUPERVISION:
      return OfSupervision(state, name);
    default:
      return std::nullopt;
  }
}

void Decided::Hear(const domain::Order& order) {
  if (domain::Takes(order.action)) taken = true;
  if (order.action == ACTION_RENEW || order.action == ACTION_RELEASE) changed = std::max(changed, order.accepted_at);
}

std::optional<FreezeRow> EffectiveOf(const domain::State& state, OrderSeq freeze) {
  const domain::Order* order = state.FindOrder(freeze);
  const domain::Measure* measure = MeasureOf(state, order);
  if (measure == nullptr || measure->phase != domain::MeasurePhase::kEffective) return std::nullopt;
  const absl::Time since =
      measure->state.has_effective_from() ? domain::FromProto(measure->state.effective_from()) : measure->stands_since;
  FreezeRow row{.key = {domain::Micros(since), freeze.value()},
                .court = order->court,
                .case_seq = order->case_seq,
                .agency = measure->agency,
                .asset_kind = measure->asset_kind,
                .action = order->action};
  if (measure->state.has_effective_to()) row.ends = domain::FromProto(measure->state.effective_to());
  return row;
}

}  // namespace eagle::api
