// Small logs counted by hand; then a whole province, counted by a second and simpler model.
#include "server/scorecard/fold.h"

#include <algorithm>
#include <map>

#include "gtest/gtest.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

std::vector<PeriodFigures> Fold(const LogMaker& log, const std::string& month = "2026-09") {
  const Period now = *ParseMonth(month, Shanghai());
  Scorecard card({Before(now, Shanghai()), now});
  for (const journal::Leaf& leaf : log.leaves) card.Take(leaf);
  return card.Finish();
}

class ScorecardTest : public testing::Test {
 protected:
  ScorecardTest() { log_.Agencies(3), log_.Courts(2); }
  // The log goes on after September.
  PeriodFigures September() {
    log_.now = std::max(log_.now, On("2026-10-05 09:00"));
    log_.GoOn();
    return Fold(log_)[1];
  }
  LogMaker log_;
};

TEST_F(ScorecardTest, ATaskIsJudgedOnceWhenItIsAnsweredOrFallsDue) {
  log_.At("2026-09-01 09:00");
  const uint64_t order = log_.Order({.agencies = {1, 2, 3}, .urgency = URGENCY_URGENT});  // due on the 2nd, 09:00
  log_.At("2026-09-01 09:05");
  log_.Answer(order, 1);
  log_.At("2026-09-03 09:00");
  log_.Answer(order, 2);
  const PeriodFigures figures = September();
  const AgencyFigures &first = figures.agencies.at(1), &second = figures.agencies.at(2),
                      &third = figures.agencies.at(3);
  EXPECT_EQ(first.received, 1u);
  EXPECT_EQ(first.urgent, 1u);
  EXPECT_EQ(first.controls, 0u);
  EXPECT_EQ(first.on_time, 1u);
  EXPECT_EQ(first.missed, 0u);
  EXPECT_EQ(first.times.quick(), 1u);
  EXPECT_EQ(second.on_time, 0u);
  EXPECT_EQ(second.missed, 1u);
  EXPECT_EQ(second.answered, 1u);
  EXPECT_EQ(second.late, 1u);
  EXPECT_EQ(second.times.quick(), 0u);
  EXPECT_EQ(second.open, 0u);
  EXPECT_EQ(third.missed, 1u);
  EXPECT_EQ(third.answered, 0u);
  EXPECT_EQ(third.open, 1u);
  EXPECT_EQ(third.overdue, 1u);
  const CourtFigures& court = figures.courts.at(1);
  EXPECT_EQ(court.orders, 1u);
  EXPECT_EQ(court.tasks, 3u);
  EXPECT_EQ(court.urgent_orders, 1u);
  EXPECT_EQ(court.on_time, 1u);
  EXPECT_EQ(court.missed, 2u);
  EXPECT_EQ(court.open, 1u);
  EXPECT_EQ(figures.courts.at(2).orders, 0u);
  EXPECT_EQ(figures.days[0].received, 3u);
  EXPECT_EQ(figures.days[0].on_time, 1u);
  EXPECT_EQ(figures.days[1].missed, 2u);
  EXPECT_EQ(figures.days[2].answered, 1u);
  ASSERT_EQ(figures.overdue.size(), 1u);
  EXPECT_EQ(figures.overdue[0].agency, 3u);
  EXPECT_EQ(figures.overdue[0].order, order);
  ASSERT_TRUE(third.oldest.has_value());
  EXPECT_EQ(third.oldest->accepted, absl::ToUnixMicros(On("2026-09-01 09:00")));
  EXPECT_FALSE(first.oldest.has_value());
}

TEST_F(ScorecardTest, WhatIsDueAtMidnightFallsDueInTheMonthThatEnds) {
  log_.At("2026-09-24 10:00");
  const uint64_t order = log_.Order({.agencies = {1, 2}, .due = On("2026-10-01 00:00") - On("2026-09-24 10:00")});
  log_.At("2026-10-01 00:00");
  log_.Answer(order, 1);  // in the last microsecond
  log_.At("2026-10-01 00:00:00.000001");
  log_.Answer(order, 2);
  const auto both = Fold(log_, "2026-10");
  EXPECT_EQ(both[0].agencies.at(1).on_time, 1u);
  EXPECT_EQ(both[0].agencies.at(2).missed, 1u);
  EXPECT_EQ(both[0].agencies.at(2).overdue, 1u);
  EXPECT_EQ(both[1].agencies.at(2).late, 1u);
  EXPECT_EQ(both[1].agencies.at(2).judged(), 0u);
}

