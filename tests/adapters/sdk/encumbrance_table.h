// Runs a table of events against EncumbranceRegister, line by line: what happens | what the register says | who stands
// where.
//
//   at 2026-09-28 09:10
//   account A 61350.27                 | ok
//   place F1 A 80000 capture 1y        | ok                               | F1 EFFECTIVE 61350.27+18649.73
//   credit A 20000                     | INFLOW F1 80000.00+0.00          | F1 EFFECTIVE 80000.00+0.00
//
// Every line loads the stored rows anew and stores what changed, as an adapter does. Columns two and three may be left
// out.
#pragma once

#include <string>

namespace eagle::sdk {

// Fails the running test at the first line that differs, with its number.
void RunTable(const std::string& table);

}  // namespace eagle::sdk
