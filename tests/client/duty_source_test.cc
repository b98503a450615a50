// Alerts of the gateway as the duty takes them: which matter each is about, and what ends without an entry.
#include "client/cli/duty_source.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"

namespace eagle::client {
namespace {

using duty::Kind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

v1::Alert AlertOf(v1::AlertKind kind, char order = 0, uint32_t mark = 0) {
  v1::Alert alert;
  alert.set_kind(kind), alert.set_journal_index(9), alert.set_mark_permille(mark);
  alert.set_agency("9900010"), alert.set_court("辽9901"), alert.set_text("text");
  if (order != 0) alert.set_order_id(std::string(16, order));
  *alert.mutable_time() = trust::TimestampOf(Monday());
  return alert;
}

std::string Id(char letter) { return UuidText(std::string(16, letter)); }

class DutySourceTest : public testing::Test {
 protected:
  DutySourceTest() { gateway_.Grow(100); }
  v1::DueView& Due(v1::DueKind kind, v1::DueState state, char order, const std::string& agency = "9900010") {
    v1::DueView& view = gateway_.clocks.emplace_back();
    view.set_kind(kind), view.set_state(state), view.set_court("辽9901"), view.add_agencies(agency);
    if (order != 0) view.set_order_id(std::string(16, order));
    return view;
  }
  duty::Standing Open(Kind kind, const std::string& matter, duty::Level level = 1000, uint64_t index = 9) {
    return {.matter = matter, .kind = kind, .level = level, .journal_index = index};
  }

  FakeGateway gateway_{Monday()};
  StandingClock real_{absl::FromUnixSeconds(1790000000)};
  DutySource source_{gateway_, real_, Monday()};
};

TEST_F(DutySourceTest, EachKindIsAMatterOfItsOwn) {
  const auto matter = [](v1::AlertKind kind, char order) { return PieceOf(AlertOf(kind, order)).alert.matter; };
  EXPECT_EQ(matter(v1::ALERT_KIND_DEADLINE_MARKED, 'a'), "ORDER/" + Id('a'));
  EXPECT_EQ(matter(v1::ALERT_KIND_DEADLINE_MARKED, 0), "SURPLUS/辽9901");
  EXPECT_EQ(matter(v1::ALERT_KIND_SURPLUS_ARISEN, 0), "SURPLUS/辽9901");
  EXPECT_EQ(matter(v1::ALERT_KIND_OBJECTION_RAISED, 'a'), matter(v1::ALERT_KIND_OBJECTION_MARKED, 'a'));
  EXPECT_EQ(matter(v1::ALERT_KIND_INCIDENT_ARISEN, 'a'), matter(v1::ALERT_KIND_INCIDENT_MARKED, 'a'));
  EXPECT_EQ(matter(v1::ALERT_KIND_INCIDENT_ARISEN, 0), "INCIDENT/9900010");
  EXPECT_EQ(matter(v1::ALERT_KIND_ADAPTER_ABSENT, 0), matter(v1::ALERT_KIND_ADAPTER_PRESENT, 0));
  EXPECT_EQ(matter(v1::ALERT_KIND_CLOCK_ALARM, 0), "CLOCK_ALARM");
  EXPECT_EQ(matter(static_cast<v1::AlertKind>(99), 0), "OTHER/9");
}

TEST_F(DutySourceTest, LevelsRiseWithMarksAndWithTheDaysThatAreGone) {
  EXPECT_EQ(PieceOf(AlertOf(v1::ALERT_KIND_DEADLINE_MARKED, 'a', 1500)).alert.level, 1500u);
  v1::Alert measure = AlertOf(v1::ALERT_KIND_MEASURE_MARKED, 'a');
  measure.set_days_left(60);
  EXPECT_EQ(PieceOf(measure).alert.level, 940u);
  measure.set_days_left(0);
  EXPECT_EQ(PieceOf(measure).alert.level, 1000u);
}

TEST_F(DutySourceTest, AlertsComeInOrderFromTheTokenOn) {
  for (const uint64_t index : {3, 5, 8}) {
    v1::Alert alert = AlertOf(v1::ALERT_KIND_DEADLINE_MARKED, 'a', 1000);
    alert.set_journal_index(index);
    gateway_.alerts.push_back(alert);
  }
  const auto first = source_.Next("", absl::Seconds(1));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->pieces, SizeIs(2));
  EXPECT_EQ(first->resume_token, "5");
  EXPECT_FALSE(first->caught_up);
  EXPECT_EQ(gateway_.alert_requests.back().since().seconds(), trust::TimestampOf(Monday()).seconds());
  const auto second = source_.Next(first->resume_token, absl::Seconds(1));
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->caught_up);
  EXPECT_THAT(gateway_.alert_requests, SizeIs(1)) << "one stream";
  EXPECT_FALSE(source_.Next(second->resume_token, absl::Seconds(1)).ok()) << "it ended";
  const auto third = source_.Next("8", absl::Seconds(1));
  ASSERT_TRUE(third.ok());
  EXPECT_THAT(third->pieces, IsEmpty());
  EXPECT_EQ(gateway_.alert_requests.back().resume_token(), "8");
  EXPECT_FALSE(gateway_.alert_requests.back().has_since());
}

