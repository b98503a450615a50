#include "server/api/grpc/watch_hub.h"

#include <algorithm>
#include <utility>

#include "goldeneagle/v1/entry.pb.h"

namespace eagle::api {

namespace v1 = ::goldeneagle::v1;

void WatchHub::Add(std::shared_ptr<Watch> watch, CourtOrdinal court) {
  const absl::Duration now = clock_.MonotonicNow();
  const Watch* key = watch.get();
  absl::MutexLock lock(&mu_);
  rows_[key] = Row{.watch = std::move(watch), .court = court, .looked = now, .wrote = now};
}

void WatchHub::Remove(const Watch* watch) {
  std::shared_ptr<Watch> last;  // goes after the lock
  absl::MutexLock lock(&mu_);
  if (const auto it = rows_.find(watch); it != rows_.end()) {
    last = std::move(it->second.watch);
    rows_.erase(it);
  }
}

void WatchHub::Rest(const Watch* watch, bool wrote, bool more) {
  const absl::Duration now = clock_.MonotonicNow();
  absl::MutexLock lock(&mu_);
  const auto it = rows_.find(watch);
  if (it == rows_.end()) return;
  it->second.resting = true;
  it->second.dirty |= more;
  if (wrote) it->second.wrote = now;
}

size_t WatchHub::size() const {
  absl::MutexLock lock(&mu_);
  return rows_.size();
}

void WatchHub::Take(Row& row, bool heartbeat, absl::Duration now, Woken& woken) {
  row.resting = false;
  row.dirty = false;
  row.looked = now;
  woken.emplace_back(row.watch, heartbeat);
}

void WatchHub::Wake(const Woken& woken) {
  for (const auto& [watch, heartbeat] : woken) {
    if (watch->Wake(heartbeat)) continue;
    absl::MutexLock lock(&mu_);
    if (const auto it = rows_.find(watch.get()); it != rows_.end()) it->second.resting = it->second.dirty = true;
  }
}

void WatchHub::Tick() {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    std::vector<Row*> due;
    for (auto& [key, row] : rows_) {
      if (row.resting && (now - row.wrote >= kHeartbeatEvery || (row.dirty && now - row.looked >= kPace)))
        due.push_back(&row);
    }
    const size_t most = std::min(due.size(), kWokenPerTickMax);
    std::partial_sort(due.begin(), due.begin() + static_cast<ptrdiff_t>(most), due.end(),
                      [](const Row* a, const Row* b) { return a->looked < b->looked; });
    due.resize(most);
    for (Row* row : due) Take(*row, now - row->wrote >= kHeartbeatEvery, now, woken);
  }
  Wake(woken);
}

void WatchHub::WakeAll() {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    for (auto& [key, row] : rows_) {
      if (row.resting) {
        Take(row, false, now, woken);
      } else {
        row.dirty = true;
      }
    }
  }
  Wake(woken);
}

// Zero: can't be said. The court itself acts in acceptances, openings and withdrawals, and those teach whose the rest
// is.
CourtOrdinal WatchHub::CourtOf(const domain::Entry& entry) {
  if (entry.actor_kind == v1::ACTOR_KIND_COURT) {
    const CourtOrdinal court(entry.actor);
    if (owners_.size() >= kKnownOrdersMax) owners_.clear();
    if (entry.type == v1::ENTRY_TYPE_ORDER_ACCEPTED) owners_[entry.index] = court;
    if (entry.case_seq) owners_[entry.case_seq.value()] = court;
    return court;
  }
  for (const uint64_t name : {entry.order.value(), entry.case_seq.value()}) {
    if (const auto it = owners_.find(name); name != 0 && it != owners_.end()) return it->second;
  }
  return CourtOrdinal();
}

void WatchHub::Committed(const std::vector<domain::Entry>& entries, const core::CommitView&) {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    absl::flat_hash_set<CourtOrdinal> courts;
    bool everybody = false;
    for (const domain::Entry& entry : entries) {
      if (entry.type == v1::ENTRY_TYPE_DELIVERED) {
        v1::Delivered delivered;
        delivered.ParseFromString(entry.body);
        for (const uint64_t order : delivered.orders()) {
          const auto it = owners_.find(order);
          if (it != owners_.end()) courts.insert(it->second);
          everybody |= it == owners_.end();
        }
        continue;
      }
      const CourtOrdinal court = CourtOf(entry);
      if (court) {
        courts.insert(court);
      } else if (entry.order || entry.case_seq) {
        everybody = true;
      }
    }
    if (rows_.empty() || (courts.empty() && !everybody)) return;
    for (auto& [key, row] : rows_) {
      const bool concerned = courts.contains(row.court);
      row.dirty |= concerned || everybody;
      if (concerned && row.resting && now - row.looked >= kPace && woken.size() < kWokenAtOnceMax)
        Take(row, false, now, woken);
    }
  }
  Wake(woken);
}

}  // namespace eagle::api
