// All that a sheet or a page of one period says: the figures, the ranking, the log's root that they follow from, and
// what only people can add.
//
// Threads: values and pure functions.
//
//   const Report report = MakeReport(log, zone_name, zone, std::move(figures), supplement);
//   out << JsonOf(report) << PageOf(report);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/scorecard/figures.h"
#include "server/scorecard/ranking.h"

namespace eagle::scorecard {

// The goals "three 90 % and one 80 %" 三个90%、一个80%. No leaf tells whether a case ended well: a court adds them.
struct Goal {
  std::string_view key, zh, en;
  uint32_t points;  // hundredths of a percent that are demanded at least
  std::string_view source_zh, source_en;
};
inline constexpr Goal kGoals[] = {
    {"in_time", "有财产可供执行案件法定期限内实际执结率", "cases with assets, truly completed in the legal time", 9'000,
     "最高人民法院“三个90%、一个80%”核心指标（2018年）", "core figures of the Supreme People's Court, 2018"},
    {"no_assets", "无财产可供执行案件终本合格率", "closings without assets that pass inspection", 9'000, "同上",
     "as above"},
    {"petitions", "执行信访办结率", "petitions about enforcement that were settled", 9'000, "同上", "as above"},
    {"three_years", "近三年执行案件整体执结率", "cases of the last three years that were completed", 8'000, "同上",
     "as above"},
};

struct Name {
  std::string code, name;  // either may be empty
};

// What a court or a command centre fills in: names, since leaves hold none, and the goals. What is absent is told as
// absent, never as 0.
struct Supplement {
  std::map<uint32_t, Name> agencies, courts;                            // by ordinal
  std::map<uint32_t, std::map<std::string, Share, std::less<>>> goals;  // by court, then Goal::key
  std::string issuer;                                                   // who publishes the page
  RankingRules ranking;
};

// What the figures follow from: whoever holds the log finds the same root over its first `entries` leaves.
struct LogPin {
  std::string origin;
  uint64_t entries = 0;
  std::string root;  // hexadecimal
};

struct Report {
  LogPin log;
  std::string zone_name;
  absl::TimeZone zone;
  PeriodFigures before, now;
  std::vector<RankRow> ranking;
  Supplement supplement;
};

// Pre: two periods, one after the other.
Report MakeReport(LogPin log, std::string zone_name, absl::TimeZone zone, std::vector<PeriodFigures> figures,
                  Supplement supplement);

// "长安银行 (CN-BANK-1)", the code or the name alone; "机构 3" and "agency 3" when nobody gave one.
std::string AgencyNameZh(const Report& report, uint32_t ordinal);
std::string CourtNameZh(const Report& report, uint32_t ordinal);

// "98.75%", cut and not rounded: 100% means all. "–" of nothing.
std::string PercentText(const Share& share);
// "42 s", "5 min", "3.2 h", "1.5 d": two figures at least, cut to what is shown.
std::string DurationText(std::optional<int64_t> seconds);
// Its name in the contract, as INQUIRE, and in words.
std::string ActionName(goldeneagle::v1::Action action);
std::string ActionZh(goldeneagle::v1::Action action);

}  // namespace eagle::scorecard
