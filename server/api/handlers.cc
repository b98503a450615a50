#include "server/api/handlers.h"

#include "server/api/impl.h"

namespace eagle::api {

Handlers::Handlers(HandlerPorts ports) : impl_(std::make_shared<Impl>(std::move(ports))) {}
Handlers::~Handlers() = default;

core::Listener* Handlers::supervision() { return &impl_->supervision; }

void Handlers::Housekeeping() {
  // An agency may hold work signed with a stolen key: who waits hears of it now. All else comes with the next answer.
  impl_->ports.dispatcher.Rouse(impl_->published()->directory->newest_revocation());
  impl_->ports.dispatcher.Expire();
  impl_->witnesses.Tick();
  absl::MutexLock lock(&impl_->presence_mu);
  for (const auto& [agency, last_seen] : impl_->ports.dispatcher.NewlyAbsent()) {
    impl_->absent[agency] = last_seen;
    impl_->statuses.erase(agency);
  }
  for (auto it = impl_->absent.begin(); it != impl_->absent.end();) {
    if (!impl_->ports.sequencer.Submit(domain::MarkAbsent{.agency = it->first, .last_seen = it->second}, nullptr).ok())
      return;
    it = impl_->absent.erase(it);
  }
}

}  // namespace eagle::api
