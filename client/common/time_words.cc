#include "client/common/time_words.h"

#include "absl/strings/str_cat.h"

namespace eagle::client {
namespace {

std::string DayText(absl::Time time, const absl::TimeZone& zone) {
  return absl::StrCat(absl::FormatTime("%a ", time, zone), absl::ToCivilDay(time, zone).day(),
                      absl::FormatTime(" %b", time, zone));
}

std::string DayTextZh(absl::CivilDay day) {
  constexpr const char* kDays[] = {"一", "二", "三", "四", "五", "六", "日"};
  return absl::StrCat(day.year(), "年", day.month(), "月", day.day(), "日 星期",
                      kDays[static_cast<int>(absl::GetWeekday(day))]);
}

bool IsMidnight(absl::CivilSecond civil) { return civil == absl::CivilSecond(absl::CivilDay(civil)); }

}  // namespace

std::string TimeText(absl::Time time, const absl::TimeZone& zone) {
  return DayText(time, zone) + absl::FormatTime(" %Y %H:%M:%S", time, zone);
}

std::string DueText(absl::Time due, const absl::TimeZone& zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(due, zone);
  if (!IsMidnight(civil)) return DayText(due, zone) + absl::FormatTime(" %H:%M", due, zone);
  return DayText(absl::FromCivil(absl::CivilDay(civil) - 1, zone), zone) + " 24:00";
}

std::string EndText(absl::Time end, const absl::TimeZone& zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(end, zone);
  const bool midnight = IsMidnight(civil);
  const absl::CivilDay day = absl::CivilDay(civil) - (midnight ? 1 : 0);
  const absl::Time shown = absl::FromCivil(day, zone);
  return absl::StrCat(day.day(), absl::FormatTime(" %b %Y ", shown, zone),
                      midnight ? "24:00" : absl::FormatTime("%H:%M", end, zone));
}

std::string TimeTextZh(absl::Time time, const absl::TimeZone& zone) {
  return DayTextZh(absl::ToCivilDay(time, zone)) + absl::FormatTime(" %H:%M:%S", time, zone);
}

std::string EndTextZh(absl::Time end, const absl::TimeZone& zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(end, zone);
  if (!IsMidnight(civil)) return DayTextZh(absl::CivilDay(civil)) + absl::FormatTime(" %H:%M", end, zone);
  return DayTextZh(absl::CivilDay(civil) - 1) + " 24:00";
}

std::string ZoneText(absl::Time time, const absl::TimeZone& zone) { return absl::FormatTime("UTC%Ez", time, zone); }

std::string Rfc3339Text(absl::Time time, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez", time, zone);
}

}  // namespace eagle::client
