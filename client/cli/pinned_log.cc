#include "client/cli/pinned_log.h"

#include "client/common/files.h"
#include "server/base/reason.h"

namespace eagle::client {

absl::StatusOr<journal::LogPolicy> PinnedLog(Session& session, const std::string& policy_file,
                                             const std::string& log_key) {
  if (!policy_file.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::string text, ReadFile(policy_file));
    return journal::LogPolicy::Parse(text);
  }
  if (!log_key.empty()) return journal::LogPolicy::OfKey(log_key);
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session.config());
  if (config->state.empty()) return journal::LogPolicy::OfKey(config->log_key);
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  return journal::LogPolicy::OfKey(desk->options().log_key);
}

absl::StatusOr<PinnedHead> HeadOfLog(audit::LogSource& log, const journal::LogPolicy& policy) {
  PinnedHead head;
  EAGLE_ASSIGN_OR_RETURN(head.note, log.Checkpoint());
  EAGLE_ASSIGN_OR_RETURN(journal::LogPolicy::Judged judged, policy.Open(head.note));
  if (!judged.quorum) {
    EAGLE_ASSIGN_OR_RETURN(head.note, log.CosignedCheckpoint());
    EAGLE_ASSIGN_OR_RETURN(judged, policy.Open(head.note));
  }
  if (!judged.quorum)
    return Fail(Reason::kNoteUntrusted, "fewer witnesses than the policy demands have seen this checkpoint")
        .With("cosigned", static_cast<int64_t>(judged.cosigned.size()));
  for (const journal::LogPolicy::Log& one : policy.logs()) {
    if (one.key->name() == judged.checkpoint.origin) head.key = one.key;
  }
  return head;
}

}  // namespace eagle::client
