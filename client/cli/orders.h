// What the order commands have in common: sending a batch, following it, and printing orders.
#pragma once

#include <string>
#include <vector>

#include "client/cli/batches.h"
#include "client/lib/follow.h"

namespace eagle::client {

// Sends the batch, prints one row a member (proved acceptance or refusal) and every problem; then, `wait_seconds` above
// zero, follows what was accepted with progress on stderr for at most so long, and prints who has answered. Errors: as
// exit codes have it.
absl::Status SendAndPrint(Session& session, const v1::SignedBatch& batch, uint64_t wait_seconds);
// The rows of answers that came already. Adds to both tables; the first refusal goes into `first`.
struct Answered {
  Table results, problems;
  size_t refused = 0, all = 0;
  v1::Refusal first;
  bool waits;  // some of them wait for a later begin: a column says when it comes
  explicit Answered(bool waits = false);
};
void AddAnswers(Session& session, const absl::TimeZone& zone, const v1::SignedBatch& batch,
                const std::vector<OrderAnswer>& answers, Answered& out);

// Who is asked, by name; and the amount that an order is about, nothing for none.
std::string AgencyNames(Session& session, const v1::Order& order);
Cell LimitOf(const v1::Order& order);

// ValidateOrders, printed: coverage in words, agency by agency, and what would be refused.
absl::Status ValidateAndPrint(Session& session, const v1::SignedBatch& batch);

// Progress of papers on stderr; small ones are silent.
PaperProgress PaperProgressOf(Session& session);

// Progress on stderr until all are final or `at_most` is over; the last views.
absl::StatusOr<std::vector<v1::OrderView>> FollowWithProgress(Session& session,
                                                              const std::vector<std::string>& order_ids,
                                                              absl::Duration at_most);
// One row a task.
Table TasksTable();
void AddTasks(Session& session, const absl::TimeZone& zone, const v1::OrderView& view, Table& table);

}  // namespace eagle::client
