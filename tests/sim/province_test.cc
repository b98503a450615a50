// Eighty days of a small province: the scorecards say what the simulation itself counted, a replay of its journal makes
// the same pages to the byte, and a clock that is set wrong twice leaves no trace in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/replay.h"
#include "server/journal/packed.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"
#include "tests/sim/province_life.h"
#include "tests/sim/province_reports.h"

namespace eagle::province {
namespace {

using namespace goldeneagle::v1;  // NOLINT: enumerators

using testing::HasSubstr;
using testing::SizeIs;

// February to April, with Spring Festival and Tomb-Sweeping Day in it; long enough for renewals and deductions.
struct Small {
  explicit Small(
      const Life::Options& how = {.cases_a_day = 12, .asked = 5, .first = absl::CivilDay(2026, 2, 1), .days = 80})
      : options(how),
        gateway(plan, absl::FromCivil(options.first, plan.policy->zone()) + absl::Minutes(1),
                {.keep = true, .real_key = true}) {
    reports.Take(gateway.first_leaf());
    gateway.AddListener(&reports);
    gateway.Furnish();
    life.Play(nullptr);
    reports.Finish();
  }

  const Life::Options options;
  Plan plan = MakePlan({.agencies = 14, .courts = 5, .seed = 4});
  Gateway gateway;
  Reports reports{plan, options.first, options.days};
  Life life{plan, gateway, options};
};

std::string Printed(const Reports& reports) {
  std::string out;
  for (const scorecard::Report& report : reports.all())
    out += scorecard::PageOf(report) + scorecard::CsvOf(report) + scorecard::JsonOf(report);
  return out;
}

TEST(ProvinceTest, TheScorecardsSayWhatTheSimulationCountedByItself) {
  Small small;
  EXPECT_EQ(small.gateway.refused(), 0u) << small.gateway.first_refusal();
  EXPECT_EQ(small.life.alarms(), 2u);
  ASSERT_THAT(small.reports.all(), SizeIs(4));  // three months, the year
  for (const Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT})
    EXPECT_GT(small.life.orders_by_action().count(action), 0u) << action;
  const scorecard::PeriodFigures& year = small.reports.all().back().now;
  EXPECT_EQ(year.unreadable, 0u);
  ASSERT_THAT(year.agencies, SizeIs(small.plan.agencies.size()));
  Tally all;
  for (const auto& [ordinal, of] : year.agencies) {
    const Tally said{of.received, of.answered, of.returned, of.on_time, of.missed, of.open};
    const Tally& counted = small.life.tallies().at(ordinal);
    EXPECT_EQ(said, counted) << small.plan.agencies[ordinal - 1].name << ": on time " << said.on_time << " and "
                             << counted.on_time << ", missed " << said.missed << " and " << counted.missed;
    all.received += counted.received, all.answered += counted.answered, all.missed += counted.missed;
  }
  EXPECT_GT(all.answered, 5'000u);
  EXPECT_GT(all.missed, 0u);  // a scene in which nobody is late shows nothing
  uint64_t orders = 0, cases = 0;
  for (const auto& [ordinal, of] : year.courts) orders += of.orders, cases += of.cases_opened;
  EXPECT_EQ(orders, small.life.orders());
  EXPECT_EQ(cases, small.life.cases());
  EXPECT_NEAR(static_cast<double>(cases), 960, 1);
  // The months make the year.
  uint64_t received = 0;
  for (size_t i = 0; i < 3; ++i) received += scorecard::TotalOf(small.reports.all()[i].now).received;
  EXPECT_EQ(received, all.received);
}

TEST(ProvinceTest, AReplayOfTheJournalMakesTheSameScorecardsToTheByte) {
  Small small;
  const auto reader = *small.gateway.kept()->NewReader();
  Reports again(small.plan, small.options.first, small.options.days);
  for (uint64_t index = 0; index < reader->Head().next_index;) {
    const auto commit = **reader->CommitAt(index);
    const std::vector<journal::PackedEntry> entries = *journal::Unpack(commit.entries, commit.count);
    for (const journal::PackedEntry& entry : entries) again.Take(entry.leaf);
    index = commit.first_index + commit.count;
  }
  again.Finish();
  const std::string first = Printed(small.reports);
  EXPECT_GT(first.size(), 100'000u);
  EXPECT_TRUE(Printed(again) == first) << "the pages differ";
  // And the journal is one: state, tree and checkpoints follow from it.
  const auto verifier = *journal::ParseVerifierKey(small.gateway.VerifierKey());
  const auto report = core::Replay(*reader, small.gateway.keys(), *verifier, nullptr);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->entries, again.leaves());
  EXPECT_EQ(report->root_hex, small.reports.all().back().log.root);
}

TEST(ProvinceTest, AClockThatIsSetWrongLeavesNoTraceInTheScorecards) {
  Life::Options options{.cases_a_day = 12, .asked = 5, .first = absl::CivilDay(2026, 2, 1), .days = 80};
  Small wrong(options);
  options.jumps = false;
  Small right(options);
  EXPECT_EQ(wrong.life.alarms(), 2u);
  EXPECT_EQ(right.life.alarms(), 0u);
  for (size_t i = 0; i < right.reports.all().size(); ++i) {
    EXPECT_EQ(scorecard::TotalOf(wrong.reports.all()[i].now).missed,
              scorecard::TotalOf(right.reports.all()[i].now).missed);
    // The root, and so the page, differs: the alarms are in the log. What is counted doesn't.
    scorecard::Report as_if = wrong.reports.all()[i];
    as_if.log = right.reports.all()[i].log;
    EXPECT_TRUE(scorecard::CsvOf(as_if) == scorecard::CsvOf(right.reports.all()[i]));
  }
}

TEST(ProvinceTest, TheSameSeedIsTheSameProvince) {
  Small one, two;
  EXPECT_EQ(one.reports.all().back().log.root, two.reports.all().back().log.root);
  EXPECT_THAT(scorecard::PageOf(one.reports.all().back()), HasSubstr("查控考核年报"));
}

}  // namespace
}  // namespace eagle::province
