// Signals of the operator, taken on a thread of their own: SIGTERM and SIGINT ask the process to leave, SIGUSR1 for its
// counters.
//
// Life: made before any other thread (the signals are blocked for those that come after it); until destroyed.
// Threads: the handlers are called on the watcher's own thread.
//
//   SignalWatcher signals([&] { runner.RequestDrain(); }, [&] { runner.LogMetrics(); });
#pragma once

#include <functional>
#include <thread>

namespace eagle::sdk {

// Blocks the three signals in the calling thread and in those that it makes from now on. Called first thing in main.
void BlockSignals();

class SignalWatcher {
 public:
  SignalWatcher(std::function<void()> leave, std::function<void()> counters);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  void Watch();
  const std::function<void()> leave_, counters_;
  int signals_ = -1;
  int stop_reader_ = -1, stop_writer_ = -1;
  std::thread thread_;
};

}  // namespace eagle::sdk
