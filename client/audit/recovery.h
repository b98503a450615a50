// The entry LOG_RECOVERED as an auditor reads it: a log went on from older data under a new origin, because two or more
// administrators of entry 0 signed for it. What the document says is believed only for their signatures and the old
// key's; whether the data fit is for whoever has the tree to say (restored_root, restored).
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(RecoverySeen seen, OpenRecovery(leaf, founding, founding.log_key()));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/recovery.pb.h"
#include "server/journal/checkpoint.h"
#include "server/journal/hash.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

struct RecoverySeen {
  uint64_t index = 0;                // of the entry; entries before it were restored
  std::string old_origin;            // whose entries from `index` to last_signed.size are lost
  goldeneagle::v1::FoundingKey key;  // of the new origin, which is its name
  journal::Hash restored_root{};     // of the tree before the entry
  journal::Checkpoint last_signed;   // by the old key
  journal::Checkpoint restored;      // by the old key, over a beginning of the restored data
  std::vector<uint32_t> approvers;   // administrators, ordinals in entry 0, rising
  absl::Time proposed_at;
  goldeneagle::v1::RecoveryGround ground{};

  uint64_t lost() const { return last_signed.size - index; }
};

// "<name>+<key id>+<base64>", as it is pinned. Empty for a key that can't be one.
std::string KeyTextOf(const goldeneagle::v1::FoundingKey& key);

// Errors: RECOVERY_MALFORMED: it isn't what formats.md says, or the old key or an administrator didn't sign what is
// said of them; RECOVERY_NOT_APPROVED: fewer administrators than entry 0 demands.
absl::StatusOr<RecoverySeen> OpenRecovery(const journal::Leaf& leaf, const goldeneagle::v1::LogFounded& founding,
                                          const goldeneagle::v1::FoundingKey& old_key);

}  // namespace eagle::audit
