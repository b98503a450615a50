#include "adapters/bank/positions.h"

#include <string>
#include <vector>

#include "adapters/bank/book.h"
#include "adapters/sdk/measure.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

std::vector<std::string> StandingMeasures(Tables& tables) {
  Query query = tables.database().Ask(
      "SELECT measure FROM measures WHERE operation > '' AND (phase IN (2, 3) OR phase = 6 AND EXISTS "
      "(SELECT 1 FROM payments WHERE payments.measure = measures.measure AND state = 'SENT')) ORDER BY operation");
  std::vector<std::string> out;
  while (query.Row()) out.push_back(query.Text());
  return out;
}
static_assert(static_cast<int>(sdk::Phase::kWaitlisted) == 2 && static_cast<int>(sdk::Phase::kEffective) == 3 &&
                  static_cast<int>(sdk::Phase::kConsumed) == 6,
              "the phases of the query");

}  // namespace

// The core begins every transaction with the terms that have ended, by its own clock.
absl::StatusOr<std::optional<absl::Time>> CorePositions::VisitPositions(const sdk::PositionDay& asked,
                                                                        sdk::InboxTransaction&,
                                                                        const sdk::PositionVisitor& visit) {
  EAGLE_RETURN_IF_ERROR(core_.Look([&](const Work& work) -> absl::Status {
    for (const std::string& measure : StandingMeasures(work.tables)) {
      const MeasureRow row = *work.tables.Measure(measure);
      EAGLE_ASSIGN_OR_RETURN(const Book book, Book::Load(work, row.measure.scope, measure));
      const v1::MeasureState state = book.State(measure);  // as its receipts say it
      if (!state.ended()) visit(row.operation, state);
    }
    return absl::OkStatus();
  }));
  return asked.now;
}

}  // namespace eagle::bank
