// Whether witnesses have seen what a task says: the order's acceptance lies in a tree whose checkpoint a quorum of the
// pinned policy cosigned. A gateway that keeps a second history for one agency can't show that.
//
// Threads: a pure function.
#pragma once

#include "goldeneagle/v1/adapter_service.pb.h"
#include "server/journal/log_policy.h"

namespace eagle::sdk {

// False for anything that is missing or doesn't fit: no proof, a leaf about other bytes, a path that doesn't lead to
// the root, a note that the policy doesn't open, no quorum.
bool IsWitnessed(const goldeneagle::v1::Task& task, const journal::LogPolicy& policy);

}  // namespace eagle::sdk
