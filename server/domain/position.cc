#include "server/domain/position.h"

#include <algorithm>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/civil_day.h"
#include "server/domain/instant.h"
#include "server/domain/state.h"

namespace eagle::domain {
namespace {

using goldeneagle::v1::MeasureState;

void PutDay(ByteWriter& out, const std::string& day) { out.U8(static_cast<uint8_t>(day.size())).Bytes(day); }

absl::Time EndOfTerm(const MeasureState& state) {
  return state.has_effective_to() ? FromProto(state.effective_to()) : absl::InfiniteFuture();
}

bool SameAmounts(const MeasureState& a, const MeasureState& b) {
  return a.requested_minor_units() == b.requested_minor_units() &&
         a.controlled_minor_units() == b.controlled_minor_units() &&
         a.unfunded_minor_units() == b.unfunded_minor_units() &&
         a.requested_quantity_e4() == b.requested_quantity_e4() &&
         a.controlled_quantity_e4() == b.controlled_quantity_e4() && Micros(EndOfTerm(a)) == Micros(EndOfTerm(b));
}

}  // namespace

std::string PositionSeen::Encode() const {
  ByteWriter out;
  out.U8(1).U8(static_cast<uint8_t>(digest.size())).Bytes(digest).U64(index);
  PutDay(out, day);
  out.I64(Micros(as_of)).U8(static_cast<uint8_t>(up_to.size())).Bytes(up_to).U8(complete ? 1 : 0).U32(strangers);
  PutDay(out, complete_day);
  PutDay(out, judged_day);
  return out.Take();
}

bool PositionSeen::Decode(std::string_view row) {
  ByteReader in(row);
  const uint8_t version = in.U8();
  digest = in.Bytes(in.U8());
  index = in.U64();
  day = in.Bytes(in.U8());
  as_of = FromMicros(in.I64());
  up_to = in.Bytes(in.U8());
  complete = in.U8() != 0;
  strangers = in.U32();
  complete_day = in.Bytes(in.U8());
  judged_day = in.Bytes(in.U8());
  return version == 1 && in.Done();
}

std::string AheadSeen::Encode() const {
  ByteWriter out;
  PutDay(out, day);
  return out.U32(statements).U64(revision).Take();
}

bool AheadSeen::Decode(std::string_view row) {
  ByteReader in(row);
  day = in.Bytes(in.U8());
  statements = in.U32();
  revision = in.U64();
  return in.Done();
}

AgencyPosition::OrderId AgencyPosition::IdOf(std::string_view order_id) {
  OrderId id{};
  GATEWAY_ASSERT(order_id.size() == id.size(), "an order id has 16 bytes");
  std::copy(order_id.begin(), order_id.end(), id.begin());
  return id;
}

Judgement Judge(const Measure& measure, const MeasureState* line, bool asked, absl::Time as_of) {
  using namespace goldeneagle::v1;  // NOLINT: enumerators
  const MeasureState& recorded = measure.state;
  if (line == nullptr) {
    if (!measure.stands()) return {};
    const bool over = EndOfTerm(recorded) <= as_of;  // its lapse is on its way
    if (asked || over || measure.heard_at > as_of) return {Agreement::kUnsaid};
    return {Agreement::kDiffers, INCIDENT_KIND_MEASURE_MISSING};
  }
  if (measure.phase == MeasurePhase::kRequested) return {Agreement::kUnsaid};
  if (line->ended() ? !measure.stands() : measure.stands() && SameAmounts(*line, recorded)) return {};
  const IncidentKind kind = measure.stands() ? INCIDENT_KIND_AMOUNT_DIFFERS : INCIDENT_KIND_MEASURE_UNKNOWN;
  if (line->revision() != 0 && recorded.revision() != 0) {
    // The log had heard of it well before the statement's instant, so it was the unit that said so: its books went
    // back.
    if (line->revision() < recorded.revision() && measure.heard_at + kClocksPart > as_of) return {Agreement::kUnsaid};
    if (line->revision() > recorded.revision())
      return asked ? Judgement{Agreement::kUnsaid} : Judgement{Agreement::kAhead, kind};
  } else if (asked || measure.heard_at > as_of) {
    return {Agreement::kUnsaid};
  }
  return {Agreement::kDiffers, kind};
}

std::optional<Judgement> JudgeLine(const State& state, OrderSeq freeze, const MeasureState* line, absl::Time as_of) {
  const Order& order = state.orders.at(freeze.value());
  const Case& of = state.cases.at(order.case_seq.value());
  const Measure* measure = of.readable ? of.ledger.FindMeasure(freeze) : nullptr;
  if (measure == nullptr) return std::nullopt;
  const Judgement judged = Judge(*measure, line, /*asked=*/false, as_of);
  if (judged.agreement == Agreement::kAgrees || judged.agreement == Agreement::kUnsaid) return judged;
  const bool asked = std::any_of(of.orders.begin(), of.orders.end(), [&](const auto& other) {
    if (OrderSeq(other.first) != freeze && other.second.freeze != freeze) return false;
    return state.orders.at(other.first).Open().Contains(measure->agency);
  });
  return asked ? Judge(*measure, line, asked, as_of) : judged;
}

OrderSeq OrderOfLine(const State& state, AgencyOrdinal agency, const std::string& order_id) {
  const auto id = state.ids.find(order_id);
  const Order* order = id == state.ids.end() ? nullptr : state.FindOrder(OrderSeq(id->second.index));
  const bool theirs = order != nullptr && order->order_id == order_id && order->targets.Contains(agency);
  return theirs && MakesMeasure(order->action) ? order->seq : OrderSeq();
}

AheadSeen OneMore(const State& state, OrderSeq freeze, const std::string& day) {
  const Case& of = state.cases.at(state.orders.at(freeze.value()).case_seq.value());
  const uint64_t recorded = of.ledger.FindMeasure(freeze)->state.revision();
  const auto before = state.ahead.find(freeze.value());
  // The log has caught up since, and the unit gone on: another change is on its way.
  if (before == state.ahead.end() || before->second.revision != recorded) return {day, 1, recorded};
  if (before->second.day == day) return before->second;  // the same day anew
  return {day, before->second.statements + 1, recorded};
}

absl::Time EndOf(const State& state, absl::CivilDay day) { return absl::FromCivil(day + 1, state.policy->zone()); }

absl::Time StatementDue(const State& state, absl::CivilDay day) {
  return EndOf(state, day) + absl::Hours(static_cast<int64_t>(state.policy->table().positions().due_hours()));
}

std::optional<absl::CivilDay> FirstOwedDay(const State& state, AgencyOrdinal agency) {
  const AgencyPosition& position = state.PositionOf(agency);
  if (position.standing.empty() || state.policy == nullptr || !state.policy->table().has_positions())
    return std::nullopt;
  absl::CivilDay day = absl::ToCivilDay(std::max(position.since, state.policy_since), state.policy->zone());
  if (const auto judged = ParseCivilDay(position.seen.judged_day)) day = std::max(day, *judged + 1);
  return day;
}

}  // namespace eagle::domain
