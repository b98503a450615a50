// Who follows orders, and when to look for news for them. No transport: a watch is something that can be woken.
//
// A commit wakes the idle watches of the courts that it concerns, at once; a watch that was woken a moment ago waits
// for the next Tick, so that many commits become one page. What the hub can't attribute to a court (orders accepted
// before this process started) wakes everybody, at the next Tick. Waking may always be too often, never too seldom: a
// watch reads what is past its token and finds out.
//
// Life:    outlives its watches; a Listener of the sequencer. Threads: any. No lock is held while a watch is woken.
//
//   hub.Add(watch);                        // counts as woken: it reads its first page
//   hub.Rest(watch.get(), wrote, false);   // the page was sent, or there was none
//   hub.Tick();                            // every 100 ms
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
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
  // busy), ask again. Called again only after Rest.
  virtual bool Wake(bool heartbeat) = 0;
};

class WatchHub final : public core::Listener {
 public:
  static constexpr absl::Duration kHeartbeatEvery = absl::Seconds(10);
  static constexpr absl::Duration kPace = absl::Milliseconds(100);  // between two looks of one watch
  static constexpr size_t kWokenAtOnceMax = 64;                     // by a commit; the rest by the next Tick
  static constexpr size_t kWokenPerTickMax = 512;       // those that waited longest; the rest by the one after it
  static constexpr size_t kKnownOrdersMax = 2'000'000;  // then all are forgotten

  explicit WatchHub(Clock& monotonic) : clock_(monotonic) {}

  void Add(std::shared_ptr<Watch> watch, CourtOrdinal court);
  void Remove(const Watch* watch);
  // The watch has nothing to do until it is woken. `wrote`: something was sent, so the next heartbeat is due
  // kHeartbeatEvery from now. `more`: there is news that it had no room for.
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
    CourtOrdinal court;
    bool resting = false;
    bool dirty = false;     // something was committed since it last looked
    absl::Duration looked;  // when it was woken last
    absl::Duration wrote;
  };
  using Woken = std::vector<std::pair<std::shared_ptr<Watch>, bool>>;
  CourtOrdinal CourtOf(const domain::Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Take(Row& row, bool heartbeat, absl::Duration now, Woken& woken) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Wake(const Woken& woken);

  Clock& clock_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<const Watch*, Row> rows_ ABSL_GUARDED_BY(mu_);
  // Whose an order or case is, as far as this process has seen it begin. Orders and cases are named by journal indexes:
  // no clash.
  absl::flat_hash_map<uint64_t, CourtOrdinal> owners_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::api
