// The journal's half of the floor: which tasks there are, where they wait, what goes out next.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/assert.h"
#include "server/dispatch/floor.h"
#include "server/domain/decide.h"

namespace eagle::dispatch {
namespace {

using namespace goldeneagle::v1;  // NOLINT: enumerators

// After which an order of the case that takes something, or a release, may go out that might not, or the other way
// round.
bool MayChangeHandOut(EntryType type) {
  switch (type) {
    case ENTRY_TYPE_CASE_STAGE_CHANGED:
    case ENTRY_TYPE_CASE_CAP_CHANGED:
    case ENTRY_TYPE_TASK_REPORTED:
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
    case ENTRY_TYPE_ORDER_WITHDRAWN:
    case ENTRY_TYPE_OBJECTION_RAISED:
    case ENTRY_TYPE_OBJECTION_REPLIED:  // may take it back
    case ENTRY_TYPE_OBJECTION_ANSWERED:
      return true;
    default:
      return false;
  }
}

}  // namespace

Floor::Agency& Floor::At(AgencyOrdinal agency) {
  GATEWAY_ASSERT(agency, "an agency has an ordinal");
  while (agencies_.size() < agency.value()) {
    agencies_.push_back(std::make_unique<Agency>());
    agencies_.back()->ordinal = AgencyOrdinal(static_cast<uint32_t>(agencies_.size()));
  }
  return *agencies_[agency.value() - 1];
}

const Floor::Agency* Floor::Find(AgencyOrdinal agency) const {
  return agency && agency.value() <= agencies_.size() ? agencies_[agency.value() - 1].get() : nullptr;
}

void Floor::MarkReady(Agency& agency) {
  if (agency.parked.empty() || !agency.has_work()) return;
  const bool room = std::any_of(agency.parked.begin(), agency.parked.end(),
                                [](const Poll& poll) { return poll.instance->room() > 0; });
  if (room) ready_.insert(agency.ordinal.value());
}

void Floor::Load(const domain::State& state, absl::Duration now, Outbox& out) {
  for (auto& agency : agencies_) {
    for (Poll& poll : agency->parked) out.push_back({std::move(poll.done), {}});
  }
  tasks_.clear();
  wide_ = WideLists();
  agencies_.clear();
  ready_.clear();
  conditional_.clear();
  waits_.clear();
  held_back_.clear();
  parked_ = 0;
  std::vector<const domain::Order*> open;
  for (const auto& [seq, order] : state.orders) {
    if (!order.complete() && !order.waits) open.push_back(&order);
  }
  // Wide lists want rising due instants; everything else sorts itself.
  std::sort(open.begin(), open.end(), [](const domain::Order* a, const domain::Order* b) {
    return std::make_pair(a->deadline.due, a->seq) < std::make_pair(b->deadline.due, b->seq);
  });
  for (const domain::Order* order : open) Accept(*order, kUnknownTaskBytes, state);
  for (uint32_t i = 0; i < state.presence.size(); ++i) {
    if (!state.presence[i].present) continue;
    Agency& agency = At(AgencyOrdinal(i + 1));
    agency.presumed = true;
    agency.presumed_inbox = state.presence[i].inbox;
    agency.loaded_at = now;
  }
}

void Floor::Accept(const domain::Order& order, size_t bytes, const domain::State& state) {
  Task& task = tasks_[order.seq.value()];
  task = {.seq = order.seq,
          .order_id = order.order_id,
          .court = order.court,
          .case_seq = order.case_seq,
          .due = order.deadline.due,
          .urgent = order.urgent,
          .control = order.control(),
          .conditional = domain::Takes(order.action) || order.action == ACTION_RELEASE,
          .person = state.PersonOf(order),
          .bytes = bytes,
          .open = order.Open(),
          .paused = domain::StandsStillAt(state, order)};
  task.open.RemoveAll(task.paused);
  if (task.conditional) {
    conditional_[task.case_seq.value()].insert(task.seq.value());
    task.held_back = !domain::MayHandOut(state, order);
    if (task.held_back) held_back_.insert(task.seq.value());
  }
  if (!task.control && task.open.count() >= kWideFrom && wide_.Add(task)) {
    task.open.ForEach([&](AgencyOrdinal ordinal) {
      Agency& agency = At(ordinal);
      ++agency.wide_ahead;
      MarkReady(agency);
    });
    return;
  }
  task.open.ForEach([&](AgencyOrdinal ordinal) { Queue(At(ordinal), task); });
}

void Floor::Queue(Agency& agency, Task& task) {
  if (task.held_back) return;
  agency.queue.Add(task);
  MarkReady(agency);
}

void Floor::Applied(const domain::Entry& entry, const domain::State& state) {
  switch (entry.type) {
    case ENTRY_TYPE_ORDER_ACCEPTED: {
      const domain::Order& order = *state.FindOrder(OrderSeq(entry.index));
      if (!order.waits) Accept(order, entry.payload ? entry.payload->size() : kUnknownTaskBytes, state);
      return;
    }
    case ENTRY_TYPE_ORDER_BEGUN: {
      const domain::Order& order = *state.FindOrder(entry.order);
      if (!order.complete()) Accept(order, kUnknownTaskBytes, state);
      return;
    }
    case ENTRY_TYPE_TASK_REPORTED:
      // Who reports has it.
      if (const auto it = tasks_.find(entry.order.value()); it != tasks_.end()) {
        At(entry.agency).queue.Arrived(it->second);
        MarkReady(At(entry.agency));
      }
      break;
    case ENTRY_TYPE_TASK_ANSWERED:
    case ENTRY_TYPE_RECEIPT_CONFLICT:
      Close(entry.order, entry.agency, /*withdrawn=*/false);
      break;
    case ENTRY_TYPE_ORDER_WITHDRAWN: {
      OrderWithdrawn body;
      GATEWAY_ASSERT(body.ParseFromString(entry.body), "the entry was made a moment ago");
      domain::AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal agency) {
        Close(entry.order, agency, /*withdrawn=*/true);
      });
      break;
    }
    case ENTRY_TYPE_ORDER_PAUSED: {
      OrderPaused body;
      GATEWAY_ASSERT(body.ParseFromString(entry.body), "the entry was made a moment ago");
      domain::AgencySet::FromBytes(body.targets()).ForEach([&](AgencyOrdinal agency) { Pause(entry.order, agency); });
      break;
    }
    case ENTRY_TYPE_ORDER_RESUMED: {
      Restill(entry.order, state);
      break;
    }
    case ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      RestillCase(entry.case_seq, state);
      break;
    case ENTRY_TYPE_CHECKPOINT_COSIGNED:
    case ENTRY_TYPE_WITNESSES_MISSING:
    case ENTRY_TYPE_WITNESSES_REGISTERED:
      ReconsiderWitnessed(state);
      break;
    default:
      break;
  }
  if (entry.case_seq && MayChangeHandOut(entry.type)) ReconsiderCase(entry.case_seq, state);
}

