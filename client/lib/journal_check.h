// The public audit from outside: every leaf fetched through the gateway, hashed into one root, compared with the signed
// checkpoint; and that checkpoint with the newest one this court saw before. Nothing that the gateway says is taken for
// granted.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(JournalReport report, CheckJournal(gateway, keeper, [](uint64_t done, uint64_t of) { ...
//   }));
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/checkpoints.h"
#include "client/lib/gateway.h"

namespace eagle::client {

struct JournalReport {
  journal::Checkpoint checkpoint;
  std::map<std::string, uint64_t> entries;  // by type, as the contract names it: ORDER_ACCEPTED, ...
  uint64_t payloads = 0;                    // leaves that commit to one
  absl::Time first, last;                   // recorded times of the first and last entry
  uint64_t deadline_marks = 0, refusals = 0;
};

// Errors of verification: NOTE_*, LOG_FORKED; JOURNAL_BROKEN when the leaves don't hash to the signed root, don't stand
// at their own index, or when recorded time goes back; ENTRY_MALFORMED. Else the gateway's.
absl::StatusOr<JournalReport> CheckJournal(Gateway& gateway, CheckpointKeeper& keeper,
                                           const std::function<void(uint64_t done, uint64_t of)>& progress);

}  // namespace eagle::client
