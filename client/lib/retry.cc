#include "client/lib/retry.h"

#include <algorithm>
#include <optional>

#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

// The delay and up to half of it more.
absl::Duration Spread(absl::Duration delay, Entropy& entropy) {
  const std::string random = entropy.Bytes(2);
  return delay + delay * ByteReader(random).U16() / 65536 / 2;
}

}  // namespace

absl::Status Retry(const RetryPolicy& policy, Waiter& waiter, Entropy& entropy,
                   const std::function<absl::Status()>& call) {
  absl::Duration backoff = policy.first_delay;
  for (int attempt = 1;; ++attempt) {
    absl::Status status = call();
    if (status.ok() || attempt >= policy.attempts) return status;
    const Failure failure = FailureOf(status);
    absl::Duration delay;
    switch (RowOf(failure.reason).code) {
      case absl::StatusCode::kUnavailable:
        // An operator must act first: repeating doesn't help.
        if (failure.reason == Reason::kClockUntrusted) return status;
        delay = std::max(Spread(backoff, entropy), failure.retry_delay);
        backoff = std::min(backoff * 2, policy.delay_max);
        break;
      case absl::StatusCode::kResourceExhausted:
        if (failure.retry_delay <= absl::ZeroDuration()) return status;
        delay = Spread(failure.retry_delay, entropy);
        break;
      default:
        return status;
    }
    if (failure.retry_delay > policy.named_delay_max || !waiter.Wait(delay)) return status;
  }
}

}  // namespace eagle::client
