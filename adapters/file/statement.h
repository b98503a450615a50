// What the agency states that it holds for courts 对账, in files of the family DZFK: a day in one batch or several,
// each line a measure that stands.
//
// A statement says what the agency's books say. A line about an order that went out to nobody from here is passed on as
// it is, as the gateway knows more; a line that can't be read refuses its whole batch, because a statement without it
// would say that the measure isn't held.
//
// A day is handed on only when its last batch is here, and when the answers and events that it follows are: their last
// number is in the batch (KZXH). A day without that is missing, and nothing is said in the agency's place.
//
// Threads: ReadStatement is pure; FilePositions is the agent's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "adapters/file/fault.h"
#include "adapters/file/request.h"
#include "adapters/file/store.h"
#include "adapters/file/xml.h"
#include "adapters/sdk/position.h"

namespace eagle::file {

// Reads a whole DZFK. Faults: every one of it; with one, nothing of it is used. `now`: a day or an instant that is
// still to come is a fault.
StatedBatch ReadStatement(const Element& root, const Edge& edge, absl::Time now, Faults& faults);

class FilePositions : public sdk::PositionSource {
 public:
  // `store` outlives it.
  FilePositions(Store& store, std::string agency) : store_(store), agency_(std::move(agency)) {}
  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const sdk::PositionDay& asked,
                                                           sdk::InboxTransaction& transaction,
                                                           const sdk::PositionVisitor& visit) override;
  bool IsRestated(const std::string& day) override;

 private:
  Store& store_;
  const std::string agency_;
};

}  // namespace eagle::file
