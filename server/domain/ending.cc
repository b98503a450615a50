#include "server/domain/ending.h"

#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

// Calls `visit(mark)` for each mark that is still to be written, earliest first, until it says false.
template <typename Visit>
void ForEachEndMark(const Policy* policy, const Measure& measure, Visit visit) {
  if (policy == nullptr || !policy->table().has_measure_ends() || measure.phase != MeasurePhase::kEffective ||
      !measure.state.has_effective_to())
    return;
  EndMark mark{.ends = FromProto(measure.state.effective_to())};
  const absl::CivilDay last = absl::ToCivilDay(mark.ends - absl::Nanoseconds(1), policy->zone());
  const auto open = [&](uint32_t days) { return measure.marked_end != mark.ends || days < measure.marked_days; };
  for (uint32_t days : policy->table().measure_ends().days_before()) {
    mark.days_before = days;
    mark.at = absl::FromCivil(last - static_cast<int64_t>(days), policy->zone());
    if (open(days) && !visit(mark)) return;
  }
  mark.days_before = 0;
  mark.at = mark.ends;
  if (open(0)) visit(mark);
}

}  // namespace

std::optional<EndMark> NextEndMark(const Policy* policy, const Measure& measure) {
  std::optional<EndMark> next;
  ForEachEndMark(policy, measure, [&](const EndMark& mark) {
    next = mark;
    return false;
  });
  return next;
}

std::optional<EndMark> EndMarkAt(const Policy* policy, const Measure& measure, absl::Time now) {
  std::optional<EndMark> newest;
  ForEachEndMark(policy, measure, [&](const EndMark& mark) {
    if (mark.at <= now) newest = mark;
    return mark.at <= now;
  });
  return newest;
}

void FollowEnd(State& state, OrderSeq freeze, const Measure* measure) {
  const auto next = measure != nullptr ? NextEndMark(state.policy.get(), *measure) : std::nullopt;
  const auto armed = state.ends_armed.find(freeze.value());
  if (armed != state.ends_armed.end()) {
    if (next && next->at == armed->second) return;
    state.timers.erase({armed->second, freeze.value(), Timer::kOfMeasure});
    state.ends_armed.erase(armed);
  }
  if (!next) return;
  state.timers.insert({next->at, freeze.value(), Timer::kOfMeasure});
  state.ends_armed[freeze.value()] = next->at;
}

void BuildEnds(State& state) {
  for (const auto& [seq, of] : state.cases) {
    for (const Measure& measure : of.ledger.measures())
      FollowEnd(state, measure.freeze, of.readable ? &measure : nullptr);
  }
}

}  // namespace eagle::domain
