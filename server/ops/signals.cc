#include "server/ops/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>

#include "server/base/assert.h"

namespace eagle::ops {

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t ours;
  sigemptyset(&ours);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&ours, number);
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  signals_ = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  GATEWAY_ASSERT(signals_ >= 0 && wake_ >= 0, "a process at its start has descriptors");
}

Signals::~Signals() {
  close(signals_);
  close(wake_);
}

Signal Signals::Wait(absl::Duration longest) {
  pollfd waiting[] = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
  const auto ms = static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(longest), 0, 3'600'000));
  if (poll(waiting, 2, ms) <= 0) return Signal::kNone;
  signalfd_siginfo taken{};
  if (read(signals_, &taken, sizeof(taken)) == sizeof(taken))
    return taken.ssi_signo == SIGHUP ? Signal::kReload : Signal::kStop;
  uint64_t times = 0;
  return read(wake_, &times, sizeof(times)) == sizeof(times) ? Signal::kStop : Signal::kNone;
}

void Signals::Wake() {
  const uint64_t one = 1;
  (void)!write(wake_, &one, sizeof(one));
}

}  // namespace eagle::ops
