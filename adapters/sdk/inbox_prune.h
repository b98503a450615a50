// What the inbox may forget, and when: an inbox that is never pruned grows by every order there ever was.
//
// The same order may come again after years, and then gets the same answer again, byte for byte. So these stay for
// ever: the order's id and digest, when it arrived and where its task ended, its FINAL or RETURNED receipt with
// corrections and events, and the signed heads of their batches. The rest goes once it can't be asked for any more:
//
// - The order's bytes with head and signatures, when its last word is older than the keeping time, and the gateway has
//   recorded it and whatever was told after it. A few fields stay (BriefOf).
// - ACKNOWLEDGED and PROGRESS receipts, with the order's bytes, when nothing else is in their batch: a batch is sent
//   again whole or not at all.
// - Changes of a register in the inbox, when they have become receipts; deferred ones with the order's bytes.
//
// What the gateway answered by CONFLICT or REFUSED is kept whole: people will want to look at it.
//
// Threads: as the transaction.
//
//   PruneReport done = PruneSome(tables, now - config.keep_orders, after);   // `after`: where the last one stopped
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "adapters/sdk/inbox_rows.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::sdk {

// Work of one call: some milliseconds, so that no lease suffers.
inline constexpr size_t kPrunedAtOnce = 64;

struct PruneReport {
  size_t orders = 0;
  size_t receipts = 0;
  size_t changes = 0;
  // Whether there is more to look at now, and the arrival sequence to go on after; else begin anew another time.
  bool more = false;
  uint64_t stopped_at = 0;
  bool has_changed() const { return orders + changes > 0; }
};

// Looks at finished tasks that arrived after `after`, in the order of arrival, at most kPrunedAtOnce, and forgets what
// may be forgotten of those whose last word is older than `ended_before`.
PruneReport PruneSome(InboxTables& tables, absl::Time ended_before, uint64_t after);

// What later orders, events and corrections need of an order that was carried out: who in which case did what to how
// much. No names, numbers or instruments.
v1::Order BriefOf(const v1::Order& order);

}  // namespace eagle::sdk
