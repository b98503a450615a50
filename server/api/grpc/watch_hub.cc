#include "server/api/grpc/watch_hub.h"

#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/domain/alert.h"

namespace eagle::api {
namespace {

namespace v1 = ::goldeneagle::v1;

// Calls `tell` with every court one of whose orders or cases the entry names.
template <typename Tell>
void ForCourtsOf(const domain::Entry& entry, const domain::State& state, Tell tell) {
  const auto of_order = [&](OrderSeq order) {
    if (const domain::Order* found = state.FindOrder(order); found != nullptr) tell(found->court);
  };
  if (entry.type == v1::ENTRY_TYPE_ORDER_ACCEPTED) return of_order(OrderSeq(entry.index));
  if (entry.type == v1::ENTRY_TYPE_DELIVERED) {
    v1::Delivered delivered;
    delivered.ParseFromString(entry.body);
    for (const uint64_t order : delivered.orders()) of_order(OrderSeq(order));
    return;
  }
  if (entry.order) return of_order(entry.order);
  if (const auto found = state.cases.find(entry.case_seq.value()); found != state.cases.end())
    tell(found->second.court);
}

}  // namespace

bool WatchHub::Add(std::shared_ptr<Watch> watch, CourtOrdinal court) {
  const absl::Duration now = clock_.MonotonicNow();
  const Watch* key = watch.get();
  absl::MutexLock lock(&mu_);
  if (rows_.size() >= kWatchesMax) return false;
  if (const auto it = of_court_.find(court); it != of_court_.end() && it->second.size() >= kWatchesPerCourtMax)
    return false;
  Row& row = rows_[key];
  row = Row{.watch = std::move(watch), .court = court, .wrote = now};
  of_court_[court].insert(&row);
  return true;
}

bool WatchHub::AddForAlerts(std::shared_ptr<Watch> watch, const std::string& caller) {
  const absl::Duration now = clock_.MonotonicNow();
  const Watch* key = watch.get();
  absl::MutexLock lock(&mu_);
  if (rows_.size() >= kWatchesMax) return false;
  if (const auto it = of_alerts_.find(caller); it != of_alerts_.end() && it->second.size() >= kAlertWatchesPerCallerMax)
    return false;
  Row& row = rows_[key];
  row = Row{.watch = std::move(watch), .caller = caller, .wrote = now};
  of_alerts_[caller].insert(&row);
  return true;
}

void WatchHub::Remove(const Watch* watch) {
  std::shared_ptr<Watch> last;  // goes after the lock
  absl::MutexLock lock(&mu_);
  const auto it = rows_.find(watch);
  if (it == rows_.end()) return;
  Row& row = it->second;
  const auto leave = [&row](auto& watches, const auto& owner) {
    const auto own = watches.find(owner);
    own->second.erase(&row);
    if (own->second.empty()) watches.erase(own);
  };
  row.court ? leave(of_court_, row.court) : leave(of_alerts_, row.caller);
  last = std::move(it->second.watch);
  rows_.erase(it);
}

void WatchHub::Rest(const Watch* watch, bool wrote, bool more) {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    const auto it = rows_.find(watch);
    if (it == rows_.end()) return;
    Row& row = it->second;
    row.resting = true;
    if (wrote) row.wrote = now;
    if (more || row.news) Tell(row, now, woken);
  }
  Wake(woken);
}

size_t WatchHub::size() const {
  absl::MutexLock lock(&mu_);
  return rows_.size();
}

void WatchHub::Tell(Row& row, absl::Duration now, Woken& woken) {
  row.news = true;
  if (row.resting) Take(row, now, woken);
}

void WatchHub::Take(Row& row, absl::Duration now, Woken& woken) {
  row.resting = row.news = false;
  woken.emplace_back(row.watch, now - row.wrote >= kHeartbeatEvery);
}

void WatchHub::Wake(const Woken& woken) {
  for (const auto& [watch, heartbeat] : woken) {
    if (watch->Wake(heartbeat)) continue;
    absl::MutexLock lock(&mu_);
    if (const auto it = rows_.find(watch.get()); it != rows_.end()) it->second.resting = it->second.news = true;
  }
}

void WatchHub::Tick() {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    for (auto& [key, row] : rows_) {
      if (woken.size() >= kWokenPerTickMax) break;
      if (row.resting && (row.news || now - row.wrote >= kHeartbeatEvery)) Take(row, now, woken);
    }
  }
  Wake(woken);
}

void WatchHub::WakeAll() {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    for (auto& [key, row] : rows_) Tell(row, now, woken);
  }
  Wake(woken);
}

void WatchHub::Push() {
  const absl::Duration now = clock_.MonotonicNow();
  Woken woken;
  {
    absl::MutexLock lock(&mu_);
    for (const CourtOrdinal court : noted_) {
      const auto watches = of_court_.find(court);
      if (watches == of_court_.end()) continue;
      for (Row* row : watches->second) Tell(*row, now, woken);
    }
    noted_.clear();
    if (alerts_noted_) {
      for (const auto& [caller, watches] : of_alerts_) {
        for (Row* row : watches) Tell(*row, now, woken);
      }
    }
    alerts_noted_ = false;
  }
  Wake(woken);
}

void WatchHub::Committed(const std::vector<domain::Entry>& entries, const core::CommitView& commit) {
  {
    absl::MutexLock lock(&mu_);
    if (rows_.empty()) return;
    const bool under_way = !noted_.empty() || alerts_noted_;
    alerts_noted_ |= !of_alerts_.empty() && std::any_of(entries.begin(), entries.end(), [](const domain::Entry& entry) {
      return domain::AlertKindOf(entry.type) != v1::ALERT_KIND_UNSPECIFIED;
    });
    for (const domain::Entry& entry : entries) {
      ForCourtsOf(entry, commit.state(), [this](CourtOrdinal court) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        if (of_court_.contains(court)) noted_.insert(court);
      });
    }
    if (under_way || (noted_.empty() && !alerts_noted_)) return;
  }
  hand_over_([this] { Push(); });
}

}  // namespace eagle::api
