// What the log says, proved to an adapter that pins the log's policy: entries that lie in a tree whose checkpoint the
// log signed, and, for deductions, a quorum of its witnesses too. A gateway that keeps a second history for one agency
// can't show that.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/journal/log_policy.h"

namespace eagle::sdk {

// Whether witnesses have seen the order's acceptance.
// False for anything that is missing or doesn't fit: no proof, a leaf about other bytes, a path that doesn't lead to
// the root, a note that the policy doesn't open, no quorum.
bool IsWitnessed(const goldeneagle::v1::Task& task, const journal::LogPolicy& policy);

// What the log says of its directory stream, and when.
struct ProvedDirectoryHead {
  uint64_t index = 0;
  absl::Time at;
  goldeneagle::v1::DirectoryHead body;
};
// Absent for anything that isn't a DIRECTORY_HEAD entry under a checkpoint that the log signed.
std::optional<ProvedDirectoryHead> ReadDirectoryHead(const goldeneagle::v1::WitnessedEntry& entry,
                                                     const journal::LogPolicy& policy);

}  // namespace eagle::sdk
