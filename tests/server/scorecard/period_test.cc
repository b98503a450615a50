#include "server/scorecard/period.h"

#include "gtest/gtest.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

int64_t Micros(const std::string& text) { return absl::ToUnixMicros(On(text)); }

TEST(Period, MidnightIsTheEndOfTheDayBefore) {
  const Period month = *ParseMonth("2026-09", Shanghai());
  EXPECT_EQ(month.name, "2026-09");
  EXPECT_FALSE(month.Has(Micros("2026-09-01 00:00")));
  EXPECT_TRUE(month.Has(Micros("2026-09-01 00:00") + 1));
  EXPECT_TRUE(month.Has(Micros("2026-10-01 00:00")));
  EXPECT_FALSE(month.Has(Micros("2026-10-01 00:00") + 1));
  EXPECT_EQ(month.day_ends.size(), 30u);
  EXPECT_EQ(month.DayOf(Micros("2026-09-02 00:00")), 0u);
  EXPECT_EQ(month.DayOf(Micros("2026-09-02 00:00") + 1), 1u);
  EXPECT_EQ(month.DayOf(Micros("2026-10-01 00:00")), 29u);
}

TEST(Period, TheOneBeforeEndsWhereItStarts) {
  for (const Period& period : {*ParseMonth("2026-01", Shanghai()), *ParseWeek("2026-W01", Shanghai()),
                               *ParseWeek("2027-W01", Shanghai()), *ParseYear("2026", Shanghai())}) {
    const Period before = Before(period, Shanghai());
    EXPECT_EQ(before.end, period.start);
    EXPECT_EQ(before.span, period.span);
  }
  EXPECT_EQ(Before(*ParseMonth("2026-01", Shanghai()), Shanghai()).name, "2025-12");
  EXPECT_EQ(Before(*ParseWeek("2027-W01", Shanghai()), Shanghai()).name, "2026-W53");
  EXPECT_EQ(Before(*ParseYear("2025", Shanghai()), Shanghai()).name, "2024");
}

TEST(Period, AYearHasTheDaysOfItsMonths) {
  const Period year = *ParseYear("2028", Shanghai());
  EXPECT_EQ(year.name, "2028");
  EXPECT_EQ(year.day_ends.size(), 366u);
  EXPECT_EQ(year.start, ParseMonth("2028-01", Shanghai())->start);
  EXPECT_EQ(year.end, ParseMonth("2028-12", Shanghai())->end);
}

TEST(Period, WeeksAreThoseOfIso8601) {
  EXPECT_EQ(ParseWeek("2026-W39", Shanghai())->first, absl::CivilDay(2026, 9, 21));
  EXPECT_EQ(ParseWeek("2026-W01", Shanghai())->first, absl::CivilDay(2025, 12, 29));
  EXPECT_EQ(ParseWeek("2026-W53", Shanghai())->last, absl::CivilDay(2027, 1, 3));
  EXPECT_FALSE(ParseWeek("2025-W53", Shanghai()).ok());
}

TEST(Period, WhatIsNoPeriodIsRefused) {
  for (const char* text : {"", "2026", "2026-13", "2026-00", "26-09", "2026-9", "2026/09", "2026-09-01", "2O26-09"})
    EXPECT_FALSE(ParseMonth(text, Shanghai()).ok()) << text;
  for (const char* text : {"", "26", "20260", "2O26", "1969", "9999", "2026-01"})
    EXPECT_FALSE(ParseYear(text, Shanghai()).ok()) << text;
  for (const char* text : {"", "2026-39", "2026-W00", "2026-W54", "2026W39", "2026-w39", "2026-W3x"})
    EXPECT_FALSE(ParseWeek(text, Shanghai()).ok()) << text;
}

// A day of 23 hours is a day.
TEST(Period, DaysAreCivilDaysOfTheZone) {
  absl::TimeZone berlin;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &berlin));
  const Period march = *ParseMonth("2026-03", berlin);
  EXPECT_EQ(march.day_ends.size(), 31u);
  EXPECT_EQ(march.day_ends[28] - march.day_ends[27], 23 * 3'600'000'000LL);
}

}  // namespace
}  // namespace eagle::scorecard
