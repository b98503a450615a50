#include "adapters/bank/positions.h"

#include <string>
#include <vector>

#include "adapters/bank/book.h"
#include "adapters/sdk/measure.h"
#include "server/base/reason.h"

namespace eagle::bank {
namespace {

std::vector<std::string> StandingMeasures(Tables& tables) {
  Query query =
      tables.database().Ask("SELECT measure FROM measures WHERE phase IN (2, 3) AND operation > '' ORDER BY operation");
  std::vector<std::string> out;
  while (query.Row()) out.push_back(query.Text());
  return out;
}
static_assert(static_cast<int>(sdk::Phase::kWaitlisted) == 2 && static_cast<int>(sdk::Phase::kEffective) == 3,
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
      visit(row.operation, sdk::MeasureOf(book.entries(), measure));
    }
    return absl::OkStatus();
  }));
  return asked.now;
}

}  // namespace eagle::bank
