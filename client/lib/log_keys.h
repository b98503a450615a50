// The keys of a log as this court believes them: the pinned one, and those that followed it where the log had to go on
// from older data under a new origin (LOG_RECOVERED). The next key is believed only on proof:
//
//   - the entry is in the log that the new key signs, and enough administrators of entry 0 signed it;
//   - entry 0 and the restored entries lie under a head that the old, believed key signed, and the new log begins with
//     them;
//   - what this court saw of the old origin is such a beginning, or lies in the range that the administrators gave up.
//
// What the proof can't show: whether the old key's owner, and enough administrators, lie together. Who wants to be sure
// asks an auditor for the new key, and pins it.
//
// Files in the folder: "log-keys", a line "<old key> <new key> <index>" a recovery; of the n-th one
// "recovery-<n>.leaf", the entry, and "checkpoint-<n>", the newest head since; "checkpoint", the newest one before,
// which stays as it was.
//
// Threads: one at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(LogKeys keys, LogKeys::Open("state", pinned));
//   EAGLE_ASSIGN_OR_RETURN(RecoveryProved proved, ProveRecovery(gateway, *key, &newest_seen));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/recovery.h"
#include "client/lib/gateway.h"
#include "server/journal/checkpoint.h"

namespace eagle::client {

struct RecoveryProved {
  std::vector<audit::RecoverySeen> recoveries;  // those after the believed key, in order; at least one
  std::vector<std::string> leaves;              // the entries, verbatim
  std::string note;                             // head of the new origin
  journal::Checkpoint head;
};

// `key`: believed so far. `seen`: the newest head of it that was seen; null: none.
// Errors of verification: LOG_OTHER_ORIGIN: no recovery leads from that key to the head's; RECOVERY_MALFORMED,
// RECOVERY_NOT_APPROVED; PROOF_INVALID; NOTE_*; LOG_FORKED: what was seen neither begins the new log nor was given up.
// RECOVERY_NOT_NEEDED: the head is the believed key's. The gateway's.
absl::StatusOr<RecoveryProved> ProveRecovery(Gateway& gateway, const journal::NoteVerifier& key,
                                             const journal::Checkpoint* seen);

class LogKeys {
 public:
  // Errors: STORAGE_UNUSABLE; STORAGE_DAMAGED.
  static absl::StatusOr<LogKeys> Open(std::string folder, std::string pinned);

  // The key that is believed, as text.
  const std::string& now() const { return now_; }
  std::string checkpoint_file() const { return step_ == 0 ? "checkpoint" : "checkpoint-" + std::to_string(step_); }
  // The key under whose name this note claims to be, of all that were ever believed; absent: none of ours.
  std::optional<std::string> KeyFor(std::string_view note) const;
  // Believes the proof from now on; durable on OK, after a crash wholly or not at all.
  absl::Status Keep(const RecoveryProved& proved);
  // From which index on what was answered under this note's origin is lost; absent when nothing is.
  std::optional<uint64_t> LostFrom(std::string_view note) const;

 private:
  struct Step {
    std::string old_key, new_key;
    uint64_t index = 0;
  };
  LogKeys(std::string folder, std::string pinned) : folder_(std::move(folder)), pinned_(std::move(pinned)) {}
  void Follow();

  std::string folder_, pinned_;
  std::vector<Step> steps_;  // in the order in which they were believed
  std::string now_;
  size_t step_ = 0;  // that led to it, from 1; 0: none
};

}  // namespace eagle::client
