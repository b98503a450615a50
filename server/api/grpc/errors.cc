#include "server/api/grpc/errors.h"

#include <algorithm>

#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace eagle::api {
namespace {

constexpr size_t kMessageBytesMax = 512;
constexpr size_t kValueBytesMax = 256;
constexpr char kTypePrefix[] = "type.googleapis.com/";

// At most `most` bytes, cut between characters.
std::string Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

void Add(const google::protobuf::Message& detail, google::rpc::Status& status) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url(std::string(kTypePrefix) + detail.GetDescriptor()->full_name());
  detail.SerializeToString(any->mutable_value());
}

google::rpc::BadRequest BadRequestOf(const Failure& failure) {
  google::rpc::BadRequest out;
  for (const Violation& violation : failure.violations) {
    auto* field = out.add_field_violations();
    field->set_field(Cut(violation.field, kValueBytesMax));
    field->set_reason(std::string(RowOf(violation.reason).name));
    field->set_description(Cut(violation.description, kValueBytesMax));
  }
  return out;
}

// Shortens `bad` until `others` (bytes of the rest) and it fit: first sentences, then whole violations, the last ones
// first.
void Shorten(size_t others, google::rpc::BadRequest& bad) {
  const auto size = [&] { return others + bad.ByteSizeLong(); };
  for (int i = bad.field_violations_size() - 1; i >= 0 && size() > kDetailsBytesAim; --i) {
    bad.mutable_field_violations(i)->clear_description();
  }
  while (bad.field_violations_size() > 1 && size() > kDetailsBytesMax) bad.mutable_field_violations()->RemoveLast();
}

}  // namespace

WireError ToWire(const Failure& failure) {
  const ReasonRow& row = RowOf(failure.reason);
  WireError out{.code = static_cast<int>(row.code), .message = Cut(failure.message, kMessageBytesMax)};

  google::rpc::Status status;
  status.set_code(out.code);
  status.set_message(out.message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(row.name));
  info.set_domain(kErrorDomain);
  auto& metadata = *info.mutable_metadata();
  for (const auto& [key, value] : failure.metadata) metadata[Cut(key, kValueBytesMax)] = Cut(value, kValueBytesMax);
  metadata["who"] = std::string(row.who_must_act);
  if (!failure.violations.empty()) metadata["violations"] = std::to_string(failure.violations.size());
  Add(info, status);
  if (failure.retry_delay > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    const int64_t nanoseconds = absl::ToInt64Nanoseconds(std::min(failure.retry_delay, absl::Hours(24)));
    retry.mutable_retry_delay()->set_seconds(nanoseconds / 1'000'000'000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanoseconds % 1'000'000'000));
    Add(retry, status);
  }
  if (!failure.violations.empty()) {
    google::rpc::BadRequest bad = BadRequestOf(failure);
    constexpr size_t kWrapping = 64;  // type URL and lengths around it
    Shorten(status.ByteSizeLong() + kWrapping, bad);
    Add(bad, status);
  }
  status.SerializeToString(&out.details);
  return out;
}

}  // namespace eagle::api
