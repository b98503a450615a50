#include "server/base/civil_day.h"

#include "gtest/gtest.h"

namespace eagle {
namespace {

TEST(CivilDayText, ADayIsReadAsItIsWrittenAndOnlyWhenItExists) {
  EXPECT_EQ(ParseCivilDay("2026-09-28"), absl::CivilDay(2026, 9, 28));
  EXPECT_EQ(ParseCivilDay("2028-02-29"), absl::CivilDay(2028, 2, 29));
  for (const char* text : {"", "2026-02-29", "2026-02-30", "2026-13-01", "2026-9-28", "2026-09-8", " 026-09-28",
                           "2026-09-28 ", "2026/09/28", "2026-09-28T00", "20260928", "+026-09-28"})
    EXPECT_FALSE(ParseCivilDay(text)) << text;
}

}  // namespace
}  // namespace eagle