void Floor::Close(OrderSeq order, AgencyOrdinal ordinal, bool withdrawn) {
  const auto it = tasks_.find(order.value());
  if (it == tasks_.end()) return;
  Task& task = it->second;
  if (task.paused.Contains(ordinal)) {
    task.paused.Remove(ordinal);
  } else if (!Take(task, ordinal, withdrawn)) {
    return;
  }
  if (!task.open.empty() || !task.paused.empty()) return;
  if (task.wide) wide_.Close(task);
  held_back_.erase(order.value());
  if (task.conditional) {
    const auto of = conditional_.find(task.case_seq.value());
    of->second.erase(order.value());
    if (of->second.empty()) conditional_.erase(of);
  }
  tasks_.erase(it);
}

void Floor::Pause(OrderSeq order, AgencyOrdinal agency) {
  const auto it = tasks_.find(order.value());
  if (it != tasks_.end() && Take(it->second, agency, /*withdrawn=*/false)) it->second.paused.Add(agency);
}

void Floor::Resume(OrderSeq order, AgencyOrdinal ordinal) {
  const auto it = tasks_.find(order.value());
  if (it == tasks_.end() || !it->second.paused.Contains(ordinal)) return;
  Task& task = it->second;
  Agency& agency = At(ordinal);
  task.paused.Remove(ordinal);
  task.open.Add(ordinal);
  // A cursor that has passed its place in a wide list doesn't come back: then it waits in the agency's own queue.
  if (!task.wide || !wide_.IsAhead(task, agency.cursors)) return Queue(agency, task);
  ++agency.wide_ahead;
  MarkReady(agency);
}

