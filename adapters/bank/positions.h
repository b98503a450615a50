// What stands in the core for courts, for the daily statement (adapters/sdk/position.h): every measure that an order of
// ours made and that is in effect or waits, of one transaction of the core.
//
// Threads: as the core.
#pragma once

#include "adapters/bank/core.h"
#include "adapters/sdk/position.h"

namespace eagle::bank {

class CorePositions : public sdk::PositionSource {
 public:
  // The core outlives it.
  explicit CorePositions(BankCore& core) : core_(core) {}
  // Error: REGISTER_BROKEN.
  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const sdk::PositionDay& asked,
                                                           sdk::InboxTransaction& transaction,
                                                           const sdk::PositionVisitor& visit) override;

 private:
  BankCore& core_;
};

}  // namespace eagle::bank
