#include "server/dispatch/wide_lists.h"

#include <algorithm>

namespace eagle::dispatch {

bool WideLists::Add(Task& task) {
  const uint64_t key = KeyOf(task.urgent, task.court);
  List& list = lists_[key];
  const int64_t due = absl::ToUnixMicros(task.due);
  if (!list.tasks.empty() && due < list.last_due) return false;
  list.last_due = due;
  task.wide = true;
  task.wide_place = list.first_place + list.tasks.size();
  list.tasks.push_back(&task);
  filled_.insert(key);
  return true;
}

void WideLists::Close(Task& task) {
  const uint64_t key = KeyOf(task.urgent, task.court);
  List& list = lists_.at(key);
  list.tasks[task.wide_place - list.first_place] = nullptr;
  task.wide = false;
  while (!list.tasks.empty() && list.tasks.front() == nullptr) {
    list.tasks.pop_front();
    ++list.first_place;
  }
  if (list.tasks.empty()) filled_.erase(key);
}

void WideLists::Courts(bool urgent, std::vector<uint32_t>& out) const {
  const auto end = filled_.lower_bound(urgent ? uint64_t{1} << 32 : uint64_t{2} << 32);
  for (auto it = filled_.lower_bound(KeyOf(urgent, CourtOrdinal())); it != end; ++it)
    out.push_back(static_cast<uint32_t>(*it));
}

const Task* WideLists::First(bool urgent, CourtOrdinal court, AgencyOrdinal agency, Cursors& cursors) const {
  const uint64_t key = KeyOf(urgent, court);
  if (!filled_.contains(key)) return nullptr;
  const List& list = lists_.at(key);
  uint64_t& place = cursors.places_[key];
  place = std::max(place, list.first_place);
  for (; place - list.first_place < list.tasks.size(); ++place) {
    const Task* task = list.tasks[place - list.first_place];
    if (task != nullptr && task->open.Contains(agency)) return task;
  }
  return nullptr;
}

void WideLists::Take(const Task& task, Cursors& cursors) const {
  cursors.places_[KeyOf(task.urgent, task.court)] = task.wide_place + 1;
}

bool WideLists::IsAhead(const Task& task, const Cursors& cursors) const {
  const auto it = cursors.places_.find(KeyOf(task.urgent, task.court));
  return it == cursors.places_.end() || it->second <= task.wide_place;
}

}  // namespace eagle::dispatch
