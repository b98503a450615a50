// Where other threads leave what the agent's thread has to do: replies of the channel, work from the counter, wishes of
// signals.
//
// Threads: any may put; one takes. Nothing here waits but Wait.
//
//   mailbox.PutReply(call, std::move(response));                 // a gRPC thread
//   mailbox.Wait(absl::Seconds(1));  for (auto& letter : mailbox.TakeReplies()) agent.OnReply(letter.call,
//   std::move(letter.reply));
#pragma once

#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/sdk/agent.h"

namespace eagle::sdk {

class Mailbox {
 public:
  struct Letter {
    CallId call = 0;
    absl::StatusOr<Reply> reply;
  };

  void PutReply(CallId call, absl::StatusOr<Reply> reply);
  // `work` runs on the taker's thread; false, and it never runs, once the box is closed.
  bool PutWork(std::function<void()> work);
  // Wakes the taker, now or at its next Wait.
  void Wake();

  // Until something is there or `at_most` (real time) has passed.
  void Wait(absl::Duration at_most);
  std::vector<Letter> TakeReplies();
  std::vector<std::function<void()>> TakeWork();
  // Takes no more; gives what is left.
  std::vector<std::function<void()>> Close();

 private:
  bool HasMail() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return woken_ || !replies_.empty() || !work_.empty(); }

  absl::Mutex mu_;
  std::vector<Letter> replies_ ABSL_GUARDED_BY(mu_);
  std::vector<std::function<void()>> work_ ABSL_GUARDED_BY(mu_);
  bool woken_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace eagle::sdk
