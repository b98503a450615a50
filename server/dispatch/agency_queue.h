// What waits at one agency, order by order, and which of it may go next.
//
// Two classes, urgent before normal; within a class a line for each court, earliest due first. Control orders on one
// subject also form a chain in journal order: none goes before an earlier one of its chain, so an urgent one lifts
// those in front of it; and none goes in a later delivery before the earlier delivery is known to have arrived, because
// a lost answer would let it overtake. They never wait for answers.
//
// Life of a task here: Add -> Take (and Seal, once the delivery is complete) -> Arrived, then gone; or Arrived and Add
// again when it came back. Threads: under the dispatcher's lock.
//
//   for (const Task* task = queue.First(urgent, court); task != nullptr && taken.size() < most; task =
//   queue.First(urgent, court)) {
//     queue.Take(*task, most - taken.size(), taken);
//   }
//   queue.Seal(taken);
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/dispatch/task.h"

namespace eagle::dispatch {

class AgencyQueue {
 public:
  // The task must outlive its stay. Adding one that is here changes nothing.
  void Add(const Task& task);
  // True when it was here. What waits behind it in its chain no longer waits for it.
  bool Remove(const Task& task);
  bool Contains(const Task& task) const;

  size_t size() const { return size_; }
  // Something may go out now.
  bool ready() const { return listed_ > 0; }
  // Courts (ordinals, rising) of which something may go out now, appended to `out`.
  void Courts(bool urgent, std::vector<uint32_t>& out) const;
  // The earliest due of one court that may go now; null when there is none.
  const Task* First(bool urgent, CourtOrdinal court) const;
  // Takes `task`, which First gave, and before it all that must go before it, in the order of going; no more than
  // `most`, which may leave `task` itself out.
  void Take(const Task& task, size_t most, std::vector<const Task*>& out);
  // The delivery of these tasks is complete: until each has arrived, nothing else of their subjects goes.
  void Seal(const std::vector<const Task*>& taken);
  // The agency has it, answered it, or it comes back: it holds nobody up any more. Safe to repeat.
  void Arrived(const Task& task);

 private:
  using Place = std::pair<int64_t, uint64_t>;  // due (microseconds), journal index
  using Line = absl::btree_map<Place, const Task*>;
  struct Chain {
    absl::btree_map<uint64_t, const Task*> waiting;  // by journal index
    absl::flat_hash_set<uint64_t> under_way;         // handed out, not known to have arrived
    bool listed = true;                              // the waiting ones stand in their lines
  };

  static Place PlaceOf(const Task& task);
  void Enlist(const Task& task);
  void Unlist(const Task& task);

  absl::btree_map<uint32_t, Line> lines_[2];        // [urgent ? 0 : 1], by court
  absl::flat_hash_map<std::string, Chain> chains_;  // by person
  size_t size_ = 0, listed_ = 0;
};

}  // namespace eagle::dispatch
