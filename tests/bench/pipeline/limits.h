// What this machine can do at most in the parts that the pipeline is made of, measured in the run's own folder a moment
// before the pipeline: only ratios inside one run mean anything.
//
// Threads: one.
//
//   LimitFigures limits = MeasureLimits(folder, /*seconds=*/0.5);   // of each
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/pipeline/stats.h"

namespace eagle::bench {

struct LimitFigures {
  Samples fdatasync_us;      // append 4 KiB, fdatasync
  Samples packed_commit_us;  // storage/sqlite: one commit of 64 entries of 300 bytes
  double packed_entries_per_second = 0;
  double row_inserts_per_second =
      0;  // SQLite: 300-byte rows, integer key, two indexes, 1,000 a transaction, synchronous FULL
  double verifies_per_second = 0;  // Ed25519, 300 bytes, one core
  double signs_per_second = 0;
  double hashes_per_second = 0;  // SHA-256 of 300 bytes
};

// Errors: those of the store; CONFIGURATION_INVALID when the folder can't be written.
absl::StatusOr<LimitFigures> MeasureLimits(const std::string& folder, double seconds);

}  // namespace eagle::bench
