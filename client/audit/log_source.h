// The port through which an auditor gets a log: the newest checkpoint, tiles, entries, and sealed payloads. Nothing
// that comes out of it is believed; what verifies it is public_audit.h.
//
// Threads: one caller at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<LogSource> log, OpenLogFolder("export"));
//   EAGLE_ASSIGN_OR_RETURN(std::string note, log->Checkpoint());
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "server/journal/merkle.h"

namespace eagle::audit {

// Tile() (journal::TileSource) gives hash tiles. An implementation that has a wider tile or bundle cuts it.
// Errors of all: JOURNAL_BROKEN for what the log should have and has not, or has in another length; else the
// implementation's own (a file that can't be read, a gateway that doesn't answer).
class LogSource : public journal::TileSource {
 public:
  // The newest signed note, not verified.
  virtual absl::StatusOr<std::string> Checkpoint() = 0;
  // The newest one that witnesses signed too, where the source knows; else the same.
  virtual absl::StatusOr<std::string> CosignedCheckpoint() { return Checkpoint(); }
  // The bundle of the leaves that the level 0 tile `n` hashes, the first `width` (1...256) of them: per leaf its length
  // u16, then its bytes.
  virtual absl::StatusOr<std::string> Entries(uint64_t n, unsigned width) = 0;
  // The bundle of their sealed payloads: per entry its length u32, then its bytes; 0 for an entry without one.
  // Errors also: NOT_FOUND when this log was published without payloads.
  virtual absl::StatusOr<std::string> Payloads(uint64_t n, unsigned width) = 0;
};

}  // namespace eagle::audit
