#include "server/base/civil_day.h"

#include "server/base/bytes.h"

namespace eagle {

std::optional<absl::CivilDay> ParseCivilDay(std::string_view text) {
  absl::CivilDay day;
  // The parser of Abseil takes spaces and short numbers, and a day that doesn't exist for one that does.
  if (text.size() != 10 || !absl::ParseCivilTime(ToAbsl(text), &day)) return std::nullopt;
  return FromAbsl(absl::FormatCivilTime(day)) == text ? std::optional(day) : std::nullopt;
}

}  // namespace eagle
