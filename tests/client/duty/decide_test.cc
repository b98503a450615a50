// Who is called when, rung by rung: each promise of decide.h.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/duty/play.h"

namespace eagle::duty {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(DutyTest, EachRungIsCalledOnceAndNeverEarly) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.Pass(absl::Minutes(29));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
  play.Pass(absl::Minutes(1));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "sun head", "zhao head"));
  play.Pass(absl::Minutes(59));
  EXPECT_THAT(play.Heard(1), SizeIs(3));
  play.Pass(absl::Minutes(1));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "sun head", "zhao head", "zhou president"));
  play.Pass(absl::Hours(100));
  EXPECT_THAT(play.Heard(1), SizeIs(4));
}

TEST(DutyTest, AMarkThatCallsNobodyIsWrittenDownOnly) {
  Play play;
  play.Raise("m", Kind::kOrder, 750);
  play.Pass(absl::Hours(10));
  EXPECT_THAT(play.said, IsEmpty());
  EXPECT_THAT(play.state.alerts, IsEmpty());
  EXPECT_THAT(play.file, testing::Contains(testing::HasSubstr("NOTED\tm\tORDER\t750")));
}

TEST(DutyTest, WhoAcknowledgesStopsTheClimbUntilAHigherMark) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.Tick();
  play.Acknowledge(1, "li");
  play.Pass(absl::Hours(10));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
  play.Raise("m", Kind::kOrder, 1500);
  play.Pass(absl::Minutes(59));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "sun head", "zhao head"));
  EXPECT_FALSE(play.state.alerts.at(1).ack);
}

TEST(DutyTest, AHigherMarkNeverCallsLowerDown) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.Pass(absl::Minutes(100));
  ASSERT_THAT(play.Heard(1), SizeIs(4));  // the president knows
  play.Raise("m", Kind::kOrder, 1500);
  play.Pass(absl::Hours(10));
  EXPECT_THAT(play.Heard(1), SizeIs(4));
}

TEST(DutyTest, ARepeatOfTheStreamChangesNothing) {
  Play play;
  const Alert alert = play.AlertOf("m", Kind::kIncident, 0);
  for (int i = 0; i < 3; ++i) {
    Pen pen(play.state, play.now);
    TakeNews({{{false, alert}}, "t"}, play.roster, pen);
    play.Tick();
  }
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
  EXPECT_EQ(play.state.alerts.at(1).times, 1u);
}

TEST(DutyTest, AnotherIncidentOfTheMatterVoidsTheAcknowledgement) {
  Play play;
  play.Raise("m", Kind::kIncident, 0);
  play.Tick();
  play.Acknowledge(1, "li");
  play.Raise("m", Kind::kIncident, 0);
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "li contact"));
}

TEST(DutyTest, WhoWasToldIsToldOnceThatItEnded) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.Pass(absl::Minutes(31));
  play.End("m");
  play.Pass(absl::Hours(3));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "sun head", "zhao head", "li ended", "sun ended", "zhao ended"));
  EXPECT_THAT(play.state.alerts, IsEmpty());
}

TEST(DutyTest, WhatEndedBeforeAnybodyWasToldIsToldToNobody) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.End("m");
  play.Pass(absl::Hours(3));
  EXPECT_THAT(play.said, IsEmpty());
}

TEST(DutyTest, WhoSettlesAnAlertNeedNotBeTold) {
  Play play;
  play.Raise("m", Kind::kClockAlarm, 0);
  play.Pass(absl::Minutes(31));
  play.Acknowledge(1, "zhao", /*done=*/true);
  play.Pass(absl::Minutes(5));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "sun head", "zhao head", "li ended", "sun ended"));
  EXPECT_THAT(play.state.alerts, IsEmpty());
}

