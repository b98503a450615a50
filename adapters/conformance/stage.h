// The port between a script and the world in which it plays: the lock around the gateway, waiting, time, and the
// adapter's process.
//
// A script is a straight-line function on one thread; the stage carries the adapter's calls meanwhile. ProcessStage
// (process_stage.h) has real processes and real time; the tests have a stage in memory, where waiting steps a model
// adapter and moves a clock.
//
// Threads: the script's one.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"

namespace eagle::conformance {

class Stage {
 public:
  virtual ~Stage() = default;

  // Runs `work` on the gateway while no call is served; open polls look again afterwards.
  virtual void Locked(const std::function<void()>& work) = 0;
  // Until `condition` holds, asked under the lock; false when it doesn't within `limit`. Without a condition that can
  // hold: how long to wait.
  virtual bool Wait(const std::function<bool()>& condition, absl::Duration limit) = 0;
  // Wall time as the adapter is meant to have it, monotonic time of the machine.
  virtual Clock& clock() = 0;

  // Whether the kit starts the adapter itself. Without it nothing below is called.
  virtual bool OwnsAdapter() const = 0;
  virtual bool AdapterRuns() = 0;
  virtual absl::Status StartAdapter() = 0;  // nothing when it runs
  // SIGTERM, and the exit code (128 + n for signal n). UNAVAILABLE when it doesn't end in time; it is killed then.
  virtual absl::StatusOr<int> StopAdapter() = 0;
  // Hands out by `hand`, and kills the adapter (SIGKILL) at the `point`-th moment of its work on that, counted from 0:
  // moments lie close together after the delivery, and the last ones behind the answer. Returns once it is dead.
  virtual void KillAtWork(int point, const std::function<void()>& hand) = 0;

  // A command of the fixtures. UNAVAILABLE unless it ends with 0.
  virtual absl::Status RunHook(const std::string& command) = 0;
  // Moves the wall clock that adapter and kit share. UNAVAILABLE when there is none.
  virtual absl::Status MoveClock(absl::Time wall) = 0;
};

}  // namespace eagle::conformance
