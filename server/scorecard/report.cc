#include "server/scorecard/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/assert.h"

namespace eagle::scorecard {
namespace {

std::string NameOf(const std::map<uint32_t, Name>& names, uint32_t ordinal, std::string_view otherwise) {
  const auto at = names.find(ordinal);
  const bool has_name = at != names.end() && !at->second.name.empty();
  const bool has_code = at != names.end() && !at->second.code.empty();
  if (has_name) return at->second.name;
  if (has_code) return at->second.code;
  return std::string(otherwise) + " " + std::to_string(ordinal);
}

// 32 of a tenth is "3.2".
std::string Tenths(int64_t tenths) {
  return tenths % 10 == 0 ? std::to_string(tenths / 10) : absl::StrCat(tenths / 10, ".", tenths % 10);
}

}  // namespace

Report MakeReport(LogPin log, std::string zone_name, absl::TimeZone zone, std::vector<PeriodFigures> figures,
                  Supplement supplement) {
  GATEWAY_ASSERT(figures.size() == 2, "a period is compared with the one before");
  Report report{.log = std::move(log), .zone_name = std::move(zone_name), .zone = zone};
  report.before = std::move(figures[0]), report.now = std::move(figures[1]);
  report.supplement = std::move(supplement);
  report.ranking = Rank(report.now, report.before, report.supplement.ranking);
  return report;
}

std::string AgencyNameZh(const Report& report, uint32_t ordinal) {
  return NameOf(report.supplement.agencies, ordinal, "机构 agency");
}
std::string CourtNameZh(const Report& report, uint32_t ordinal) {
  return NameOf(report.supplement.courts, ordinal, "法院 court");
}

std::string PercentText(const Share& share) {
  const auto points = share.points();
  if (!points) return "–";
  if (*points == 10'000) return "100%";
  return absl::StrFormat("%d.%02d%%", *points / 100, *points % 100);
}

std::string DurationText(std::optional<int64_t> seconds) {
  if (!seconds) return "–";
  if (*seconds < 120) return absl::StrCat(*seconds, " s");
  if (*seconds < 7200) return absl::StrCat(*seconds / 60, " min");
  if (*seconds < 172'800) return Tenths(*seconds / 360) + " h";
  return Tenths(*seconds / 8640) + " d";
}

std::string ActionName(goldeneagle::v1::Action action) {
  const std::string name = goldeneagle::v1::Action_Name(action);
  constexpr std::string_view kPrefix = "ACTION_";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : std::to_string(action);
}

std::string ActionZh(goldeneagle::v1::Action action) {
  switch (action) {
    case goldeneagle::v1::ACTION_INQUIRE:
      return "查询";
    case goldeneagle::v1::ACTION_FREEZE:
      return "冻结";
    case goldeneagle::v1::ACTION_RELEASE:
      return "解冻";
    case goldeneagle::v1::ACTION_DEDUCT:
      return "扣划";
    case goldeneagle::v1::ACTION_RENEW:
      return "续冻";
    case goldeneagle::v1::ACTION_TRANSFER_TITLE:
      return "过户";
    case goldeneagle::v1::ACTION_LOCATE:
      return "查找";
    case goldeneagle::v1::ACTION_EXTRACT_INCOME:
      return "提取收入";
    default:
      return "其他";
  }
}

}  // namespace eagle::scorecard
