// The stage with real processes and real time: the gRPC server, the adapter's command, the hooks, the step clock.
//
// The adapter runs as `exec COMMAND` of a shell, in a process group of its own, with its output appended to a file.
//
// Threads: the script's one. It stops the adapter when it is destroyed.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "adapters/conformance/server.h"
#include "adapters/conformance/stage.h"
#include "server/base/system_clock.h"

namespace eagle::conformance {

// Wall time from the step clock's file when there is one, monotonic time from the machine.
class StageClock : public Clock {
 public:
  // Error: CONFIGURATION_INVALID when the file can't be used. An empty path: the machine's time.
  static absl::StatusOr<std::unique_ptr<StageClock>> Make(const std::string& step_file);
  absl::Time WallNow() override { return steps_ != nullptr ? steps_->WallNow() : machine_.WallNow(); }
  absl::Duration MonotonicNow() override { return machine_.MonotonicNow(); }
  // Errors: UNAVAILABLE without a file; CONFIGURATION_INVALID.
  absl::Status Move(absl::Time wall);
  const std::string& step_file() const { return step_file_; }

 private:
  SystemClock machine_;
  std::string step_file_;
  std::unique_ptr<StepClock> steps_;
};

class ProcessStage : public Stage {
 public:
  struct Adapter {
    std::string command;   // empty: one that dials in by itself
    std::string log_file;  // where its output goes
  };
  // Both outlive it; `gateway` is the one that the server serves.
  ProcessStage(GatewayServer& server, FakeGateway& gateway, StageClock& clock, Adapter adapter)
      : server_(server), gateway_(gateway), clock_(clock), adapter_(std::move(adapter)) {}
  ~ProcessStage() override;

  void Locked(const std::function<void()>& work) override { server_.Locked(work); }
  bool Wait(const std::function<bool()>& condition, absl::Duration limit) override {
    return server_.Wait(condition, limit);
  }
  Clock& clock() override { return clock_; }
  bool OwnsAdapter() const override { return !adapter_.command.empty(); }
  bool AdapterRuns() override;
  absl::Status StartAdapter() override;
  absl::StatusOr<int> StopAdapter() override;
  void KillAtWork(int point, const std::function<void()>& hand) override;
  absl::Status RunHook(const std::string& command) override;
  absl::Status MoveClock(absl::Time wall) override { return clock_.Move(wall); }

 private:
  void Kill();
  // A shell that runs `command`, its output appended to `log_file`. -1 when it can't be started.
  pid_t Spawn(const std::string& command, const std::string& log_file);
  // Its exit code, 128 + n for signal n; absent when it still runs after `limit`.
  std::optional<int> WaitFor(pid_t process, absl::Duration limit);

  GatewayServer& server_;
  FakeGateway& gateway_;
  StageClock& clock_;
  const Adapter adapter_;
  pid_t process_ = -1;
};

}  // namespace eagle::conformance
