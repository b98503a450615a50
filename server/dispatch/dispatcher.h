// Who gets which task when: queues per agency, parked polls, leases, presence.
//
// Leases are not state: they live on the monotonic clock, and after a restart all have ended. A hand-out becomes a
// Delivered entry in the commit of the batch that planned it; its index is the fence. Urgent before normal, earliest
// due first, round robin between courts; but control orders on one respondent at one agency go out in journal order
// whatever their urgency or court, because the first served is first in rank: a later one follows in the same delivery,
// or in one after the earlier delivery is known to have arrived (by the next poll's last_delivery). A deduction stays
// back while its case is in a stage that forbids it or has more taken than its cap (law 6).
//
// Life:    made before the sequencer steps (SetHandout), gone after it.
// Threads: the Handout half belongs to the sequencer's thread; everything else may be called from any. One lock, never
// held over a callback.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/ids.h"
#include "server/core/ports.h"

namespace eagle::dispatch {

struct Options {
  absl::Duration lease = absl::Seconds(60);  // counted by the adapter from sending its poll, by us from planning
  absl::Duration renew_every = absl::Seconds(20);
  absl::Duration poll_wait_max = absl::Seconds(30);
  absl::Duration absent_after = absl::Seconds(90);  // without any call
  size_t instances_per_agency_max = 64;
  size_t most_tasks_per_poll = 256;
  size_t parked_polls_max = 20'000;
  size_t bytes_per_poll = 768 * 1024;  // of signed orders in one delivery, about; always at least one task
  size_t deliveries_per_batch = 1024;  // the rest goes out with the next batch
  absl::Duration roused_apart = absl::Microseconds(250);  // 4,000 polls a second
};

inline constexpr uint64_t kKnowsAll = ~uint64_t{0};

struct PollAnswer {
  uint64_t fence = 0;  // 0: no tasks
  std::vector<OrderSeq> orders;
  std::vector<std::string> withdrawn;  // order ids that this instance holds and must not begin
  bool draining = false;
};

struct LeaseAnswer {
  uint32_t held = 0;
  std::vector<std::string> lost;  // order ids
  std::vector<std::string> withdrawn;
};

struct AgencyLoad {
  bool known = false;                            // an instance said Hello to this process
  std::vector<domain::AdapterVersion> programs;  // of the instances, each once
  bool full = false;                             // present but holding as many as it takes
  size_t queued = 0, held = 0, parked = 0;
  absl::Duration last_seen;  // monotonic; InfiniteDuration when never
};

// Gauges, and counts since the process began.
struct DispatchCounters {
  size_t instances = 0, agencies = 0, parked = 0, queued = 0, held = 0, held_back = 0;
  uint64_t polls = 0, deliveries = 0, tasks = 0, given_back = 0, leases_ended = 0, roused = 0;
};

class Dispatcher final : public core::Handout {
 public:
  Dispatcher(Clock& clock, Options options);
  ~Dispatcher() override;

  // --- any thread

  // An instance introduces itself. INSTANCE_CONFLICT when another live instance (seen within absent_after) has another
  // inbox. BUSY when the agency has too many; one that was silent for absent_after makes room.
  // `program`: which one runs there.
  absl::Status Hello(AgencyOrdinal agency, const std::string& instance, const std::string& inbox,
                     uint32_t most_in_flight, const domain::AdapterVersion& program = {});
  // Which program the instance is; absent when it is unknown to this process. Doesn't note that it lives.
  std::optional<domain::AdapterVersion> ProgramOf(AgencyOrdinal agency, const std::string& instance) const;
  // Parks a poll until there is work, `wait` has passed or the process drains. `wake` (set once) lets the sequencer
  // step. `last_delivery`: the fence of the last delivery that this instance has; what it was handed past that is given
  // back to the queue at once. Errors, at once: HELLO_FIRST; BUSY when too many are parked. `done` is called exactly
  // once otherwise: on the sequencer's thread, by Expire, Drain or a later Poll; before Poll returns when `wait` is
  // zero and there is nothing, and while the process drains. Hello, Forget and NewlyAbsent call nobody: the next Expire
  // answers the polls of an instance that is gone. `directory_position`: up to where its caller knows the statements.
  absl::Status Poll(AgencyOrdinal agency, const std::string& instance, size_t most, uint64_t last_delivery,
                    absl::Duration wait, std::function<void(absl::StatusOr<PollAnswer>)> done,
                    uint64_t directory_position = kKnowsAll);
  // The statement at `position` is published, and whoever doesn't know it must hear of it at once: the waits of parked
  // polls end one after another, roused_apart, so that thousands don't come back in the same moment; a poll that comes
  // later and doesn't know it isn't parked. Repeating it, or an older position, does nothing.
  void Rouse(uint64_t position);
  // The caller gave up (cancelled its call): its poll, if still parked, is dropped; `done` is then never called.
  void CancelPolls(AgencyOrdinal agency, const std::string& instance);
  // The instance is gone (its Hello could not be recorded): what it holds is given back, its polls are answered empty.
  void Forget(AgencyOrdinal agency, const std::string& instance);
  // The gateway ends the session of an instance: as Forget, and if it was the agency's last one, the next NewlyAbsent
  // tells that the agency is absent since now.
  void End(AgencyOrdinal agency, const std::string& instance);
  // These tasks of the delivery did not fit its answer: they are given back at once.
  void GiveBack(AgencyOrdinal agency, const std::string& instance, uint64_t fence, const std::vector<OrderSeq>& orders);
  // Whether the instance holds the task under a lease that has not ended.
  bool Holds(AgencyOrdinal agency, const std::string& instance, OrderSeq order) const;
  // Extends every lease of the instance. What it lost or may no longer begin is told for some minutes. HELLO_FIRST when
  // unknown.
  absl::StatusOr<LeaseAnswer> RenewLease(AgencyOrdinal agency, const std::string& instance);
  // HELLO_FIRST when the instance is unknown to this process; else notes that it lives.
  absl::Status Seen(AgencyOrdinal agency, const std::string& instance);
  // Answers parked polls whose wait is over with no work, ends leases that ran out. Call it every 100 ms or so.
  void Expire();
  // Agencies of which no instance has called for absent_after, with when they last did (wall time as the clock has it
  // now): each once. Their instances are forgotten, so that the next call of one is answered HELLO_FIRST. Agencies that
  // the journal left present and that have not said Hello to this process count from its start.
  std::vector<std::pair<AgencyOrdinal, absl::Time>> NewlyAbsent();
  // Answers every parked poll "draining" and parks no more.
  void Drain();
  AgencyLoad LoadOf(AgencyOrdinal agency) const;
  DispatchCounters counters() const;
  // Called (from any thread) when a parked poll could be served now: set it to Sequencer::WakeUp.
  void SetWake(std::function<void()> wake);

  // --- the sequencer's thread

  void Load(const domain::State& state) override;
  void Applied(const domain::Entry& entry, const domain::State& state) override;
  std::vector<Planned> Plan(const domain::State& state) override;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with hand-outs under way
};

}  // namespace eagle::dispatch
