// A failure as it travels: the status code, the message and the bytes of the trailer `grpc-status-details-bin`.
//
// Details are a google.rpc.Status with ErrorInfo (reason, domain "goldeneagle.v1", the values, who must act),
// BadRequest with the violations, RetryInfo where waiting helps. A client takes 8 KiB of trailers by default, so they
// are kept to about 1 KiB: beyond it the sentences of the last violations are left out (field and reason stay), beyond
// 3 KiB the last violations; ErrorInfo.metadata["violations"] always says how many there are.
//
// Threads: pure functions.
//
//   const WireError error = ToWire(FailureOf(status));   // grpc::Status(code, error.message, error.details)
#pragma once

#include <string>

#include "server/base/reason.h"

namespace eagle::api {

inline constexpr char kErrorDomain[] = "goldeneagle.v1";
inline constexpr size_t kDetailsBytesAim = 1024;
inline constexpr size_t kDetailsBytesMax = 3072;

struct WireError {
  int code = 0;         // google.rpc.Code, the same number as absl::StatusCode and grpc::StatusCode
  std::string message;  // at most 512 bytes, valid UTF-8
  std::string details;  // serialised google.rpc.Status
};

WireError ToWire(const Failure& failure);

}  // namespace eagle::api
