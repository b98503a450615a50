// What happens at the unit after the first answer: the last word of a clerk or of the payment system, and events of
// measures.
//
// A register numbers its changes from 1 without reuse, in the order in which they happened; the agent asks for those
// after the last one it has turned into a receipt, and reports each until it is acknowledged.
//
// Threads: values.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/operation.h"

namespace eagle::sdk {

struct RegisterChange {
  enum class Kind : uint8_t {
    kAnswer = 1,  // what the order is still waiting for: kFinal, kProgress or kReturned. Also settles what is in doubt
    kEvent = 2,   // `change` and `item`: where the measure of that (freeze) order stands now
    kCorrection = 3,  // a final answer was wrong: this one replaces it
  };
  uint64_t sequence = 0;
  Kind kind = Kind::kAnswer;
  Operation operation;  // the order concerned; changes of orders that this inbox doesn't know are passed over
  Answer answer;        // kAnswer, kCorrection
  v1::MeasureChange change = v1::MEASURE_CHANGE_UNSPECIFIED;  // kEvent
  v1::ItemResult item;                                        // kEvent
  absl::Time at;                                              // when it took effect
};

}  // namespace eagle::sdk