TEST_F(ScorecardTest, APastPeriodIsTheSameHoweverLongTheLogGoesOn) {
  log_.At("2026-09-29 09:00");
  const uint64_t order = log_.Order({.agencies = {1, 2}});
  log_.At("2026-10-01 00:00:00.000001");
  log_.GoOn();
  const PeriodFigures early = Fold(log_)[1];
  log_.At("2026-10-02 09:00");
  log_.Answer(order, 1), log_.Withdraw(order, {2});
  log_.Order({.agencies = {3}});
  log_.At("2027-01-02 09:00");
  log_.GoOn();
  const PeriodFigures late = Fold(log_)[1];
  EXPECT_TRUE(early.complete);
  EXPECT_TRUE(late.complete);
  EXPECT_EQ(early.entries, late.entries);
  EXPECT_EQ(early.as_of, late.as_of);
  for (uint32_t agency = 1; agency <= 3; ++agency) {
    for (const auto& row : kAgencyRows)
      EXPECT_EQ(early.agencies.at(agency).*row.number, late.agencies.at(agency).*row.number) << row.name;
  }
  EXPECT_EQ(late.agencies.at(1).missed, 1u);
  EXPECT_EQ(late.agencies.at(1).open, 1u);
  EXPECT_EQ(late.agencies.at(3).received, 0u);
}

TEST_F(ScorecardTest, AnUnfinishedPeriodSaysSoAndIsOfTheNewestEntry) {
  log_.At("2026-09-10 09:00");
  log_.Order({.agencies = {1}});
  const PeriodFigures figures = Fold(log_)[1];
  EXPECT_FALSE(figures.complete);
  EXPECT_EQ(figures.as_of, absl::ToUnixMicros(On("2026-09-10 09:00")));
  EXPECT_EQ(figures.entries, log_.size());
  EXPECT_EQ(figures.agencies.at(1).open, 1u);
  EXPECT_TRUE(Fold(log_, "2026-12")[1].agencies.empty());
}

TEST_F(ScorecardTest, WhatStoodStillForARevokedKeyIsNotHeldAgainstTheAgency) {
  log_.At("2026-09-01 09:00");
  const uint64_t order = log_.Order({.agencies = {1, 2}});
  log_.At("2026-09-01 12:00");
  log_.Pause(order, {1});
  const uint64_t late = log_.Order({.agencies = {3}});
  log_.At("2026-09-04 09:00");
  log_.Pause(late, {3});  // had fallen due before
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.agencies.at(1).missed, 0u);
  EXPECT_EQ(figures.agencies.at(1).held, 1u);
  EXPECT_EQ(figures.agencies.at(1).open, 1u);
  EXPECT_EQ(figures.agencies.at(1).overdue, 0u);
  EXPECT_EQ(figures.agencies.at(2).missed, 1u);
  EXPECT_EQ(figures.agencies.at(2).held, 0u);
  EXPECT_EQ(figures.agencies.at(3).missed, 1u);
  EXPECT_EQ(figures.agencies.at(3).overdue, 1u);
  EXPECT_EQ(figures.courts.at(1).paused, 2u);
  EXPECT_EQ(figures.courts.at(1).held, 1u);
  EXPECT_EQ(figures.days[1].held, 1u);
}