bool Floor::Take(Task& task, AgencyOrdinal ordinal, bool withdrawn) {
  if (!task.open.Contains(ordinal)) return false;
  Agency& agency = At(ordinal);
  const OrderSeq order = task.seq;
  if (task.wide && wide_.IsAhead(task, agency.cursors)) --agency.wide_ahead;
  agency.queue.Remove(task);
  agency.queue.Arrived(task);
  if (const auto held = agency.held.find(order.value()); held != agency.held.end()) {
    Instance& instance = *held->second.instance;
    const auto delivery = instance.deliveries.find(held->second.plan);
    delivery->second.tasks.erase(order.value());
    if (delivery->second.tasks.empty() && delivery->second.fence != 0) instance.deliveries.erase(delivery);
    --instance.held;
    if (withdrawn) instance.withdrawn.push_back({task.order_id, instance.last_seen + 2 * options_.absent_after});
    agency.held.erase(held);
  }
  task.open.Remove(ordinal);
  MarkReady(agency);
  return true;
}

void Floor::Restill(OrderSeq order, const domain::State& state) {
  const auto it = tasks_.find(order.value());
  if (it == tasks_.end()) return;
  const domain::AgencySet still = domain::StandsStillAt(state, *state.FindOrder(order));
  domain::AgencySet goes_on = it->second.paused, stops = still;
  goes_on.RemoveAll(still);
  stops.RemoveAll(it->second.paused);
  goes_on.ForEach([&](AgencyOrdinal agency) { Resume(order, agency); });
  stops.ForEach([&](AgencyOrdinal agency) { Pause(order, agency); });
}

void Floor::RestillCase(CaseSeq of, const domain::State& state) {
  std::vector<uint64_t> orders;
  for (const auto& [seq, task] : tasks_) {
    if (task.case_seq == of) orders.push_back(seq);
  }
  std::sort(orders.begin(), orders.end());
  for (uint64_t seq : orders) Restill(OrderSeq(seq), state);
}

void Floor::ReconsiderCase(CaseSeq of, const domain::State& state) {
  const auto conditional = conditional_.find(of.value());
  if (conditional == conditional_.end()) return;
  for (uint64_t seq : conditional->second) Reconsider(seq, state);
}

void Floor::ReconsiderWitnessed(const domain::State& state) {
  const std::vector<uint64_t> held(held_back_.begin(), held_back_.end());
  for (uint64_t seq : held) Reconsider(seq, state);
  for (const auto& [seq, accepted] : state.witnessing.waiting) Reconsider(seq, state);
}

void Floor::Reconsider(uint64_t seq, const domain::State& state) {
  Task& task = tasks_.at(seq);
  const bool held_back = !domain::MayHandOut(state, *state.FindOrder(OrderSeq(seq)));
  if (task.held_back == held_back) return;
  task.held_back = held_back;
  held_back ? (void)held_back_.insert(seq) : (void)held_back_.erase(seq);
  task.open.ForEach([&](AgencyOrdinal ordinal) {
    Agency& agency = At(ordinal);
    if (held_back) {
      agency.queue.Remove(task);
    } else if (!agency.held.contains(seq)) {
      Queue(agency, task);
    }
    MarkReady(agency);  // what waited behind it in its chain
  });
}

