#include "adapters/conformance/process_stage.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "server/base/reason.h"

extern char** environ;

namespace eagle::conformance {
namespace {

constexpr absl::Duration kStopLimit = absl::Seconds(40), kHookLimit = absl::Seconds(30),
                         kDeliveryLimit = absl::Seconds(20), kLook = absl::Milliseconds(10);
// After the delivery: before it is on record, at its verification, around the effect, behind the answer. Which is which
// depends on the adapter; together they lie close enough that a wrong order of intent, effect and receipt shows.
constexpr absl::Duration kMoments[] = {absl::ZeroDuration(),   absl::Milliseconds(3),  absl::Milliseconds(10),
                                       absl::Milliseconds(25), absl::Milliseconds(80), absl::Milliseconds(400)};

}  // namespace

absl::StatusOr<std::unique_ptr<StageClock>> StageClock::Make(const std::string& step_file) {
  auto clock = std::make_unique<StageClock>();
  clock->step_file_ = step_file;
  if (step_file.empty()) return clock;
  // It never goes back, also from one run to the next: what an adapter has on record would lie in its future.
  absl::Time wall = clock->machine_.WallNow();
  if (access(step_file.c_str(), F_OK) == 0) {
    EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<StepClock> before, StepClock::Open(step_file));
    wall = std::max(wall, before->WallNow() + absl::Minutes(1));
  }
  EAGLE_RETURN_IF_ERROR(StepClock::Move(step_file, wall, clock->MonotonicNow()));
  EAGLE_ASSIGN_OR_RETURN(clock->steps_, StepClock::Open(step_file));
  return clock;
}

absl::Status StageClock::Move(absl::Time wall) {
  if (steps_ == nullptr) return Fail(Reason::kUnavailable, "there is no step clock in this run");
  return StepClock::Move(step_file_, wall, MonotonicNow());
}

ProcessStage::~ProcessStage() {
  if (AdapterRuns()) StopAdapter().IgnoreError();
}

pid_t ProcessStage::Spawn(const std::string& command, const std::string& log_file) {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::string_view(*variable).rfind(std::string(kStepClockVariable) + "=", 0) != 0)
      environment.emplace_back(*variable);
  }
  if (!clock_.step_file().empty()) environment.push_back(std::string(kStepClockVariable) + "=" + clock_.step_file());
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  std::string shell = "/bin/sh", flag = "-c", text = command;
  char* const arguments[] = {shell.data(), flag.data(), text.data(), nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t process = -1;
  if (posix_spawn(&process, shell.c_str(), &actions, &attributes, arguments, variables.data()) != 0) process = -1;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return process;
}

std::optional<int> ProcessStage::WaitFor(pid_t process, absl::Duration limit) {
  const absl::Duration end = clock_.MonotonicNow() + limit;
  for (;;) {
    int status = 0;
    if (waitpid(process, &status, WNOHANG) == process)
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (clock_.MonotonicNow() >= end) return std::nullopt;
    Wait([] { return false; }, kLook);
  }
}

bool ProcessStage::AdapterRuns() {
  if (process_ > 0 && WaitFor(process_, absl::ZeroDuration())) process_ = -1;
  return process_ > 0;
}

absl::Status ProcessStage::StartAdapter() {
  if (AdapterRuns()) return absl::OkStatus();
  process_ = Spawn("exec " + adapter_.command, adapter_.log_file);
  if (process_ < 0) return Fail(Reason::kUnavailable, "the adapter's command can't be run");
  return absl::OkStatus();
}

absl::StatusOr<int> ProcessStage::StopAdapter() {
  if (!AdapterRuns()) return Fail(Reason::kUnavailable, "the adapter had ended before");
  kill(process_, SIGTERM);
  if (const auto code = WaitFor(process_, kStopLimit)) {
    process_ = -1;
    return *code;
  }
  Kill();
  return Fail(Reason::kUnavailable, "the adapter did not end on SIGTERM");
}

void ProcessStage::Kill() {
  if (process_ < 0) return;
  kill(-process_, SIGKILL);
  WaitFor(process_, kStopLimit);
  process_ = -1;
}

void ProcessStage::KillAtWork(int point, const std::function<void()>& hand) {
  uint64_t fence = 0;
  Locked([&] { fence = gateway_.last_fence(); });
  hand();
  Wait([&] { return gateway_.last_fence() > fence; }, kDeliveryLimit);
  const size_t moment = std::min(static_cast<size_t>(point), std::size(kMoments) - 1);
  Wait([] { return false; }, kMoments[moment]);
  Kill();
}

absl::Status ProcessStage::RunHook(const std::string& command) {
  const pid_t process = Spawn(command, adapter_.log_file);
  if (process < 0) return Fail(Reason::kUnavailable, "a hook can't be run");
  const auto code = WaitFor(process, kHookLimit);
  if (!code) {
    kill(-process, SIGKILL);
    WaitFor(process, kHookLimit);
  }
  if (code && *code == 0) return absl::OkStatus();
  return Fail(Reason::kUnavailable, "a hook failed").With("exit_code", code ? *code : -1);
}

}  // namespace eagle::conformance
