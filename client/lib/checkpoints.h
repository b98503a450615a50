// The log's heads as this court saw them. Each new checkpoint must be signed with the pinned key and must continue (or
// be a beginning of) the newest one kept; so a gateway that rewrites its journal is found out by the first court that
// asks twice.
//
// Files in the folder: "checkpoint" (the newest note seen, verbatim), and, never deleted, "forked-<size>-<size>.notes"
// with two checkpoints that don't fit.
//
// Threads and processes: any; the folder is locked for the moment of a change.
//
//   CheckpointKeeper keeper("state", *log_key);
//   EAGLE_ASSIGN_OR_RETURN(journal::Checkpoint head, keeper.Observe(response.checkpoint(), gateway));
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/lib/gateway.h"
#include "server/journal/checkpoint.h"

namespace eagle::client {

class CheckpointKeeper {
 public:
  // `log_key` must outlive this. `file`: in the folder; a log that was recovered has one an origin (log_keys.h).
  CheckpointKeeper(std::string folder, const journal::NoteVerifier& log_key, std::string file = "checkpoint")
      : folder_(std::move(folder)), log_key_(log_key), file_(std::move(file)) {}

  // Verifies `note` and remembers it when it is the newest. Asks the gateway for a consistency proof where sizes
  // differ. Errors of verification: NOTE_MALFORMED, NOTE_UNTRUSTED; LOG_OTHER_ORIGIN, a note that claims another origin
  // than the key's; LOG_FORKED, with both notes kept in a file. Else the gateway's, STORAGE_UNUSABLE.
  absl::StatusOr<journal::Checkpoint> Observe(std::string_view note, Gateway& gateway);

  struct Seen {
    std::string note;
    journal::Checkpoint checkpoint;
  };
  // Absent before the first. Errors: STORAGE_UNUSABLE; NOTE_* when the file isn't what was verified once, or the pinned
  // key is another.
  absl::StatusOr<std::optional<Seen>> Newest() const;

 private:
  absl::Status CheckConsistent(const journal::Checkpoint& a, const journal::Checkpoint& b, Gateway& gateway) const;
  absl::Status KeepFork(const Seen& seen, std::string_view note, const journal::Checkpoint& checkpoint) const;

  std::string folder_;
  const journal::NoteVerifier& log_key_;
  std::string file_;
};

}  // namespace eagle::client
