// Who is on duty: weekdays, hours, dates, holidays, absences, and the entry for exactly one agency or court.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/duty/play.h"

namespace eagle::duty {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHead[] = R"(
otherwise = "only"
holidays = [2026-10-01, 2026-10-02]
working_days = [2026-10-10]
[[channels]]
name = "sms"
command = ["/bin/true"]
)";
constexpr char kTail[] = R"(
[[rungs]]
name = "only"
calls = ["officer"]
)";

std::string Persons() {
  std::string out;
  for (const char* id : {"day", "night", "weekend", "feast", "bank", "court", "other"})
    absl::StrAppend(&out, "[[persons]]\nid = \"", id, "\"\nname = \"", id,
                    "\"\nways = [{channel = \"sms\", address = \"1\"}]\n");
  return out;
}

class OnDutyTest : public testing::Test {
 protected:
  void Use(const std::string& duties) {
    auto roster = ParseRoster(absl::StrCat(kHead, Persons(), duties, kTail), "duty.toml");
    ASSERT_TRUE(roster.ok()) << roster.status();
    roster_ = *std::move(roster);
  }
  // Of October 2026; the 1st is a Thursday.
  std::vector<std::string> At(int day, int hour, int minute, const Concerned& concerned = {}) {
    std::vector<std::string> out;
    const absl::Time at = absl::FromCivil(absl::CivilMinute(2026, 10, day, hour, minute), roster_.zone);
    for (const OnDuty& one : WhoIsCalled(roster_, "officer", concerned, at))
      out.push_back(absl::StrCat(one.person, one.instead_of.empty() ? "" : "<", one.instead_of));
    return out;
  }
  Roster roster_;
};

constexpr char kWeek[] = R"(
[[duties]]
name = "officer"
[[duties.shifts]]
persons = ["day"]
days = "working"
from = "08:30"
to = "17:30"
[[duties.shifts]]
persons = ["night"]
weekdays = ["mon", "tue", "wed", "thu"]
from = "17:30"
to = "08:30"
[[duties.shifts]]
persons = ["weekend", "day"]
days = "free"
[[duties.shifts]]
persons = ["feast"]
first = 2026-10-02
last = 2026-10-02
)";

TEST_F(OnDutyTest, HoursAndDaysOfTheWeek) {
  Use(kWeek);
  EXPECT_THAT(At(6, 8, 29), ElementsAre("night"));  // of Monday's night
  EXPECT_THAT(At(6, 8, 30), ElementsAre("day"));
  EXPECT_THAT(At(6, 17, 29), ElementsAre("day"));
  EXPECT_THAT(At(6, 17, 30), ElementsAre("night"));
  EXPECT_THAT(At(6, 23, 59), ElementsAre("night"));
  EXPECT_THAT(At(7, 0, 0), ElementsAre("night"));
  EXPECT_THAT(At(9, 8, 0), ElementsAre("night"));  // Friday morning: Thursday's night
  EXPECT_THAT(At(9, 18, 0), IsEmpty());            // Friday has no night
}

TEST_F(OnDutyTest, HolidaysAreFreeAndMakeUpDaysAreWorked) {
  Use(kWeek);
  EXPECT_THAT(At(1, 10, 0), ElementsAre("weekend", "day"));  // a Thursday, but a holiday
  EXPECT_THAT(At(10, 10, 0), ElementsAre("day"));            // a Saturday, but worked
  EXPECT_THAT(At(11, 10, 0), ElementsAre("weekend", "day"));
}

TEST_F(OnDutyTest, ADateComesBeforeAWeekday) {
  Use(kWeek);
  EXPECT_THAT(At(2, 10, 0), ElementsAre("feast"));
}

TEST_F(OnDutyTest, WhoIsAbsentIsReplacedByHisSubstituteOrByTheNext) {
  Use(absl::StrCat(kWeek, R"(
[[absences]]
person = "weekend"
first = 2026-10-03
last = 2026-10-04
substitute = "other"
[[absences]]
person = "other"
first = 2026-10-04
last = 2026-10-04
substitute = "bank"
[[absences]]
person = "weekend"
first = 2026-10-11
last = 2026-10-11
)"));
  EXPECT_THAT(At(3, 10, 0), ElementsAre("other<weekend", "day"));
  EXPECT_THAT(At(4, 10, 0), ElementsAre("bank<weekend", "day"));
  EXPECT_THAT(At(11, 10, 0), ElementsAre("day"));
}

TEST_F(OnDutyTest, SubstitutesWhoPointAtEachOtherEnd) {
  Use(absl::StrCat(kWeek, R"(
[[absences]]
person = "weekend"
first = 2026-10-03
last = 2026-10-03
substitute = "other"
[[absences]]
person = "other"
first = 2026-10-03
last = 2026-10-03
substitute = "weekend"
)"));
  EXPECT_THAT(At(3, 10, 0), ElementsAre("day"));
}

TEST_F(OnDutyTest, TheContactOfTheAgencyComesBeforeTheGeneralOneWhoStandsIn) {
  Use(R"(
[[duties]]
name = "officer"
[[duties.shifts]]
persons = ["other"]
[[duties]]
name = "officer"
agency = "9900010"
[[duties.shifts]]
persons = ["bank"]
from = "09:00"
to = "17:00"
[[duties]]
name = "officer"
court = "辽9901"
[[duties.shifts]]
persons = ["court"]
)");
  EXPECT_THAT(At(6, 10, 0), ElementsAre("other"));
  EXPECT_THAT(At(6, 10, 0, {"9900010", ""}), ElementsAre("bank", "other"));
  EXPECT_THAT(At(6, 20, 0, {"9900010", ""}), ElementsAre("other"));
  EXPECT_THAT(At(6, 10, 0, {"9900010", "辽9901"}), ElementsAre("bank", "court", "other"));
  EXPECT_THAT(At(6, 10, 0, {"9900020", "辽9901"}), ElementsAre("court", "other"));
}

TEST_F(OnDutyTest, HoursWithoutAnybodyAreFoundToTheMinute) {
  Use(kWeek);
  const auto at = [&](int day, int hour, int minute) {
    return absl::FromCivil(absl::CivilMinute(2026, 10, day, hour, minute), roster_.zone);
  };
  // Friday's night; Saturday's, which is worked; and before Monday's work, as Sunday has no night.
  const std::vector<Gap> gaps = GapsOf(roster_, at(5, 9, 0), at(12, 9, 0));
  ASSERT_EQ(gaps.size(), 3u);
  EXPECT_EQ(gaps[0].from, at(9, 17, 30));
  EXPECT_EQ(gaps[0].to, at(10, 8, 30));
  EXPECT_EQ(gaps[1].from, at(10, 17, 30));
  EXPECT_EQ(gaps[1].to, at(11, 0, 0));
  EXPECT_EQ(gaps[2].from, at(12, 0, 0));
  EXPECT_EQ(gaps[2].to, at(12, 8, 30));
}

}  // namespace
}  // namespace eagle::duty
