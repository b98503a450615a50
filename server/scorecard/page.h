// A report as a page that a command centre pins up: one HTML file with all that it needs in itself, no script, nothing
// that is fetched. Chinese first, English beside it. Printed it is A4, and reads the same in black and white.
//
// Threads: pure functions. The same report gives the same bytes everywhere.
#pragma once

#include <string>

#include "server/scorecard/report.h"

namespace eagle::scorecard {

// At most so many overdue tasks stand on the page; how many more there are is said.
inline constexpr size_t kOverdueOnPage = 40;

std::string PageOf(const Report& report);

}  // namespace eagle::scorecard
