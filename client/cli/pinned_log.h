// Whom a command trusts about a log: keys that were pinned by hand, before anything of the log is looked at.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/audit/log_source.h"
#include "client/cli/session.h"
#include "server/journal/log_policy.h"

namespace eagle::client {

// The policy's file, else the pinned key (text), else the key of the configuration. Errors: NOTE_MALFORMED,
// STORAGE_UNUSABLE; CONFIGURATION_INVALID when neither was given and there is no configuration.
absl::StatusOr<journal::LogPolicy> PinnedLog(Session& session, const std::string& policy_file,
                                             const std::string& log_key);

struct PinnedHead {
  std::string note;                                  // the checkpoint's bytes
  std::shared_ptr<const journal::NoteVerifier> key;  // the pinned key that signed it
};
// The log's newest checkpoint, or where its quorum of witnesses is missing the newest cosigned one. Errors: those of
// the source; NOTE_UNTRUSTED.
absl::StatusOr<PinnedHead> HeadOfLog(audit::LogSource& log, const journal::LogPolicy& policy);

}  // namespace eagle::client
