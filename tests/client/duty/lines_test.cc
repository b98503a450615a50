// What people read: one line an alert, a digest for many, and nothing that moves a terminal's cursor.
#include "client/duty/lines.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "tests/client/duty/play.h"

namespace eagle::duty {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// The first message that is made now.
Message MessageIn(Play& play, Pen& pen) {
  Climb(play.roster, pen);
  const std::vector<Calling> calls = MakeCalls(play.roster, pen);
  EXPECT_THAT(calls, testing::Not(testing::IsEmpty()));
  return MessageOf(calls.front(), play.state, play.roster);
}

void RaiseOrder(Play& play, const std::string& text) {
  Alert alert = play.AlertOf("m", Kind::kOrder, 1000);
  alert.order_id = "01920d5c-8f00-7000-8000-000000000001", alert.agency = "9900010", alert.court = "辽9901";
  alert.due = play.now + absl::Hours(15), alert.text = text;
  play.Raise(alert);
}

TEST(DutyLinesTest, OneAlertIsOneLineWithAllThatIsNeededToAct) {
  Play play;
  RaiseOrder(play, "overdue: the agency has not answered the order");
  Pen pen(play.state, play.now);
  const Message message = MessageIn(play, pen);
  EXPECT_EQ(message.address, "1");
  EXPECT_EQ(message.name, "李敏");
  EXPECT_THAT(
      message.lines,
      ElementsAre("A1 ORDER overdue | order 01920d5c-8f00-7000-8000-000000000001 | agency 9900010 | court 辽9901 | "
                  "due Mon 28 Sep 24:00 | rung contact | overdue: the agency has not answered the order | eagle "
                  "duty ack A1 --by li"));
}

TEST(DutyLinesTest, ALineIsBoundedAndHasNoControlCharacters) {
  Play play;
  std::string text = "\x1b[2J\n";
  for (int i = 0; i < 400; ++i) text += "警";
  RaiseOrder(play, text);
  Pen pen(play.state, play.now);
  const Message message = MessageIn(play, pen);
  ASSERT_THAT(message.lines, SizeIs(1));
  EXPECT_LE(message.lines[0].size(), kLineBytesMax);
  EXPECT_TRUE(IsValidUtf8(message.lines[0]));
  EXPECT_EQ(message.lines[0].find_first_of("\x1b\n"), std::string::npos);
}

TEST(DutyLinesTest, AnEndAndARepeatSaySo) {
  Play play;
  RaiseOrder(play, "t");
  play.dies_in = 2;  // dies with the call in flight
  play.Tick();
  ASSERT_THAT(play.said, SizeIs(1));
  EXPECT_TRUE(play.said[0].perhaps);
  play.End("m");
  Pen pen(play.state, play.now);
  EXPECT_THAT(MessageIn(play, pen).lines,
              ElementsAre(AllOf(HasSubstr("A1 ORDER overdue has ended"), HasSubstr("9900010"))));
}

TEST(DutyLinesTest, ADigestHasALineAClassWithItsCountAndItsOldest) {
  Play play;
  for (int i = 0; i < 5000; ++i) {
    play.Raise(absl::StrCat("o", i), Kind::kOrder, 1000);
    if (i % 100 == 0) play.Raise(absl::StrCat("i", i), Kind::kIncident, 0);
    if (i == 9) play.now += absl::Minutes(1);
  }
  Pen pen(play.state, play.now);
  const Message message = MessageIn(play, pen);
  EXPECT_EQ(message.alerts, 5050u);
  EXPECT_THAT(message.facts, SizeIs(kFactsMax));
  EXPECT_THAT(
      message.lines,
      ElementsAre("5050 alerts together, C1 | eagle duty ack C1 --by li",
                  "50 x INCIDENT | rung contact | oldest A2 of Mon 28 Sep 2026 09:00:00 | agency 9900010",
                  "5000 x ORDER overdue | rung contact | oldest A1 of Mon 28 Sep 2026 09:00:00 | agency 9900010"));
}

TEST(DutyLinesTest, LevelsHaveWords) {
  EXPECT_EQ(LevelText(Kind::kOrder, 1000), "overdue");
  EXPECT_EQ(LevelText(Kind::kOrder, 1500), "1500 permille");
  EXPECT_EQ(LevelText(Kind::kIncident, 0), "");
  EXPECT_EQ(LevelText(Kind::kMeasureEnd, 993), "7 days left");
  EXPECT_EQ(LevelText(Kind::kMeasureEnd, 999), "1 day left");
  EXPECT_EQ(LevelText(Kind::kMeasureEnd, 1000), "over");
}

}  // namespace
}  // namespace eagle::duty
