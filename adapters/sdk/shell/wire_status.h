// What the gateway says when it refuses a call: gRPC's status and its google.rpc details, as the Failure that the agent
// understands.
//
// Threads: pure functions.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace eagle::sdk {

// `code`: gRPC's number; `details`: the bytes of grpc-status-details-bin, possibly empty. Reason, retry delay and
// violations come from the details; what names no reason that we know gets the one that stands for its code.
// DEADLINE_EXCEEDED stays as it is: no word of the gateway at all. So does UNIMPLEMENTED without details: gRPC says it
// when the gateway is older than the call.
absl::Status StatusFromWire(int code, std::string_view message, std::string_view details);

}  // namespace eagle::sdk
