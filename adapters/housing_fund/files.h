// The fund's own import files: members.csv, grounds.csv, bars.csv, and loans.csv and conditions.csv, which may be
// missing. README.md describes their columns.
//
// Threads: one.
#pragma once

#include <memory>
#include <string_view>

#include "adapters/bank/import_files.h"

namespace eagle::fund {

std::unique_ptr<bank::FurtherFiles> MakeFundFiles();

// "2026-09".
bool IsMonth(std::string_view text);

}  // namespace eagle::fund
