// The order that flags describe.
#pragma once

#include <string>

#include "client/cli/order_flags.h"
#include "client/cli/order_sources.h"

namespace eagle::client {

// The order, complete, with the directory asked where flags leave something to it (officers' cards, the court's
// account, agencies "all"). `signing`: who signs; the first two stand in the order as handler and co-signer unless
// --officer names them. `group`: empty or 16 bytes. Errors: every flag that is wrong at once, as violations at its name
// ("--limit"); those of the directory when it can't be asked.
absl::StatusOr<v1::Order> OrderFromFlags(OrderSources& sources, v1::Action action, const OrderFlags& flags,
                                         const Signing& signing, const std::string& group);
// Freeze and deduct 冻结并划拨: two orders in one group, so that neither stands without the other; of `flags` what a
// freeze has, and --to-account. Errors: as above.
struct OrderPair {
  v1::Order freeze, deduct;
};
absl::StatusOr<OrderPair> PairFromFlags(OrderSources& sources, const OrderFlags& flags, const Signing& signing,
                                        const std::string& group);

}  // namespace eagle::client
