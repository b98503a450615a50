// Deadlines and the calendars that they are counted by.
#include "server/domain/deadline.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/domain/calendar.h"
#include "server/domain/policy.h"
#include "tests/support/domain_world.h"
#include "tests/support/paths.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  return zone;
}

DeadlineRow Row(uint32_t hours, uint32_t days, std::vector<uint32_t> marks = {500, 750, 1000, 1500, 2000}) {
  DeadlineRow row;
  row.set_name("R"), row.set_hours(hours), row.set_civil_days(days);
  for (uint32_t mark : marks) row.add_marks_permille(mark);
  return row;
}

std::string Text(absl::Time time, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone);
}

PolicyTable Shipped() {
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  PolicyTable table;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text.str(), &table));
  return table;
}

void Name(CalendarDays* out, const char* first, const char* last = "") {
  out->set_first(first), out->set_last(last), out->set_en("Founder's Day"), out->set_zh("建国者日");
}

CalendarRow Calendar(const char* name, const char* region, uint32_t year) {
  CalendarRow row;
  row.set_name(name), row.set_region(region), row.set_year(year);
  row.mutable_source()->set_en("Freedonian gazette"), row.mutable_source()->set_zh("自由国公报");
  return row;
}

// n working days.
DeadlineRow Working(uint32_t days, uint32_t cutoff_minute = 0) {
  DeadlineRow row = Row(0, 0);
  row.set_working_days(days), row.set_cutoff_minute(cutoff_minute);
  return row;
}

DeadlineRow Rolling(uint32_t days) {
  DeadlineRow row = Row(0, days);
  row.set_roll(true);
  return row;
}

class China2026 : public testing::Test {
 protected:
  absl::Time At(int month, int day, int hour) const {
    return absl::FromCivil(absl::CivilHour(2026, month, day, hour), zone_);
  }
  Territory In(const char* region = "") const { return {zone_, &calendars_, region}; }
  std::string Due(const DeadlineRow& row, absl::Time start) const {
    return Text(ComputeDeadline(row, start, In()).due, zone_);
  }
  const absl::TimeZone zone_ = Zone("Asia/Shanghai");
  const Calendars calendars_{Shipped()};
};

TEST(DeadlineTest, UrgentEndsAfterHoursOfTheClockWithMarksOnTheWay) {
  const absl::TimeZone zone = Zone("Asia/Shanghai");
  const Deadline deadline =
      ComputeDeadline(Row(24, 0), absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 0, 0), zone), {zone});
  EXPECT_EQ(Text(deadline.due, zone), "2026-09-29 09:00:00");
  std::vector<std::string> marks;
  for (absl::Time mark : deadline.marks) marks.push_back(Text(mark, zone));
  EXPECT_THAT(marks, testing::ElementsAre("2026-09-28 21:00:00", "2026-09-29 03:00:00", "2026-09-29 09:00:00",
                                          "2026-09-29 21:00:00", "2026-09-30 09:00:00"));
}

TEST(DeadlineTest, AnUrgentOrderLateOnAHolidayIsDueTheSameHourOfTheNextDay) {
  const absl::TimeZone zone = Zone("Asia/Shanghai");
  const absl::CivilSecond national_day(2026, 10, 1, 23, 50, 0);
  EXPECT_EQ(Text(ComputeDeadline(Row(24, 0), absl::FromCivil(national_day, zone), {zone}).due, zone),
            "2026-10-02 23:50:00");
}

TEST(DeadlineTest, NormalEndsAtMidnightAfterTheLastCivilDayWhateverTheHourOfAcceptance) {
  const absl::TimeZone zone = Zone("Asia/Shanghai");
  for (int hour : {0, 9, 23}) {
    const Deadline deadline =
        ComputeDeadline(Row(0, 7), absl::FromCivil(absl::CivilSecond(2026, 9, 28, hour, 59, 59), zone), {zone});
    EXPECT_EQ(Text(deadline.due, zone), "2026-10-06 00:00:00");
  }
}

