// An adapter's process around its register: keys, clock, connection, agent, counter, signals, log; and the shared part
// of its command line.
//
//   int main: BlockSignals -> LoadAdapterConfig -> inbox, register -> RunAdapter
//
// The agent's wall clock may be the step clock of a demonstration (server/base/system_clock.h; test environment only);
// leases, polls and back-offs are always counted in real time.
//
// Threads: RunAdapter stays on the caller's thread, which becomes the agent's.
//
//   AdapterProcess process{.config = config, .inbox = *inbox,
//                          .make_agent = [&](AgentConfig agent, const AgentPorts& ports) { return
//                          Agent::Make(std::move(agent), ports, land); }, .counter = [&](const CounterRequest& request,
//                          Agent& agent, absl::Time now) { ... }};
//   return ExitCodeOf(RunAdapter(process, {.once = once}));
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/shell/adapter_config.h"
#include "adapters/sdk/shell/counter_socket.h"
#include "server/base/system_clock.h"

namespace eagle::sdk {

struct AdapterProcess {
  const AdapterConfig& config;  // `agent` complete: adapter, version, capabilities
  Inbox& inbox;
  std::function<absl::StatusOr<std::unique_ptr<Agent>>(AgentConfig, const AgentPorts&)> make_agent;
  // The kind's own commands, on the agent's thread; `now` is the agent's wall time. Every adapter also has:
  //   status   counters and gauges
  //   queue    tasks that wait for people: in doubt, under review
  //   ask id   asks the core again about a task in doubt (a register in the inbox has none)
  //   and those of office_commands.h: objections, corrections
  std::function<absl::StatusOr<Json>(const CounterRequest&, Agent&, absl::Time now)> counter;
};

struct RunOptions {
  bool once = false;  // leave when there is no more work
};

// Until drained, or, with `once`, until all is done. Errors: CONFIGURATION_INVALID (also: a step clock outside the test
// environment), KEY_UNUSABLE, FOLDER_LOCKED (somebody answers at the counter socket), UNAVAILABLE (once), and why the
// agent stopped.
absl::Status RunAdapter(const AdapterProcess& process, const RunOptions& options);

// Wall time from `wall`, monotonic time from the machine. Threads: those of `wall`.
class AgentClock : public Clock {
 public:
  explicit AgentClock(Clock& wall) : wall_(wall) {}
  absl::Time WallNow() override { return wall_.WallNow(); }
  absl::Duration MonotonicNow() override { return machine_.MonotonicNow(); }

 private:
  Clock& wall_;
  SystemClock machine_;
};

// The clock to import and look with: as RunAdapter takes it. Error: CONFIGURATION_INVALID.
absl::StatusOr<std::unique_ptr<Clock>> MakeAdapterClock(v1::Environment environment);

// 0 OK, 2 configuration, 3 refused, 4 unavailable, 1 everything else.
int ExitCodeOf(const absl::Status& status);
inline constexpr int kUsageExitCode = 2;  // of a command line that can't be read
// What --check-config says: "<path>: ok" to stdout, or a line a problem to stderr. Gives the exit code, 0 or 2.
int PrintConfigCheck(const std::string& path, const absl::Status& status);
// "REASON: message" and one line a violation, to stderr.
void PrintFailure(const absl::Status& status);
// The answer of a counter to stdout, as JSON or for people; or its failure. Gives the exit code.
int PrintCounterAnswer(const absl::StatusOr<Json>& answer, bool as_json);

}  // namespace eagle::sdk
