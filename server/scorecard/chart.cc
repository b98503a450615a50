#include "server/scorecard/chart.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/html.h"
#include "server/scorecard/report.h"

namespace eagle::scorecard {
namespace {

constexpr const char* kBandNames[kBands] = {"1 分", "5 分", "15 分", "1 时", "4 时", "24 时", "3 天", "7 天", "更久"};
constexpr const char* kBandNamesEn[kBands] = {"1 min", "5 min", "15 min", "1 h", "4 h", "24 h", "3 d", "7 d", "longer"};
constexpr const char* kDayNames[7] = {"一 Mo", "二 Tu", "三 We", "四 Th", "五 Fr", "六 Sa", "日 Su"};
// From "nothing came" to "as much as on the busiest day"; black text is readable on all.
constexpr const char* kShades[5] = {"#ffffff", "#edf0f3", "#d6dde4", "#b9c5d0", "#96a6b5"};

std::string TextAt(int x, int y, std::string_view style, std::string_view anchor, std::string_view text) {
  return absl::StrCat("<text x=\"", x, "\" y=\"", y, "\" class=\"", std::string(style), "\" text-anchor=\"",
                      std::string(anchor), "\">", HtmlText(text), "</text>");
}

// `width` * part / whole in tenths, as SVG reads it.
std::string PartOf(int width, const Share& share) {
  const auto tenths =
      static_cast<uint64_t>(absl::uint128(share.part) * static_cast<uint64_t>(width * 10) / share.whole);
  return absl::StrCat(tenths / 10, ".", tenths % 10);
}

// Short enough for a column of a year: "950", "12.3k", "1.2M", cut.
std::string Short(uint64_t number) {
  const auto tenths = [](uint64_t of_tenth, const char* unit) {
    return absl::StrCat(of_tenth / 10, ".", of_tenth % 10, unit);
  };
  if (number < 10'000) return std::to_string(number);
  return number < 1'000'000 ? tenths(number / 100, "k") : tenths(number / 100'000, "M");
}

}  // namespace

std::string Grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string ChartPatterns() {
  return "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" style=\"position:absolute\"><defs>"
         "<pattern id=\"miss\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" "
         "patternTransform=\"rotate(45)\"><rect width=\"4\" height=\"4\" fill=\"#fff\"/>"
         "<rect width=\"1.6\" height=\"4\" fill=\"#a3282a\"/></pattern></defs></svg>\n";
}

std::string ShareBar(const Share& share) {
  constexpr int kWidth = 140, kHeight = 10;
  std::string out =
      absl::StrCat("<svg class=\"bar\" viewBox=\"0 0 ", kWidth, " ", kHeight,
                   "\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"", PercentText(share), "\">");
  if (share.whole > 0) {
    const std::string part = PartOf(kWidth, share);
    absl::StrAppend(&out, "<rect x=\"", part, "\" width=\"", PartOf(kWidth, {share.whole - share.part, share.whole}),
                    "\" height=\"", kHeight, "\" fill=\"url(#miss)\"/><rect width=\"", part, "\" height=\"", kHeight,
                    "\" fill=\"#2b3a49\"/>");
  }
  absl::StrAppend(&out, "<rect x=\".25\" y=\".25\" width=\"", kWidth - 1, ".5\" height=\"", kHeight - 1,
                  ".5\" fill=\"none\" stroke=\"#2b3a49\" stroke-width=\".5\"/></svg>");
  return out;
}

std::string BandChart(const AnswerTimes& times) {
  constexpr int kStep = 40, kWidth = kStep * static_cast<int>(kBands), kTop = 18, kTall = 112, kBase = kTop + kTall;
  uint64_t most = 1;
  for (size_t i = 0; i < kBands; ++i) most = std::max(most, times.InBand(i));
  std::string out = absl::StrCat("<svg class=\"chart\" viewBox=\"0 0 ", kWidth, " ", kBase + 46,
                                 "\" role=\"img\" aria-label=\"反馈用时 answer times\">");
  uint64_t sum = 0;
  for (size_t i = 0; i < kBands; ++i) {
    const uint64_t count = times.InBand(i);
    sum += count;
    const int x = kStep * static_cast<int>(i), middle = x + kStep / 2;
    // Something is never drawn as nothing.
    const int tall = count == 0 ? 0 : std::max<int>(1, static_cast<int>(count * kTall / most));
    if (i == 2)
      absl::StrAppend(&out, "<line x1=\"", x, "\" x2=\"", x, "\" y1=\"4\" y2=\"", kBase,
                      "\" stroke=\"#a3282a\" stroke-width=\"1\" stroke-dasharray=\"3 2\"/>");
    absl::StrAppend(&out, "<rect x=\"", x + 5, "\" y=\"", kBase - tall, "\" width=\"", kStep - 10, "\" height=\"", tall,
                    "\" fill=\"#2b3a49\"/>");
    out += TextAt(middle, kBase - tall - 4, count == 0 ? "faint" : "count", "middle", Grouped(count));
    out += TextAt(middle, kBase + 13, "axis", "middle", kBandNames[i]);
    out += TextAt(middle, kBase + 24, "axis faint", "middle", kBandNamesEn[i]);
    out += TextAt(middle, kBase + 39, "count", "middle",
                  times.count() == 0 ? "–" : absl::StrCat(sum * 100 / times.count(), "%"));
  }
  absl::StrAppend(&out, "<line x1=\"0\" x2=\"", kWidth, "\" y1=\"", kBase, "\" y2=\"", kBase,
                  "\" stroke=\"#2b3a49\"/></svg>");
  return out;
}

std::string MonthChart(const PeriodFigures& figures) {
  constexpr int kStep = 27, kMonths = 12, kWidth = kStep * kMonths, kTop = 18, kTall = 112, kBase = kTop + kTall;
  DayFigures months[kMonths];
  bool reached[kMonths] = {};
  uint64_t most = 1;
  for (size_t i = 0; i < figures.days.size(); ++i) {
    const int at = (figures.period.first + static_cast<int>(i)).month() - 1;
    DayFigures& month = months[at];
    const DayFigures& day = figures.days[i];
    month.received += day.received, month.on_time += day.on_time, month.missed += day.missed;
    reached[at] |= (i == 0 ? figures.period.start : figures.period.day_ends[i - 1]) < figures.as_of;
    most = std::max(most, month.received);
  }
  std::string out = absl::StrCat("<svg class=\"chart\" viewBox=\"0 0 ", kWidth, " ", kBase + 46,
                                 "\" role=\"img\" aria-label=\"每月任务 tasks by month\">");
  for (int i = 0; i < kMonths; ++i) {
    const DayFigures& month = months[i];
    const int x = kStep * i, middle = x + kStep / 2;
    out += TextAt(middle, kBase + 13, "axis", "middle", std::to_string(i + 1) + "月");
    if (!reached[i]) continue;
    const int tall = month.received == 0 ? 0 : std::max<int>(1, static_cast<int>(month.received * kTall / most));
    absl::StrAppend(&out, "<rect x=\"", x + 4, "\" y=\"", kBase - tall, "\" width=\"", kStep - 8, "\" height=\"", tall,
                    "\" fill=\"#2b3a49\"/>");
    out += TextAt(middle, kBase - tall - 4, month.received == 0 ? "day faint" : "day", "middle", Short(month.received));
    if (month.missed > 0) out += TextAt(middle, kBase + 26, "day miss", "middle", "逾" + Short(month.missed));
    const Share punctual{month.on_time, month.on_time + month.missed};
    const auto points = punctual.points();
    out += TextAt(middle, kBase + 39, "day", "middle",
                  points ? absl::StrCat(*points / 100, ".", *points / 10 % 10) : std::string("–"));
  }
  absl::StrAppend(&out, "<line x1=\"0\" x2=\"", kWidth, "\" y1=\"", kBase, "\" y2=\"", kBase,
                  "\" stroke=\"#2b3a49\"/></svg>");
  return out + "<p class=\"note\">末行为按期率（%）。 Last line: share on time in %.</p>";
}

std::string DayCalendar(const PeriodFigures& figures) {
  constexpr int kCell = 46, kTall = 32, kHead = 16;
  const absl::CivilDay first = figures.period.first;
  const int lead = static_cast<int>(absl::GetWeekday(first));  // Monday is 0
  const int days = static_cast<int>(figures.days.size()), rows = (lead + days + 6) / 7;
  uint64_t most = 1;
  for (const DayFigures& day : figures.days) most = std::max(most, day.received);
  std::string out = absl::StrCat("<svg class=\"chart\" viewBox=\"0 0 ", kCell * 7, " ", kHead + rows * kTall + 2,
                                 "\" role=\"img\" aria-label=\"每日任务 tasks by day\">");
  for (int i = 0; i < 7; ++i) out += TextAt(kCell * i + kCell / 2, 11, "axis", "middle", kDayNames[i]);
  for (int i = 0; i < days; ++i) {
    const DayFigures& day = figures.days[static_cast<size_t>(i)];
    const int x = (lead + i) % 7 * kCell + 1, y = (lead + i) / 7 * kTall + kHead + 1;
    const size_t shade = day.received == 0 ? 0 : static_cast<size_t>(1 + (day.received * 4 - 1) / most);
    absl::StrAppend(&out, "<rect x=\"", x, "\" y=\"", y, "\" width=\"", kCell - 2, "\" height=\"", kTall - 2,
                    "\" fill=\"", kShades[shade], "\" stroke=\"#96a6b5\" stroke-width=\".6\"/>");
    // A day that the log hasn't reached says nothing.
    const bool reached =
        (i == 0 ? figures.period.start : figures.period.day_ends[static_cast<size_t>(i - 1)]) < figures.as_of;
    out += TextAt(x + 3, y + 10, "day", "start", std::to_string((first + i).day()));
    if (!reached) continue;
    out += TextAt(x + kCell - 5, y + 11, day.received == 0 ? "faint" : "count", "end", Grouped(day.received));
    if (day.missed > 0) out += TextAt(x + kCell - 5, y + 25, "miss", "end", "逾 " + Grouped(day.missed));
  }
  return out + "</svg>";
}

}  // namespace eagle::scorecard
