// An agency of the simulation: the process with its agent, and the channel between agent and gateway. What it keeps
// survives the agent. Which assets it keeps, and how, is its kind's: sim_bank.h, sim_house.h, sim_registry.h.
//
// Private to the files of this folder. Threads: one.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/position.h"
#include "server/base/assert.h"
#include "tests/sim/law.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

struct World::Agency : public sdk::Channel, public sdk::PositionSource {
  World& world;
  std::string code;
  api::Caller caller;
  sdk::CrashPlan plan;  // also dies inside a commit, before or after it is durable
  SeededEntropy entropy;
  std::unique_ptr<sdk::Agent> agent;
  uint64_t incarnation = 0;
  uint64_t planned_life = 0;  // whose next step it is
  absl::Duration planned = absl::InfiniteDuration();
  // The daily statement, as people spoil it to see whether anybody notices (sim_positions.cc).
  Spoilt spoilt = Spoilt::kNothing;
  std::string spoilt_line;  // order id of the measure that it is about

  Agency(World& owner, std::string agency_code, uint64_t seed)
      : world(owner), code(std::move(agency_code)), entropy(seed) {}

  // --- what a kind of agency is
  virtual std::vector<goldeneagle::v1::Capability> Abilities() const = 0;
  virtual absl::StatusOr<std::unique_ptr<sdk::Agent>> Make(const sdk::AgentConfig& config) = 0;
  virtual void Drop() = 0;  // what the process had in memory
  // What was done there, in order: once under each operation.
  virtual const std::vector<SimCore::Effect>& effects() const = 0;
  // Everything that stands or stood there, in the register's own rows.
  virtual std::optional<sdk::Encumbrance> RowOf(const std::string& operation) = 0;
  // What of the order's limit is in effect now (waiting ones control nothing), and what was taken under it.
  virtual std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) = 0;
  virtual bool WaitedOnce(const std::string& operation) = 0;
  virtual void VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction& transaction,
                             const sdk::PositionVisitor& visit) = 0;
  // Clerks and the payment system, once a minute; with `all` nothing is left lying.
  virtual void People(bool all) = 0;
  virtual bool Busy() = 0;

  void Start() {
    ++incarnation;
    sdk::AgentConfig config;
    config.agency = code, config.adapter = "example.sim", config.version = "1",
    config.environment = goldeneagle::v1::ENVIRONMENT_TEST;
    config.contact_name = "clerk", config.contact_phone = "1";
    config.forgotten_retry_max = config.forgotten_retry_min = absl::Minutes(1);
    config.capabilities = Abilities();
    config.zone = world.zone_;
    if (world.scene_.every_act) config.changes_interval = absl::Seconds(3);
    for (int i = 1; i <= 3; ++i)
      config.registrar_keys.push_back(world.signers_.at(absl::StrCat("registrar", i))->public_key());
    plan.Revive();
    if (world.weather_.agent_crash_one_in > 0) plan.DieAt(1 + world.dice_.Below(world.weather_.agent_crash_one_in));
    auto made = Make(config);
    GATEWAY_ASSERT(made.ok(), std::string(made.status().message()).c_str());
    agent = *std::move(made);
    StepSoon(absl::ZeroDuration());
  }
  sdk::AgentPorts Ports(sdk::Inbox& inbox) {
    sdk::AgentPorts ports{*this, inbox, *world.signers_.at(code), *world.checker_, world.true_clock_, entropy};
    if (world.scene_.positions) ports.positions = this;
    return ports;
  }
  // Somebody is there who can be spoken to.
  bool Up() const { return agent != nullptr && agent->health().ok() && !plan.dead(); }
  void Crash() {
    ++world.numbers_.agent_crashes;
    ++incarnation;
    agent.reset();
    Drop();
    world.calendar_.After(absl::Seconds(world.dice_.Between(1, 30)), [this] { Start(); });
  }
  // One step is planned at a time, the earliest that was asked for: each brings on the next, so steps that are planned
  // twice would multiply with every reply. They do in the scene of deposits alone, whose runs are kept as they were.
  void StepSoon(absl::Duration wait) {
    const uint64_t life = incarnation;
    const absl::Duration at = world.calendar_.now() + wait;
    if (world.scene_.every_act && planned_life == life && planned <= at) return;
    planned_life = life, planned = at;
    world.calendar_.After(wait, [this, life, at] {
      if (life != incarnation || agent == nullptr || (world.scene_.every_act && planned != at)) return;
      planned = absl::InfiniteDuration();
      Step();
    });
  }
  void Step() {
    // Fewer steps, and as many deaths.
    const uint64_t dies_one_in = world.weather_.agent_crash_one_in / (world.scene_.every_act ? 3 : 1);
    if (world.dice_.OneIn(dies_one_in)) return Crash();
    const absl::Duration wait = agent->Step();
    if (!agent->health().ok()) return Crash();
    StepSoon(std::max(wait, absl::Milliseconds(1)));
  }

  // The register of the product and the law's have parted.
  void Agree(const std::string& step, const std::string& difference) {
    ++world.numbers_.compared;
    if (!difference.empty()) world.Blame(absl::StrCat("at ", code, ", after ", step, ": ", difference));
  }

  absl::StatusOr<std::optional<absl::Time>> VisitPositions(const sdk::PositionDay& asked,
                                                           sdk::InboxTransaction& transaction,
                                                           const sdk::PositionVisitor& visit) override;

  // --- the channel
  template <typename Request, typename Response>
  void Carry(sdk::CallId call, const Request& request,
             void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>)) {
    const uint64_t life = incarnation;
    world.Travel([this, call, request, method, life] {
      if (!world.gateway_->up()) return Back(life, call, Fail(Reason::kUnavailable, "the gateway is down"));
      const uint64_t gateway_life = world.gateway_->incarnation();
      (world.gateway_->handlers().*method)(caller, request,
                                           [this, call, life, gateway_life](absl::StatusOr<Response> response) {
                                             if (gateway_life != world.gateway_->incarnation()) return;
                                             if (!response.ok()) return Back(life, call, response.status());
                                             Back(life, call, sdk::Reply(*std::move(response)));
                                           });
      world.gateway_->Kick();
    });
  }
  template <typename Request, typename Response>
  void CarryNow(sdk::CallId call, const Request& request,
                absl::StatusOr<Response> (api::Handlers::*method)(const api::Caller&, const Request&)) {
    const uint64_t life = incarnation;
    world.Travel([this, call, request, method, life] {
      if (!world.gateway_->up()) return Back(life, call, Fail(Reason::kUnavailable, "the gateway is down"));
      absl::StatusOr<Response> response = (world.gateway_->handlers().*method)(caller, request);
      world.gateway_->Kick();
      if (!response.ok()) return Back(life, call, response.status());
      Back(life, call, sdk::Reply(*std::move(response)));
    });
  }
  void Back(uint64_t life, sdk::CallId call, absl::StatusOr<sdk::Reply> reply) {
    world.Travel([this, life, call, reply] {
      if (life != incarnation || agent == nullptr) return;
      agent->OnReply(call, reply);
      StepSoon(absl::ZeroDuration());
    });
  }
  void Hello(sdk::CallId call, const goldeneagle::v1::HelloRequest& request) override {
    Carry(call, request, &api::Handlers::Hello);
  }
  void PullTasks(sdk::CallId call, const goldeneagle::v1::PullTasksRequest& request) override {
    Carry(call, request, &api::Handlers::PullTasks);
  }
  void RenewLease(sdk::CallId call, const goldeneagle::v1::RenewLeaseRequest& request) override {
    CarryNow(call, request, &api::Handlers::RenewLease);
  }
  void ReportResults(sdk::CallId call, const goldeneagle::v1::ReportResultsRequest& request) override {
    Carry(call, request, &api::Handlers::ReportResults);
  }
  void ReportEvents(sdk::CallId call, const goldeneagle::v1::ReportResultsRequest& request) override {
    Carry(call, request, &api::Handlers::ReportEvents);
  }
  void ReportPosition(sdk::CallId call, const goldeneagle::v1::ReportResultsRequest& request) override {
    Carry(call, request, &api::Handlers::ReportPosition);
  }
  void ReportStatus(sdk::CallId call, const goldeneagle::v1::ReportStatusRequest& request) override {
    CarryNow(call, request, &api::Handlers::ReportStatus);
  }
  void AnswerSupervision(sdk::CallId call, const goldeneagle::v1::SubmitSupervisionRequest& request) override {
    Carry(call, request, &api::Handlers::AnswerSupervision);
  }
  void PullSupervision(sdk::CallId call, const goldeneagle::v1::PullSupervisionRequest& request) override {
    CarryNow(call, request, &api::Handlers::PullSupervision);
  }
  void RaiseObjection(sdk::CallId call, const goldeneagle::v1::SubmitObjectionsRequest& request) override {
    Carry(call, request, &api::Handlers::RaiseObjection);
  }
  void PullObjections(sdk::CallId call, const goldeneagle::v1::PullObjectionsRequest& request) override {
    CarryNow(call, request, &api::Handlers::PullObjections);
  }
};

inline goldeneagle::v1::Capability AbilityOf(const std::string& asset_kind, goldeneagle::v1::Action action) {
  goldeneagle::v1::Capability out;
  out.set_asset_kind(asset_kind), out.set_action(action);
  return out;
}

}  // namespace eagle::sim
