// Days of the civil calendar as text, "2026-09-28": as contract, tables and command lines have them.
//
// Threads: any.
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"

namespace eagle {

// The day that is written exactly as YYYY-MM-DD and exists; absent for everything else ("2026-02-30", "2026-2-3").
std::optional<absl::CivilDay> ParseCivilDay(std::string_view text);

}  // namespace eagle
