#include "adapters/sdk/measure.h"

#include "server/base/assert.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {

v1::PriorMeasure PriorOf(const Encumbrance& row) {
  v1::PriorMeasure prior;
  prior.set_authority(row.authority);
  prior.set_document_number(row.document_number);
  prior.set_amount_minor_units(row.requested);
  if (row.effective_to) *prior.mutable_ends_at() = trust::TimestampOf(*row.effective_to);
  return prior;
}

v1::MeasureState MeasureOf(const EncumbranceRegister& book, std::string_view id, int64_t thing_value) {
  const Encumbrance* row = book.Find(id);
  GATEWAY_ASSERT(row != nullptr, "callers ask for a measure that they placed");
  const Asset* asset = book.FindAsset(row->scope.front());
  const bool thing = asset != nullptr && asset->kind == AssetKind::kThing;
  const int64_t unit = thing ? thing_value : 1;
  const bool live = IsLive(row->phase), pending = row->phase == Phase::kPending;
  v1::MeasureState state;
  state.set_unit_reference(row->id);
  state.set_requested_minor_units(row->requested * unit);
  if (live) {
    // Under review nothing is in effect yet, though its place is locked.
    state.set_controlled_minor_units(pending ? 0 : row->controlled() * unit);
    state.set_unfunded_minor_units(pending ? row->requested * unit : row->unfunded() * unit);
    state.set_rank(book.RankOf(id));
  }
  if (row->effective_from) *state.mutable_effective_from() = trust::TimestampOf(*row->effective_from);
  if (row->effective_to) *state.mutable_effective_to() = trust::TimestampOf(*row->effective_to);
  if (!pending) {
    for (const Share& share : row->shares) {
      v1::MeasureShare& out = *state.add_shares();
      out.set_asset_number(share.asset);
      out.set_controlled_minor_units(share.controlled * unit);
      out.set_unfunded_minor_units(share.unfunded * unit);
    }
  }
  for (const Encumbrance* prior : book.Before(id)) {
    if (static_cast<size_t>(state.prior_measures_size()) == kPriorMeasuresMax) break;
    *state.add_prior_measures() = PriorOf(*prior);
    if (thing) state.mutable_prior_measures()->rbegin()->set_amount_minor_units(0);
  }
  // What came in at a counter was served there; of an order the agent knows better.
  if (!ParseOperation(row->id)) {
    *state.mutable_served_at() = trust::TimestampOf(row->rank.served_at);
    state.set_served_sequence(row->rank.served_sequence);
  }
  state.set_ended(!live);
  state.set_revision(book.RevisionOf(id));
  return state;
}

v1::Outcome OutcomeOf(const Encumbrance& row) {
  switch (row.phase) {
    case Phase::kPending:
      return v1::OUTCOME_UNDER_REVIEW;
    case Phase::kWaitlisted:
      return v1::OUTCOME_WAITLISTED;
    case Phase::kEffective:
      return row.unfunded() == 0 ? v1::OUTCOME_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED;
    default:
      return v1::OUTCOME_NOT_CONTROLLED;
  }
}

v1::ItemResult ItemOf(const EncumbranceRegister& book, std::string_view id, int64_t thing_value) {
  v1::ItemResult item;
  *item.mutable_measure() = MeasureOf(book, id, thing_value);
  const Encumbrance& row = *book.Find(id);
  item.set_outcome(OutcomeOf(row));
  if (item.outcome() == v1::OUTCOME_NOT_CONTROLLED) item.set_reason(std::string(PhaseName(row.phase)));
  return item;
}

v1::MeasureChange ChangeOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInflow:
      return v1::MEASURE_CHANGE_INFLOW;
    case ChangeKind::kPromoted:
      return v1::MEASURE_CHANGE_PROMOTED;
    case ChangeKind::kLapsed:
      return v1::MEASURE_CHANGE_LAPSED;
    case ChangeKind::kReduced:
      return v1::MEASURE_CHANGE_REDUCED;
  }
  return v1::MEASURE_CHANGE_UNSPECIFIED;
}

Encumbrance EncumbranceOf(const Request& request, std::vector<std::string> scope) {
  const v1::Freeze& freeze = request.order.freeze();
  Encumbrance row;
  row.id = request.operation.Text();
  row.authority = request.order.court();
  row.document_number = request.order.case_number();
  row.scope = std::move(scope);
  row.rank = {request.arrival.at, request.arrival.sequence};
  row.requested = freeze.limit_minor_units();
  row.inflow = freeze.inflow() == v1::INFLOW_CAPTURE ? InflowRule::kCapture : InflowRule::kNone;
  row.whole_account = freeze.person_at_agency().whole_account();
  if (freeze.has_asset()) {
    row.part_numerator = freeze.asset().share_numerator();
    row.part_denominator = freeze.asset().share_denominator();
  }
  row.term = {freeze.term().months(), freeze.term().years()};
  return row;
}

std::optional<RegisterChange> EventOf(const EncumbranceRegister& book, const Change& change, int64_t thing_value) {
  const auto operation = ParseOperation(change.id);
  if (!operation) return std::nullopt;
  RegisterChange event;
  event.kind = RegisterChange::Kind::kEvent;
  event.operation = *operation;
  event.change = ChangeOf(change.kind);
  event.item = ItemOf(book, change.id, thing_value);
  event.at = change.at;
  return event;
}

}  // namespace eagle::sdk
