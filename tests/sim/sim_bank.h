// A bank of the simulation whose core is far away and can't be reached now and then (SimCore), with an inbox in memory
// that forgets what was not committed.
//
// Private to the files of this folder. Threads: one.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_agency.h"

namespace eagle::sim {

struct World::Bank : public World::Agency {
  SimCore core;
  sdk::FakeDisk disk;
  std::unique_ptr<sdk::FakeInbox> inbox;

  Bank(World& owner, std::string bank_code, uint64_t seed)
      : Agency(owner, std::move(bank_code), seed),
        core(code, owner.dice_, owner.weather_, owner.zone_,
             [this](const std::string& step, const std::string& difference) { Agree(step, difference); }) {}

  std::vector<goldeneagle::v1::Capability> Abilities() const override {
    std::vector<goldeneagle::v1::Capability> out;
    for (goldeneagle::v1::Action action :
         {goldeneagle::v1::ACTION_INQUIRE, goldeneagle::v1::ACTION_FREEZE, goldeneagle::v1::ACTION_RENEW,
          goldeneagle::v1::ACTION_RELEASE, goldeneagle::v1::ACTION_DEDUCT})
      out.push_back(AbilityOf("DEPOSIT", action));
    return out;
  }
  absl::StatusOr<std::unique_ptr<sdk::Agent>> Make(const sdk::AgentConfig& config) override {
    inbox = std::make_unique<sdk::FakeInbox>(disk, plan);
    return sdk::Agent::Make(config, Ports(*inbox), core);
  }
  void Drop() override { inbox.reset(); }
  const std::vector<SimCore::Effect>& effects() const override { return core.effects(); }
  std::optional<sdk::Encumbrance> RowOf(const std::string& operation) override {
    const auto row = core.rows().find(operation);
    return row == core.rows().end() ? std::nullopt : std::optional(row->second);
  }
  std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) override { return core.ExposureOf(operation); }
  bool WaitedOnce(const std::string& operation) override { return core.WaitedOnce(operation); }
  void VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction&,
                     const sdk::PositionVisitor& visit) override {
    core.VisitStanding(asked.now, visit);
  }
  void People(bool all) override {
    if (all) core.ConfirmPayments(world.clock_.True(), false);
  }
  bool Busy() override { return core.HasOpenPayments(); }
};

}  // namespace eagle::sim
