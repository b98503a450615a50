// A province of 139 agencies and 60 courts on paper: every table is narrower than an A4 sheet, the first sheet says who
// is first and last and is no longer than a sheet, and the whole lists come behind it.
//
// Widths are estimated as a browser would lay them out, from the widths of glyphs in common Chinese fonts and the rules
// of page_style.h; a table that is wider than its sheet is cut off when it is printed.
#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/scorecard/fold.h"
#include "server/scorecard/page.h"
#include "server/scorecard/page_style.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::scorecard {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kSheetMm = 182, kMmOfPoint = 0.3528;

double GlyphEm(char32_t glyph) {
  if (glyph >= 0x2E80 || glyph == U'▼' || glyph == U'▲') return 1;
  if (glyph == U' ') return 0.27;
  if (glyph == U'.' || glyph == U',' || glyph == U':') return 0.29;
  if (glyph == U'-' || glyph == U'/' || glyph == U'(' || glyph == U')' || glyph == U'·') return 0.38;
  if (glyph == U'%') return 0.92;
  if (glyph >= U'A' && glyph <= U'Z') return 0.66;
  return 0.56;
}

std::vector<char32_t> Glyphs(std::string_view utf8) {
  std::vector<char32_t> out;
  for (size_t i = 0; i < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    char32_t glyph = length == 1 ? byte : byte & (0x7F >> length);
    for (size_t k = 1; k < length; ++k) glyph = glyph << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
    out.push_back(glyph);
    i += length;
  }
  return out;
}

enum class Wrap { kNowhere, kAtSpaces, kAnywhere };  // anywhere: Chinese between any two characters

// The narrowest that the text can be set, in em.
double NarrowestEm(std::string_view text, Wrap wrap) {
  double line = 0, widest = 0;
  for (const char32_t glyph : Glyphs(text)) {
    const bool breaks = (wrap != Wrap::kNowhere && glyph == U' ') || (wrap == Wrap::kAnywhere && glyph >= 0x2E80);
    if (breaks) widest = std::max(widest, line), line = 0;
    line += breaks && glyph == U' ' ? 0 : GlyphEm(glyph);
  }
  return std::max(widest, line);
}

std::string WithoutTags(const std::string& html) {
  std::string text = std::regex_replace(html, std::regex("<[^>]*>"), "");
  return std::regex_replace(text, std::regex("&[a-z#0-9]+;"), "x");
}

struct TableLook {
  bool is_long, is_wide, is_goals;
};

double CellMm(const std::string& tag, const std::string& style, const std::string& inside, const TableLook& look) {
  const auto has = [&](const char* name) {
    return (" " + style + " ").find(absl::StrCat(" ", name, " ")) != std::string::npos;
  };
  const double padding = 2 * (look.is_wide ? 0.6 : 1.0);
  if (tag == "th") {
    const std::regex parts("<b>(.*?)</b>(.*)");
    std::smatch of;
    if (!std::regex_search(inside, of, parts)) return padding;
    const double zh =
        NarrowestEm(WithoutTags(of[1]), look.is_wide || look.is_goals ? Wrap::kAnywhere : Wrap::kNowhere) * 8.2;
    const double en = NarrowestEm(WithoutTags(of[2]), Wrap::kAnywhere) * 7.6;
    return padding + std::max(zh, en) * kMmOfPoint;
  }
  if (inside.find("<svg") != std::string::npos) return padding + 19;
  const double points = has("rank")   ? (look.is_long ? 8.6 : 11)
                        : has("flag") ? (look.is_long ? 7.6 : 8.2)
                                      : (look.is_long ? 8.2 : 9.2);
  const double least = has("n") ? (look.is_long ? 24 : 27) : has("flag") ? 19 : has("rank") ? 8 : 0;
  const Wrap wrap = has("n") || has("flag") ? Wrap::kAnywhere : has("w") ? Wrap::kAtSpaces : Wrap::kNowhere;
  const double text = NarrowestEm(WithoutTags(inside), wrap) * points * kMmOfPoint;
  return padding + std::max(least, text);
}

