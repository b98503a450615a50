// Who watches the log, what they have seen of it, and whether deductions wait for them (见证, C2SP tlog-witness).
//
// A cosigned checkpoint is an entry of the journal: so whether a deduction may go out is a question to the state, and
// an auditor answers it again from the leaves alone. The bound runs one way: nothing that a witness says or fails to
// say changes anything but the hand-out of deductions.
//
// Threads: a value; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/entry.pb.h"

namespace eagle::domain {

class Policy;

struct Witnessing {
  // From the log's own stream.
  goldeneagle::v1::RegisterWitnesses registered;
  absl::Time registered_at = absl::InfinitePast();

  // The one row of its table.
  uint64_t size = 0;                                  // entries under the newest cosigned checkpoint
  std::string checkpoint;                             // the note itself
  absl::Time at = absl::InfinitePast();               // when it was recorded
  absl::Time missing_since = absl::InfiniteFuture();  // the quorum is missing: an alarm stands
  bool deductions_wait = false;                       // for so long that deductions wait

  // Deductions accepted past `size` that no agency has been handed yet, with their acceptance. Follows from the orders.
  absl::btree_map<uint64_t, absl::Time> waiting;

  bool missing() const { return missing_since != absl::InfiniteFuture(); }
  // Whether a deduction accepted at `index` may go out as far as witnesses are concerned.
  bool Lets(uint64_t index) const {
    return registered.witnesses().empty() || index < size || (missing() && !deductions_wait);
  }

  std::string Encode() const;
  // The row's half only. False: not what Encode writes.
  bool Decode(std::string_view row);
};

// What happens next if no cosignature comes: an alarm, or the end of the time without one. Absent: nothing.
struct WitnessMark {
  absl::Time at, since;
  bool deductions_wait = false;
};
std::optional<WitnessMark> NextWitnessMark(const Witnessing& witnessing, const Policy* policy);

// Whether a checkpoint of `size` entries should be cosigned now: a deduction waits, or the newest cosigned one is old.
bool WantsCosignature(const Witnessing& witnessing, const Policy* policy, uint64_t size, absl::Time now);

inline constexpr int kWitnessesMax = 15;
inline constexpr size_t kCosignedNoteBytesMax = 3072;  // stands in a leaf

}  // namespace eagle::domain
