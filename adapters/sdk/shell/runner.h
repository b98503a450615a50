// Runner: the one thread on which an agent lives. It steps the agent whenever a reply, a clerk's command or the time
// calls for it, writes what happened to the log, drains, and leaves.
//
// Life: made, Run once. Ends by RequestDrain (SIGTERM): no new tasks; what has begun is finished and reported, for
// `drain_limit` at most; whatever isn't sent by then lies in the inbox for the next start. With `once` it ends by
// itself when the gateway has no more work and all is reported.
//
// Threads: Run on the caller's; RequestDrain, Ask and LogMetrics from any.
//
//   Runner runner(*agent, mailbox, clock, log, {});
//   signals.OnTerminate([&] { runner.RequestDrain(); });
//   return runner.Run();
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/shell/json.h"
#include "adapters/sdk/shell/log.h"
#include "adapters/sdk/shell/mailbox.h"
#include "server/base/clock.h"

namespace eagle::sdk {

struct RunnerOptions {
  bool once = false;
  absl::Duration drain_limit = absl::Seconds(30);  // real time
  uint32_t once_failures_max = 5;                  // calls that failed without a connection, then `once` gives up
};

class Runner {
 public:
  // All outlive the runner. `clock` is the agent's.
  Runner(Agent& agent, Mailbox& mailbox, Clock& clock, Log& log, RunnerOptions options)
      : agent_(agent), mailbox_(mailbox), clock_(clock), log_(log), options_(options) {}

  // OK after a drain, or once all was done; UNAVAILABLE when `once` could reach nobody; why the agent stopped
  // otherwise.
  absl::Status Run();

  void RequestDrain();
  // Runs `work` on the agent's thread and gives its result; waits meanwhile. UNAVAILABLE when the runner has left.
  absl::StatusOr<Json> Ask(std::function<absl::StatusOr<Json>(Agent&)> work);
  // Writes all counters as one line of the log, soon.
  void LogMetrics();

 private:
  void TakeMail();
  void NoteReply(const absl::StatusOr<Reply>& reply);
  void NoteChanges();
  bool IsDone() const;
  absl::Status LeaveWith(absl::Status status);

  Agent& agent_;
  Mailbox& mailbox_;
  Clock& clock_;
  Log& log_;
  const RunnerOptions options_;
  std::atomic<bool> drain_requested_{false};
  std::atomic<bool> metrics_requested_{false};

  // The runner's own thread only.
  AgentMetrics seen_;
  std::string last_failure_;  // reason of the last call that failed, so that each is logged once
  std::string last_message_;  // and what it said
  bool draining_ = false;
  absl::Duration drain_until_;
  uint64_t quiet_polls_ = 0;  // polls that brought neither work nor statements
};

// Every counter and gauge by its name.
Json MetricsJson(const AgentMetrics& metrics);

}  // namespace eagle::sdk
