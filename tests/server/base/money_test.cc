#include "server/base/money.h"

#include <limits>
#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace eagle {
namespace {

TEST(MoneyText, ShowsTheAmountsOfTheDemonstration) {
  const std::pair<int64_t, const char*> amounts[] = {{19828700, "198,287.00"},    {6135027, "61,350.27"},
                                                     {200000000, "2,000,000.00"}, {135027, "1,350.27"},
                                                     {18000000, "180,000.00"},    {5828701, "58,287.01"}};
  for (const auto& [value, text] : amounts) {
    EXPECT_EQ(MoneyText(value), text);
    EXPECT_EQ(ParseMoney(text), value);
  }
}

TEST(MoneyText, GroupsByThreeFromTheRight) {
  const std::pair<int64_t, const char*> amounts[] = {{0, "0.00"},
                                                     {1, "0.01"},
                                                     {10, "0.10"},
                                                     {99, "0.99"},
                                                     {100, "1.00"},
                                                     {99999, "999.99"},
                                                     {100000, "1,000.00"},
                                                     {1234567, "12,345.67"},
                                                     {99999999, "999,999.99"},
                                                     {100000000, "1,000,000.00"},
                                                     {kAmountBoundMinorUnits, "10,000,000,000,000.00"}};
  for (const auto& [value, text] : amounts) EXPECT_EQ(MoneyText(value), text);
}

TEST(MoneyText, CarriesTheSign) {
  EXPECT_EQ(MoneyText(-1), "-0.01");
  EXPECT_EQ(MoneyText(-100000), "-1,000.00");
  EXPECT_EQ(MoneyText(std::numeric_limits<int64_t>::max()), "92,233,720,368,547,758.07");
  EXPECT_EQ(MoneyText(std::numeric_limits<int64_t>::min()), "-92,233,720,368,547,758.08");
}

TEST(ParseMoney, TakesTheUsualSpellings) {
  const std::pair<const char*, int64_t> spellings[] = {{"198,287.00", 19828700},
                                                       {"198287.00", 19828700},
                                                       {"198287", 19828700},
                                                       {"198287.5", 19828750},
                                                       {"0", 0},
                                                       {"0.00", 0},
                                                       {"0.01", 1},
                                                       {"-0.01", -1},
                                                       {"-1,000", -100000},
                                                       {"1,000,000", 100000000},
                                                       {"999", 99900},
                                                       {"-0", 0}};
  for (const auto& [text, value] : spellings) EXPECT_EQ(ParseMoney(text), value) << text;
}

TEST(ParseMoney, RefusesWhatIsNoAmount) {
  for (const char* text :
       {"",         "-",    ".",         ".5",     "5.",     "1.234",  "1..2",     "1.2.3",    "1,23",
        "12,34.00", ",123", "1234,567",  "1,2345", "1,,000", "1,000,", "1,00,000", "--1",      "+1",
        "1-",       " 1",   "1 ",        "1e3",    "0x10",   "1.x",    "a",        "1,000.0a", "1.-1",
        "１００",   "¥1",   "1,000.000", "1.,0",   "-,100",  "1'000"}) {
    EXPECT_EQ(ParseMoney(text), std::nullopt) << text;
  }
}

TEST(ParseMoney, StopsAtTheBound) {
  EXPECT_EQ(ParseMoney("10,000,000,000,000.00"), kAmountBoundMinorUnits);
  EXPECT_EQ(ParseMoney("-10,000,000,000,000.00"), -kAmountBoundMinorUnits);
  EXPECT_EQ(ParseMoney("10,000,000,000,000.01"), std::nullopt);
  EXPECT_EQ(ParseMoney("-10,000,000,000,000.01"), std::nullopt);
  EXPECT_EQ(ParseMoney("92233720368547758.08"), std::nullopt);
  EXPECT_EQ(ParseMoney("184467440737095516.17"), std::nullopt) << "must not wrap around";
  EXPECT_EQ(ParseMoney(std::string(400, '9')), std::nullopt);
}

TEST(ParseMoney, ReadsWhatMoneyTextWrites) {
  std::mt19937_64 random(2026);
  std::uniform_int_distribution<int64_t> any(-kAmountBoundMinorUnits, kAmountBoundMinorUnits);
  for (int i = 0; i < 20'000; ++i) {
    const int64_t value = i % 2 == 0 ? any(random) : any(random) % 1'000'000;
    ASSERT_EQ(ParseMoney(MoneyText(value)), value) << MoneyText(value);
  }
}

TEST(IsAmount, IsAboveZeroAndAtMostTheBound) {
  EXPECT_FALSE(IsAmount(0));
  EXPECT_FALSE(IsAmount(-1));
  EXPECT_FALSE(IsAmount(std::numeric_limits<int64_t>::min()));
  EXPECT_TRUE(IsAmount(1));
  EXPECT_TRUE(IsAmount(kAmountBoundMinorUnits));
  EXPECT_FALSE(IsAmount(kAmountBoundMinorUnits + 1));
}

TEST(IsAmount, NineThousandOfThemFitIntoASum) {
  static_assert(std::numeric_limits<int64_t>::max() / kAmountBoundMinorUnits >= 9000);
}

TEST(IsCurrency, IsThreeUpperCaseLetters) {
  for (const char* code : {"CNY", "USD", "HKD"}) EXPECT_TRUE(IsCurrency(code)) << code;
  for (const char* code : {"", "CN", "CNYY", "cny", "CN1", "C Y", "¥"}) EXPECT_FALSE(IsCurrency(code)) << code;
}

}  // namespace
}  // namespace eagle
