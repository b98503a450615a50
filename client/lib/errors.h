// Failures at a court's side: what the gateway said, decoded from its error details, and who is to be believed about
// it.
//
// Every failure of this library has an origin, because a caller acts differently on each:
//   kLocal         a file, a key, a flag: mend it here
//   kGateway       the gateway refused: its reason, its advice, its violations
//   kUnavailable   no answer, or "later": THE CALL MAY HAVE HAPPENED; repeat it unchanged
//   kVerification  what the gateway gave doesn't verify: don't use it, keep it, tell the auditors
//
// Threads: pure functions.
//
//   absl::Status status = DecodeWireStatus(code, message, details);   // OriginOf(status) == Origin::kGateway
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/base/reason.h"

namespace eagle::client {

enum class Origin { kLocal, kGateway, kUnavailable, kVerification };

// Pre: !status.ok().
Origin OriginOf(const absl::Status& status);
// The same failure, as one of verification. OK stays OK.
absl::Status AsVerification(const absl::Status& status);

// The status of a finished call. `code` is gRPC's, `details` the bytes of grpc-status-details-bin (a
// google.rpc.Status), which may be empty or of a newer gateway: a reason that this version doesn't know keeps its name
// in the metadata "wire_reason", what can't be read is left out. Never OK for a code other than 0. Adds the metadata
// "origin".
absl::Status DecodeWireStatus(int code, std::string_view message, std::string_view details);

// A refusal among results, as a failure.
Failure FailureOfRefusal(const goldeneagle::v1::Refusal& refusal);
absl::Status StatusOfRefusal(const goldeneagle::v1::Refusal& refusal);

// The value of `key`, or "".
std::string_view MetadataOf(const Failure& failure, std::string_view key);

}  // namespace eagle::client
