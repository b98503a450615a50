// Import: fills an empty core from CSV files, whole or not at all. README.md describes their columns.
//
// Everything is checked before anything is written, and every line that is wrong is named. Balances become opening
// bookings; prior measures of other courts are entered in the order in which they were served, by the rules of the
// register.
//
// Threads: one.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "adapters/bank/core.h"

namespace eagle::bank {

struct Imported {
  size_t customers = 0, accounts = 0, exemptions = 0, measures = 0;
};

// Reads customers.csv, accounts.csv, exemptions.csv and measures.csv from `folder`, of which the last two may be
// missing, and what further files the core's kind has. Errors: STORAGE_UNUSABLE  a file can't be read.   NOT_EMPTY  the
// core has accounts.
//         FIELD_INVALID     the faults, each at "accounts.csv:12 balance" (the first 200); nothing was imported.
absl::StatusOr<Imported> Import(BankCore& core, const std::string& folder);

}  // namespace eagle::bank
