// The open tasks in memory: whose turn it is, who holds a lease, who has to be tried again later.
//
// Order: controls on one person are worked on one at a time in the order of arrival, which gives their rank; one in
// doubt holds up those behind it until a clerk has decided. Inquiries overlap freely. Under review or in progress a
// task holds up nobody: the register has given it its rank.
//
// Leases: counted on the monotonic clock from the sending of the poll or renewal that gave them, so they end here
// before they end at the gateway. Without one no effect begins. A task whose lease was not given again for a grace time
// after Hello holds its place no longer: the gateway has withdrawn it, or will hand it out again.
//
// Rebuilt from the inbox at a start. Threads: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "adapters/sdk/inbox_rows.h"
#include "goldeneagle/v1/order.pb.h"

namespace eagle::sdk {

// Times are Clock::MonotonicNow.
struct QueuedTask {
  journal::Hash digest{};
  std::string order_id;
  TaskState state = TaskState::kArrived;
  bool is_control = false;
  bool acknowledged = false;
  std::string person;
  absl::Duration lease_end = -absl::InfiniteDuration();   // infinitely past: none was granted in this session
  absl::Duration granted_at = -absl::InfiniteDuration();  // when the poll's answer that granted it was taken
  absl::Duration next_try = -absl::InfiniteDuration();
  uint32_t attempts = 0;   // of the work, that failed
  uint32_t questions = 0;  // to Find, that failed
  // Papers that the order names, once it was read for them (agent_papers.cc).
  bool papers_read = false, papers_here = false;
  std::vector<v1::Instrument> papers_named;
  uint32_t papers_missed = 0;
  absl::Duration papers_next_try = -absl::InfiniteDuration();
};

class TaskQueue {
 public:
  // Enters, changes or (when it isn't open any more) removes the task. Lease and attempts stay.
  void Put(const TaskRow& row);
  QueuedTask* Find(const journal::Hash& digest);

  // What may begin as far as directory and papers are concerned; what may not waits in its place.
  struct May {
    bool inquire = true, control = true;
    bool without_papers = true;
  };

  // What can be worked on at `now`, in order of arrival, at most `limit`: inquiries and controls that wait with a lease
  // and whose turn it is, and tasks whose intent is on record (they are asked for, which needs no lease).
  // `forget_before`: leases that ended before it no longer hold a place.
  std::vector<journal::Hash> Ready(absl::Duration now, absl::Duration forget_before, size_t limit, May may) const;
  // Whether something is verified that must not begin.
  bool Waits(May may) const;
  // Tasks in `state`, in order of arrival.
  std::vector<journal::Hash> In(TaskState state) const;
  // Controls that wait and were never acknowledged; not while their papers are on the way.
  std::vector<journal::Hash> Unacknowledged() const;

  void EndLeases();
  // Unless it was granted at or after `asked_at`: then the answer speaks of an earlier lease.
  void EndLease(const std::string& order_id, absl::Duration asked_at);
  // Tasks that were granted a lease in this session.
  std::vector<journal::Hash> Leased() const;

  // Of ARRIVED, WAITING and APPLYING, without those that `forget_before` forgets.
  size_t Queued(absl::Duration forget_before) const;
  // Of these, what counts against the most in flight: granted in this session, or begun.
  size_t InFlight() const;
  // What can be finished without another poll: begun, or verified and with a lease at `now`.
  size_t Finishable(absl::Duration now, May may) const;
  size_t WaitingForClerk() const;
  size_t size() const { return by_arrival_.size(); }
  // The earliest instant after `now` at which a task is to be tried again.
  absl::Duration NextTry(absl::Duration now) const;

 private:
  static bool IsForgotten(const QueuedTask& task, absl::Duration forget_before) {
    return task.state <= TaskState::kWaiting && task.lease_end < forget_before;
  }
  static bool MayBegin(const QueuedTask& task, May may) {
    return (task.is_control ? may.control : may.inquire) && (may.without_papers || task.papers_here);
  }
  std::map<uint64_t, QueuedTask> by_arrival_;
  absl::flat_hash_map<journal::Hash, uint64_t> arrivals_;
};

}  // namespace eagle::sdk