std::vector<PlannedDelivery> Floor::Plan(absl::Duration now) {
  std::vector<PlannedDelivery> planned;
  std::vector<uint32_t> turn(ready_.lower_bound(plan_from_), ready_.end());
  turn.insert(turn.end(), ready_.begin(), ready_.lower_bound(plan_from_));
  for (uint32_t ordinal : turn) {
    if (planned.size() >= options_.deliveries_per_batch) {
      plan_from_ = ordinal;
      return planned;
    }
    Agency& agency = At(AgencyOrdinal(ordinal));
    Serve(agency, now, planned);
    ready_.erase(ordinal);
    if (planned.size() >= options_.deliveries_per_batch) MarkReady(agency);
  }
  return planned;
}

void Floor::Serve(Agency& agency, absl::Duration now, std::vector<PlannedDelivery>& planned) {
  // The newest poll first: an older one of the same instance may have lost its caller.
  for (size_t place = agency.parked.size();
       place-- > 0 && agency.has_work() && planned.size() < options_.deliveries_per_batch;) {
    Instance& instance = *agency.parked[place].instance;
    const std::vector<const Task*> taken = Pick(agency, std::min(agency.parked[place].most, instance.room()));
    if (taken.empty()) continue;
    PlannedDelivery next{
        .agency = agency.ordinal, .instance = instance.id, .short_instance = instance.short_id, .plan = next_plan_++};
    Delivery& delivery = instance.deliveries[next.plan];
    delivery.ends = now + options_.lease;
    for (const Task* task : taken) {
      next.orders.push_back(task->seq);
      delivery.tasks.insert(task->seq.value());
      agency.held[task->seq.value()] = {&instance, next.plan};
    }
    instance.held += taken.size();
    next.done = std::move(agency.parked[place].done);
    Unpark(agency, place);
    counts_.tasks += taken.size();
    ++counts_.deliveries;
    planned.push_back(std::move(next));
  }
}

std::vector<const Task*> Floor::Pick(Agency& agency, size_t most) {
  std::vector<const Task*> taken;
  size_t bytes = 0;
  most = std::min(most, options_.most_tasks_per_poll);
  for (const bool urgent : {true, false}) PickClass(agency, urgent, most, bytes, taken);
  agency.queue.Seal(taken);
  return taken;
}

// Courts in turn, beginning after the one that was served last; of each the earliest due.
void Floor::PickClass(Agency& agency, bool urgent, size_t most, size_t& bytes, std::vector<const Task*>& taken) {
  std::vector<uint32_t> courts;
  agency.queue.Courts(urgent, courts);
  if (agency.wide_ahead > 0) wide_.Courts(urgent, courts);
  std::sort(courts.begin(), courts.end());
  courts.erase(std::unique(courts.begin(), courts.end()), courts.end());
  uint32_t& last = agency.last_court[urgent ? 0 : 1];
  std::rotate(courts.begin(), std::upper_bound(courts.begin(), courts.end(), last), courts.end());
  for (size_t left = courts.size(); left > 0;) {
    left = 0;
    for (uint32_t& court : courts) {
      if (court == 0) continue;
      if (taken.size() >= most || bytes >= options_.bytes_per_poll) return;
      const Task* single = agency.queue.First(urgent, CourtOrdinal(court));
      const Task* wide =
          agency.wide_ahead > 0 ? wide_.First(urgent, CourtOrdinal(court), agency.ordinal, agency.cursors) : nullptr;
      if (single == nullptr && wide == nullptr) {
        court = 0;
        continue;
      }
      ++left;
      last = court;
      const size_t before = taken.size();
      if (wide != nullptr &&
          (single == nullptr || std::make_pair(wide->due, wide->seq) < std::make_pair(single->due, single->seq))) {
        wide_.Take(*wide, agency.cursors);
        --agency.wide_ahead;
        taken.push_back(wide);
      } else {
        agency.queue.Take(*single, most - taken.size(), taken);
      }
      for (size_t i = before; i < taken.size(); ++i) bytes += taken[i]->bytes;
    }
  }
}

}  // namespace eagle::dispatch
