// How often one party may call: a steady rate, and a burst of two seconds of it. Who calls more often is told to wait;
// the others don't notice him.
//
// A party is a name that the directory knows, so this grows no further than the directory does. One instant is kept for
// each: when the calls so far would have been over at the steady rate (the generic cell rate algorithm of ITU-T I.371).
//
// Threads: any, at the same time.
//
//   CallRates rates(/*per_second=*/2000, clock);
//   EAGLE_RETURN_IF_ERROR(rates.Take(peer->spiffe_id));
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"

namespace eagle::api {

class CallRates {
 public:
  static constexpr absl::Duration kBurst = absl::Seconds(2);  // so much of the steady rate at once

  // `per_second` > 0. `clock` is asked for monotonic time only and outlives this.
  CallRates(size_t per_second, Clock& clock) : interval_(absl::Seconds(1) / per_second), clock_(clock) {}

  // Counts one call of `party`. Errors: RESOURCE_EXHAUSTED / CALLS_TOO_FREQUENT with the delay after which one more is
  // taken; a call that was refused doesn't count.
  absl::Status Take(std::string_view party);

 private:
  const absl::Duration interval_;
  Clock& clock_;
  absl::Mutex mu_;
  absl::flat_hash_map<std::string, absl::Duration> over_at_ ABSL_GUARDED_BY(mu_);  // monotonic, by party
};

}  // namespace eagle::api
