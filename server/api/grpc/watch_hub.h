// Who follows orders or alerts, and who of them has news. No transport: a watch is something that can be woken.
//
// A commit wakes the watches of the courts whose orders or cases it names, those of alerts when it has any, and no
// others: one that rests is woken at
// once, one that reads or writes looks again as soon as it rests, so that many commits become one page. The
// sequencer's thread only notes who has news; a worker does the waking. Waking may always be too often, never too
// seldom: a watch reads what is past its token and finds out.
//
// Life:    outlives its watches; a Listener of the sequencer. Threads: any. No lock is held while a watch is woken.
//
//   WatchHub hub(clock, [&](std::function<void()> work) { executor.Finish(std::move(work)); });
//   if (!hub.Add(watch, court)) ...        // BUSY; added, it counts as woken: it reads its first page
//   hub.Rest(watch.get(), wrote, false);   // the page was sent, or there was none
//   hub.Tick();                            // every 100 ms: heartbeats, and those that couldn't be woken
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/ids.h"
#include "server/core/ports.h"

namespace eagle::api {

class Watch {
 public:
  virtual ~Watch() = default;
  // Look for news, and let the other side hear of us even if there are none when `heartbeat`. False: not now (too
  // busy), ask again. Called again only after Rest. Must be quick.
  virtual bool Wake(bool heartbeat) = 0;
};

class WatchHub final : public core::Listener {
 public:
  static constexpr absl::Duration kHeartbeatEvery = absl::Seconds(10);
  static constexpr size_t kWatchesMax = 8192;
  static constexpr size_t kWatchesPerCourtMax = 256;
  static constexpr size_t kAlertWatchesPerCallerMax = 16;
  // So that heartbeats never fill the queue of calls. 100 ticks before the next heartbeat reach everybody.
  static constexpr size_t kWokenPerTickMax = 512;

  // Runs the work soon, on another thread than the caller's; never refused. At most one piece is under way.
  using HandOver = std::function<void(std::function<void()>)>;

  WatchHub(Clock& monotonic, HandOver hand_over) : clock_(monotonic), hand_over_(std::move(hand_over)) {}

  // False: there are too many, of this court or in all.
  bool Add(std::shared_ptr<Watch> watch, CourtOrdinal court);
  // The same for alerts. `caller`: the system that watches, whoever it is.
  bool AddForAlerts(std::shared_ptr<Watch> watch, const std::string& caller);
  void Remove(const Watch* watch);
  // The watch has nothing to do until it is woken, which may be before Rest returns. `wrote`: something was sent, so
  // the next heartbeat is due kHeartbeatEvery from now. `more`: it may not have come to the end.
  void Rest(const Watch* watch, bool wrote, bool more);
  void Tick();
  // Everybody, now: rights have changed, or the process drains.
  void WakeAll();
  size_t size() const;

  // The sequencer's thread.
  void Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) override;

 private:
  struct Row {
    std::shared_ptr<Watch> watch;
    CourtOrdinal court;  // whose orders; none: alerts
    std::string caller;  // of alerts
    bool resting = false;
    bool news = false;  // something was committed since it was woken last
    absl::Duration wrote;
  };
  using Woken = std::vector<std::pair<std::shared_ptr<Watch>, bool>>;
  // Wakes the watches that were noted.
  void Push();
  // The row has news: it is woken if it rests.
  void Tell(Row& row, absl::Duration now, Woken& woken) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Take(Row& row, absl::Duration now, Woken& woken) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Wake(const Woken& woken);

  Clock& clock_;
  const HandOver hand_over_;
  mutable absl::Mutex mu_;
  absl::node_hash_map<const Watch*, Row> rows_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<CourtOrdinal, absl::flat_hash_set<Row*>> of_court_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, absl::flat_hash_set<Row*>> of_alerts_ ABSL_GUARDED_BY(mu_);  // by caller
  // Have news, and a Push is under way for them.
  absl::flat_hash_set<CourtOrdinal> noted_ ABSL_GUARDED_BY(mu_);
  bool alerts_noted_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace eagle::api
