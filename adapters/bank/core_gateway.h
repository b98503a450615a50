// CoreGateway: how the agent reaches the core. Here the core is in the same process; a bank with a core of its own puts
// its client in this place and keeps the rest.
//
// `reply_delay` lies between the core's commit and its reply, so that a process killed in between has done what nobody
// heard of: afterwards Find must find it. Zero but in demonstrations and tests.
//
// Threads: the agent's one; the delay holds nothing but that thread, so the counter is served meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/bank/core.h"
#include "adapters/sdk/ports.h"

namespace eagle::bank {

// The port through which time passes while somebody waits.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Returns after `duration` of real time, or earlier when the process is to end.
  virtual void Wait(absl::Duration duration) = 0;
};

class CoreGateway : public sdk::CoreRegister {
 public:
  // Both outlive it.
  CoreGateway(BankCore& core, Waiter& waiter, absl::Duration reply_delay)
      : core_(core), waiter_(waiter), reply_delay_(reply_delay) {}

  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request) override {
    return AfterDelay(core_.Inquire(request));
  }
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override { return AfterDelay(core_.Apply(request)); }
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override { return core_.Find(operation); }
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit) override {
    return core_.Changes(after, limit);
  }
  absl::Status Dispute(const sdk::Operation& measure, sdk::Disputed disputed) override {
    return core_.Dispute(measure, disputed);
  }

 private:
  absl::StatusOr<sdk::Answer> AfterDelay(absl::StatusOr<sdk::Answer> reply) {
    if (reply_delay_ > absl::ZeroDuration()) waiter_.Wait(reply_delay_);
    return reply;
  }
  BankCore& core_;
  Waiter& waiter_;
  const absl::Duration reply_delay_;
};

}  // namespace eagle::bank
