// What `eagle policy` asks the gateway's own rooms for.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "goldeneagle/v1/policy.pb.h"

namespace eagle::client {

// Whether the gateway would install this table, by itself: every violation at once (server/domain/policy.h).
using CheckPolicy = std::function<absl::Status(const goldeneagle::v1::PolicyTable& table)>;

}  // namespace eagle::client
