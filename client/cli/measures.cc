// eagle case measures: what stands over all cases of the court, and what ends when.
#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/list_renewals.h"
#include "client/cli/session.h"
#include "client/lib/words.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct MeasuresFlags {
  std::string case_number;
  uint64_t ending_days = 0;
  bool all = false;
};

absl::Time EndOf(const v1::MeasureView& measure) {
  return IsSet(measure.state().effective_to()) ? ToTime(measure.state().effective_to()) : absl::InfiniteFuture();
}

// Civil days from today until the last day that is covered: 0 = it ends tonight, negative: it has ended.
int64_t DaysLeft(absl::Time end, absl::Time now, const absl::TimeZone& zone) {
  return absl::ToCivilDay(end - absl::Nanoseconds(1), zone) - absl::ToCivilDay(now, zone);
}

Cell Days(int64_t days) { return {std::to_string(days), std::to_string(days)}; }

// What can be done about the end: nothing yet, a renewal now, or it is on its way.
Cell RenewalOf(const v1::MeasureView& measure, absl::Time now, const absl::TimeZone& zone) {
  if (measure.renewal_open()) return Text("OPEN");
  if (measure.phase() != v1::MEASURE_PHASE_EFFECTIVE || EndOf(measure) == absl::InfiniteFuture()) return Nothing();
  if (!IsSet(measure.renewable_from()) || ToTime(measure.renewable_from()) <= now) return Text("NOW");
  return Text("FROM " + absl::FormatCivilTime(absl::ToCivilDay(ToTime(measure.renewable_from()), zone)));
}

absl::Status ShowMeasures(Session& session, const MeasuresFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<v1::MeasureView> measures,
                         MeasuresEnding(session, flags.case_number, flags.ending_days, !flags.all));
  const absl::Time now = session.process().clock.WallNow();
  Table table("measures", {{"effective_to"},
                           {"days_left", kRight},
                           {"renewal"},
                           {"case_number"},
                           {"agency"},
                           {"agency_code", kLeft, true},
                           {"asset_kind"},
                           {"asset"},
                           {"phase"},
                           {"controlled", kRight},
                           {"unfunded", kRight},
                           {"rank", kRight},
                           {"freeze_order"},
                           {"unit_reference", kLeft, true}});
  for (const v1::MeasureView& measure : measures) {
    const v1::MeasureState& state = measure.state();
    const absl::Time end = EndOf(measure);
    const bool ends = end != absl::InfiniteFuture();
    // A thing whose value was declared has amounts, too.
    const bool valued = measure.is_money() || state.requested_minor_units() > 0;
    const auto money = [&](int64_t amount) { return valued ? Money(amount) : Nothing(); };
    table.Add({ends ? End(end, zone) : Nothing(), ends ? Days(DaysLeft(end, now, zone)) : Nothing(),
               RenewalOf(measure, now, zone), Text(measure.case_number()),
               Text(NameOr(session.names(), measure.agency())), Text(measure.agency()), Text(measure.asset_kind()),
               TextOrNothing(measure.asset_number_masked()), Text(Word(measure.phase())),
               money(state.controlled_minor_units()), money(state.unfunded_minor_units()),
               state.rank() == 0 ? Nothing() : Count(state.rank()), IdCell(measure.freeze_order_id()),
               TextOrNothing(state.unit_reference())});
  }
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

}  // namespace

void AddMeasures(Verb& cases) {
  auto flags = std::make_shared<MeasuresFlags>();
  Verb verb = cases.Add("measures", "List measures over all cases, those that end first on top 到期提醒.",
                        "eagle case measures --ending 60");
  verb.Number("--ending", &flags->ending_days,
              "only those in effect that end within so many days, or should have ended");
  verb.Text("--case", &flags->case_number, "only those of this case");
  verb.Flag("--all", &flags->all, "those that are over or unanswered, too");
  verb.Do([flags](Session& session) { return ShowMeasures(session, *flags); });
}

}  // namespace eagle::client
