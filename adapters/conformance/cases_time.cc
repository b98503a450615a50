// Terms and clocks. A term ends at midnight in the court's time zone, on the civil day that its months lead to.
#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "adapters/sdk/encumbrance/term.h"
#include "server/base/bytes.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

absl::TimeZone ZoneOf(const Play& play) {
  absl::TimeZone zone;
  absl::LoadTimeZone(play.fixtures().time_zone, &zone);
  return zone;
}

std::string DayOf(absl::Time time, absl::TimeZone zone) { return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone); }

// The end that a term from `first` has: at midnight, the day of effect counted.
absl::Time EndFrom(const Play& play, absl::Time first) {
  return sdk::EndOf({.months = play.fixtures().term_months}, first, ZoneOf(play));
}

// Counted from the effect or from the receipt of the order: which one is the kind's own law.
void CheckEnd(Play& play, const v1::Receipt& receipt, std::string_view what) {
  const v1::MeasureState& measure = *MeasureIn(receipt);
  const absl::TimeZone zone = ZoneOf(play);
  const auto to = trust::TimeOf(measure.effective_to());
  if (!play.Check(measure.has_effective_to() && to, absl::StrCat(ToAbsl(what), ": effective_to is missing"))) return;
  const absl::Time from_effect = EndFrom(play, trust::TimeOf(measure.effective_from()).value_or(play.Now()));
  const absl::Time from_arrival = EndFrom(play, trust::TimeOf(receipt.arrived_at()).value_or(play.Now()));
  play.Check(*to == from_effect || *to == from_arrival,
             absl::StrCat(ToAbsl(what), ": ", play.fixtures().term_months, " months must end at ",
                          DayOf(from_effect, zone), " in ", play.fixtures().time_zone, ", end at ", DayOf(*to, zone)));
}

void TermAtMidnight(Play& play) {
  const auto receipt = play.Ask(play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)));
  if (play.CheckControlled(receipt, "a freeze")) CheckEnd(play, *receipt, "a freeze");
}

// The gateway's clock is an hour off, the court's five minutes fast.
void ClockSkew(Play& play) {
  play.stage().Locked([&] {
    play.gateway().bent.gateway_time_ahead = absl::Hours(1);
    play.gateway().ForgetSessions();
  });
  v1::Order order = play.courts().Inquiry(play.Someone());
  *order.mutable_issued_at() = trust::TimestampOf(play.Now() + absl::Minutes(5));
  const auto receipt = play.Ask(order);
  if (!play.CheckOutcome(receipt, v1::OUTCOME_FOUND, "an order that was issued five minutes ahead")) return;
  const auto arrived = trust::TimeOf(receipt->arrived_at());
  play.Check(arrived && absl::AbsDuration(*arrived - play.Now()) < absl::Minutes(10),
             "arrived_at follows the gateway's clock, which is an hour off: its own is what counts");
}

// ---- with a clock that the kit moves, forward only

absl::Time At(const Play& play, absl::CivilSecond when) { return absl::FromCivil(when, ZoneOf(play)); }

// The next 29 February that is in the future.
absl::CivilDay NextLeapDay(Play& play) {
  absl::CivilYear year(absl::ToCivilDay(play.Now(), ZoneOf(play)));
  for (;; ++year) {
    const absl::CivilDay day = absl::CivilDay(year.year(), 3, 1) - 1;
    if (day.day() == 29 && At(play, absl::CivilSecond(day) + 9 * 3600) > play.Now()) return day;
  }
}

bool MoveTo(Play& play, absl::Time when) {
  return play.Check(play.stage().MoveClock(when).ok(), "the clock could not be moved");
}

void Lapse(Play& play) {
  const v1::Order order = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const std::string freeze = play.Hand(order);
  const auto frozen = play.Answer(freeze);
  if (!play.CheckControlled(frozen, "a freeze")) return;
  const auto end = trust::TimeOf(MeasureIn(frozen)->effective_to());
  if (!play.Check(end.has_value(), "effective_to is missing")) return;
  if (!MoveTo(play, *end - absl::Minutes(1))) return;
  play.WaitQuietly();
  play.stage().Locked([&] {
    for (const Seen& seen : play.gateway().Find(freeze)->receipts)
      play.Check(seen.receipt.change() != v1::MEASURE_CHANGE_LAPSED, "LAPSED was told a minute before midnight");
  });
  if (!MoveTo(play, *end)) return;
  const v1::Order renewal = play.courts().Renew(order, play.fixtures().term_months);
  play.CheckOutcome(play.Ask(renewal), v1::OUTCOME_NOT_RENEWED, "a renewal that arrives at the midnight of the end");
  const auto event = play.Event(freeze, v1::MEASURE_CHANGE_LAPSED);
  if (play.Check(event.has_value(), "the term ended, and no EVENT LAPSED came"))
    play.Check(MeasureIn(event) != nullptr && MeasureIn(event)->ended(), "a measure that lapsed has ended");
}

void LeapDay(Play& play) {
  if (!MoveTo(play, At(play, absl::CivilSecond(NextLeapDay(play)) + 9 * 3600))) return;
  const v1::Order order = play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit));
  const auto receipt = play.Ask(order);
  if (!play.CheckControlled(receipt, "a freeze on 29 February")) return;
  CheckEnd(play, *receipt, "a freeze on 29 February");
}

}  // namespace

std::vector<Case> TimeCases() {
  return {
      {"term-at-midnight",
       "期限止于午夜",
       "Freezes and looks at the end.",
       "effective_to is 00:00 in the court's zone of the day after the last one; months are civil months.",
       "domain decision 8; receipt.proto MeasureState",
       {"FREEZE", "RELEASE"},
       TermAtMidnight},
      {"clock-skew",
       "时钟偏差",
       "Has gateway_time an hour ahead and an order issued five minutes ahead.",
       "Answer it; arrived_at is its own time.",
       "agency guide 5; domain A16 item 29",
       {"INQUIRE"},
       ClockSkew},
  };
}

std::vector<Case> ClockCases() {
  return {
      {"lapse-and-late-renewal",
       "到期与迟到的续冻",
       "Moves the clock to the end of a term and renews then.",
       "An EVENT LAPSED, not a minute early; NOT_RENEWED.",
       "agency guide 5; domain A16 item 12",
       {"FREEZE", "RENEW", "RELEASE", "step_clock"},
       Lapse},
      {"leap-day",
       "二月二十九日",
       "Freezes on a 29 February.",
       "Where the corresponding day doesn't exist the term ends with the last day of that month.",
       "domain decision 8; A16 item 22",
       {"FREEZE", "RELEASE", "step_clock"},
       LeapDay},
  };
}

}  // namespace eagle::conformance
