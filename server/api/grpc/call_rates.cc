#include "server/api/grpc/call_rates.h"

#include <algorithm>
#include <string>

#include "server/base/reason.h"

namespace eagle::api {

absl::Status CallRates::Take(std::string_view party) {
  const absl::Duration now = clock_.MonotonicNow();
  absl::MutexLock lock(&mu_);
  absl::Duration& over_at = over_at_.try_emplace(std::string(party), now).first->second;
  const absl::Duration next = std::max(over_at, now) + interval_;
  if (next - now <= kBurst) {
    over_at = next;
    return absl::OkStatus();
  }
  return Fail(Reason::kCallsTooFrequent, "this party calls more often than one may").RetryAfter(next - now - kBurst);
}

}  // namespace eagle::api
