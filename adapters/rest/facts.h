// What a template may say of an order: every placeholder by its name.
//
//   Facts facts{.operation = &request.operation, .order = &request.order, .zone = shanghai};
//   FactNamed("subject.name")->value(facts) == FactValue::Text("林远舟")
//
// Threads: values and pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/rest/calls.h"
#include "adapters/sdk/operation.h"
#include "adapters/sdk/ports.h"

namespace eagle::rest {

// What is known when one request is written. What a call doesn't have is null or zero; `FactRow::calls` says which has
// what.
struct Facts {
  const sdk::Operation* operation = nullptr;
  const v1::Order* order = nullptr;
  std::string order_digest;                          // 32 bytes
  sdk::Arrival arrival;                              // in the inbox, which gives rank
  const sdk::Operation* freeze_operation = nullptr;  // RENEW, RELEASE, DEDUCT: what made the measure
  std::string measure_reference;                     // the agency's own number of that measure
  uint64_t changes_after = 0, changes_limit = 0;
  std::string positions_day;  // YYYY-MM-DD
  absl::TimeZone zone;
};

enum class FactKind : uint8_t { kText, kAmount, kWhole, kFlag, kTime };

struct FactValue {
  std::string text;
  int64_t number = 0;  // minor units of an amount; a whole number; 0 or 1
  absl::Time time;
};

struct FactRow {
  std::string_view name;
  FactKind kind;
  uint32_t calls;  // where it may be used
  std::string_view meaning;
  // Absent when this order has none, as a second officer in an inquiry.
  std::optional<FactValue> (*value)(const Facts&);
};

const std::vector<FactRow>& AllFacts();
// Null for no such name.
const FactRow* FactNamed(std::string_view name);

// The one whose value needs a question to the server first: the agency's number of the measure that an order names.
inline constexpr std::string_view kMeasureReference = "measure.reference";
// What every control must carry, so that the server knows a repeat.
inline constexpr std::string_view kOperation = "operation";

}  // namespace eagle::rest
