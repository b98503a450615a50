// What the command centre lists, kept ready in memory: the clocks that run by due instant, freezes in effect that
// nothing was decided about by age, and counts of cases by court. Made from the state as it was loaded, it follows
// every commit; no table holds any of it. Some 150 bytes for each open order and 100 for each measure in effect.
//
// Life:    a Listener of the sequencer, made before its first Step. Threads: Committed belongs to the sequencer's;
// everything else may be called from any. The lock is held for so many rows at a time, never for a whole page.
//
//   const auto page = book.Due([](const DueRow& row) { return row.urgent; }, CourtOrdinal(), kEver, std::nullopt, 100);
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/case.pb.h"
#include "server/api/due_row.h"
#include "server/core/ports.h"

namespace eagle::api {

class SupervisionBook final : public core::Listener {
 public:
  static constexpr size_t kLookedAtMax = 20'000;  // rows, for one page
  static constexpr size_t kLookedAtOnce = 1'000;  // under the lock
  static constexpr int64_t kEver = std::numeric_limits<int64_t>::max();

  explicit SupervisionBook(const domain::State& state);

  // Which commits are in it.
  struct AsOf {
    uint64_t index = 0;  // entries of the journal
    absl::Time time;     // of the newest of them
  };
  template <typename Row, typename Key>
  struct Page {
    std::vector<Row> rows;
    std::optional<Key> next;  // the last one that was looked at; absent: nothing follows
    AsOf as_of;
  };

  // Clocks past `after` that are due before `before` (microseconds since 1970) and wanted, at most `limit`. `only`:
  // those of this court alone are looked at; none: all. `wanted` runs under the lock: it must be quick.
  Page<DueRow, DueKey> Due(const std::function<bool(const DueRow&)>& wanted, CourtOrdinal only, int64_t before,
                           std::optional<DueKey> after, size_t limit) const;
  // The same of freezes that nothing was decided about, in effect since before `before`.
  Page<FreezeRow, FreezeKey> Undecided(const std::function<bool(const FreezeRow&)>& wanted, int64_t before,
                                       std::optional<FreezeKey> after, size_t limit) const;

  struct CourtCount {
    std::array<uint64_t, goldeneagle::v1::CaseStage_ARRAYSIZE> stages = {};  // cases by stage
    uint64_t open_orders = 0, effective = 0, undecided = 0;
  };
  // By court's ordinal: those that ever had a case.
  std::map<uint32_t, CourtCount> Counts(AsOf& as_of) const;

  // Clocks by kind and state: for metrics.
  std::map<std::pair<goldeneagle::v1::DueKind, goldeneagle::v1::DueState>, uint64_t> Clocks() const;
  size_t undecided() const;

  // The sequencer's thread.
  void Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) override;

 private:
  // What the entries of a commit may have changed.
  struct Touched {
    absl::flat_hash_set<ClockName> clocks;
    absl::flat_hash_set<uint64_t> freezes, cases;
  };
  void Touch(const domain::Entry& entry, const domain::State& state, Touched& touched);
  void TouchOrder(const domain::Order* order, Touched& touched);
  void Hear(const domain::Order& order);
  void Follow(const Touched& touched, const domain::State& state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FollowClock(const ClockName& name, std::optional<DueRow> row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FollowFreeze(uint64_t freeze, std::optional<FreezeRow> row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FollowCase(uint64_t seq, const domain::State& state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Count(const DueRow& row, bool comes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  struct CaseSeen {
    CourtOrdinal court;
    goldeneagle::v1::CaseStage stage = goldeneagle::v1::CASE_STAGE_UNSPECIFIED;
  };
  struct Effective {
    CourtOrdinal court;
    std::optional<FreezeKey> undecided;  // its place in undecided_
  };

  absl::flat_hash_map<uint64_t, Decided> decided_;  // by freeze; the sequencer's thread alone

  mutable absl::Mutex mu_;
  absl::btree_map<DueKey, DueRow> clocks_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<ClockName, int64_t> due_ ABSL_GUARDED_BY(mu_);  // where each stands in clocks_
  absl::flat_hash_map<uint32_t, absl::btree_set<DueKey>> clocks_of_ ABSL_GUARDED_BY(mu_);  // by court
  absl::btree_map<FreezeKey, FreezeRow> undecided_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<uint64_t, Effective> effective_ ABSL_GUARDED_BY(mu_);  // by freeze
  absl::flat_hash_map<uint64_t, CaseSeen> cases_ ABSL_GUARDED_BY(mu_);
  std::map<uint32_t, CourtCount> counts_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<goldeneagle::v1::DueKind, goldeneagle::v1::DueState>, uint64_t> by_state_ ABSL_GUARDED_BY(mu_);
  AsOf as_of_ ABSL_GUARDED_BY(mu_);
};

}  // namespace eagle::api
