// Beside its work the agent keeps its inbox small, a little at a time: inbox_prune.h says what goes and what stays.
#include "adapters/sdk/agent.h"
#include "adapters/sdk/inbox_prune.h"

namespace eagle::sdk {
namespace {

constexpr absl::Duration kPruneEvery = absl::Minutes(10);  // what ended long ago is in no hurry
constexpr absl::Duration kPruneOn = absl::Seconds(1);      // while there is more: work comes first

}  // namespace

void Agent::Prune() {
  Unit unit(ports_.inbox);
  const PruneReport done = PruneSome(unit.tables, Wall() - config_.keep_orders, prune_after_);
  if (done.has_changed() && !Commit(unit)) return;
  metrics_.orders_pruned += done.orders;
  prune_after_ = done.stopped_at;
  next_prune_ = Monotonic() + (done.more ? kPruneOn : kPruneEvery);
}

}  // namespace eagle::sdk