// By the heading above it, how wide the table must be at least.
std::map<std::string, double> TablesOf(const std::string& page) {
  std::map<std::string, double> out;
  size_t at = 0;
  while ((at = page.find("<table", at)) != std::string::npos) {
    const size_t end = page.find("</table>", at), heading = page.rfind("<h2", at);
    const std::string table = page.substr(at, end - at);
    const std::string name = WithoutTags(page.substr(heading, page.find("<small>", heading) - heading));
    const std::string first = table.substr(0, table.find('>'));
    const TableLook look{first.find("long") != std::string::npos, first.find("wide") != std::string::npos,
                         first.find("goals") != std::string::npos};
    std::vector<double> columns;
    for (size_t row = table.find("<tr"); row != std::string::npos; row = table.find("<tr", row + 1)) {
      const std::string cells = table.substr(row, table.find("</tr>", row) - row);
      if (cells.find("colspan") != std::string::npos) continue;
      size_t column = 0;
      static const std::regex kCell("<(td|th)(?: class=\"([^\"]*)\")?>(.*?)</\\1>");
      for (std::sregex_iterator cell(cells.begin(), cells.end(), kCell), none; cell != none; ++cell, ++column) {
        columns.resize(std::max(columns.size(), column + 1));
        columns[column] = std::max(columns[column], CellMm((*cell)[1], (*cell)[2], (*cell)[3], look));
      }
    }
    double sum = 0;
    for (const double width : columns) sum += width;
    out[name] = std::max(out[name], sum);
    at = end;
  }
  return out;
}

// As large as a province gets, with names as long and numbers as large as they may be.
Report Large(uint32_t agencies) {
  const LogMaker log = Province(agencies, 60, 2'500, 3);
  const Period september = *ParseMonth("2026-09", Shanghai()), august = Before(september, Shanghai());
  Scorecard card({august, september});
  for (const journal::Leaf& leaf : log.leaves) card.Take(leaf);
  Supplement names;
  for (uint32_t i = 1; i <= agencies; ++i)
    names.agencies[i].name = absl::StrCat("临霁市住房公积金管理中心第", i, "管理部");
  for (uint32_t i = 1; i <= 60; ++i) {
    names.courts[i].name = absl::StrCat("临霁市高新技术产业开发区人民法院", i);
    for (const Goal& goal : kGoals) names.goals[i][std::string(goal.key)] = {10'000 - i, 12'345};
  }
  auto figures = card.Finish();
  for (auto& [ordinal, of] : figures[1].agencies)
    of.on_time += 182'500, of.missed += 12'345, of.overdue += 1'234, of.received += 182'500, of.statements += 365;
  for (auto& [ordinal, of] : figures[1].courts) of.tasks += 182'500, of.orders += 18'250, of.on_time += 100;
  for (OpenTask& task : figures[1].overdue)
    task.action = ACTION_EXTRACT_INCOME, task.urgent = true, task.order = 12'345'678;
  return MakeReport({"test.example/log", 12'345'678, std::string(64, '7')}, "Asia/Shanghai", Shanghai(),
                    std::move(figures), std::move(names));
}

TEST(PageFits, EveryTableIsNarrowerThanAnA4Sheet) {
  for (const uint32_t agencies : {24u, 139u}) {
    Report report = Large(agencies);
    // Somebody is among the last for the second time: the longest flag.
    for (RankRow& row : report.ranking) row.twice = row.twice || row.bottom;
    const auto tables = TablesOf(PageOf(report));
    EXPECT_GE(tables.size(), 6u);
    for (const auto& [name, width] : tables) EXPECT_LE(width, kSheetMm) << agencies << " agencies, " << name;
  }
}

TEST(PageFits, TheFirstSheetOfManyAgenciesNamesTheFirstAndTheLastAndTheListsFollow) {
  const std::string page = PageOf(Large(139));
  const size_t annex = page.find("<h2 class=\"annex\">");
  ASSERT_NE(annex, std::string::npos);
  const std::string sheet = page.substr(0, annex), behind = page.substr(annex);
  EXPECT_THAT(sheet, HasSubstr("先进与后列"));
  EXPECT_THAT(sheet, HasSubstr("其间 133 家"));
  EXPECT_THAT(behind, HasSubstr("协助单位排名"));
  // 297 mm less margins: 6 ranked, a gap and their sum, 5 overdue, and two pictures are all that fits.
  size_t rows = 0;
  for (size_t row = sheet.find("<tr"); row != std::string::npos; row = sheet.find("<tr", row + 1)) ++rows;
  EXPECT_EQ(rows, 15u);
  EXPECT_THAT(std::string(kPageStyle), HasSubstr("h2.annex{break-before:page}"));
  // Few agencies have it all on the first sheets, in the order of a report.
  EXPECT_THAT(PageOf(Large(24)), Not(HasSubstr("class=\"annex\"")));
}

}  // namespace
}  // namespace eagle::scorecard
