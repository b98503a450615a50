#include "server/dispatch/agency_queue.h"

namespace eagle::dispatch {

AgencyQueue::Place AgencyQueue::PlaceOf(const Task& task) { return {absl::ToUnixMicros(task.due), task.seq.value()}; }

void AgencyQueue::Enlist(const Task& task) {
  if (lines_[task.urgent ? 0 : 1][task.court.value()].emplace(PlaceOf(task), &task).second) ++listed_;
}

void AgencyQueue::Unlist(const Task& task) {
  auto& lines = lines_[task.urgent ? 0 : 1];
  const auto line = lines.find(task.court.value());
  if (line == lines.end() || line->second.erase(PlaceOf(task)) == 0) return;
  --listed_;
  if (line->second.empty()) lines.erase(line);
}

bool AgencyQueue::Contains(const Task& task) const {
  if (task.control) {
    const auto chain = chains_.find(task.person);
    return chain != chains_.end() && chain->second.waiting.contains(task.seq.value());
  }
  const auto& lines = lines_[task.urgent ? 0 : 1];
  const auto line = lines.find(task.court.value());
  return line != lines.end() && line->second.contains(PlaceOf(task));
}

void AgencyQueue::Add(const Task& task) {
  if (Contains(task)) return;
  ++size_;
  if (!task.control) return Enlist(task);
  Chain& chain = chains_[task.person];
  chain.waiting.emplace(task.seq.value(), &task);
  if (chain.listed) Enlist(task);
}

bool AgencyQueue::Remove(const Task& task) {
  if (!Contains(task)) return false;
  --size_;
  Unlist(task);
  if (!task.control) return true;
  const auto chain = chains_.find(task.person);
  chain->second.waiting.erase(task.seq.value());
  if (chain->second.waiting.empty() && chain->second.under_way.empty()) chains_.erase(chain);
  return true;
}

void AgencyQueue::Courts(bool urgent, std::vector<uint32_t>& out) const {
  for (const auto& [court, line] : lines_[urgent ? 0 : 1]) out.push_back(court);
}

const Task* AgencyQueue::First(bool urgent, CourtOrdinal court) const {
  const auto& lines = lines_[urgent ? 0 : 1];
  const auto line = lines.find(court.value());
  return line == lines.end() ? nullptr : line->second.begin()->second;
}

void AgencyQueue::Take(const Task& task, size_t most, std::vector<const Task*>& out) {
  if (!task.control) {
    if (most == 0) return;
    Unlist(task);
    --size_;
    out.push_back(&task);
    return;
  }
  Chain& chain = chains_.at(task.person);
  while (most-- > 0 && !chain.waiting.empty() && chain.waiting.begin()->first <= task.seq.value()) {
    const Task* next = chain.waiting.begin()->second;
    chain.waiting.erase(chain.waiting.begin());
    chain.under_way.insert(next->seq.value());
    Unlist(*next);
    --size_;
    out.push_back(next);
  }
}

void AgencyQueue::Seal(const std::vector<const Task*>& taken) {
  for (const Task* task : taken) {
    if (!task->control) continue;
    Chain& chain = chains_.at(task->person);
    if (!chain.listed) continue;
    chain.listed = false;
    for (const auto& [seq, waiting] : chain.waiting) Unlist(*waiting);
  }
}

void AgencyQueue::Arrived(const Task& task) {
  if (!task.control) return;
  const auto it = chains_.find(task.person);
  if (it == chains_.end()) return;
  Chain& chain = it->second;
  chain.under_way.erase(task.seq.value());
  if (!chain.under_way.empty()) return;
  if (chain.waiting.empty()) {
    chains_.erase(it);
    return;
  }
  if (!chain.listed) {
    chain.listed = true;
    for (const auto& [seq, waiting] : chain.waiting) Enlist(*waiting);
  }
}

}  // namespace eagle::dispatch
