// What stands at this unit for courts, for the daily statement 每日对账: the port that a register fills in, beside
// CoreRegister or InboxRegister (ports.h). Optional: without one the agent states nothing.
//
// Threads: the agent's one thread.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/operation.h"
#include "goldeneagle/v1/position.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

// Takes one measure: the operation of the order that made it, and its state as a receipt of that instant would have it.
using PositionVisitor = std::function<void(const Operation& operation, const v1::MeasureState& state)>;

class PositionSource {
 public:
  virtual ~PositionSource() = default;
  // Every measure that an order of ours made and that is in effect or waits behind others at `now`, in order of the
  // order ids, all of one instant. Not those that wait for a clerk: they aren't answered yet. `transaction` is of the
  // inbox, for a register that lives there; nothing is written. An error: nothing is stated now, it is asked again.
  virtual absl::Status VisitPositions(absl::Time now, InboxTransaction& transaction, const PositionVisitor& visit) = 0;
};

// A part of a statement has no more lines, nor, beyond its first line, more bytes.
inline constexpr int kLinesPerPart = 256;
inline constexpr size_t kBytesPerPart = 64 * 1024;

}  // namespace eagle::sdk
