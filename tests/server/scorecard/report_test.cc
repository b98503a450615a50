// What is printed: the same bytes for the same leaves, and nothing that a reader could take for what it isn't.
#include "server/scorecard/report.h"

#include "absl/strings/str_format.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/scorecard/chart.h"
#include "server/scorecard/fold.h"
#include "server/scorecard/page.h"
#include "server/scorecard/sheet.h"
#include "tests/server/scorecard/log_maker.h"
#include "tests/support/paths.h"

namespace eagle::scorecard {
namespace {

using testing::HasSubstr;
using testing::Not;

Supplement Filled() {
  Supplement filled;
  filled.issuer = "示例省高级人民法院执行指挥中心 <试>";
  const char* names[] = {"云帆银行",       "北陵商业银行", "金桥农村商业银行", "住房公积金管理中心",
                         "不动产登记中心", "车辆管理所",   "市场监督管理局",   "远山银行",
                         "知识产权局",     "河口村镇银行", "海川证券",         "清流支付"};
  for (uint32_t i = 0; i < std::size(names); ++i)
    filled.agencies[i + 1] = {.code = absl::StrFormat("99%05d", 10 * (i + 1)), .name = names[i]};
  filled.courts = {
      {1, {"辽9901", "北陵市中级人民法院"}}, {2, {"辽9902", "东江区人民法院"}}, {3, {"", "西塘县人民法院"}}};
  filled.goals[1] = {
      {"in_time", {812, 880}}, {"no_assets", {301, 310}}, {"petitions", {45, 45}}, {"three_years", {9'240, 12'600}}};
  filled.goals[2] = {{"in_time", {118, 140}}};
  return filled;
}

Report ReportOf(const LogMaker& log, const Period& now, Supplement supplement = Filled()) {
  Scorecard card({Before(now, Shanghai()), now});
  for (const journal::Leaf& leaf : log.leaves) card.Take(leaf);
  auto figures = card.Finish();
  LogPin pin{"test.example/log", figures[1].entries, std::string(64, '7')};
  return MakeReport(std::move(pin), "Asia/Shanghai", Shanghai(), std::move(figures), std::move(supplement));
}

Report September() { return ReportOf(Province(12, 3, 900, 11), *ParseMonth("2026-09", Shanghai())); }

// Like the golden file, or, with GATEWAY_WRITE=1, written anew.
void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = test::SourcePath("tests/server/scorecard/golden/") + name;
  if (const char* write = std::getenv("GATEWAY_WRITE"); write != nullptr && std::string(write) == "1") {
    ASSERT_TRUE(client::WriteDurably(path, text, client::Readers::kEverybody).ok());
    return;
  }
  const auto golden = client::ReadFile(path);
  ASSERT_TRUE(golden.ok()) << golden.status();
  EXPECT_TRUE(text == *golden) << path << ": GATEWAY_WRITE=1 writes it anew";
}

TEST(Report, TheSameLeavesAreTheSameBytes) {
  const Report report = September();
  ExpectGolden("2026-09.json", JsonOf(report));
  ExpectGolden("2026-09.csv", CsvOf(report));
  ExpectGolden("2026-09.html", PageOf(report));
  const Report again = September();
  EXPECT_TRUE(JsonOf(again) == JsonOf(report) && CsvOf(again) == CsvOf(report) && PageOf(again) == PageOf(report));
}

TEST(Report, AWeekIsAPageToo) {
  const Report week = ReportOf(Province(12, 3, 900, 11), *ParseWeek("2026-W37", Shanghai()));
  ExpectGolden("2026-W37.html", PageOf(week));
  EXPECT_THAT(PageOf(week), HasSubstr("2026年第37周"));
}

TEST(Report, ThePageHasAllInItselfAndRunsNothing) {
  const std::string page = PageOf(September());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* word : {"<script", "http://", "https://", "@import", "src=", "<link", "onload"})
    EXPECT_THAT(page, Not(HasSubstr(word)));
  EXPECT_THAT(page, HasSubstr("执行指挥中心 &lt;试&gt;"));
}

TEST(Report, WhatIsAbsentIsShownAsAbsentAndNeverAsNothing) {
  const Report report = September();
  const std::string json = JsonOf(report);
  EXPECT_THAT(json, HasSubstr("\"in_time\": {\"part\": 118, \"whole\": 140, \"points\": 8428}, \"no_assets\": null"));
  EXPECT_THAT(PageOf(report), HasSubstr("未填 absent"));
  EXPECT_THAT(CsvOf(report), HasSubstr(",84.28,,,\n"));
  LogMaker log;
  log.Agencies(1), log.Courts(1);
  log.At("2026-09-10 09:00");
  log.GoOn();
  const std::string bare = JsonOf(ReportOf(log, *ParseMonth("2026-09", Shanghai()), {}));
  EXPECT_THAT(bare, HasSubstr("{\"ordinal\": 1, \"code\": null, \"name\": null"));
  EXPECT_THAT(bare, HasSubstr("\"points\": null"));
}

TEST(Report, AnUnfinishedMonthSaysSoOnItsPage) {
  LogMaker log;
  log.Agencies(1), log.Courts(1);
  log.At("2026-09-10 09:00");
  log.Order({});
  const std::string page = PageOf(ReportOf(log, *ParseMonth("2026-09", Shanghai())));
  EXPECT_THAT(page, HasSubstr("未满期"));
  EXPECT_THAT(page, HasSubstr("2026-09-10 09:00"));
  EXPECT_THAT(PageOf(September()), Not(HasSubstr("未满期")));
}

TEST(Report, PercentagesAreCutAndDurationsAreReadable) {
  EXPECT_EQ(PercentText({9'999, 10'000}), "99.99%");
  EXPECT_EQ(PercentText({999'999, 1'000'000}), "99.99%");
  EXPECT_EQ(PercentText({5, 5}), "100%");
  EXPECT_EQ(PercentText({0, 5}), "0.00%");
  EXPECT_EQ(PercentText({0, 0}), "–");
  EXPECT_EQ(DurationText(59), "59 s");
  EXPECT_EQ(DurationText(121), "2 min");
  EXPECT_EQ(DurationText(7'200), "2 h");
  EXPECT_EQ(DurationText(11'500), "3.1 h");
  EXPECT_EQ(DurationText(172'800), "2 d");
  EXPECT_EQ(DurationText(200'000), "2.3 d");
  EXPECT_EQ(DurationText(std::nullopt), "–");
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(148'527), "148,527");
  EXPECT_EQ(Grouped(1'000'000), "1,000,000");
}

}  // namespace
}  // namespace eagle::scorecard
