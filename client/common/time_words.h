// Instants as people read them, and as JSON has them: one place, so that every program says the same.
//
// Threads: pure functions.
//
//   DueText(due, zone)    "Tue 29 Sep 09:00"; midnight is the end of the day before: "Mon 5 Oct 24:00"
#pragma once

#include <string>

#include "absl/time/time.h"

namespace eagle::client {

std::string TimeText(absl::Time time, const absl::TimeZone& zone);  // "Mon 28 Sep 2026 09:00:00"
std::string DueText(absl::Time due, const absl::TimeZone& zone);    // see above
// In Chinese: "2026年9月28日 星期一 09:00:00"; of an end, midnight is 24:00 of the day before.
std::string TimeTextZh(absl::Time time, const absl::TimeZone& zone);
std::string EndTextZh(absl::Time end, const absl::TimeZone& zone);
// What the times of a page are of: "UTC+08:00".
std::string ZoneText(absl::Time time, const absl::TimeZone& zone);
std::string EndText(absl::Time end,
                    const absl::TimeZone& zone);  // the same for what is years away: "27 Sep 2027 24:00"
std::string Rfc3339Text(absl::Time time, const absl::TimeZone& zone);  // "2026-09-28T09:00:00+08:00"

}  // namespace eagle::client