TEST(DeadlineTest, CivilDaysAreCountedThroughAChangeOfTheClock) {
  const absl::TimeZone zone = Zone("Pacific/Auckland");  // summer time begins 27 September 2026
  const Deadline deadline =
      ComputeDeadline(Row(0, 3), absl::FromCivil(absl::CivilSecond(2026, 9, 25, 12, 0, 0), zone), {zone});
  EXPECT_EQ(Text(deadline.due, zone), "2026-09-29 00:00:00");
}

TEST(DeadlineTest, MarksAreRoundedUpToASecondSoNothingFiresEarly) {
  const Deadline deadline =
      ComputeDeadline(Row(1, 0, {333}), absl::FromUnixMicros(1'000'000'000'000'500), {absl::UTCTimeZone()});
  EXPECT_EQ(absl::ToUnixMicros(deadline.marks[0]) % 1'000'000, 0);
  EXPECT_GE(deadline.marks[0], absl::FromUnixMicros(1'000'000'000'000'500) + absl::Seconds(3600) * 333 / 1000);
}

TEST(DeadlineTest, ExplainsItself) {
  const absl::TimeZone zone = Zone("Asia/Shanghai");
  const absl::Time start = absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 0, 0), zone);
  DeadlineRow row = Row(24, 0);
  row.mutable_source()->set_en("the framework"), row.set_urgency(URGENCY_URGENT);
  EXPECT_EQ(ExplainDeadline(row, start, start + absl::Hours(24), {zone}),
            "due Tue 2026-09-29 09:00 (Asia/Shanghai), because urgent orders are due 24 hours after acceptance (Mon "
            "2026-09-28 09:00); the framework");
  row = Row(0, 7);
  EXPECT_THAT(ExplainDeadline(row, start, ComputeDeadline(row, start, {zone}).due, {zone}),
              testing::StartsWith("due Mon 2026-10-05 24:00 (Asia/Shanghai), because R is due at the end of the 7th"))
      << "a row that is used by its name";
}

// 365 days, 104 of them in weekends and 13 statutory holidays: what the notice moves about, it gives back.
TEST_F(China2026, HasAsManyWorkingDaysAsTheLawLeaves) {
  int worked = 0;
  for (absl::CivilDay day(2026, 1, 1); day.year() == 2026; ++day) worked += calendars_.Of(day, "").works ? 1 : 0;
  EXPECT_EQ(worked, 248);
}

TEST_F(China2026, WorkingDaysGoAroundTheHolidaysAndCountTheDaysMadeUpForThem) {
  // 30 September, 8, 9 and the Saturday 10, then 12, 13 and 14 October.
  EXPECT_EQ(Due(Working(7), At(9, 29, 10)), "2026-10-15 00:00:00");
  EXPECT_EQ(Due(Working(1), At(10, 9, 23)), "2026-10-11 00:00:00") << "the Saturday is worked";
  EXPECT_EQ(Due(Working(1), At(10, 3, 10)), "2026-10-09 00:00:00") << "accepted on a holiday";
}

TEST_F(China2026, ALaterAcceptanceIsNeverDueEarlier) {
  for (const DeadlineRow& row : {Working(1), Working(5, 1020), Rolling(7), Row(0, 7)}) {
    absl::Time before;
    for (absl::Time at = At(1, 1, 0); at < At(12, 31, 0); at += absl::Hours(7)) {
      const absl::Time due = ComputeDeadline(row, at, In("210102")).due;
      EXPECT_GE(due, before);
      EXPECT_GT(due, at);
      before = due;
    }
  }
}

TEST_F(China2026, ALastDayThatIsAHolidayRollsOnOnlyWhereTheRowSaysSo) {
  EXPECT_EQ(Due(Row(0, 7), At(9, 28, 9)), "2026-10-06 00:00:00");
  EXPECT_EQ(Due(Rolling(7), At(9, 28, 9)), "2026-10-09 00:00:00");
  EXPECT_EQ(Due(Rolling(7), At(10, 3, 9)), "2026-10-11 00:00:00") << "a Saturday that is worked stays the last day";
  EXPECT_EQ(Due(Rolling(7), At(10, 4, 9)), "2026-10-13 00:00:00") << "a Sunday that isn't doesn't";
  const PolicyTable shipped = Shipped();
  for (const DeadlineRow& row : shipped.deadlines()) EXPECT_FALSE(row.roll()) << row.name();
}

TEST_F(China2026, WithACutOffTheLastDayEndsWithBusiness) {
  EXPECT_EQ(Due(Working(2, 17 * 60), At(9, 29, 23)), "2026-10-08 17:00:00");
  DeadlineRow civil = Row(0, 3);
  civil.set_cutoff_minute(9 * 60 + 30);
  EXPECT_EQ(Due(civil, At(9, 28, 9)), "2026-10-01 09:30:00");
}

TEST_F(China2026, AnExplanationNamesTheHolidaysOnTheWay) {
  DeadlineRow row = Working(7);
  row.mutable_source()->set_en("the agreement"), row.set_urgency(URGENCY_NORMAL);
  const absl::Time start = At(9, 29, 10);
  EXPECT_EQ(ExplainDeadline(row, start, ComputeDeadline(row, start, In()).due, In()),
            "due Wed 2026-10-14 24:00 (Asia/Shanghai), because normal orders are due at the end of the 7th working day "
            "after the day of acceptance (Tue 2026-09-29 10:00); 1 to 7 October are holidays (National Day 国庆节); 10 "
            "October is worked (made up for National Day 国庆节调休); the agreement");
  row = Rolling(3);
  const absl::Time monday = At(9, 28, 9);
  EXPECT_THAT(
      ExplainDeadline(row, monday, ComputeDeadline(row, monday, In()).due, In()),
      testing::StartsWith("due Thu 2026-10-08 24:00 (Asia/Shanghai), because R is due at the end of the 3rd civil "
                          "day after the day of acceptance (Mon 2026-09-28 09:00), 2026-10-01, which isn't "
                          "worked: on the next working day; 1 to 7 October are holidays (National Day 国庆节)"));
  row = Working(1, 17 * 60 + 30);
  EXPECT_THAT(
      ExplainDeadline(row, monday, ComputeDeadline(row, monday, In()).due, In()),
      HasSubstr("due Tue 2026-09-29 17:30 (Asia/Shanghai), because R is due when business ends on the 1st working"));
}

TEST_F(China2026, AYearWithoutACalendarGoesByWeekdaysAndSaysSo) {
  const absl::Time start = At(12, 30, 9);
  const Deadline deadline = ComputeDeadline(Working(3), start, In());
  EXPECT_EQ(Text(deadline.due, zone_), "2027-01-05 00:00:00") << "31 December, 1 January and Monday the 4th";
  EXPECT_THAT(ExplainDeadline(Working(3), start, deadline.due, In()),
              HasSubstr("; a calendar of 2027 is missing, so weekdays decide"));
  EXPECT_THAT(ExplainDeadline(Working(1), start, ComputeDeadline(Working(1), start, In()).due, In()),
              Not(HasSubstr("missing")));
  EXPECT_EQ(calendars_.DaysLeft(absl::CivilDay(2026, 11, 2)), 60);
  EXPECT_EQ(calendars_.DaysLeft(absl::CivilDay(2026, 12, 31)), 1);
  EXPECT_EQ(calendars_.DaysLeft(absl::CivilDay(2027, 1, 1)), 0);
  EXPECT_EQ(calendars_.DaysLeft(absl::CivilDay(2025, 12, 31)), 0);
}

TEST(CalendarTest, TheMostLocalCalendarThatNamesADayDecidesAboutIt) {
  PolicyTable table = Shipped();
  CalendarRow province = Calendar("P", "21", 2026), city = Calendar("C", "2101", 2026);
  Name(province.add_holidays(), "2026-10-08", "2026-10-09");
  Name(province.add_working_days(), "2026-10-02");
  Name(city.add_working_days(), "2026-10-08");
  *table.add_calendars() = city, *table.add_calendars() = province;
  Violations wrong;
  CheckCalendars(table, wrong);
  EXPECT_TRUE(wrong.empty());
  const Calendars calendars(table);
  const auto works = [&](int day, const char* region) {
    return calendars.Of(absl::CivilDay(2026, 10, day), region).works;
  };
  EXPECT_TRUE(works(8, "210102")) << "the city's";
  EXPECT_FALSE(works(9, "210102")) << "the province's";
  EXPECT_TRUE(works(2, "210102")) << "the province's, against the country's";
  EXPECT_FALSE(works(3, "210102")) << "the country's";
  EXPECT_FALSE(works(8, "210500"));
  EXPECT_TRUE(works(8, "110101"));
  EXPECT_TRUE(works(8, ""));
  EXPECT_FALSE(works(11, "210102")) << "a Sunday";
}

TEST(CalendarTest, ARegionThatHasACalendarNeedsOneForEveryYear) {
  PolicyTable table = Shipped();
  *table.add_calendars() = Calendar("P", "21", 2027);
  const Calendars calendars(table);
  EXPECT_FALSE(calendars.Knows(2026, "210102"));
  EXPECT_TRUE(calendars.Knows(2026, "110101"));
  EXPECT_TRUE(calendars.Knows(2026, "2")) << "wider than the region";
  EXPECT_FALSE(calendars.Knows(2027, "210102")) << "the whole country's is missing";
  EXPECT_EQ(calendars.DaysLeft(absl::CivilDay(2026, 5, 1)), 0) << "one region is enough";
  EXPECT_TRUE(Calendars().empty());
  EXPECT_TRUE(Calendars().Of(absl::CivilDay(2026, 10, 1), "21").works) << "without any: a Thursday";
}

TEST(CalendarTest, EveryFaultOfTheNewRowsIsToldAtOnce) {
  PolicyTable table = test::FreedoniaPolicy();
  DeadlineRow& both = *table.add_deadlines();
  both = Working(400, 1440), both.set_name("BOTH"), both.set_hours(3), both.set_roll(true);
  *both.mutable_source() = table.deadlines(0).source();
  CalendarRow& row = *table.add_calendars();
  row = Calendar("", "21a", 1999), row.clear_source();
  CalendarRow& days = *table.add_calendars();
  days = Calendar("D", "", 2026);
  Name(days.add_holidays(), "2026-02-30"), Name(days.add_holidays(), "2026-05-05", "2026-05-01");
  Name(days.add_holidays(), "2026-12-31", "2027-01-01"), Name(days.add_holidays(), "2026-10-01", "2026-10-07");
  Name(days.add_working_days(), "2026-10-07"), days.add_holidays()->set_first("2026-03-03");
  *table.add_calendars() = Calendar("D", "", 2026);
  DeadlineOverrideRow& nobody = *table.add_deadline_overrides();
  nobody.set_deadline("URGENT");
  const auto refused = Policy::Create(table);
  ASSERT_FALSE(refused.ok());
  std::vector<std::string> fields;
  for (const Violation& violation : FailureOf(refused.status()).violations) fields.push_back(violation.field);
  EXPECT_THAT(fields,
              testing::UnorderedElementsAre(
                  "deadlines[4].hours", "deadlines[4].working_days", "deadlines[4].roll", "deadlines[4].cutoff_minute",
                  "calendars[0].name", "calendars[0].region", "calendars[0].year", "calendars[0].source",
                  "calendars[1].holidays[0].first", "calendars[1].holidays[1].first", "calendars[1].holidays[2].first",
                  "calendars[1].holidays[4].en", "calendars[1].working_days[0].first", "calendars[1]",
                  "calendars[2].name", "calendars[2].year", "deadline_overrides[0].name",
                  "deadline_overrides[0].deadline", "deadline_overrides[0]", "deadline_overrides[0].source"));
  table = test::FreedoniaPolicy();
  table.mutable_deadlines(1)->set_roll(true);
  EXPECT_FALSE(Policy::Create(table).ok()) << "rolls over holidays that nobody named";
  *table.add_calendars() = Calendar("L", "99", 2026);
  EXPECT_FALSE(Policy::Create(table).ok()) << "one region's only";
  *table.add_calendars() = Calendar("N", "", 2026);
  EXPECT_TRUE(Policy::Create(table).ok());
}

// Rows that this world's agencies agreed on.
PolicyTable Agreed() {
  PolicyTable table = test::FreedoniaPolicy();
  const auto deadline = [&](const char* name, uint32_t hours, uint32_t working_days) {
    DeadlineRow& row = *table.add_deadlines();
    row = Row(hours, 0), row.set_name(name), row.set_working_days(working_days);
    *row.mutable_source() = table.deadlines(0).source();
  };
  deadline("BY_WORKING_DAYS", 0, 2), deadline("QUICK", 3, 0);
  const auto other = [&](const char* name, const char* row) {
    DeadlineOverrideRow* out = table.add_deadline_overrides();
    out->set_name(name), out->set_deadline(row);
    *out->mutable_source() = table.deadlines(0).source();
    return out;
  };
  auto* freeze = other("first bank freezes", "QUICK");
  freeze->set_agency("BANK1"), freeze->set_action(ACTION_FREEZE);
  other("banks", "BY_WORKING_DAYS")->set_agency_kind("BANK");
  table.mutable_deadline_overrides(1)->set_urgency(URGENCY_NORMAL);
  other("elsewhere", "QUICK")->set_region("98");
  *table.add_calendars() = Calendar("N", "", 2026);
  CalendarRow& local = *table.add_calendars();
  local = Calendar("L", "9901", 2026);
  for (const char* day : {"2026-09-29", "2026-09-30", "2026-10-01"}) Name(local.add_holidays(), day);
  return table;
}

class Overridden : public testing::Test {
 protected:
  // The row that decided about the order, and its due instant.
  std::pair<std::string, std::string> Of(const goldeneagle::v1::Order& order) {
    const domain::Result result = world_.Do(world_.Orders({order}));
    EXPECT_EQ(world_.OnlyRefusal(result), Reason::kNone);
    const Deadline& deadline = world_.OrderNamed(order).deadline;
    return {deadline.row, Text(deadline.due, world_.state.policy->zone())};
  }
  test::DomainWorld world_{Agreed()};
};

TEST_F(Overridden, TheFirstRowThatFitsDecidesAboutAnOrderToOneAgency) {
  EXPECT_EQ(Of(world_.FreezeOrder("BANK1", 100)).first, "QUICK");
  EXPECT_EQ(Of(world_.FreezeOrder("BANK2", 100)).first, "BY_WORKING_DAYS");
  EXPECT_EQ(Of(world_.InquireOrder({"BANK1"})).first, "BY_WORKING_DAYS");
  EXPECT_EQ(Of(world_.InquireOrder({"LAND1"})).first, "NORMAL");
}

TEST_F(Overridden, AnInquiryToSeveralKeepsTheRowOfItsUrgency) {
  EXPECT_EQ(Of(world_.InquireOrder({"BANK1", "BANK2"})).first, "NORMAL");
}

TEST_F(Overridden, WorkingDaysAreThoseOfTheAgencysRegion) {
  const auto [row, due] = Of(world_.FreezeOrder("BANK2", 100));
  const absl::TimeZone& zone = world_.state.policy->zone();
  const Deadline local = ComputeDeadline(*world_.state.policy->DeadlineNamed(row), world_.now,
                                         {zone, &world_.state.policy->calendars(), "990101"}),
                 elsewhere = ComputeDeadline(*world_.state.policy->DeadlineNamed(row), world_.now,
                                             {zone, &world_.state.policy->calendars(), "980101"});
  EXPECT_EQ(due, Text(local.due, zone));
  EXPECT_NE(local.due, elsewhere.due) << "the world's days are among the holidays";
}

}  // namespace
}  // namespace eagle::domain
