// The threads on which calls are worked: gRPC's own threads only copy and hand over, and a few of them serve everybody.
//
//   Post    new work; refused when too much waits already, so that the answer "busy" costs nothing.
//   Finish  the end of work that was taken: never refused and done first (a queue that can't grow beyond the calls that
//   are open).
//
// Life: made before the services, Stop after the servers: what was taken is finished.
// Threads: any. Work may post more work.
//
//   Executor executor({.workers = 2, .queued_max = 4096});
//   if (!executor.Post([call] { call->Run(); })) ...  // BUSY
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace eagle::api {

class Executor {
 public:
  struct Options {
    size_t workers = 2;
    size_t queued_max = 4096;
  };
  struct Counters {
    uint64_t done = 0, refused = 0;
    size_t queued = 0, busy = 0;
  };

  explicit Executor(Options options);
  ~Executor();

  // False, and nothing is done, when `queued_max` pieces wait or the executor has stopped.
  bool Post(std::function<void()> work);
  // On the calling thread when it is a worker of this executor. After Stop: on the calling thread too.
  void Finish(std::function<void()> work);
  // Does what has queued, then ends the threads. Once.
  void Stop();
  Counters counters() const;

 private:
  void Work();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopped_ || !queued_.empty() || !finishing_.empty();
  }

  const size_t queued_max_;
  mutable absl::Mutex mu_;
  std::deque<std::function<void()>> queued_ ABSL_GUARDED_BY(mu_);
  std::deque<std::function<void()>> finishing_ ABSL_GUARDED_BY(mu_);
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  Counters counters_ ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> workers_;
};

}  // namespace eagle::api
