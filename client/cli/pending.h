// Drafts that wait for signatures 待会签: those of a folder, with who has signed and who is missing.
//
// Threads: one.
//
//   EAGLE_ASSIGN_OR_RETURN(std::vector<WaitingDraft> drafts, WaitingDrafts(session, {"drafts"}, /*offline=*/false));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/session.h"

namespace eagle::client {

struct WaitingDraft {
  std::string path;
  size_t members = 0;
  v1::MemberType type = v1::MEMBER_TYPE_UNSPECIFIED;  // ORDER or CASE
  // UNSIGNED, SIGNED (offline: it isn't known whether it is enough), WAITS, READY, WOULD_BE_REFUSED, EXPIRED,
  // CHANGED_AFTER_SIGNING.
  std::string state;
  std::string signed_by, missing, other_problems;
  std::optional<absl::Time> not_after;  // nobody may accept any of its orders later; absent for acts on cases
  std::string digest;                   // hex
};

// Drafts of orders and case acts that aren't sent yet: the files, and every *.draft of the folders; of this folder
// without any. Not `offline`: the gateway is asked by a dry run what the policy in force misses. Errors: those of
// files, of drafts, and of the desk.
absl::StatusOr<std::vector<WaitingDraft>> WaitingDrafts(Session& session, const std::vector<std::string>& paths,
                                                        bool offline);

}  // namespace eagle::client
