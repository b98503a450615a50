#include "adapters/sdk/shell/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "server/base/assert.h"

namespace eagle::sdk {
namespace {

sigset_t Watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  return set;
}

}  // namespace

void BlockSignals() {
  const sigset_t set = Watched();
  GATEWAY_ASSERT(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0, "signals can be blocked");
}

SignalWatcher::SignalWatcher(std::function<void()> leave, std::function<void()> counters)
    : leave_(std::move(leave)), counters_(std::move(counters)) {
  BlockSignals();
  const sigset_t set = Watched();
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  int ends[2] = {-1, -1};
  GATEWAY_ASSERT(signals_ >= 0 && pipe2(ends, O_CLOEXEC) == 0, "three descriptors can be had at the start");
  stop_reader_ = ends[0], stop_writer_ = ends[1];
  thread_ = std::thread([this] { Watch(); });
}

SignalWatcher::~SignalWatcher() {
  close(stop_writer_);  // the reader sees the end of the pipe
  thread_.join();
  close(stop_reader_);
  close(signals_);
}

void SignalWatcher::Watch() {
  while (true) {
    pollfd both[] = {{signals_, POLLIN, 0}, {stop_reader_, POLLIN, 0}};
    if (poll(both, 2, -1) < 0) continue;
    if (both[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) continue;
    if (info.ssi_signo == SIGUSR1) {
      counters_();
    } else {
      leave_();
    }
  }
}

}  // namespace eagle::sdk