TEST(DutyTest, AChannelThatFailsIsTriedAgainThenTheNextPersonStandsIn) {
  Play play;
  play.down = {"sms", "mail"};
  play.Raise("m", Kind::kIncident, 0);
  play.Tick();
  EXPECT_EQ(play.calls(), 2u);  // both ways of li, at once
  play.Pass(absl::Minutes(1));
  EXPECT_EQ(play.calls(), 4u);  // the second round after a minute
  play.Pass(absl::Minutes(1));
  EXPECT_EQ(play.calls(), 4u);  // the third two minutes later
  play.down = {"mail"};
  // Li's third round: sms works again.
  play.Pass(absl::Minutes(1));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
}

TEST(DutyTest, WhenNobodyOfARungIsReachedTheNextIsCalledAtOnce) {
  Play play;
  play.down = {"sms", "mail"};
  play.Raise("m", Kind::kIncident, 0);
  play.Pass(absl::Minutes(5));
  play.down = {"mail"};  // li was given up; wang by sms
  play.Pass(absl::Minutes(2));
  EXPECT_THAT(play.Heard(1), ElementsAre("wang contact"));
  Play worse;
  worse.down = {"sms", "mail"};
  worse.Raise("m", Kind::kIncident, 0);
  worse.Pass(absl::Minutes(8));  // li and wang are given up
  worse.down = {"sms"};
  worse.Pass(absl::Minutes(10));
  EXPECT_THAT(worse.Heard(1), ElementsAre("sun head"));
}

TEST(DutyTest, TheLastRungIsCalledAgainUntilSomebodyIsReached) {
  Play play;
  play.down = {"sms", "mail"};
  play.Raise("m", Kind::kIncident, 0);
  play.Pass(absl::Hours(5));
  EXPECT_THAT(play.said, IsEmpty());
  play.down.clear();
  play.Pass(absl::Minutes(12));
  EXPECT_THAT(play.Heard(1), ElementsAre("zhou president"));
}

TEST(DutyTest, AMissingPersonCostsNoTime) {
  Play play;
  play.Use(absl::StrCat(kPlayRoster, R"(
[[absences]]
person = "li"
first = 2026-09-28
last = 2026-09-28
[[absences]]
person = "wang"
first = 2026-09-28
last = 2026-09-28
)"));
  play.Raise("m", Kind::kIncident, 0);
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("sun head", "zhao head"));
}

