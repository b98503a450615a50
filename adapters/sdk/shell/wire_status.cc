#include "adapters/sdk/shell/wire_status.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

Reason ReasonForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kAborted:
      return Reason::kUnavailable;
    case absl::StatusCode::kUnauthenticated:
      return Reason::kUnauthenticated;
    case absl::StatusCode::kPermissionDenied:
      return Reason::kPermissionDenied;
    case absl::StatusCode::kResourceExhausted:
      return Reason::kBusy;
    case absl::StatusCode::kInvalidArgument:
      return Reason::kFieldInvalid;
    default:
      return Reason::kInternal;
  }
}

void TakeDetails(std::string_view bytes, Failure& failure) {
  google::rpc::Status status;
  if (!status.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::BadRequest request;
    if (detail.UnpackTo(&info)) {
      if (const auto known = ReasonByName(info.reason())) failure.reason = *known;
      failure.metadata.emplace_back("wire_reason", info.reason());
    } else if (detail.UnpackTo(&retry)) {
      failure.retry_delay =
          absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
    } else if (detail.UnpackTo(&request)) {
      for (const auto& wrong : request.field_violations()) {
        failure.violations.push_back(
            {wrong.field(), ReasonByName(wrong.reason()).value_or(Reason::kFieldInvalid), wrong.description()});
      }
    }
  }
}

}  // namespace

absl::Status StatusFromWire(int code, std::string_view message, std::string_view details) {
  const auto wire_code = static_cast<absl::StatusCode>(code);
  if (wire_code == absl::StatusCode::kOk) return absl::OkStatus();
  // A time limit that passed is no word of the gateway; the agent tells it from a refusal by its code.
  if (wire_code == absl::StatusCode::kDeadlineExceeded) return absl::DeadlineExceededError("no reply in time");
  // gRPC's own answer where a service or a call is missing: an older gateway, and no defect of it.
  if (wire_code == absl::StatusCode::kUnimplemented && details.empty())
    return absl::UnimplementedError("the gateway doesn't have this call");
  Failure failure{.reason = ReasonForCode(wire_code), .message = std::string(message)};
  TakeDetails(details, failure);
  if (failure.message.empty()) failure.message = std::string(RowOf(failure.reason).advice);
  return ToStatus(failure);
}

}  // namespace eagle::sdk
