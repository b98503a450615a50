// The agencies' daily statements 对账. While the world runs, nobody spoils one: a difference that arises then is one
// that the log made up. Once all is quiet a day's statement is spoilt at one agency: a measure left out, counted
// otherwise, or one of an order that nobody gave. The log must find it, say which, and clear it after the next true
// statement.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/domain/state.h"
#include "tests/sim/sim_agency.h"
#include "tests/sim/sim_house.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr int kDaysToNotice = 3;
constexpr absl::Duration kAfterMidnight = absl::Hours(2);  // agencies state their day at one o'clock

}  // namespace

absl::StatusOr<std::optional<absl::Time>> World::Agency::VisitPositions(const sdk::PositionDay& asked,
                                                                        sdk::InboxTransaction& transaction,
                                                                        const sdk::PositionVisitor& visit) {
  VisitStanding(asked, transaction, [&](const sdk::Operation& operation, const MeasureState& state) {
    const bool about = operation.order_id == spoilt_line;
    if (about && spoilt == Spoilt::kLeftOut) return;
    MeasureState said = state;
    if (about && spoilt == Spoilt::kCountedOtherwise)
      said.set_requested_minor_units(said.requested_minor_units() + 1),
          said.set_unfunded_minor_units(said.unfunded_minor_units() + 1);
    visit(operation, said);
  });
  if (spoilt == Spoilt::kNobodysOrder) {
    MeasureState state;
    state.set_unit_reference("nobody's"), state.set_requested_minor_units(1), state.set_controlled_minor_units(1);
    visit({std::string(16, '\xff'), code, 0}, state);
  }
  return asked.now;
}

// The night before the next statements.
void World::NextDay() {
  const absl::CivilDay today = absl::ToCivilDay(true_clock_.True(), zone_);
  day_awaited_ = absl::FormatCivilTime(today);
  calendar_.Sleep(absl::FromCivil(today + 1, zone_) + kAfterMidnight - true_clock_.True());
}

// The log follows its own clock, behind the agencies', until an operator accepts theirs; it takes no statement of an
// instant that is still to come for it, and so none at all. A night without a gateway is enough for that.
bool World::ClocksPart() const { return clock_was_wrong_ || gateway_->state().clock_alarm != 0; }

bool World::AllHaveStated() {
  if (day_awaited_.empty() || ClocksPart()) return true;
  return std::all_of(agencies_.begin(), agencies_.end(), [&](const Agency* agency) {
    return gateway_->state().PositionOf(agency->caller.agency).seen.complete_day >= day_awaited_;
  });
}

// Picks whose statement is spoilt, and of which measure: from the seed alone.
void World::SpoilOne() {
  const domain::State& state = gateway_->state();
  spoiler_ = agencies_[seed_ / 4 % agencies_.size()];
  const auto& standing = state.PositionOf(spoiler_->caller.agency).standing;
  if (seed_ % 4 == 0) return;
  spoiler_->spoilt = seed_ % 4 == 1   ? Spoilt::kLeftOut
                     : seed_ % 4 == 2 ? Spoilt::kCountedOtherwise
                                      : Spoilt::kNobodysOrder;
  if (standing.empty()) spoiler_->spoilt = Spoilt::kNobodysOrder;
  if (!standing.empty()) {
    const auto line = std::next(standing.begin(), static_cast<std::ptrdiff_t>(seed_ % standing.size()));
    spoiler_->spoilt_line = std::string(line->first.begin(), line->first.end());
  }
}

bool World::IsNoticed() const {
  const domain::State& state = gateway_->state();
  const IncidentKind kind = spoiler_->spoilt == Spoilt::kLeftOut            ? INCIDENT_KIND_MEASURE_MISSING
                            : spoiler_->spoilt == Spoilt::kCountedOtherwise ? INCIDENT_KIND_AMOUNT_DIFFERS
                                                                            : INCIDENT_KIND_MEASURE_UNKNOWN;
  const auto open = state.IncidentsOf(spoiler_->caller.agency);
  return std::any_of(open.begin(), open.end(), [&](const domain::IncidentKey& key) {
    const bool about = spoiler_->spoilt == Spoilt::kNobodysOrder
                           ? !key.freeze
                           : key.freeze && state.FindOrder(key.freeze)->order_id == spoiler_->spoilt_line;
    return key.kind == kind && about;
  });
}

// Called when all is quiet: true when nothing is left to be seen.
bool World::Days() {
  if (!scene_.positions || ClocksPart()) return true;
  if (spoiler_ == nullptr) {
    spoilt_from_ = gateway_->size();
    SpoilOne();
    return NextDay(), false;
  }
  if (spoiler_->spoilt != Spoilt::kNothing) {
    ++days_;
    if (!IsNoticed()) {
      if (days_ == kDaysToNotice) Blame("a spoilt statement goes unseen at " + spoiler_->code);
      return NextDay(), false;
    }
    ++numbers_.acts["a spoilt statement was noticed"];
    spoiler_->spoilt = Spoilt::kNothing;
    return NextDay(), false;
  }
  if (days_ >= 0) {
    days_ = -1;
    return NextDay(), false;  // two true statements: where no measure stands any more, the next day says so
  }
  for (const auto& [index, incident] : gateway_->state().incidents) {
    const bool of_a_day_to_come = incident.kind == INCIDENT_KIND_STATEMENT_MISSING && incident.day > day_awaited_;
    if (incident.open() && !of_a_day_to_come)
      Blame(absl::StrCat("a difference isn't cleared by true statements: ", IncidentKind_Name(incident.kind), " at ",
                         incident.agency.value(), ", of ", incident.day));
  }
  return true;
}

}  // namespace eagle::sim