TEST(DutyTest, WhoIsOnDutyIsAskedWhenTheCallIsMade) {
  Play play;
  play.Use(absl::StrCat(kPlayRoster, R"(
[[absences]]
person = "li"
first = 2026-09-29
last = 2026-09-30
)"));
  play.down = {"sms", "mail"};
  play.now = absl::FromCivil(absl::CivilMinute(2026, 9, 28, 23, 58), play.roster.zone);
  play.Raise("m", Kind::kIncident, 0);
  play.Pass(absl::Minutes(1));
  play.down.clear();
  play.Pass(absl::Minutes(3));  // li's next try would be after midnight
  EXPECT_THAT(play.Heard(1), ElementsAre("wang contact"));
}

TEST(DutyTest, WhoWasToldBeforeMidnightIsNotReplacedByTheNextDuty) {
  Play play;
  play.Use(absl::StrCat(kPlayRoster, R"(
[[absences]]
person = "li"
first = 2026-09-29
last = 2026-09-30
)"));
  play.now = absl::FromCivil(absl::CivilMinute(2026, 9, 28, 23, 58), play.roster.zone);
  play.Raise("m", Kind::kIncident, 0);
  play.Pass(absl::Minutes(29));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
}

TEST(DutyTest, AClockThatGoesBackCallsNobodyTwiceAndNobodyEarly) {
  Play play;
  play.Raise("m", Kind::kOrder, 1000);
  play.Pass(absl::Minutes(20));
  const absl::Time was = play.now;
  play.now -= absl::Hours(3);
  play.Pass(absl::Hours(3));
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact"));
  EXPECT_EQ(play.now, was);
  play.Pass(absl::Minutes(10));
  EXPECT_THAT(play.Heard(1), SizeIs(3));
}

TEST(DutyTest, AStormBecomesADigestForEachPerson) {
  Play play;
  for (int i = 0; i < 5000; ++i) play.Raise(absl::StrCat("m", i), Kind::kOrder, 1000, absl::StrCat("99000", i % 10));
  play.Tick();
  ASSERT_EQ(play.calls(), 1u);
  EXPECT_EQ(play.said.size(), 5000u);
  EXPECT_EQ(play.said.front().person, "li");
  play.Pass(absl::Minutes(30));
  EXPECT_EQ(play.calls(), 3u);  // sun and zhao, one digest each
  play.Pass(absl::Minutes(60));
  EXPECT_EQ(play.calls(), 4u);
  for (int i = 0; i < 5000; ++i) play.End(absl::StrCat("m", i));
  play.Pass(absl::Minutes(1));
  EXPECT_EQ(play.calls(), 8u);
  EXPECT_THAT(play.state.alerts, IsEmpty());
  EXPECT_THAT(play.state.said, IsEmpty());
}

TEST(DutyTest, NobodyIsCalledMoreOftenThanTheBounds) {
  Play play;
  for (int minute = 0; minute < 20; ++minute) {
    for (int i = 0; i < 10; ++i) {
      play.Raise(absl::StrCat("m", minute, "-", i), Kind::kIncident, 0);
      play.Tick();
    }
    play.now += absl::Minutes(1);
  }
  play.Pass(absl::Minutes(1));
  std::map<absl::Time, std::set<CallNo>> in_minute;
  std::set<AlertNo> heard;
  for (const Said& one : play.said) {
    if (one.person != "li") continue;
    in_minute[one.at].insert(one.call);
    heard.insert(one.alert);
  }
  for (const auto& [at, calls] : in_minute) EXPECT_LE(calls.size(), 6u);
  EXPECT_EQ(heard.size(), 200u);  // what had to wait came as a digest
}

TEST(DutyTest, ACallThatWasCutIsMadeAgainAndSaysSo) {
  Play play;
  play.Raise("m", Kind::kIncident, 0);
  play.dies_in = 3;  // REACHED, CALLING, told -- and dies before CALLED
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("li contact", "(perhaps) li contact"));
}

TEST(DutyTest, WhoWasPerhapsToldIsToldTheEnd) {
  Play play;
  play.Raise("m", Kind::kIncident, 0);
  Pen pen(play.state, play.now);
  Climb(play.roster, pen);
  ASSERT_THAT(MakeCalls(play.roster, pen), SizeIs(1));
  CutCalls(pen);
  TakeSettled({"m"}, pen);
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("li ended"));
}

TEST(DutyTest, ARosterWithoutThePersonForgetsWhomToTell) {
  Play play;
  play.Raise("m", Kind::kOrder, 1500);
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("sun head", "zhao head"));
  std::erase_if(play.roster.persons, [](const Person& person) { return person.id == "sun"; });
  play.End("m");
  play.Tick();
  EXPECT_THAT(play.Heard(1), ElementsAre("sun head", "zhao head", "zhao ended"));
  EXPECT_THAT(play.state.alerts, IsEmpty());
}

TEST(DutyTest, ATokenWithoutNewsIsKeptEveryTenMinutesOnly) {
  Play play;
  const auto heartbeat = [&](const std::string& token) {
    Pen pen(play.state, play.now);
    TakeNews({{}, token}, play.roster, pen);
    return pen.records().size();
  };
  EXPECT_EQ(heartbeat("a"), 1u);
  EXPECT_EQ(heartbeat("b"), 0u);
  play.now += absl::Minutes(10);
  EXPECT_EQ(heartbeat("c"), 1u);
  EXPECT_EQ(play.state.resume_token, "c");
}

}  // namespace
}  // namespace eagle::duty
