// Repeating calls: what is repeated, after how long, and for how long in all.
//
//   UNAVAILABLE          after 0.2 s, doubled each time up to 5 s, each with up to half of itself more, so that callers
//   part RESOURCE_EXHAUSTED   after the delay that the gateway names, and never sooner; when it names none, not at all
//   anything else        never
//
// Repeating is safe because every changing call of the contract is: the same bytes get the same facts. Waiting is real
// time and goes through the port Waiter, so tests don't wait.
//
// Threads: a Waiter may be interrupted from any thread; the rest belongs to one.
//
//   absl::Status status = Retry(policy, waiter, entropy, [&] { return gateway.Send(bytes); });
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/base/entropy.h"

namespace eagle::client {

class Waiter {
 public:
  virtual ~Waiter() = default;
  // False when the wait was cut short for good: give up.
  virtual bool Wait(absl::Duration duration) = 0;
};

// Waits on a condition that Stop() makes true.
class RealWaiter : public Waiter {
 public:
  bool Wait(absl::Duration duration) override { return !stopped_.WaitForNotificationWithTimeout(duration); }
  // At most once.
  void Stop() { stopped_.Notify(); }

 private:
  absl::Notification stopped_;
};

struct RetryPolicy {
  int attempts = 5;  // at most, the first included; 1: never repeat
  absl::Duration first_delay = absl::Milliseconds(200);
  absl::Duration delay_max = absl::Seconds(5);
  absl::Duration named_delay_max = absl::Seconds(30);  // a gateway that names a longer one is answered with its failure
};

// Calls until OK, until a failure that isn't repeated, or until the attempts are used up; the last failure is the
// answer.
absl::Status Retry(const RetryPolicy& policy, Waiter& waiter, Entropy& entropy,
                   const std::function<absl::Status()>& call);

}  // namespace eagle::client
