#include "adapters/sdk/shell/mailbox.h"

#include <utility>

namespace eagle::sdk {

void Mailbox::PutReply(CallId call, absl::StatusOr<Reply> reply) {
  const absl::MutexLock lock(&mu_);
  replies_.push_back({call, std::move(reply)});
}

bool Mailbox::PutWork(std::function<void()> work) {
  const absl::MutexLock lock(&mu_);
  if (closed_) return false;
  work_.push_back(std::move(work));
  return true;
}

void Mailbox::Wake() {
  const absl::MutexLock lock(&mu_);
  woken_ = true;
}

void Mailbox::Wait(absl::Duration at_most) {
  const absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(this, &Mailbox::HasMail), at_most);
  woken_ = false;
}

std::vector<Mailbox::Letter> Mailbox::TakeReplies() {
  const absl::MutexLock lock(&mu_);
  return std::exchange(replies_, {});
}

std::vector<std::function<void()>> Mailbox::TakeWork() {
  const absl::MutexLock lock(&mu_);
  return std::exchange(work_, {});
}

std::vector<std::function<void()>> Mailbox::Close() {
  const absl::MutexLock lock(&mu_);
  closed_ = true;
  return std::exchange(work_, {});
}

}  // namespace eagle::sdk
