// Errors: a Reason from the one list (reasons.def), a sentence, values, and every field violation at once.
//
//   return Fail(Reason::kCapExceeded, "the group would freeze more than the claim")
//       .With("cap", MoneyText(cap)).With("asked", MoneyText(asked));
//
// A Failure travels inside absl::Status (as a payload) up to `api`, which turns it into google.rpc details.
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle {

enum class Reason : uint16_t {
  kNone = 0,
#define REASON(constant, name, code, who, advice, number) constant = number,
#include "server/base/reasons.def"
#undef REASON
};

struct ReasonRow {
  Reason reason;
  std::string_view name;  // UPPER_SNAKE, at most 63 characters; the wire's ErrorInfo.reason
  absl::StatusCode code;
  std::string_view who_must_act;  // court | agency | operator | auditor | nobody
  std::string_view advice;
  int precedence;  // smaller wins when several apply
};

// Every row of reasons.def, in its order.
const std::vector<ReasonRow>& AllReasons();
// The row of `reason`; kNone and unknown numbers give the row of kInternal.
const ReasonRow& RowOf(Reason reason);
std::optional<Reason> ReasonByName(std::string_view name);
std::optional<Reason> ReasonByNumber(uint16_t number);

// One thing that is wrong with one field. `field` is a path as in google.rpc.BadRequest ("respondents[0].id_number").
// Descriptions never repeat personal values.
struct Violation {
  std::string field;
  Reason reason = Reason::kFieldInvalid;
  std::string description;
  friend bool operator==(const Violation&, const Violation&) = default;
};

// Everything that is known about one error.
struct Failure {
  Reason reason = Reason::kNone;
  std::string message;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<Violation> violations;
  absl::Duration retry_delay;  // zero: none
};

// Builder that converts to absl::Status and absl::StatusOr<T>.
class Fail {
 public:
  Fail(Reason reason, std::string_view message);
  Fail& With(std::string_view key, std::string_view value);
  Fail& With(std::string_view key, int64_t value) { return With(key, std::to_string(value)); }
  Fail& At(std::string_view field, std::string_view description) { return At(field, failure_.reason, description); }
  Fail& At(std::string_view field, Reason reason, std::string_view description);
  Fail& RetryAfter(absl::Duration delay);
  operator absl::Status() const;  // NOLINT: implicit on purpose
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT: implicit on purpose
    return static_cast<absl::Status>(*this);
  }
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

// Collects violations; the first by precedence names the failure.
//
//   Violations wrong;  if (...) wrong.Add("amount", Reason::kAmountInvalid, "...");  if (!wrong.empty()) return
//   wrong.ToStatus("the order is refused");
class Violations {
 public:
  void Add(std::string_view field, Reason reason, std::string_view description) {
    list_.push_back({std::string(field), reason, std::string(description)});
  }
  bool empty() const { return list_.empty(); }
  const std::vector<Violation>& list() const { return list_; }
  // Pre: not empty.
  Failure ToFailure(std::string_view message) const;
  absl::Status ToStatus(std::string_view message) const;

 private:
  std::vector<Violation> list_;
};

absl::Status ToStatus(const Failure& failure);
// What `status` carries; for a status that isn't ours: kInternal with its message (kUnavailable for UNAVAILABLE). Pre:
// !ok.
Failure FailureOf(const absl::Status& status);
// kNone for OK.
Reason ReasonOf(const absl::Status& status);

}  // namespace eagle

// The two lines that every caller of a StatusOr writes.
#define EAGLE_RETURN_IF_ERROR(expression)                                                  \
  do {                                                                                     \
    if (absl::Status eagle_status = (expression); !eagle_status.ok()) return eagle_status; \
  } while (false)
#define EAGLE_CONCAT_INNER(a, b) a##b
#define EAGLE_CONCAT(a, b) EAGLE_CONCAT_INNER(a, b)
#define EAGLE_ASSIGN_OR_RETURN(declaration, expression) \
  EAGLE_ASSIGN_OR_RETURN_INNER(EAGLE_CONCAT(eagle_statusor_, __LINE__), declaration, expression)
#define EAGLE_ASSIGN_OR_RETURN_INNER(holder, declaration, expression) \
  auto holder = (expression);                                         \
  if (!holder.ok()) return holder.status();                           \
  declaration = std::move(holder).value()
