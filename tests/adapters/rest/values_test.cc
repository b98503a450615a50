// Numbers, texts and places in JSON: exactly what was written, or nothing.
#include <string>

#include "adapters/rest/exact.h"
#include "adapters/rest/json_value.h"
#include "gtest/gtest.h"
#include "tests/adapters/rest/sample_templates.h"

namespace eagle::rest {
namespace {

TEST(RestJson, NumbersStayAsTheyWereWritten) {
  const auto document =
      ParseJsonValue(R"({"a":15000.00,"b":0.1,"c":9007199254740993,"d":123456789012345678901234,"e":1e2,"f":-7})");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->Find("a")->text, "15000.00");
  EXPECT_EQ(document->Find("b")->text, "0.1");
  EXPECT_EQ(document->Find("c")->text, "9007199254740993") << "above 2^53";
  EXPECT_EQ(document->Find("d")->text, "123456789012345678901234");
  EXPECT_EQ(document->Find("e")->text, "1e2");
  EXPECT_EQ(document->Find("f")->text, "-7");
}

TEST(RestJson, TakesOneWholeDocumentOrNothing) {
  for (const char* text : {"", "{", R"({"a":1}{})", R"({"a":1,"a":2})", "[1,]", "{'a':1}", "[01]", "[1.]", "nul",
                           "\"\xff\"", "{\"a\":NaN}", "// note\n{}", "[1e999]"}) {
    EXPECT_FALSE(ParseJsonValue(text).ok()) << text;
  }
  EXPECT_TRUE(ParseJsonValue(std::string(kJsonDepthMax, '[') + std::string(kJsonDepthMax, ']')).ok());
  EXPECT_FALSE(ParseJsonValue(std::string(kJsonDepthMax + 1, '[') + std::string(kJsonDepthMax + 1, ']')).ok());
}

TEST(RestJson, WritesWhatItRead) {
  const std::string text = R"({"z":[1.50,null,true,{"名":"\"引\"\\\u000a"}],"a":{},"l":[]})";
  EXPECT_EQ(WriteJson(*ParseJsonValue(text)), text);
}

TEST(RestJson, PointersCountFromAnyPart) {
  const JsonValue document = *ParseJsonValue(R"({"a/b":[{"c~":"x"},{"":"y"}],"0":"z"})");
  const auto at = [&](const char* pointer) {
    const JsonValue* value = AtPointer(document, *ParsePointer(pointer));
    return value == nullptr ? "-" : value->text;
  };
  EXPECT_EQ(at("/a~1b/0/c~0"), "x");
  EXPECT_EQ(at("/a~1b/1/"), "y");
  EXPECT_EQ(at("/0"), "z");
  EXPECT_EQ(at("/a~1b/2"), "-");
  EXPECT_EQ(at("/a~1b/00"), "-");
  EXPECT_EQ(at("/a~1b/-"), "-");
  EXPECT_EQ(AtPointer(document, *ParsePointer("")), &document);
  EXPECT_FALSE(ParsePointer("a").has_value());
  EXPECT_FALSE(ParsePointer("/~2").has_value());
}

TEST(RestExact, AmountsAreExactOrNothing) {
  const auto decimal = [](const char* text) { return ExactAmount(text, AmountStyle::kDecimal).value_or(-999); };
  EXPECT_EQ(decimal("15000.00"), 15'000'00);
  EXPECT_EQ(decimal("15000"), 15'000'00);
  EXPECT_EQ(decimal("15000.5"), 15'000'50);
  EXPECT_EQ(decimal("15000.0100"), 15'000'01) << "zeros add nothing";
  EXPECT_EQ(decimal("-3.20"), -3'20);
  EXPECT_EQ(decimal("10000000000000.00"), 1'000'000'000'000'000);
  for (const char* text : {"15000.005", "15,000.00", "1e4", "", "-", ".5", "5.", " 5", "5 ", "+5", "0x5", "5.0.0",
                           "10000000000000.01", "30000000000000000000", "99999999999999999999.00", "5.00元", "NaN"}) {
    EXPECT_FALSE(ExactAmount(text, AmountStyle::kDecimal).has_value()) << text;
  }
  EXPECT_EQ(ExactAmount("1500000", AmountStyle::kMinorUnits), 1'500'000);
  EXPECT_EQ(ExactAmount("1500000.0", AmountStyle::kMinorUnits), 1'500'000);
  EXPECT_FALSE(ExactAmount("1500000.5", AmountStyle::kMinorUnits).has_value());
  EXPECT_EQ(AmountText(60'000'00, AmountStyle::kDecimal), "60000.00");
  EXPECT_EQ(AmountText(60'000'00, AmountStyle::kMinorUnits), "6000000");
  EXPECT_FALSE(ExactWhole("-1").has_value());
  EXPECT_FALSE(ExactWhole("9223372036854775808").has_value());
}

TEST(RestExact, TimesAreReadInTheirFormOnly) {
  const absl::Time noon = absl::FromCivil(absl::CivilHour(2026, 9, 28, 12), Shanghai());
  const absl::Time midnight = absl::FromCivil(absl::CivilDay(2026, 9, 28), Shanghai());
  EXPECT_EQ(ExactTime("2026-09-28T12:00:00+08:00", {}, Shanghai()), noon);
  EXPECT_EQ(ExactTime("2026-09-28T04:00:00Z", {}, Shanghai()), noon);
  EXPECT_FALSE(ExactTime("2026-09-28", {}, Shanghai()).has_value());
  EXPECT_FALSE(ExactTime(" 2026-09-28T04:00:00Z", {}, Shanghai()).has_value());
  EXPECT_FALSE(ExactTime("infinite-future", {}, Shanghai()).has_value());
  const Wrong never = [](const std::string&, const std::string& why) { ADD_FAILURE() << why; };
  EXPECT_EQ(ExactTime("20260928", *ParseTimeForm("day:%Y%m%d", "", never), Shanghai()), midnight);
  EXPECT_EQ(ExactTime("20260927", *ParseTimeForm("end_of_day:%Y%m%d", "", never), Shanghai()), midnight);
  EXPECT_FALSE(ExactTime("20260931", *ParseTimeForm("day:%Y%m%d", "", never), Shanghai()).has_value());
  int told = 0;
  const Wrong counts = [&](const std::string&, const std::string&) { ++told; };
  EXPECT_FALSE(ParseTimeForm("day:%m%d", "", counts).has_value()) << "no year";
  EXPECT_FALSE(ParseTimeForm("time:%Y%m%d", "", counts).has_value()) << "an instant needs its second";
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace eagle::rest
