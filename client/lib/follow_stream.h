// Keeping a watch open: a stream that breaks, or falls silent, is opened again from its last resume token.
//
// Threads: one.
//
//   auto open = [&](const std::string& token) { ... return gateway.WatchAlerts(request); };
//   FollowStream<v1::WatchAlertsResponse>(open, "", waiter, real_clock, on_message, absl::InfiniteDuration());
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/lib/errors.h"
#include "client/lib/gateway.h"
#include "client/lib/retry.h"
#include "server/base/clock.h"

namespace eagle::client {

// Every message from `resume_token` on, at least once, for `at_most` of real time; `on_message` that says no ends it.
// `open(token)` opens the stream. Errors: those that repeating doesn't mend; when the time is over while the gateway is
// away, that it is.
template <class Response, class Open>
absl::Status FollowStream(const Open& open, std::string resume_token, Waiter& waiter, Clock& real_clock,
                          const std::function<bool(const Response&)>& on_message, absl::Duration at_most) {
  constexpr absl::Duration kFirstPause = absl::Seconds(1), kPauseMax = absl::Seconds(10);
  constexpr absl::Duration kSilenceMax = absl::Seconds(30);  // three heartbeats
  const absl::Duration until = real_clock.MonotonicNow() + at_most;
  absl::Duration pause = kFirstPause;
  for (;;) {
    const std::unique_ptr<StreamOf<Response>> stream = open(resume_token);
    absl::Status ended;
    while (ended.ok()) {
      const absl::Duration left = until - real_clock.MonotonicNow();
      if (left <= absl::ZeroDuration()) return absl::OkStatus();
      const auto message = stream->Next(std::min(kSilenceMax, left));
      ended = message.status();
      // Three heartbeats missed: the line is dead, whatever TCP thinks.
      if (message.ok() && !message->has_value()) break;
      if (!message.ok()) break;
      pause = kFirstPause;
      if (!on_message(**message)) return absl::OkStatus();
      if (!(*message)->resume_token().empty()) resume_token = (*message)->resume_token();
    }
    if (!ended.ok() && OriginOf(ended) != Origin::kUnavailable) return ended;
    const absl::Duration left = until - real_clock.MonotonicNow();
    if (left <= absl::ZeroDuration() || !waiter.Wait(std::min(pause, left))) return ended;
    pause = std::min(pause * 2, kPauseMax);
  }
}

}  // namespace eagle::client
