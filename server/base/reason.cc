#include "server/base/reason.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle {
namespace {

constexpr char kPayloadUrl[] = "goldeneagle/failure";

void PutText(ByteWriter& out, std::string_view text) { out.U32(static_cast<uint32_t>(text.size())).Bytes(text); }
std::string GetText(ByteReader& in) { return std::string(in.Bytes(in.U32())); }

std::string Encode(const Failure& failure) {
  ByteWriter out;
  // A reason that isn't listed travels as the one whose code the status has: only OK has none.
  out.U16(static_cast<uint16_t>(RowOf(failure.reason).reason)).I64(absl::ToInt64Microseconds(failure.retry_delay));
  out.U32(static_cast<uint32_t>(failure.metadata.size()));
  for (const auto& [key, value] : failure.metadata) PutText(out, key), PutText(out, value);
  out.U32(static_cast<uint32_t>(failure.violations.size()));
  for (const Violation& violation : failure.violations) {
    PutText(out, violation.field);
    out.U16(static_cast<uint16_t>(violation.reason));
    PutText(out, violation.description);
  }
  return out.Take();
}

Failure Decode(std::string_view bytes, std::string_view message) {
  ByteReader in(bytes);
  Failure failure{.reason = static_cast<Reason>(in.U16()), .message = std::string(message)};
  failure.retry_delay = absl::Microseconds(in.I64());
  for (uint32_t i = 0, count = in.U32(); i < count && in.ok(); ++i) {
    std::string key = GetText(in);
    failure.metadata.emplace_back(std::move(key), GetText(in));
  }
  for (uint32_t i = 0, count = in.U32(); i < count && in.ok(); ++i) {
    std::string field = GetText(in);
    const auto reason = static_cast<Reason>(in.U16());
    failure.violations.push_back({std::move(field), reason, GetText(in)});
  }
  GATEWAY_ASSERT(in.Done(), "a failure is written and read by the same code");
  return failure;
}

}  // namespace

const std::vector<ReasonRow>& AllReasons() {
  static const auto* const kRows = [] {
    auto* rows = new std::vector<ReasonRow>;
    int precedence = 0;
#define REASON(constant, name, code, who, advice, number) \
  rows->push_back({Reason::constant, name, absl::StatusCode::k_##code, #who, advice, precedence++});
#define k_INVALID_ARGUMENT kInvalidArgument
#define k_UNAUTHENTICATED kUnauthenticated
#define k_PERMISSION_DENIED kPermissionDenied
#define k_FAILED_PRECONDITION kFailedPrecondition
#define k_ALREADY_EXISTS kAlreadyExists
#define k_NOT_FOUND kNotFound
#define k_RESOURCE_EXHAUSTED kResourceExhausted
#define k_UNAVAILABLE kUnavailable
#define k_DATA_LOSS kDataLoss
#define k_INTERNAL kInternal
#include "server/base/reasons.def"
#undef REASON
    return rows;
  }();
  return *kRows;
}

const ReasonRow& RowOf(Reason reason) {
  static const auto* const kByNumber = [] {
    auto* table = new std::vector<const ReasonRow*>;
    for (const ReasonRow& row : AllReasons()) {
      const auto number = static_cast<size_t>(row.reason);
      if (table->size() <= number) table->resize(number + 1);
      (*table)[number] = &row;
    }
    return table;
  }();
  const auto number = static_cast<size_t>(reason);
  const ReasonRow* row = number < kByNumber->size() ? (*kByNumber)[number] : nullptr;
  return row != nullptr ? *row : *(*kByNumber)[static_cast<size_t>(Reason::kInternal)];
}

std::optional<Reason> ReasonByName(std::string_view name) {
  for (const ReasonRow& row : AllReasons()) {
    if (row.name == name) return row.reason;
  }
  return std::nullopt;
}

std::optional<Reason> ReasonByNumber(uint16_t number) {
  const ReasonRow& row = RowOf(static_cast<Reason>(number));
  if (static_cast<uint16_t>(row.reason) != number) return std::nullopt;
  return row.reason;
}

Fail::Fail(Reason reason, std::string_view message) {
  failure_.reason = reason;
  failure_.message = message;
}
Fail& Fail::With(std::string_view key, std::string_view value) {
  failure_.metadata.emplace_back(key, value);
  return *this;
}
Fail& Fail::At(std::string_view field, Reason reason, std::string_view description) {
  failure_.violations.push_back({std::string(field), reason, std::string(description)});
  return *this;
}
Fail& Fail::RetryAfter(absl::Duration delay) {
  failure_.retry_delay = delay;
  return *this;
}
Fail::operator absl::Status() const { return ToStatus(failure_); }

Failure Violations::ToFailure(std::string_view message) const {
  GATEWAY_ASSERT(!list_.empty(), "no violation, no failure");
  const auto first = std::min_element(list_.begin(), list_.end(), [](const Violation& a, const Violation& b) {
    return RowOf(a.reason).precedence < RowOf(b.reason).precedence;
  });
  return Failure{.reason = first->reason, .message = std::string(message), .violations = list_};
}

absl::Status Violations::ToStatus(std::string_view message) const { return eagle::ToStatus(ToFailure(message)); }

absl::Status ToStatus(const Failure& failure) {
  absl::Status status(RowOf(failure.reason).code, ToAbsl(failure.message));
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(failure)));
  return status;
}

Failure FailureOf(const absl::Status& status) {
  GATEWAY_ASSERT(!status.ok(), "OK is no failure");
  const std::string message(FromAbsl(status.message()));
  if (auto payload = status.GetPayload(kPayloadUrl)) return Decode(std::string(*payload), message);
  const bool unavailable = status.code() == absl::StatusCode::kUnavailable;
  return Failure{.reason = unavailable ? Reason::kUnavailable : Reason::kInternal, .message = message};
}

Reason ReasonOf(const absl::Status& status) { return status.ok() ? Reason::kNone : FailureOf(status).reason; }

}  // namespace eagle
