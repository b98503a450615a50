// What the agency's server says that it holds for courts, for the daily statement 每日对账 (adapters/sdk/position.h):
// one answer of its call `positions`, so all of one instant. Nothing of it is the adapter's own belief.
//
// Threads: the agent's one.
#pragma once

#include "adapters/rest/rest_core.h"
#include "adapters/sdk/position.h"

namespace eagle::rest {

class RestPositions : public sdk::PositionSource {
 public:
  // `core` outlives it. Pre: its templates have the call.
  explicit RestPositions(RestCore& core) : core_(core) {}
  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const sdk::PositionDay& asked, sdk::InboxTransaction&,
                                                           const sdk::PositionVisitor& visit) override {
    EAGLE_ASSIGN_OR_RETURN(const Standing standing, core_.Positions(asked.day));
    for (const auto& [operation, measure] : standing.measures) visit(operation, measure);
    return standing.as_of;
  }

 private:
  RestCore& core_;
};

}  // namespace eagle::rest
