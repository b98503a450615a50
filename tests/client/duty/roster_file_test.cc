// The roster's file: what is right is read whole, what is wrong is told at once with its line.
#include "client/duty/roster_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/client/duty/play.h"
#include "tests/support/temp_folder.h"

namespace eagle::duty {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::string> Wrong(const std::string& text) {
  std::vector<std::string> out;
  const auto roster = ParseRoster(text, "duty.toml");
  if (roster.ok()) return out;
  EXPECT_EQ(ReasonOf(roster.status()), Reason::kConfigurationInvalid);
  for (const Violation& wrong : FailureOf(roster.status()).violations)
    out.push_back(absl::StrCat(wrong.field, " ", wrong.description));
  return out;
}

TEST(DutyRosterFileTest, AWholeRosterIsRead) {
  const auto roster = ParseRoster(kPlayRoster, "/etc/duty.toml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  EXPECT_THAT(roster->persons, SizeIs(5));
  EXPECT_EQ(roster->PersonOf("li")->ways[1].address, "li@court.example");
  EXPECT_EQ(roster->rungs[1].wait, absl::Minutes(60));
  EXPECT_EQ(roster->bounds.first_pause, absl::Seconds(60));
  EXPECT_EQ(BeginningOf(*roster, Kind::kOrder, 750), "");
  EXPECT_EQ(BeginningOf(*roster, Kind::kOrder, 1000), "contact");
  EXPECT_EQ(BeginningOf(*roster, Kind::kOrder, 2000), "head");
  EXPECT_EQ(BeginningOf(*roster, Kind::kIncident, 0), "contact");
}

TEST(DutyRosterFileTest, EverythingThatIsWrongIsToldAtOnceWithItsLine) {
  const std::vector<std::string> wrong = Wrong(R"(otherwise = "nowhere"
shout = true
[[channels]]
name = "sms"
command = ["send-sms"]
url = "https://x.example/"
[[channels]]
name = "mail"
maildir = "mail"
[[persons]]
id = "li"
name = "李敏"
ways = [{channel = "fax", address = "1"}]
[[persons]]
id = "li"
name = "李"
[[duties]]
name = "officer"
[[duties.shifts]]
persons = ["wang"]
weekdays = ["monday"]
from = "8:00"
first = 2026-10-07
last = 2026-10-01
[[absences]]
person = "sun"
first = "2026-02-20"
[[rungs]]
name = "contact"
calls = ["nobody"]
[[rungs]]
name = "head"
calls = ["officer"]
wait_minutes = 5
[[begins]]
kind = "WEATHER"
rung = "contact"
nobody = true
)");
  const auto has = [&](const std::string& part) { EXPECT_THAT(wrong, Contains(HasSubstr(part))); };
  has("otherwise duty.toml:1: no rung is called nowhere");
  has("shout duty.toml:2: unknown key");
  has("channels[0] duty.toml:3: a channel has exactly one of command, url and maildir");
  has("channels[0].command duty.toml:5: is a list: the program with its whole path");
  has("channels[0].authority duty.toml:3: must be there with url");
  has("channels[1].from duty.toml:7: must be there with maildir");
  has("channel duty.toml:13: no channel is called fax");
  has("persons[1].id duty.toml:15: another person has this id");
  has("persons[1].ways duty.toml:14: there must be one way");
  has("persons duty.toml:20: no person has the id wang");
  has("weekdays duty.toml:21: are mon, tue");
  has("from duty.toml:22: is a time of the day");
  has("last duty.toml:24: comes before first");
  has("absences[0].person duty.toml:26: no person has the id sun");
  has("absences[0].first duty.toml:27: must be a date");
  has("absences[0].last duty.toml:25: is required");
  has("rungs[0].calls duty.toml:30: no duty is called nobody");
  has("rungs[0].wait_minutes duty.toml:28: is required");
  has("rungs[1].wait_minutes duty.toml:34: the last rung has nobody after it");
  has("begins[0].kind duty.toml:36: is one of ORDER, ");
  has("begins[0].rung duty.toml:37: name a rung, or say nobody = true");
}

TEST(DutyRosterFileTest, WhatIsNoTomlIsToldWithItsLine) {
  EXPECT_THAT(Wrong("a = 1\nb = = 2\n"), ElementsAre(HasSubstr("duty.toml:2: ")));
}

TEST(DutyRosterFileTest, NamesThatWouldBreakTheLogAreRefused) {
  for (const char* id : {"li min", "li,min", "", "-", "li:min"}) {
    const std::string text = absl::StrReplaceAll(kPlayRoster, {{"id = \"zhou\"", absl::StrCat("id = \"", id, "\"")}});
    EXPECT_FALSE(ParseRoster(text, "duty.toml").ok()) << id;
  }
}

TEST(DutyRosterFileTest, MeasureEndsBeginByTheDaysThatAreLeft) {
  const auto roster = ParseRoster(absl::StrCat(kPlayRoster, R"(
[[begins]]
kind = "MEASURE_END"
nobody = true
[[begins]]
kind = "MEASURE_END"
days_left = 7
rung = "contact"
[[begins]]
kind = "MEASURE_END"
days_left = 3
rung = "head"
)"),
                                  "duty.toml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  const auto begin = [&](Level days) { return BeginningOf(*roster, Kind::kMeasureEnd, 1000 - days); };
  EXPECT_EQ(begin(15), "");
  EXPECT_EQ(begin(7), "contact");
  EXPECT_EQ(begin(3), "head");
  EXPECT_EQ(begin(0), "head");
}

TEST(DutyRosterFileTest, AFileIsReadAgainWhenItChanged) {
  const TempFolder folder;
  const std::string path = folder / "duty.toml";
  ASSERT_TRUE(client::WriteDurably(path, kPlayRoster).ok());
  RosterFile file(path);
  EXPECT_TRUE(file.ReadIfChanged()->has_value());
  EXPECT_FALSE(file.ReadIfChanged()->has_value());
  ASSERT_TRUE(client::WriteDurably(path, "wrong = true").ok());
  EXPECT_FALSE(file.ReadIfChanged().ok());
  EXPECT_FALSE(file.ReadIfChanged()->has_value()) << "said once";
}

}  // namespace
}  // namespace eagle::duty
