// Following orders until their agencies have answered: by WatchOrders where that works, by GetOrder where it doesn't.
// What counts is always GetOrder; events only say when to look.
//
// A stream that breaks is opened again from its last resume token; between events an order is looked at again after 1
// s, then ever more seldom up to every 10 s, so nothing is missed even if no event ever comes.
//
// Threads: one.
//
//   Follower follower(gateway, waiter, real_clock);
//   EAGLE_ASSIGN_OR_RETURN(auto views, follower.Follow({order_id}, [](const v1::OrderView& view) { Show(view); return
//   true; }));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/gateway.h"
#include "client/lib/retry.h"
#include "server/base/clock.h"

namespace eagle::client {

// COMPLETED or WITHDRAWN.
bool IsFinal(const v1::OrderView& view);
// Tasks with a final word: DONE, RETURNED, WITHDRAWN.
int CountAnswered(const v1::OrderView& view);

class Follower {
 public:
  // `real_clock` measures how long to follow: real time, also where a step clock gives the records theirs. All must
  // outlive this.
  Follower(Gateway& gateway, Waiter& waiter, Clock& real_clock)
      : gateway_(gateway), waiter_(waiter), real_clock_(real_clock) {}

  // False ends the following.
  using OnView = std::function<bool(const v1::OrderView&)>;
  // Shows each order once at the start and whenever it has changed; returns the last views (in the order asked for)
  // when all are final, when `at_most` has passed, or when `on_view` said no. Errors: those of GetOrder that repeating
  // doesn't mend (UNAVAILABLE is waited out).
  absl::StatusOr<std::vector<v1::OrderView>> Follow(const std::vector<std::string>& order_ids, const OnView& on_view,
                                                    absl::Duration at_most = absl::InfiniteDuration());

  // Every event from `resume_token` on ("" = from now), at least once, for `at_most`. False ends it. Streams that end
  // are opened again. Errors: those that repeating doesn't mend.
  using OnEvents = std::function<bool(const v1::WatchOrdersResponse&)>;
  absl::Status Events(const std::string& case_number, std::string resume_token, const OnEvents& on_events,
                      absl::Duration at_most = absl::InfiniteDuration());

 private:
  // Waits for the next sign of change, at most `wait`. Opens the stream when there is none; a gateway that doesn't let
  // us watch is polled. False when the waiter was stopped.
  bool AwaitSign(absl::Duration wait, const std::vector<std::string>& order_ids);

  Gateway& gateway_;
  Waiter& waiter_;
  Clock& real_clock_;
  std::unique_ptr<WatchStream> stream_;
  std::string resume_token_;
  bool may_watch_ = true;
};

}  // namespace eagle::client