TEST_F(DutySourceTest, WhatHasNoClockAnyMoreIsSettled) {
  Due(v1::DUE_KIND_ORDER, v1::DUE_STATE_OVERDUE, 'a');
  Due(v1::DUE_KIND_OBJECTION, v1::DUE_STATE_RUNNING, 'c');
  Due(v1::DUE_KIND_INCIDENT, v1::DUE_STATE_RUNNING, 0);
  Due(v1::DUE_KIND_MEASURE_END, v1::DUE_STATE_RUNNING, 'e');  // renewed: its clock runs anew
  const auto settled = source_.Settled(
      {Open(Kind::kOrder, "ORDER/" + Id('a')), Open(Kind::kOrder, "ORDER/" + Id('b')),
       Open(Kind::kObjection, "OBJECTION/" + Id('c'), 0), Open(Kind::kIncident, "INCIDENT/9900010", 0),
       Open(Kind::kMeasureEnd, "MEASURE_END/" + Id('e')), Open(Kind::kSurplus, "SURPLUS/辽9901"),
       Open(Kind::kAdapterAbsent, "ADAPTER_ABSENT/9900010", 0), Open(Kind::kClockAlarm, "CLOCK_ALARM", 0)},
      false);
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_THAT(*settled, UnorderedElementsAre("ORDER/" + Id('b'), "MEASURE_END/" + Id('e'), "SURPLUS/辽9901"));
}

TEST_F(DutySourceTest, WhatIsNewerThanTheListIsLeftAlone) {
  EXPECT_THAT(*source_.Settled({Open(Kind::kOrder, "ORDER/" + Id('b'), 1000, 5000)}, true), IsEmpty());
}

TEST_F(DutySourceTest, WhatMovedWhilePagesWereReadMustBeMissingTwice) {
  gateway_.due_per_page = 1;
  for (int i = 0; i < 3; ++i) Due(v1::DUE_KIND_ORDER, v1::DUE_STATE_OVERDUE, static_cast<char>('p' + i));
  gateway_.on_list_due = [&] { gateway_.Grow(); };
  const std::vector<duty::Standing> open = {Open(Kind::kOrder, "ORDER/" + Id('b'))};
  EXPECT_THAT(*source_.Settled(open, true), IsEmpty());
  EXPECT_THAT(*source_.Settled(open, true), ElementsAre("ORDER/" + Id('b')));
}

TEST_F(DutySourceTest, ItLooksOnceAMinuteAndAtOnceWhenSomethingWasCleared) {
  const std::vector<duty::Standing> open = {Open(Kind::kIncident, "INCIDENT/9900010", 0)};
  Due(v1::DUE_KIND_INCIDENT, v1::DUE_STATE_RUNNING, 0);
  EXPECT_THAT(*source_.Settled(open, false), IsEmpty());
  gateway_.clocks.clear();
  EXPECT_THAT(*source_.Settled(open, false), IsEmpty());
  gateway_.alerts.push_back(AlertOf(v1::ALERT_KIND_INCIDENT_CLEARED));
  const auto news = source_.Next("", absl::Seconds(1));
  EXPECT_THAT(news->pieces, IsEmpty()) << "another of the agency may stand";
  EXPECT_THAT(*source_.Settled(open, false), ElementsAre("INCIDENT/9900010"));
  real_.since += absl::Minutes(1);
  EXPECT_THAT(*source_.Settled(open, false), ElementsAre("INCIDENT/9900010"));
}

}  // namespace
}  // namespace eagle::client
