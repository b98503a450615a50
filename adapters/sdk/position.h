// What stands at this unit for courts, for the daily statement 每日对账: the port that a register fills in, beside
// CoreRegister or InboxRegister (ports.h). Optional: without one the agent states nothing.
//
// Threads: the agent's one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/inbox.h"
#include "adapters/sdk/operation.h"
#include "goldeneagle/v1/position.pb.h"

namespace eagle::sdk {

namespace v1 = ::goldeneagle::v1;

// Takes one measure: the operation of the order that made it, and its state as a receipt of that instant would have it.
using PositionVisitor = std::function<void(const Operation& operation, const v1::MeasureState& state)>;

// Which statement is asked for.
struct PositionDay {
  std::string day;  // YYYY-MM-DD, by the agency's calendar
  absl::Time now;
};

// A statement says what the unit's books say, never what the adapter believes of them: a unit that says nothing has
// stated nothing, and the day is missing.
class PositionSource {
 public:
  virtual ~PositionSource() = default;
  // Every measure that an order of ours made and that is in effect or waits behind others, in order of the order ids,
  // all of the one instant that comes back: now, of books that can be looked at; an earlier one, of a unit that hands
  // its statement in. Not those that wait for a clerk: they aren't answered yet. `transaction` is of the inbox, for a
  // register that lives there; nothing is written in it. Absent: the unit hasn't stated that day yet; it is asked again
  // soon. An error: nothing is stated now, it is asked again.
  virtual absl::StatusOr<std::optional<absl::Time>> VisitPositions(const PositionDay& asked,
                                                                   InboxTransaction& transaction,
                                                                   const PositionVisitor& visit) = 0;
  // Whether the unit has stated the day anew since VisitPositions last gave it: it is then sent once more.
  virtual bool IsRestated(const std::string&) { return false; }
};

// A part of a statement has no more lines, nor, beyond its first line, more bytes.
inline constexpr int kLinesPerPart = 256;
inline constexpr size_t kBytesPerPart = 64 * 1024;

}  // namespace eagle::sdk