// A search that was signed in August for the 10th: until then nobody can be late with it, and it is nobody's.
TEST_F(ScorecardTest, AnOrderThatWaitsCountsFromItsBegin) {
  log_.At("2026-08-20 09:00");
  const absl::Duration ahead = On("2026-09-10 01:00") - log_.now;
  const uint64_t order = log_.Order({.agencies = {1, 2, 3}, .due = ahead + absl::Hours(96), .begins = ahead}),
                 called_off = log_.Order({.agencies = {1}, .due = ahead + absl::Hours(96), .begins = ahead}),
                 in_vain = log_.Order({.agencies = {1}, .due = ahead + absl::Hours(96), .begins = ahead});
  log_.At("2026-09-01 09:00");
  log_.Withdraw(called_off, {1});
  log_.At("2026-09-10 01:00");
  log_.Begin(order, {3});
  log_.Begin(in_vain, {1}, BEGIN_OUTCOME_ENDED);
  log_.At("2026-09-10 01:04");
  log_.Answer(order, 1);
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.courts.at(1).orders, 1u);
  EXPECT_EQ(figures.courts.at(1).tasks, 2u);
  EXPECT_EQ(figures.agencies.at(1).received, 1u);
  EXPECT_EQ(figures.agencies.at(1).on_time, 1u);
  EXPECT_EQ(figures.agencies.at(1).times.quick(), 1u) << "from its begin";
  EXPECT_EQ(figures.agencies.at(1).open, 0u);
  EXPECT_EQ(figures.agencies.at(2).missed, 1u);
  EXPECT_EQ(figures.agencies.at(3).received, 0u);
  EXPECT_EQ(Fold(log_, "2026-08")[1].courts.at(1).orders, 0u);
}

TEST_F(ScorecardTest, ADeductionThatAnObjectionKeepsBackIsNotHeldAgainstTheAgency) {
  log_.At("2026-09-01 09:00");
  const uint64_t freeze = log_.Order({.action = ACTION_FREEZE});
  log_.Answer(freeze, 1);
  const uint64_t waiting = log_.Order({.action = ACTION_DEDUCT, .freeze = freeze});
  const uint64_t begun = log_.Order({.action = ACTION_DEDUCT, .freeze = freeze});
  log_.Deliver(begun, 1);
  const uint64_t objection = log_.Object(freeze, 1, freeze, absl::Hours(24 * 15));
  const uint64_t after = log_.Order({.action = ACTION_DEDUCT, .freeze = freeze});
  (void)waiting, (void)after;
  log_.At("2026-09-20 09:00");
  log_.AnswerObjection(objection, 1, OBJECTION_DECISION_UPHELD);
  log_.Order({.action = ACTION_DEDUCT, .freeze = freeze});
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.agencies.at(1).held, 2u);
  EXPECT_EQ(figures.agencies.at(1).missed, 2u);  // the one that had begun, the one after the answer
  EXPECT_EQ(figures.agencies.at(1).objections, 1u);
  EXPECT_EQ(figures.agencies.at(1).upheld, 1u);
  EXPECT_EQ(figures.courts.at(1).objections, 1u);
  EXPECT_EQ(figures.courts.at(1).objections_late, 1u);
  EXPECT_EQ(figures.courts.at(1).open_objections, 0u);
  EXPECT_EQ(figures.courts.at(1).deductions, 4u);
}

TEST_F(ScorecardTest, ReturnsCorrectionsConflictsAndWithdrawalsAreTheirOwnFigures) {
  log_.At("2026-09-02 09:00");
  const uint64_t returned = log_.Order({.agencies = {1}}), corrected = log_.Order({.agencies = {1}}),
                 conflict = log_.Order({.agencies = {1}}), gone = log_.Order({.agencies = {1, 2}});
  log_.At("2026-09-02 10:00");
  log_.Answer(returned, 1, RECEIPT_KIND_RETURNED);
  log_.Answer(corrected, 1);
  log_.Answer(corrected, 1, RECEIPT_KIND_CORRECTION);
  log_.Conflict(conflict, 1);
  log_.Withdraw(gone, {1, 2});
  log_.Answer(gone, 1);  // told of an order that is over: no task
  const AgencyFigures of = September().agencies.at(1);
  EXPECT_EQ(of.received, 4u);
  EXPECT_EQ(of.answered, 2u);
  EXPECT_EQ(of.returned, 1u);
  EXPECT_EQ(of.corrections, 1u);
  EXPECT_EQ(of.conflicts, 1u);
  EXPECT_EQ(of.withdrawn, 1u);
  EXPECT_EQ(of.open, 0u);
  EXPECT_EQ(of.judged(), 2u);
}

