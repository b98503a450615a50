#include "client/lib/errors.h"

#include <algorithm>
#include <optional>

#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace eagle::client {
namespace {

constexpr std::string_view kOriginKey = "origin";
constexpr std::string_view kGatewayWord = "gateway", kVerificationWord = "verification";
// Numbers of gRPC's status codes (they are absl::StatusCode's, too).
constexpr int kDeadlineExceeded = 4, kUnimplemented = 12;

// The reason that stands for a code when the gateway names none that we know.
Reason ReasonForCode(int code) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kAborted:
      return Reason::kUnavailable;
    case absl::StatusCode::kUnauthenticated:
      return Reason::kUnauthenticated;
    case absl::StatusCode::kPermissionDenied:
      return Reason::kPermissionDenied;
    case absl::StatusCode::kResourceExhausted:
      return Reason::kBusy;
    case absl::StatusCode::kNotFound:
      return Reason::kNotFound;
    case absl::StatusCode::kInvalidArgument:
      return Reason::kFieldInvalid;
    default:
      return Reason::kInternal;
  }
}

template <typename M>
std::optional<M> Detail(const google::rpc::Status& status) {
  for (const google::protobuf::Any& detail : status.details()) {
    M message;
    if (detail.Is<M>() && detail.UnpackTo(&message)) return message;
  }
  return std::nullopt;
}

// A name that this version doesn't know is kept for the reader.
Reason TakeReason(const std::string& name, Reason otherwise, Failure& failure) {
  if (auto known = ReasonByName(name)) return *known;
  if (!name.empty()) failure.metadata.emplace_back("wire_reason", name);
  return otherwise;
}

Violation ViolationOf(const std::string& field, const std::string& reason, const std::string& description) {
  return {field, ReasonByName(reason).value_or(Reason::kFieldInvalid), description};
}

void SetOrigin(Failure& failure, std::string_view origin) {
  const auto is_origin = [](const auto& pair) { return pair.first == kOriginKey; };
  failure.metadata.erase(std::remove_if(failure.metadata.begin(), failure.metadata.end(), is_origin),
                         failure.metadata.end());
  failure.metadata.emplace_back(kOriginKey, origin);
}

}  // namespace

Origin OriginOf(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  const std::string_view word = MetadataOf(failure, kOriginKey);
  if (word == kVerificationWord) return Origin::kVerification;
  const absl::StatusCode code = RowOf(failure.reason).code;
  const bool later = code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kResourceExhausted;
  if (word == kGatewayWord) return later ? Origin::kUnavailable : Origin::kGateway;
  return later ? Origin::kUnavailable : Origin::kLocal;
}

absl::Status AsVerification(const absl::Status& status) {
  if (status.ok()) return status;
  Failure failure = FailureOf(status);
  SetOrigin(failure, kVerificationWord);
  return ToStatus(failure);
}

absl::Status DecodeWireStatus(int code, std::string_view message, std::string_view details) {
  if (code == 0) return absl::OkStatus();
  Failure failure{.reason = ReasonForCode(code), .message = std::string(message)};
  google::rpc::Status status;
  const bool readable = status.ParseFromArray(details.data(), static_cast<int>(details.size()));
  if (readable) {
    if (const auto info = Detail<google::rpc::ErrorInfo>(status)) {
      failure.reason = TakeReason(info->reason(), failure.reason, failure);
      for (const auto& [key, value] : info->metadata()) failure.metadata.emplace_back(key, value);
      std::sort(failure.metadata.begin(), failure.metadata.end());
    }
    if (const auto request = Detail<google::rpc::BadRequest>(status)) {
      for (const auto& wrong : request->field_violations()) {
        failure.violations.push_back(ViolationOf(wrong.field(), wrong.reason(), wrong.description()));
      }
    }
    if (const auto retry = Detail<google::rpc::RetryInfo>(status)) {
      failure.retry_delay =
          absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
    }
  }
  if (failure.message.empty()) failure.message = std::string(RowOf(failure.reason).advice);
  if (code == kDeadlineExceeded) failure.message += " (the time limit of the call passed: it may have happened)";
  if (code == kUnimplemented) failure.message += " (the gateway doesn't have this call)";
  SetOrigin(failure, kGatewayWord);
  return ToStatus(failure);
}

Failure FailureOfRefusal(const goldeneagle::v1::Refusal& refusal) {
  Failure failure{.message = refusal.message()};
  failure.reason = TakeReason(refusal.reason(), Reason::kInternal, failure);
  for (const auto& problem : refusal.problems()) {
    failure.violations.push_back(ViolationOf(problem.field(), problem.reason(), problem.description()));
  }
  SetOrigin(failure, kGatewayWord);
  return failure;
}

absl::Status StatusOfRefusal(const goldeneagle::v1::Refusal& refusal) { return ToStatus(FailureOfRefusal(refusal)); }

std::string_view MetadataOf(const Failure& failure, std::string_view key) {
  for (const auto& [name, value] : failure.metadata) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace eagle::client
