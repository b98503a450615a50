// A bank of the simulation: agent, inbox and core, and the channel between agent and gateway. The inbox's disk and the
// core survive the agent.
//
// Private to sim_world.cc and sim_auditor.cc. Threads: one.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "tests/sim/sim_world.h"

namespace eagle::sim {

struct World::Bank : public sdk::Channel {
  World& world;
  std::string code;
  api::Caller caller;
  SimCore core;
  sdk::FakeDisk disk;
  sdk::CrashPlan plan;  // also dies inside a commit, before or after it is durable
  std::unique_ptr<sdk::FakeInbox> inbox;
  SeededEntropy entropy;
  std::unique_ptr<sdk::Agent> agent;
  uint64_t incarnation = 0;
  bool stepping = false;

  Bank(World& owner, std::string bank_code, uint64_t seed)
      : world(owner), code(std::move(bank_code)), core(code, owner.dice_, owner.weather_, owner.zone_), entropy(seed) {}

  void Start() {
    ++incarnation;
    sdk::AgentConfig config;
    config.agency = code, config.adapter = "example.sim", config.version = "1",
    config.environment = goldeneagle::v1::ENVIRONMENT_TEST;
    config.contact_name = "clerk", config.contact_phone = "1";
    config.forgotten_retry_max = config.forgotten_retry_min = absl::Minutes(1);
    for (goldeneagle::v1::Action action :
         {goldeneagle::v1::ACTION_INQUIRE, goldeneagle::v1::ACTION_FREEZE, goldeneagle::v1::ACTION_RENEW,
          goldeneagle::v1::ACTION_RELEASE, goldeneagle::v1::ACTION_DEDUCT}) {
      goldeneagle::v1::Capability& capability = config.capabilities.emplace_back();
      capability.set_asset_kind("DEPOSIT"), capability.set_action(action);
    }
    for (int i = 1; i <= 3; ++i)
      config.registrar_keys.push_back(world.signers_.at(absl::StrCat("registrar", i))->public_key());
    inbox = std::make_unique<sdk::FakeInbox>(disk, plan);
    plan.Revive();
    if (world.weather_.agent_crash_one_in > 0) plan.DieAt(1 + world.dice_.Below(world.weather_.agent_crash_one_in));
    auto made = sdk::Agent::Make(
        config, {*this, *inbox, *world.signers_.at(code), *world.checker_, world.true_clock_, entropy}, core);
    GATEWAY_ASSERT(made.ok(), std::string(made.status().message()).c_str());
    agent = *std::move(made);
    StepSoon(absl::ZeroDuration());
  }
  void Crash() {
    ++world.numbers_.agent_crashes;
    ++incarnation;
    agent.reset();
    inbox.reset();  // what was not committed is gone
    world.calendar_.After(absl::Seconds(world.dice_.Between(1, 30)), [this] { Start(); });
  }
  void StepSoon(absl::Duration wait) {
    const uint64_t life = incarnation;
    world.calendar_.After(wait, [this, life] {
      if (life == incarnation && agent != nullptr) Step();
    });
  }
  void Step() {
    if (world.dice_.OneIn(world.weather_.agent_crash_one_in)) return Crash();
    const absl::Duration wait = agent->Step();
    if (!agent->health().ok()) return Crash();
    StepSoon(std::max(wait, absl::Milliseconds(1)));
  }

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
  void ReportStatus(sdk::CallId call, const goldeneagle::v1::ReportStatusRequest& request) override {
    CarryNow(call, request, &api::Handlers::ReportStatus);
  }
  void RaiseObjection(sdk::CallId call, const goldeneagle::v1::SubmitObjectionsRequest& request) override {
    Carry(call, request, &api::Handlers::RaiseObjection);
  }
  void PullObjections(sdk::CallId call, const goldeneagle::v1::PullObjectionsRequest& request) override {
    CarryNow(call, request, &api::Handlers::PullObjections);
  }
};

}  // namespace eagle::sim
