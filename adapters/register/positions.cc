// What stands in the register for courts, for the daily statement: every seal that an order of ours made and that is in
// effect or waits for its turn, in order of the order ids.
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/register/query.h"
#include "adapters/register/register.h"
#include "server/base/reason.h"

namespace eagle::registry {

absl::StatusOr<std::optional<absl::Time>> Register::VisitPositions(const sdk::PositionDay& asked,
                                                                   sdk::InboxTransaction& transaction,
                                                                   const sdk::PositionVisitor& visit) {
  struct Standing {
    std::string seal, unit;
    sdk::Operation operation;
  };
  std::vector<Standing> standing;
  {
    Query query(transaction.sqlite(),
                absl::StrCat("SELECT seal, unit, order_id, agency, step FROM ", rules_.kind.name,
                             "_seals WHERE phase IN (2, 3) AND length(order_id) = 16 ORDER BY order_id"));
    while (query.Row()) {
      Standing& row = standing.emplace_back();
      row.seal = query.Text(), row.unit = query.Text();
      row.operation.order_id = query.Text(), row.operation.agency = query.Text();
      row.operation.step = query.Small();
    }
  }
  for (const Standing& row : standing) {
    EAGLE_ASSIGN_OR_RETURN(const UnitBook book, UnitBook::Load(transaction, rules_, row.unit, asked.now));
    const sdk::v1::ItemResult item = book.ItemOf(row.seal);
    if (!item.measure().ended()) visit(row.operation, item.measure());  // one whose term is over is told as an event
  }
  return asked.now;
}
static_assert(static_cast<int>(sdk::Phase::kWaitlisted) == 2 && static_cast<int>(sdk::Phase::kEffective) == 3,
              "the phases of the query");

}  // namespace eagle::registry
