// Orders to many agencies, each kept once: a list for each court and class that all agencies read with cursors of their
// own, so that accepting an inquiry costs nearly the same for 100 agencies and for 4,000.
//
// A list is in order of due instants. An order that would break that order, or that came back, waits in the agency's
// own queue instead.
//
// Threads: under the dispatcher's lock.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "server/dispatch/task.h"

namespace eagle::dispatch {

// From so many agencies on an order is wide. Each reader skips what isn't for it, once: that must stay cheaper than
// single entries.
inline constexpr size_t kWideFrom = 64;

class WideLists {
 public:
  // One agency's places in all lists.
  class Cursors {
    friend class WideLists;
    absl::flat_hash_map<uint64_t, uint64_t> places_;  // by list
  };

  // Appends the task and marks it wide; false when it is due before the last of its list. It must outlive its stay.
  bool Add(Task& task);
  // The order is closed everywhere.
  void Close(Task& task);

  // Courts (ordinals, rising) that have lists of this class, appended to `out`.
  void Courts(bool urgent, std::vector<uint32_t>& out) const;
  // The next task of one list that is open at `agency`; null at the end. Moves the cursor over what isn't.
  const Task* First(bool urgent, CourtOrdinal court, AgencyOrdinal agency, Cursors& cursors) const;
  // Moves the cursor past `task`, which First gave.
  void Take(const Task& task, Cursors& cursors) const;
  // Whether the cursor has yet to come to `task`. Pre: a wide task.
  bool IsAhead(const Task& task, const Cursors& cursors) const;

 private:
  struct List {
    std::deque<const Task*> tasks;  // null: closed
    uint64_t first_place = 0;       // of tasks.front(); rises for ever
    int64_t last_due = INT64_MIN;   // microseconds
  };
  static uint64_t KeyOf(bool urgent, CourtOrdinal court) { return (urgent ? 0 : uint64_t{1} << 32) | court.value(); }

  std::map<uint64_t, List> lists_;
  absl::btree_set<uint64_t> filled_;  // keys of lists that aren't empty
};

}  // namespace eagle::dispatch
