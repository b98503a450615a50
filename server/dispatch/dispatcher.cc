#include "server/dispatch/dispatcher.h"

#include "absl/synchronization/mutex.h"
#include "server/dispatch/floor.h"

namespace eagle::dispatch {

class Dispatcher::Impl {
 public:
  Impl(Clock& clock, const Options& options) : clock_(clock), floor_(options) {}

  // Runs change(floor, now, outbox) under the lock; then, without it, sends the answers and wakes the sequencer if a
  // poll could be served.
  template <typename Change>
  auto Do(Change change) {
    Outbox out;
    std::function<void()> wake;
    const absl::Duration now = clock_.MonotonicNow();
    auto result = [&] {
      absl::MutexLock lock(&mu_);
      auto inner = change(floor_, now, out);
      if (floor_.ready()) wake = wake_;
      return inner;
    }();
    for (DueAnswer& due : out) due.done(std::move(due.answer));
    if (wake) wake();
    return result;
  }
  template <typename Look>
  auto Read(Look look) const {
    absl::MutexLock lock(&mu_);
    return look(floor_);
  }

  void ApplyEntry(const domain::Entry& entry, const domain::State& state) {
    absl::MutexLock lock(&mu_);
    floor_.Applied(entry, state);
  }

  std::vector<Planned> Plan(const std::shared_ptr<Impl>& self) {
    std::vector<PlannedDelivery> planned;
    std::function<void()> wake;
    {
      absl::MutexLock lock(&mu_);
      planned = floor_.Plan(clock_.MonotonicNow());
      if (floor_.ready()) wake = wake_;  // more than one batch carries
    }
    if (wake) wake();
    std::vector<Planned> out;
    out.reserve(planned.size());
    for (PlannedDelivery& next : planned) {
      domain::Deliver deliver{.agency = next.agency, .instance = next.short_instance, .orders = next.orders};
      out.push_back(
          {std::move(deliver), [self, next = std::move(next)](const domain::Result& result, const core::CommitView&) {
             self->Do([&](Floor& floor, absl::Duration, Outbox& outbox) {
               outbox.push_back({next.done, floor.Committed(next, result.index)});
               return 0;
             });
           }});
    }
    return out;
  }

  void SetWake(std::function<void()> wake) {
    absl::MutexLock lock(&mu_);
    wake_ = std::move(wake);
  }
  Clock& clock() const { return clock_; }

 private:
  Clock& clock_;
  mutable absl::Mutex mu_;
  Floor floor_ ABSL_GUARDED_BY(mu_);
  std::function<void()> wake_ ABSL_GUARDED_BY(mu_);
};

Dispatcher::Dispatcher(Clock& clock, Options options) : impl_(std::make_shared<Impl>(clock, options)) {}
Dispatcher::~Dispatcher() = default;

absl::Status Dispatcher::Hello(AgencyOrdinal agency, const std::string& instance, const std::string& inbox,
                               uint32_t most_in_flight, const domain::AdapterVersion& program) {
  return impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) {
    return floor.Hello(agency, instance, inbox, most_in_flight, program, now);
  });
}

std::optional<domain::AdapterVersion> Dispatcher::ProgramOf(AgencyOrdinal agency, const std::string& instance) const {
  return impl_->Read([&](const Floor& floor) { return floor.ProgramOf(agency, instance); });
}

void Dispatcher::End(AgencyOrdinal agency, const std::string& instance) {
  impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) { return floor.End(agency, instance, now), 0; });
}

absl::Status Dispatcher::Poll(AgencyOrdinal agency, const std::string& instance, size_t most, uint64_t last_delivery,
                              absl::Duration wait, std::function<void(absl::StatusOr<PollAnswer>)> done,
                              uint64_t directory_position) {
  return impl_->Do([&](Floor& floor, absl::Duration now, Outbox& out) {
    if (!floor.Knows(directory_position)) wait = absl::ZeroDuration();
    return floor.Park(agency, instance, most, last_delivery, wait, directory_position, std::move(done), now, out);
  });
}

void Dispatcher::Rouse(uint64_t position) {
  impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) { return floor.Rouse(position, now), 0; });
}

void Dispatcher::CancelPolls(AgencyOrdinal agency, const std::string& instance) {
  impl_->Do([&](Floor& floor, absl::Duration, Outbox&) { return floor.CancelPolls(agency, instance), 0; });
}

void Dispatcher::Forget(AgencyOrdinal agency, const std::string& instance) {
  impl_->Do([&](Floor& floor, absl::Duration, Outbox&) { return floor.Forget(agency, instance), 0; });
}

void Dispatcher::GiveBack(AgencyOrdinal agency, const std::string& instance, uint64_t fence,
                          const std::vector<OrderSeq>& orders) {
  impl_->Do([&](Floor& floor, absl::Duration, Outbox&) { return floor.GiveBack(agency, instance, fence, orders), 0; });
}

bool Dispatcher::Holds(AgencyOrdinal agency, const std::string& instance, OrderSeq order) const {
  return impl_->Read([&](const Floor& floor) { return floor.Holds(agency, instance, order); });
}

absl::StatusOr<LeaseAnswer> Dispatcher::RenewLease(AgencyOrdinal agency, const std::string& instance) {
  return impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) { return floor.Renew(agency, instance, now); });
}

absl::Status Dispatcher::Seen(AgencyOrdinal agency, const std::string& instance) {
  return impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) { return floor.Seen(agency, instance, now); });
}

void Dispatcher::Expire() {
  impl_->Do([](Floor& floor, absl::Duration now, Outbox& out) { return floor.Expire(now, out), 0; });
}

std::vector<std::pair<AgencyOrdinal, absl::Time>> Dispatcher::NewlyAbsent() {
  const absl::Time wall = impl_->clock().WallNow();
  return impl_->Do([&](Floor& floor, absl::Duration now, Outbox&) {
    std::vector<std::pair<AgencyOrdinal, absl::Time>> absent;
    for (const auto& [agency, last_seen] : floor.NewlyAbsent(now)) absent.push_back({agency, wall - (now - last_seen)});
    return absent;
  });
}

void Dispatcher::Drain() {
  impl_->Do([](Floor& floor, absl::Duration, Outbox& out) { return floor.Drain(out), 0; });
}

AgencyLoad Dispatcher::LoadOf(AgencyOrdinal agency) const {
  return impl_->Read([&](const Floor& floor) { return floor.LoadOf(agency); });
}

DispatchCounters Dispatcher::counters() const {
  return impl_->Read([](const Floor& floor) { return floor.counters(); });
}

void Dispatcher::SetWake(std::function<void()> wake) { impl_->SetWake(std::move(wake)); }

void Dispatcher::Load(const domain::State& state) {
  impl_->Do([&](Floor& floor, absl::Duration now, Outbox& out) { return floor.Load(state, now, out), 0; });
}

void Dispatcher::Applied(const domain::Entry& entry, const domain::State& state) {
  // No answers and no waking here: Plan follows in the same batch.
  impl_->ApplyEntry(entry, state);
}

std::vector<core::Handout::Planned> Dispatcher::Plan(const domain::State&) { return impl_->Plan(impl_); }

}  // namespace eagle::dispatch
