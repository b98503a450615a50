#include "adapters/sdk/task_queue.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace eagle::sdk {

void TaskQueue::Put(const TaskRow& row) {
  if (!IsOpen(row.state)) {
    by_arrival_.erase(row.arrival_sequence);
    arrivals_.erase(row.digest);
    return;
  }
  QueuedTask& task = by_arrival_[row.arrival_sequence];
  arrivals_[row.digest] = row.arrival_sequence;
  task.digest = row.digest;
  task.order_id = row.operation.order_id;
  task.state = row.state;
  task.is_control = row.is_control;
  task.acknowledged = row.acknowledged;
  task.person = row.person;
}

QueuedTask* TaskQueue::Find(const journal::Hash& digest) {
  const auto found = arrivals_.find(digest);
  return found == arrivals_.end() ? nullptr : &by_arrival_[found->second];
}

std::vector<journal::Hash> TaskQueue::Ready(absl::Duration now, absl::Duration forget_before, size_t limit,
                                            May may) const {
  std::vector<journal::Hash> out;
  absl::flat_hash_set<std::string> held_up;  // persons with an earlier control that isn't decided
  for (const auto& [arrival, task] : by_arrival_) {
    if (out.size() == limit) break;
    if (task.state > TaskState::kInDoubt || IsForgotten(task, forget_before)) continue;
    const bool its_turn = !task.is_control || held_up.insert(task.person).second;
    if (!its_turn || task.next_try > now) continue;
    const bool has_lease = task.state == TaskState::kWaiting && now < task.lease_end;
    if (task.state == TaskState::kWaiting && !MayBegin(task, may)) continue;
    if (has_lease || task.state == TaskState::kApplying) out.push_back(task.digest);
  }
  return out;
}

std::vector<journal::Hash> TaskQueue::In(TaskState state) const {
  std::vector<journal::Hash> out;
  for (const auto& [arrival, task] : by_arrival_) {
    if (task.state == state) out.push_back(task.digest);
  }
  return out;
}

std::vector<journal::Hash> TaskQueue::Unacknowledged() const {
  std::vector<journal::Hash> out;
  for (const auto& [arrival, task] : by_arrival_) {
    const bool waits = task.state == TaskState::kWaiting || task.state == TaskState::kApplying;
    const bool papers_come = task.papers_read && !task.papers_here && task.papers_missed == 0;
    if (task.is_control && waits && !task.acknowledged && !papers_come) out.push_back(task.digest);
  }
  return out;
}

void TaskQueue::EndLeases() {
  for (auto& [arrival, task] : by_arrival_) task.lease_end = -absl::InfiniteDuration();
}

void TaskQueue::EndLease(const std::string& order_id, absl::Duration asked_at) {
  for (auto& [arrival, task] : by_arrival_) {
    if (task.order_id == order_id && task.granted_at < asked_at) task.lease_end = -absl::InfiniteDuration();
  }
}

std::vector<journal::Hash> TaskQueue::Leased() const {
  std::vector<journal::Hash> out;
  for (const auto& [arrival, task] : by_arrival_) {
    if (task.lease_end != -absl::InfiniteDuration()) out.push_back(task.digest);
  }
  return out;
}

size_t TaskQueue::Queued(absl::Duration forget_before) const {
  return static_cast<size_t>(std::count_if(by_arrival_.begin(), by_arrival_.end(), [&](const auto& entry) {
    return IsQueued(entry.second.state) && !IsForgotten(entry.second, forget_before);
  }));
}

size_t TaskQueue::InFlight() const {
  return static_cast<size_t>(std::count_if(by_arrival_.begin(), by_arrival_.end(), [](const auto& entry) {
    const QueuedTask& task = entry.second;
    return task.state == TaskState::kApplying || (IsQueued(task.state) && task.lease_end != -absl::InfiniteDuration());
  }));
}

size_t TaskQueue::Finishable(absl::Duration now, May may) const {
  return static_cast<size_t>(std::count_if(by_arrival_.begin(), by_arrival_.end(), [&](const auto& entry) {
    const QueuedTask& task = entry.second;
    return task.state == TaskState::kApplying ||
           (task.state == TaskState::kWaiting && now < task.lease_end && MayBegin(task, may));
  }));
}

bool TaskQueue::Waits(May may) const {
  return std::any_of(by_arrival_.begin(), by_arrival_.end(), [&](const auto& entry) {
    return entry.second.state == TaskState::kWaiting && !MayBegin(entry.second, may);
  });
}

size_t TaskQueue::WaitingForClerk() const {
  return static_cast<size_t>(std::count_if(by_arrival_.begin(), by_arrival_.end(), [](const auto& entry) {
    return entry.second.state == TaskState::kInDoubt || entry.second.state == TaskState::kUnderReview;
  }));
}

absl::Duration TaskQueue::NextTry(absl::Duration now) const {
  absl::Duration next = absl::InfiniteDuration();
  for (const auto& [arrival, task] : by_arrival_) {
    if (IsQueued(task.state) && task.next_try > now) next = std::min(next, task.next_try);
    if (task.state == TaskState::kWaiting && task.papers_next_try > now) next = std::min(next, task.papers_next_try);
  }
  return next;
}

}  // namespace eagle::sdk
