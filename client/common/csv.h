// Comma-separated values as RFC 4180 has them, read strictly and with their places: what a spreadsheet saves.
//
// Cells are separated by commas, lines end with LF or CRLF, the last may lack its end. A cell with a comma, a quote or
// a line break stands in double quotes, a quote within it twice. Cells keep their blanks. Empty lines are nothing.
//
// Of our own, because every violation has to be told with its line: libcsv (Debian) reads what is wrong as something.
//
// Threads: pure functions.
//
//   Violations wrong;
//   for (const CsvRow& row : ParseCsv(text, wrong)) ...row.line, row.cells...
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/reason.h"

namespace eagle::client {

struct CsvRow {
  size_t line = 0;  // of the file, where the row begins; the first is 1
  std::vector<std::string> cells;
};

// The rows that are right; what is wrong goes to `wrong` as FIELD_INVALID at "LINE".
std::vector<CsvRow> ParseCsv(std::string_view text, Violations& wrong);

// One line, ended with LF.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace eagle::client
