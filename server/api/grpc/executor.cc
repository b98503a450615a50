#include "server/api/grpc/executor.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace eagle::api {
namespace {

thread_local const Executor* worker_of = nullptr;

}  // namespace

Executor::Executor(Options options) : queued_max_(std::max<size_t>(1, options.queued_max)) {
  for (size_t i = 0; i < std::max<size_t>(1, options.workers); ++i) workers_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Stop(); }

bool Executor::Post(std::function<void()> work) {
  absl::MutexLock lock(&mu_);
  if (stopped_ || queued_.size() >= queued_max_) {
    ++counters_.refused;
    return false;
  }
  queued_.push_back(std::move(work));
  return true;
}

void Executor::Finish(std::function<void()> work) {
  if (worker_of != this) {
    absl::MutexLock lock(&mu_);
    if (!stopped_) {
      finishing_.push_back(std::move(work));
      return;
    }
  }
  work();
}

void Executor::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopped_ = true;
  }
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

Executor::Counters Executor::counters() const {
  absl::MutexLock lock(&mu_);
  Counters out = counters_;
  out.queued = queued_.size() + finishing_.size();
  return out;
}

void Executor::Work() {
  pthread_setname_np(pthread_self(), "ge-worker");
  worker_of = this;
  for (;;) {
    std::function<void()> work;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(
          +[](Executor* self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(self->mu_) { return self->HasWork(); }, this));
      std::deque<std::function<void()>>& from = finishing_.empty() ? queued_ : finishing_;
      if (from.empty()) return;  // stopped, and everything is done
      work = std::move(from.front());
      from.pop_front();
      ++counters_.busy;
    }
    work();
    work = nullptr;  // what it held goes before the lock is taken
    absl::MutexLock lock(&mu_);
    --counters_.busy;
    ++counters_.done;
  }
}

}  // namespace eagle::api
