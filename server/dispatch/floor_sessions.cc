// The agencies' half of the floor: instances, leases, parked polls, presence.
#include <algorithm>
#include <iterator>

#include "server/base/reason.h"
#include "server/dispatch/floor.h"
#include "server/journal/hash.h"

namespace eagle::dispatch {
namespace {

// For so long an instance hears of what it lost: far beyond the time in which it can believe in an old lease.
constexpr absl::Duration kTellFor = absl::Minutes(5);

absl::Status HelloFirst() {
  return Fail(Reason::kHelloFirst, "this instance has not introduced itself to the running gateway");
}

std::string ShortId(const std::string& instance) {
  const journal::Hash hash = journal::Sha256(instance);
  return std::string(journal::View(hash).substr(0, 8));
}

}  // namespace

absl::StatusOr<Floor::Instance*> Floor::Known(AgencyOrdinal ordinal, const std::string& instance, absl::Duration now) {
  if (Find(ordinal) == nullptr) return HelloFirst();
  Agency& agency = At(ordinal);
  const auto it = agency.instances.find(instance);
  if (it == agency.instances.end()) return HelloFirst();
  it->second.last_seen = now;
  return &it->second;
}

absl::Status Floor::Hello(AgencyOrdinal ordinal, const std::string& id, const std::string& inbox,
                          uint32_t most_in_flight, const domain::AdapterVersion& program, absl::Duration now) {
  Agency& agency = At(ordinal);
  for (const auto& [other, instance] : agency.instances) {
    if (other != id && instance.inbox != inbox && now - instance.last_seen < options_.absent_after) {
      return Fail(Reason::kInstanceConflict, "another instance with another inbox serves this agency");
    }
  }
  // Right after a start nobody has called yet, but the journal knows whose inbox was in use.
  const bool presumed = agency.presumed && agency.instances.empty() && now - agency.loaded_at < options_.absent_after;
  if (presumed && agency.presumed_inbox != inbox) {
    return Fail(Reason::kInstanceConflict,
                "another inbox served this agency until the gateway started; it has not been declared absent yet")
        .RetryAfter(options_.absent_after - (now - agency.loaded_at));
  }
  if (!agency.instances.contains(id) && agency.instances.size() >= options_.instances_per_agency_max) {
    const auto silent =
        std::min_element(agency.instances.begin(), agency.instances.end(),
                         [](const auto& a, const auto& b) { return a.second.last_seen < b.second.last_seen; });
    if (now - silent->second.last_seen < options_.absent_after) {
      return Fail(Reason::kBusy, "the agency has as many instances as it may")
          .RetryAfter(options_.absent_after - (now - silent->second.last_seen));
    }
    Forget(ordinal, std::string(silent->first));
  }
  agency.presumed = false;
  agency.ended_at.reset();
  Instance& instance = agency.instances[id];
  ReturnAll(agency, instance);
  AbandonPolls(agency, instance);
  instance = {.id = id,
              .short_id = ShortId(id),
              .inbox = inbox,
              .program = program,
              .most_in_flight = most_in_flight,
              .last_seen = now};
  MarkReady(agency);
  return absl::OkStatus();
}

absl::Status Floor::Park(AgencyOrdinal ordinal, const std::string& id, size_t most, uint64_t last_delivery,
                         absl::Duration wait, uint64_t directory_position, PollDone done, absl::Duration now,
                         Outbox& out) {
  EAGLE_ASSIGN_OR_RETURN(Instance* const instance, Known(ordinal, id, now));
  Agency& agency = At(ordinal);
  ++counts_.polls;
  ConfirmUpTo(agency, *instance, last_delivery);
  if (draining_) {
    out.push_back({std::move(done), {.draining = true}});
    return absl::OkStatus();
  }
  if (parked_ >= options_.parked_polls_max)
    return Fail(Reason::kBusy, "too many polls wait").RetryAfter(absl::Seconds(1));
  // One parked poll per instance: with two, the answer to a call that the agency gave up would pass as arrived as soon
  // as the agency confirms the answer to the other.
  for (size_t place = agency.parked.size(); place-- > 0;) {
    if (agency.parked[place].instance != instance) continue;
    out.push_back({std::move(agency.parked[place].done), {.withdrawn = Tell(instance->withdrawn, now)}});
    Unpark(agency, place);
  }
  wait = std::min(wait, options_.poll_wait_max);
  const bool room = agency.has_work() && instance->room() > 0;
  if (!room && wait <= absl::ZeroDuration()) {
    out.push_back({std::move(done), {.withdrawn = Tell(instance->withdrawn, now)}});
    return absl::OkStatus();
  }
  agency.parked.push_back({.id = next_poll_++,
                           .instance = instance,
                           .most = most,
                           .until = now + wait,
                           .directory_position = directory_position,
                           .done = std::move(done)});
  waits_.insert({now + wait, ordinal.value(), agency.parked.back().id});
  ++parked_;
  MarkReady(agency);
  return absl::OkStatus();
}

void Floor::Rouse(uint64_t position, absl::Duration now) {
  if (position <= roused_for_) return;
  roused_for_ = position;
  absl::Duration end = now;
  for (const auto& agency : agencies_) {
    for (Poll& poll : agency->parked) {
      if (Knows(poll.directory_position)) continue;
      ++counts_.roused;
      if (poll.until > end) {
        waits_.erase({poll.until, agency->ordinal.value(), poll.id});
        poll.until = end;
        waits_.insert({poll.until, agency->ordinal.value(), poll.id});
      }
      end += options_.roused_apart;
    }
  }
}

void Floor::Unpark(Agency& agency, size_t place) {
  waits_.erase({agency.parked[place].until, agency.ordinal.value(), agency.parked[place].id});
  agency.parked.erase(agency.parked.begin() + static_cast<ptrdiff_t>(place));
  --parked_;
  if (agency.parked.empty()) ready_.erase(agency.ordinal.value());
}

void Floor::CancelPolls(AgencyOrdinal ordinal, const std::string& id) {
  if (Find(ordinal) == nullptr) return;
  Agency& agency = At(ordinal);
  for (size_t place = agency.parked.size(); place-- > 0;) {
    if (agency.parked[place].instance->id == id) Unpark(agency, place);
  }
}

void Floor::AbandonPolls(Agency& agency, const Instance& instance) {
  for (size_t place = agency.parked.size(); place-- > 0;) {
    if (agency.parked[place].instance != &instance) continue;
    abandoned_.push_back({std::move(agency.parked[place].done), {}});
    Unpark(agency, place);
  }
}

// What lies behind `last_delivery` never arrived, or arrived at a process that is gone.
void Floor::ConfirmUpTo(Agency& agency, Instance& instance, uint64_t last_delivery) {
  for (auto next = instance.deliveries.begin(); next != instance.deliveries.end();) {
    const auto delivery = next++;
    if (delivery->second.fence == 0 || delivery->second.fence > last_delivery) {
      Return(agency, instance, delivery, nullptr, absl::ZeroDuration());
    } else if (!delivery->second.arrived) {
      delivery->second.arrived = true;
      for (uint64_t seq : delivery->second.tasks) agency.queue.Arrived(tasks_.at(seq));
    }
  }
  MarkReady(agency);
}

void Floor::Return(Agency& agency, Instance& instance, std::map<uint64_t, Delivery>::iterator delivery,
                   std::vector<Told>* told, absl::Duration until) {
  const absl::btree_set<uint64_t> tasks = std::move(delivery->second.tasks);
  instance.deliveries.erase(delivery);
  instance.held -= tasks.size();
  counts_.given_back += tasks.size();
  // One that never asks hears of nothing; what is too old to tell goes all the same.
  if (told != nullptr) std::erase_if(*told, [&](const Told& entry) { return entry.until <= until - kTellFor; });
  for (uint64_t seq : tasks) {
    Task& task = tasks_.at(seq);
    agency.held.erase(seq);
    agency.queue.Arrived(task);
    Queue(agency, task);
    if (told != nullptr) told->push_back({task.order_id, until});
  }
}

void Floor::ReturnAll(Agency& agency, Instance& instance) {
  while (!instance.deliveries.empty())
    Return(agency, instance, instance.deliveries.begin(), nullptr, absl::ZeroDuration());
}

void Floor::Forget(AgencyOrdinal ordinal, const std::string& id) {
  if (Find(ordinal) == nullptr) return;
  Agency& agency = At(ordinal);
  const auto it = agency.instances.find(id);
  if (it == agency.instances.end()) return;
  ReturnAll(agency, it->second);
  AbandonPolls(agency, it->second);
  agency.instances.erase(it);
}

void Floor::End(AgencyOrdinal ordinal, const std::string& id, absl::Duration now) {
  const Agency* agency = Find(ordinal);
  if (agency == nullptr || !agency->instances.contains(id)) return;
  Forget(ordinal, id);
  if (agency->instances.empty()) At(ordinal).ended_at = now;
}

std::optional<domain::AdapterVersion> Floor::ProgramOf(AgencyOrdinal ordinal, const std::string& id) const {
  const Agency* agency = Find(ordinal);
  if (agency == nullptr) return std::nullopt;
  const auto it = agency->instances.find(id);
  if (it == agency->instances.end()) return std::nullopt;
  return it->second.program;
}

void Floor::GiveBack(AgencyOrdinal ordinal, const std::string& id, uint64_t fence,
                     const std::vector<OrderSeq>& orders) {
  if (Find(ordinal) == nullptr || fence == 0) return;
  Agency& agency = At(ordinal);
  const auto it = agency.instances.find(id);
  if (it == agency.instances.end()) return;
  Instance& instance = it->second;
  const auto delivery = std::find_if(instance.deliveries.begin(), instance.deliveries.end(),
                                     [&](const auto& entry) { return entry.second.fence == fence; });
  if (delivery == instance.deliveries.end()) return;
  for (OrderSeq order : orders) {
    if (delivery->second.tasks.erase(order.value()) == 0) continue;
    Task& task = tasks_.at(order.value());
    --instance.held;
    ++counts_.given_back;
    agency.held.erase(order.value());
    agency.queue.Arrived(task);
    Queue(agency, task);
  }
  if (delivery->second.tasks.empty()) instance.deliveries.erase(delivery);
  MarkReady(agency);
}

bool Floor::Holds(AgencyOrdinal ordinal, const std::string& id, OrderSeq order) const {
  const Agency* agency = Find(ordinal);
  if (agency == nullptr) return false;
  const auto held = agency->held.find(order.value());
  return held != agency->held.end() && held->second.instance->id == id;
}

PollAnswer Floor::Committed(const PlannedDelivery& planned, uint64_t fence) {
  PollAnswer answer;
  Agency& agency = At(planned.agency);
  const auto it = agency.instances.find(planned.instance);
  if (it == agency.instances.end()) return answer;
  Instance& instance = it->second;
  const auto delivery = instance.deliveries.find(planned.plan);
  if (delivery == instance.deliveries.end())
    return answer;  // the instance has called anew meanwhile, and the tasks are back in the queue
  if (fence == 0 || delivery->second.tasks.empty()) {
    Return(agency, instance, delivery, nullptr, absl::ZeroDuration());
    return answer;
  }
  delivery->second.fence = fence;
  answer.fence = fence;
  for (OrderSeq order : planned.orders) {
    if (delivery->second.tasks.contains(order.value())) answer.orders.push_back(order);
  }
  for (const Told& told : instance.withdrawn) answer.withdrawn.push_back(told.order_id);
  return answer;
}

std::vector<std::string> Floor::Tell(std::vector<Told>& told, absl::Duration now) {
  told.erase(std::remove_if(told.begin(), told.end(), [&](const Told& entry) { return entry.until <= now; }),
             told.end());
  std::vector<std::string> ids;
  for (const Told& entry : told) ids.push_back(entry.order_id);
  return ids;
}

absl::StatusOr<LeaseAnswer> Floor::Renew(AgencyOrdinal ordinal, const std::string& id, absl::Duration now) {
  EAGLE_ASSIGN_OR_RETURN(Instance* const instance, Known(ordinal, id, now));
  // A lease that ended a moment ago has ended, whether or not the timer has come by.
  Agency& agency = At(ordinal);
  for (auto next = instance->deliveries.begin(); next != instance->deliveries.end();) {
    const auto delivery = next++;
    if (delivery->second.fence != 0 && delivery->second.ends <= now) {
      counts_.leases_ended += delivery->second.tasks.size();
      Return(agency, *instance, delivery, &instance->lost, now + kTellFor);
    } else {
      delivery->second.ends = now + options_.lease;
    }
  }
  return LeaseAnswer{.held = static_cast<uint32_t>(instance->held),
                     .lost = Tell(instance->lost, now),
                     .withdrawn = Tell(instance->withdrawn, now)};
}

absl::Status Floor::Seen(AgencyOrdinal ordinal, const std::string& id, absl::Duration now) {
  return Known(ordinal, id, now).status();
}

void Floor::Expire(absl::Duration now, Outbox& out) {
  std::move(abandoned_.begin(), abandoned_.end(), std::back_inserter(out));
  abandoned_.clear();
  while (!waits_.empty() && std::get<0>(*waits_.begin()) <= now) {
    const auto [until, ordinal, id] = *waits_.begin();
    Agency& agency = At(AgencyOrdinal(ordinal));
    const auto poll = std::find_if(agency.parked.begin(), agency.parked.end(),
                                   [poll_id = id](const Poll& entry) { return entry.id == poll_id; });
    out.push_back({std::move(poll->done), {.withdrawn = Tell(poll->instance->withdrawn, now)}});
    Unpark(agency, static_cast<size_t>(poll - agency.parked.begin()));
  }
  for (const auto& agency : agencies_) {
    if (agency->held.empty()) continue;
    for (auto& [id, instance] : agency->instances) {
      for (auto next = instance.deliveries.begin(); next != instance.deliveries.end();) {
        const auto delivery = next++;
        if (delivery->second.fence == 0 || delivery->second.ends > now) continue;
        counts_.leases_ended += delivery->second.tasks.size();
        Return(*agency, instance, delivery, &instance.lost, now + kTellFor);
      }
    }
    MarkReady(*agency);
  }
}

std::vector<std::pair<AgencyOrdinal, absl::Duration>> Floor::NewlyAbsent(absl::Duration now) {
  std::vector<std::pair<AgencyOrdinal, absl::Duration>> absent;
  for (const auto& agency : agencies_) {
    for (const Poll& poll : agency->parked) poll.instance->last_seen = now;  // a call under way: its line is open
    const bool known = !agency->instances.empty();
    absl::Duration last_seen = agency->presumed ? agency->loaded_at : -absl::InfiniteDuration();
    for (const auto& [id, instance] : agency->instances) last_seen = std::max(last_seen, instance.last_seen);
    std::vector<std::string> gone;
    for (const auto& [id, instance] : agency->instances) {
      if (now - instance.last_seen >= options_.absent_after) gone.push_back(id);
    }
    for (const std::string& id : gone) Forget(agency->ordinal, id);
    if (agency->ended_at) {  // by Hello it would be gone
      absent.push_back({agency->ordinal, *agency->ended_at});
      agency->ended_at.reset();
      continue;
    }
    if ((known && agency->instances.empty()) || (agency->presumed && now - last_seen >= options_.absent_after)) {
      agency->presumed = false;
      absent.push_back({agency->ordinal, last_seen});
    }
  }
  return absent;
}

void Floor::Drain(Outbox& out) {
  draining_ = true;
  for (const auto& agency : agencies_) {
    for (size_t place = agency->parked.size(); place-- > 0;) {
      out.push_back({std::move(agency->parked[place].done), {.draining = true}});
      Unpark(*agency, place);
    }
  }
}

AgencyLoad Floor::LoadOf(AgencyOrdinal ordinal) const {
  AgencyLoad load{.last_seen = absl::InfiniteDuration()};
  const Agency* agency = Find(ordinal);
  if (agency == nullptr) return load;
  load.queued = agency->queue.size() + agency->wide_ahead;
  load.held = agency->held.size();
  load.parked = agency->parked.size();
  load.known = !agency->instances.empty();
  load.full = load.known;
  for (const auto& [id, instance] : agency->instances) {
    if (std::find(load.programs.begin(), load.programs.end(), instance.program) == load.programs.end())
      load.programs.push_back(instance.program);
    load.full = load.full && instance.room() == 0;
    load.last_seen =
        load.last_seen == absl::InfiniteDuration() ? instance.last_seen : std::max(load.last_seen, instance.last_seen);
  }
  return load;
}

DispatchCounters Floor::counters() const {
  DispatchCounters counts = counts_;
  counts.parked = parked_;
  counts.held_back = held_back_.size();
  for (const auto& agency : agencies_) {
    counts.instances += agency->instances.size();
    counts.agencies += agency->instances.empty() ? 0 : 1;
    counts.queued += agency->queue.size() + agency->wide_ahead;
    counts.held += agency->held.size();
  }
  return counts;
}

}  // namespace eagle::dispatch