TEST_F(ScorecardTest, DebtsAreWhatIsOpenAtTheEnd) {
  log_.At("2026-09-01 09:00");
  log_.Order({.agencies = {2}, .action = ACTION_FREEZE});
  log_.At("2026-09-30 09:00");
  log_.Order({.agencies = {2}, .action = ACTION_FREEZE});
  log_.Order({.agencies = {2}, .action = ACTION_RELEASE, .freeze = 1});
  log_.Surplus(log_.cases[1], absl::Hours(10));
  log_.Surplus(log_.cases[0], absl::Hours(72));
  log_.Surplus(log_.cases[0], absl::Hours(72));  // grows: the same one
  const uint64_t differs = log_.Incident(1, INCIDENT_KIND_AMOUNT_DIFFERS, absl::Hours(1));
  log_.Incident(1, INCIDENT_KIND_STATEMENT_MISSING, absl::Hours(1));
  log_.Incident(3, INCIDENT_KIND_STATEMENT_MISSING, absl::Hours(72));
  log_.State(2);
  log_.At("2026-09-30 11:00");
  log_.ClearIncident(differs);
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.agencies.at(2).open_freezes, 2u);
  EXPECT_EQ(figures.agencies.at(2).overdue_freezes, 1u);
  EXPECT_EQ(figures.agencies.at(2).open_releases, 1u);
  EXPECT_EQ(figures.agencies.at(2).overdue_releases, 0u);
  EXPECT_EQ(figures.courts.at(2).open_surpluses, 1u);
  EXPECT_EQ(figures.courts.at(2).overdue_surpluses, 1u);
  EXPECT_EQ(figures.courts.at(1).surpluses, 1u);
  EXPECT_EQ(figures.courts.at(1).open_surpluses, 1u);
  EXPECT_EQ(figures.courts.at(1).overdue_surpluses, 0u);
  EXPECT_EQ(figures.agencies.at(1).differences, 1u);
  EXPECT_EQ(figures.agencies.at(1).incidents_late, 1u);
  EXPECT_EQ(figures.agencies.at(1).statements_missing, 1u);
  EXPECT_EQ(figures.agencies.at(1).overdue_incidents, 1u);
  EXPECT_EQ(figures.agencies.at(3).open_incidents, 1u);
  EXPECT_EQ(figures.agencies.at(3).overdue_incidents, 0u);
  EXPECT_EQ(figures.agencies.at(2).statements, 1u);
}

