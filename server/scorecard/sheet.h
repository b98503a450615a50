// A report for programs: JSON, and CSV for spreadsheets. The same report gives the same bytes everywhere.
//
// Threads: pure functions.
#pragma once

#include <string>

#include "server/scorecard/report.h"

namespace eagle::scorecard {

// One object: `period`, `log`, `agencies`, `courts`, `days`, `ranking`, `overdue`, `goals`, `untold`. Instants are RFC
// 3339 in the report's zone, shares {"part", "whole", "points"} with points in hundredths of a percent, times seconds.
// null: nothing to tell; never 0. Ends with a line feed.
std::string JsonOf(const Report& report);

// One line an agency and one a court, under one heading; a cell that isn't theirs is empty. UTF-8 with a byte order
// mark, without which spreadsheets take Chinese for something else.
std::string CsvOf(const Report& report);

}  // namespace eagle::scorecard
