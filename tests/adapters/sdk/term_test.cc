// Terms in months and years: the last day, and the instant at which it ends.
#include "adapters/sdk/encumbrance/term.h"

#include "gtest/gtest.h"

namespace eagle::sdk {
namespace {

TEST(MeasureTerm, EndsTheDayBeforeTheCorrespondingDay) {
  const auto last = [](uint32_t months, uint32_t years, absl::CivilDay first) {
    return LastDayOf({months, years}, first);
  };
  using Day = absl::CivilDay;
  EXPECT_EQ(last(0, 1, Day(2026, 9, 28)), Day(2027, 9, 27));
  EXPECT_EQ(last(0, 3, Day(2026, 9, 28)), Day(2029, 9, 27));
  EXPECT_EQ(last(6, 0, Day(2026, 9, 28)), Day(2027, 3, 27));
  EXPECT_EQ(last(0, 1, Day(2026, 1, 1)), Day(2026, 12, 31));
  EXPECT_EQ(last(1, 0, Day(2026, 3, 1)), Day(2026, 3, 31));
  // No corresponding day: the last of the month.
  EXPECT_EQ(last(0, 1, Day(2028, 2, 29)), Day(2029, 2, 28));
  EXPECT_EQ(last(0, 4, Day(2028, 2, 29)), Day(2032, 2, 28));  // there is one: the day before it
  EXPECT_EQ(last(6, 0, Day(2026, 8, 31)), Day(2027, 2, 28));
  EXPECT_EQ(last(1, 0, Day(2027, 1, 30)), Day(2027, 2, 28));
  EXPECT_EQ(last(1, 0, Day(2028, 1, 30)), Day(2028, 2, 29));
  EXPECT_EQ(last(1, 0, Day(2026, 12, 31)), Day(2027, 1, 30));
}

TEST(MeasureTerm, TheEndIsMidnightInTheUnitsTimeZone) {
  const absl::TimeZone shanghai = absl::FixedTimeZone(8 * 3600);
  const absl::Time first = absl::FromCivil(absl::CivilSecond(2026, 9, 28, 9, 10, 0), shanghai);
  const absl::Time end = EndOf({.years = 1}, first, shanghai);
  EXPECT_EQ(end, absl::FromCivil(absl::CivilSecond(2027, 9, 28, 0, 0, 0), shanghai));
  EXPECT_EQ(LastDayBefore(end, shanghai), absl::CivilDay(2027, 9, 27));
  // 23:30 in Shanghai is another day than in UTC.
  const absl::Time late = absl::FromCivil(absl::CivilSecond(2026, 9, 28, 1, 30, 0), shanghai);
  EXPECT_EQ(LastDayBefore(EndOf({.months = 1}, late, shanghai), shanghai), absl::CivilDay(2026, 10, 27));
  EXPECT_EQ(LastDayBefore(EndOf({.months = 1}, late, absl::UTCTimeZone()), absl::UTCTimeZone()),
            absl::CivilDay(2026, 10, 26));
}

}  // namespace
}  // namespace eagle::sdk