TEST_F(ScorecardTest, PresenceIsFromTheGreetingToTheEntryThatItIsGone) {
  log_.At("2026-08-20 00:00");
  log_.Present(1);
  log_.At("2026-09-11 00:00");
  log_.Absent(1);
  log_.At("2026-09-21 00:00");
  log_.Present(1), log_.Present(1);  // another instance
  log_.At("2026-09-29 00:00");
  log_.Agencies(4);  // a fourth, for two days; the others once more
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.agencies.at(1).there_seconds, 20 * 86'400);
  EXPECT_EQ(figures.agencies.at(1).watched_seconds, 30 * 86'400);
  EXPECT_EQ(figures.agencies.at(1).absences, 1u);
  EXPECT_EQ(figures.agencies.at(1).coverage().points(), 6'666u);
  EXPECT_EQ(figures.agencies.at(2).there_seconds, 0);
  EXPECT_EQ(figures.agencies.at(4).watched_seconds, 2 * 86'400);
}

TEST_F(ScorecardTest, AClockThatStandsStillOrABodyOfAnotherTypeStopsNothing) {
  log_.At("2026-09-02 09:00");
  const uint64_t order = log_.Order({.agencies = {1}});
  log_.leaves.back().body += "\xff";
  const uint64_t good = log_.Order({.agencies = {1}});
  log_.At("2026-09-02 08:00");  // can't be; counts as 09:00
  log_.Answer(good, 1), log_.Answer(order, 1), log_.Answer(0, 1);
  const PeriodFigures figures = September();
  EXPECT_EQ(figures.unreadable, 1u);
  EXPECT_EQ(figures.agencies.at(1).received, 1u);
  EXPECT_EQ(figures.agencies.at(1).answered, 1u);
  EXPECT_EQ(figures.agencies.at(1).times.Quantile(1000), 0);
}

// Another way to count: every task with its times in a list, looked through once for each figure.
struct PlainTask {
  uint32_t agency = 0, court = 0;
  int64_t accepted = 0, due = 0;
  std::optional<int64_t> answered;
};

TEST(ScorecardProvince, ASimplerModelCountsTheSame) {
  const LogMaker log = Province(11, 4, 1500, 5);
  std::map<std::pair<uint64_t, uint32_t>, PlainTask> tasks;
  for (const journal::Leaf& leaf : log.leaves) {
    const int64_t at = absl::ToUnixMicros(leaf.time);
    if (leaf.type == ENTRY_TYPE_ORDER_ACCEPTED) {
      OrderAccepted body;
      ASSERT_TRUE(body.ParseFromString(leaf.body));
      for (uint32_t agency = 1; agency <= 11; ++agency) {
        const size_t byte = (agency - 1) / 8;
        if (byte < body.targets().size() && (body.targets()[byte] >> (agency - 1) % 8 & 1) != 0)
          tasks[{leaf.index.value(), agency}] = {agency, leaf.actor_ordinal, at, body.due(), std::nullopt};
      }
    } else if (leaf.type == ENTRY_TYPE_TASK_ANSWERED) {
      tasks.at({leaf.order.value(), leaf.agency.value()}).answered = at;
    }
  }
  const auto both = Fold(log);
  for (const PeriodFigures& figures : both) {
    EXPECT_TRUE(figures.complete);
    const Period& period = figures.period;
    for (uint32_t agency = 1; agency <= 11; ++agency) {
      uint64_t received = 0, on_time = 0, missed = 0, late = 0, open = 0, overdue = 0;
      std::vector<int64_t> seconds;
      for (const auto& [key, task] : tasks) {
        if (task.agency != agency) continue;
        const bool punctual = task.answered && *task.answered <= task.due;
        received += period.Has(task.accepted);
        on_time += punctual && period.Has(*task.answered);
        missed += !punctual && period.Has(task.due);
        late += task.answered && !punctual && period.Has(*task.answered);
        const bool was_open = task.accepted <= period.end && (!task.answered || *task.answered > period.end);
        open += was_open, overdue += was_open && task.due <= period.end;
        if (task.answered && period.Has(*task.answered))
          seconds.push_back((*task.answered - task.accepted + 999'999) / 1'000'000);
      }
      const AgencyFigures& of = figures.agencies.at(agency);
      EXPECT_EQ(of.received, received);
      EXPECT_EQ(of.on_time, on_time);
      EXPECT_EQ(of.missed, missed);
      EXPECT_EQ(of.late, late);
      EXPECT_EQ(of.open, open);
      EXPECT_EQ(of.overdue, overdue);
      EXPECT_EQ(of.answered, seconds.size());
      EXPECT_GT(received, 0u);
      std::sort(seconds.begin(), seconds.end());
      EXPECT_EQ(of.times.quick(), static_cast<uint64_t>(std::count_if(seconds.begin(), seconds.end(),
                                                                      [](int64_t s) { return s <= 300; })));
      const int64_t median = seconds[(seconds.size() + 1) / 2 - 1];
      EXPECT_GE(of.times.Quantile(500).value(), median);
      EXPECT_LE(of.times.Quantile(500).value(), median + median / 128);
    }
    uint64_t courts = 0, days = 0;
    for (const auto& [ordinal, court] : figures.courts) courts += court.tasks;
    for (const DayFigures& day : figures.days) days += day.received;
    EXPECT_EQ(courts, TotalOf(figures).received);
    EXPECT_EQ(days, TotalOf(figures).received);
  }
}

}  // namespace
}  // namespace eagle::scorecard
