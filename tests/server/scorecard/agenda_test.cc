// The agenda of the joint meeting: who has something to explain, and what.
#include "server/scorecard/agenda.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/scorecard/fold.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AgendaTest : public testing::Test {
 protected:
  // Registered long before, and there all the time.
  AgendaTest() {
    log_.At("2026-07-01 09:00");
    log_.Agencies(4), log_.Courts(2);
    for (uint32_t agency = 1; agency <= 4; ++agency) log_.Present(agency);
  }
  Report September(size_t leaves = SIZE_MAX) {
    const Period period = ParseMonth("2026-09", Shanghai()).value();
    Scorecard card({Before(period, Shanghai()), period});
    for (size_t i = 0; i < std::min(leaves, log_.leaves.size()); ++i) card.Take(log_.leaves[i]);
    Supplement supplement;
    supplement.agencies[2] = {"9900010", "云帆<银行>"};
    supplement.courts[1] = {"辽9901", "北陵中院"};
    return MakeReport({"test.example/log", 7, "00"}, "Asia/Shanghai", Shanghai(), card.Finish(), supplement);
  }
  LogMaker log_;
};

TEST_F(AgendaTest, WhoHasNothingToExplainIsNotOnIt) {
  log_.At("2026-09-01 09:00");
  const uint64_t order = log_.Order({.agencies = {1}});
  log_.Answer(order, 1);
  log_.Absent(2);
  log_.At("2026-09-01 09:59");
  log_.Present(2);
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  const Report report = September();
  EXPECT_THAT(AgendaOrder(report), IsEmpty());
  EXPECT_THAT(AgendaPageOf(report), HasSubstr("本期无须说明的事项"));
}

TEST_F(AgendaTest, MostOverdueFirstThenTheOldestTask) {
  log_.At("2026-09-01 09:00");
  log_.Order({.agencies = {3}, .due = absl::Hours(24 * 60)});
  log_.At("2026-09-02 09:00");
  log_.Order({.agencies = {1, 2}});
  log_.At("2026-09-03 09:00");
  log_.Order({.agencies = {2}});
  log_.At("2026-09-04 09:00");
  log_.Incident(4, INCIDENT_KIND_STATEMENT_MISSING, absl::Hours(24), "2026-09-03");
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  EXPECT_THAT(AgendaOrder(September()), ElementsAre(2, 1, 3, 4));
}

TEST_F(AgendaTest, TheFiveOldestTasksAreNamedWithOrderAndCourtAndTheRestCounted) {
  for (int i = 1; i <= 7; ++i) {
    log_.At("2026-09-0" + std::to_string(i) + " 09:00");
    log_.Order({.court = i == 1 ? 2u : 1u,
                .agencies = {2},
                .action = ACTION_FREEZE,
                .order_id = std::string(16, static_cast<char>('a' + i))});
  }
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  const Report report = September();
  const AgencyFigures& of = report.now.agencies.at(2);
  ASSERT_EQ(of.oldest_open.size(), kTasksNamed);
  EXPECT_EQ(of.oldest_open.front().order_id, std::string(16, 'b'));
  EXPECT_EQ(of.oldest_open.front().court, 2u);
  EXPECT_EQ(of.oldest_open.back().order_id, std::string(16, 'f'));
  const std::string page = AgendaPageOf(report);
  EXPECT_THAT(page, HasSubstr(UuidText(std::string(16, 'b'))));
  EXPECT_THAT(page, HasSubstr("And 2 more"));
  EXPECT_THAT(page, HasSubstr("法院 court 2"));  // no name: said so
  EXPECT_THAT(page, HasSubstr("云帆&lt;银行&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("云帆<")));
  EXPECT_THAT(AgendaJsonOf(report), HasSubstr("\"age_seconds\": 2559600"));  // 1 Sep 09:00 to 30 Sep 24:00
  EXPECT_THAT(AgendaCsvOf(report), HasSubstr("2026-09,2,9900010,云帆<银行>,7,7,task,FREEZE,"));
}

TEST_F(AgendaTest, AnAbsenceIsNamedWholeEvenIfItBeganBeforeThePeriod) {
  log_.At("2026-08-30 00:00");
  log_.Absent(1);
  log_.At("2026-09-02 00:00");
  log_.Present(1);
  log_.At("2026-09-10 00:00");
  log_.Absent(1);
  log_.At("2026-09-10 02:00");
  log_.Present(1);
  log_.At("2026-09-30 12:00");
  log_.Absent(3);
  log_.At("2026-10-05 09:00");
  log_.Present(3);
  const Report report = September();
  const std::vector<Absence> first = AbsencesToExplain(report.now.agencies.at(1));
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].seconds(), 3 * 86400);
  EXPECT_EQ(first[1].seconds(), 7200);
  const std::vector<Absence> still = AbsencesToExplain(report.now.agencies.at(3));
  ASSERT_EQ(still.size(), 1u);
  EXPECT_TRUE(still[0].still);
  EXPECT_EQ(still[0].seconds(), 12 * 3600);
  EXPECT_THAT(AgendaPageOf(report), HasSubstr("仍离线 still gone"));
}

TEST_F(AgendaTest, AnAgencyThatNeverCameIsGoneSinceItWasRegistered) {
  log_.At("2026-09-20 00:00");
  log_.Agencies(5);  // the fifth is new
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  EXPECT_EQ(AbsencesToExplain(September().now.agencies.at(5))[0].seconds(), 11 * 86400);
}

TEST_F(AgendaTest, AHeldTaskIsNamedButNotHeldAgainstTheAgency) {
  log_.At("2026-09-01 09:00");
  const uint64_t order = log_.Order({.agencies = {1}, .action = ACTION_FREEZE});
  log_.Pause(order, {1});
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  const Report report = September();
  EXPECT_EQ(report.now.agencies.at(1).overdue, 0u);
  EXPECT_THAT(AgendaPageOf(report), HasSubstr("停办 held"));
}

TEST_F(AgendaTest, IncidentsThatStandAreNamedAndThoseClearedNot) {
  log_.At("2026-09-01 09:00");
  const uint64_t cleared = log_.Incident(1, INCIDENT_KIND_AMOUNT_DIFFERS, absl::Hours(24), "2026-08-31");
  log_.Incident(1, INCIDENT_KIND_MEASURE_UNKNOWN, absl::Hours(24), "2026-08-31");
  log_.At("2026-09-02 09:00");
  log_.ClearIncident(cleared);
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  const Report report = September();
  ASSERT_EQ(report.now.agencies.at(1).standing_incidents.size(), 1u);
  EXPECT_TRUE(report.now.agencies.at(1).standing_incidents[0].overdue);
  EXPECT_THAT(AgendaCsvOf(report), HasSubstr(",incident,MEASURE_UNKNOWN,"));
}

// Whoever holds a longer log makes the same files of a month that is over.
TEST_F(AgendaTest, APastMonthsAgendaNeverChanges) {
  log_.At("2026-09-01 09:00");
  const uint64_t order = log_.Order({.agencies = {1, 2}});
  log_.Absent(3);
  log_.Incident(2, INCIDENT_KIND_AMOUNT_DIFFERS, absl::Hours(1), "2026-08-31");
  log_.At("2026-10-01 09:00");
  log_.GoOn();
  const size_t early = log_.size();
  log_.Answer(order, 1), log_.Present(3);
  log_.At("2026-12-01 09:00");
  log_.GoOn();
  for (std::string (*const make)(const Report&) : {AgendaPageOf, AgendaJsonOf, AgendaCsvOf})
    EXPECT_EQ(make(September(early)), make(September()));
}

}  // namespace
}  // namespace eagle::scorecard
