// An agent in its process: over real mutual TLS, on its own thread, in real time.
#include "adapters/sdk/shell/runner.h"

#include <thread>

#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/wire_status.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/sdk/sdk_world.h"
#include "tests/adapters/sdk/shell/gateway_server.h"

namespace eagle::sdk {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// One adapter: an agent of the world's bank or land registry, its channel to the server, its runner on a thread of its
// own.
class RunningAdapter {
 public:
  RunningAdapter(SdkWorld& world, const GrpcChannelOptions& dial, RunnerOptions options = {})
      : clock_(world.clock), log_(clock_, [this](const std::string& line) {
          const absl::MutexLock lock(&mu_);
          lines_.push_back(line);
        }) {
    world.StopAgent();
    AgentConfig config = world.config;
    config.backoff_min = absl::Milliseconds(20);
    config.backoff_max = absl::Milliseconds(200);
    channel_ = *GrpcChannel::Connect(dial, mailbox_);
    const AgentPorts ports = {*channel_, *world.inbox, world.agency_key, world.checker, clock_, world.entropy};
    auto agent = world.way == SdkWorld::Way::kBank ? Agent::Make(config, ports, *world.bank)
                                                   : Agent::Make(config, ports, world.land);
    EXPECT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
    runner_ = std::make_unique<Runner>(*agent_, mailbox_, clock_, log_, options);
    thread_ = std::thread([this] { result_ = runner_->Run(); });
  }
  ~RunningAdapter() {
    if (thread_.joinable()) Leave().IgnoreError();
  }

  // Asks it to leave, and waits.
  absl::Status Leave() {
    runner_->RequestDrain();
    return Wait();
  }
  absl::Status Wait() {
    thread_.join();
    return result_;
  }
  Runner& runner() { return *runner_; }
  AgentMetrics metrics() { return agent_->metrics(); }  // after Wait only
  std::string lines() {
    const absl::MutexLock lock(&mu_);
    std::string out;
    for (const std::string& line : lines_) out += line + "\n";
    return out;
  }
  bool HasLine(const std::string& text) { return lines().find(text) != std::string::npos; }

 private:
  AgentClock clock_;
  absl::Mutex mu_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mu_);
  Log log_;
  Mailbox mailbox_;
  std::unique_ptr<GrpcChannel> channel_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<Runner> runner_;
  absl::Status result_;
  std::thread thread_;
};

TEST(Runner, DeliversOverMutualTls) {
  SdkWorld world;
  const v1::Order inquiry = world.Submit(world.Inquiry()), freeze = world.Submit(world.Freeze(80'000'00));
  GatewayServer server(world.gateway);
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << adapter.lines();
  // While it waits in a long poll, new work comes at once.
  v1::Order deduct;
  server.Locked([&] { deduct = world.Submit(world.Deduct(freeze, 100'00)); });
  ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << adapter.lines();
  EXPECT_TRUE(adapter.Leave().ok());
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(world.Outcome(freeze), "PARTLY_CONTROLLED");
  EXPECT_EQ(world.Outcome(deduct), "DEDUCTED");
  EXPECT_TRUE(adapter.HasLine(R"("event":"connected")"));
  EXPECT_TRUE(adapter.HasLine(R"("event":"left")"));
  EXPECT_THAT(adapter.lines(), Not(HasSubstr(kDebtorNumber))) << "never personal data";
  EXPECT_THAT(adapter.lines(), Not(HasSubstr(kDebtor)));
  EXPECT_THAT(adapter.lines(), Not(HasSubstr(kAccount)));
}

TEST(Runner, RenewsTheLeasesOfWhatWaitsForAClerk) {
  SdkWorld world(SdkWorld::Way::kLand);
  const v1::Order seal = world.Submit(world.FreezeThing("unit-1"));
  GatewayServer server(world.gateway);
  server.renew_seconds = 1;
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.calls[kWireRenew] >= 1; })) << adapter.lines();
  // The clerk decides on the agent's thread, from another.
  const auto decided = adapter.runner().Ask([&](Agent& agent) -> absl::StatusOr<Json> {
    EAGLE_RETURN_IF_ERROR(agent.DecideReview(SdkWorld::OperationOf(seal), {.approved = true, .clerk = "温雅"}));
    return MetricsJson(agent.metrics());
  });
  ASSERT_TRUE(decided.ok()) << decided.status();
  ASSERT_TRUE(server.Await([&] { return world.gateway.LastWord(seal.order_id()) != nullptr; })) << adapter.lines();
  EXPECT_TRUE(adapter.Leave().ok());
  EXPECT_EQ(world.Outcome(seal), "CONTROLLED");
  EXPECT_EQ(ReasonOf(adapter.runner().Ask([](Agent&) { return Json(); }).status()), Reason::kUnavailable)
      << "it has left";
}

TEST(Runner, ReconnectsAfterTheGatewayWasRestarted) {
  SdkWorld world;
  const v1::Order first = world.Submit(world.Freeze(100'00));
  GatewayServer server(world.gateway);
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << adapter.lines();
  server.Stop();
  world.gateway.Restart();
  v1::Order second = world.Submit(world.Inquiry());
  server.Start();
  ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << adapter.lines();
  EXPECT_TRUE(adapter.Leave().ok());
  EXPECT_EQ(world.Outcome(second), "FOUND");
  EXPECT_GE(adapter.metrics().hellos, 2u);
  EXPECT_EQ(world.Effects(first), 1);
  EXPECT_TRUE(adapter.HasLine(R"("event":"disconnected")"));
}

TEST(Runner, DrainsWhatItCouldNotSendIntoTheInboxForTheNextStart) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100'00));
  world.gateway.refuse = [](Wire wire) {
    return wire == kWireResults ? absl::Status(Fail(Reason::kBusy, "full")) : absl::OkStatus();
  };
  GatewayServer server(world.gateway);
  {
    RunningAdapter adapter(world, server.ChannelOptions(kAgency), {.drain_limit = absl::Milliseconds(100)});
    ASSERT_TRUE(server.Await([&] { return world.gateway.calls[kWireResults] >= 1; })) << adapter.lines();
    EXPECT_TRUE(adapter.Leave().ok());
    EXPECT_THAT(adapter.lines(), HasSubstr(R"("message":"full","reason":"BUSY")"));
  }
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_EQ(world.LastWord(freeze), nullptr);
  server.Locked([&] { world.gateway.refuse = [](Wire) { return absl::OkStatus(); }; });
  RunningAdapter next(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << next.lines();
  EXPECT_TRUE(next.Leave().ok());
  EXPECT_EQ(world.Effects(freeze), 1) << "sent, not done again";
}

// Nobody listens: every call fails at once.
class DeafChannel : public Channel {
 public:
  explicit DeafChannel(Mailbox& mailbox) : mailbox_(mailbox) {}
  void Hello(CallId call, const v1::HelloRequest&) override {
    ++hellos;
    mailbox_.PutReply(call, Fail(Reason::kUnavailable, "connection refused"));
    if (on_hello) on_hello();
  }
  void PullTasks(CallId, const v1::PullTasksRequest&) override {}
  void RenewLease(CallId, const v1::RenewLeaseRequest&) override {}
  void ReportResults(CallId, const v1::ReportResultsRequest&) override {}
  void ReportEvents(CallId, const v1::ReportResultsRequest&) override {}
  void ReportStatus(CallId, const v1::ReportStatusRequest&) override {}
  void RaiseObjection(CallId, const v1::SubmitObjectionsRequest&) override {}
  void PullObjections(CallId, const v1::PullObjectionsRequest&) override {}

  std::function<void()> on_hello;
  int hellos = 0;

 private:
  Mailbox& mailbox_;
};

// Stands still, and jumps over any drain limit when it was looked at so often that somebody must be waiting.
class ImpatientClock : public Clock {
 public:
  absl::Time WallNow() override { return absl::FromUnixSeconds(1'790'000'000); }
  absl::Duration MonotonicNow() override { return ++looks_ > 300 ? absl::Hours(1000) : absl::Hours(1); }
  bool jumped() const { return looks_ > 300; }

 private:
  int looks_ = 0;
};

// Runs an adapter that dials a gateway that isn't there and is told to leave when the first Hello goes out. Whether it
// left without a wait.
bool LeavesAtOnceWithoutAGateway(SdkWorld& world) {
  world.StopAgent();
  AgentConfig config = world.config;
  config.backoff_min = config.backoff_max = absl::Milliseconds(1);  // real time, when there is a wait at all
  ImpatientClock clock;
  Log log(clock, [](const std::string&) {});
  Mailbox mailbox;
  DeafChannel channel(mailbox);
  auto agent =
      Agent::Make(config, {channel, *world.inbox, world.agency_key, world.checker, clock, world.entropy}, *world.bank);
  EXPECT_TRUE(agent.ok()) << agent.status();
  Runner runner(**agent, mailbox, clock, log, {.drain_limit = absl::Hours(24)});
  channel.on_hello = [&] { runner.RequestDrain(); };
  EXPECT_TRUE(runner.Run().ok());
  if (!clock.jumped()) {
    EXPECT_EQ(channel.hellos, 1) << "told to leave in the back-off after the first";
  }
  return !clock.jumped();
}

TEST(Runner, AnIdleAdapterWithoutAGatewayLeavesAtOnce) {
  SdkWorld world;
  EXPECT_TRUE(LeavesAtOnceWithoutAGateway(world)) << "a new inbox";
  world.StartAgent();
  world.Submit(world.Freeze(100'00));
  ASSERT_TRUE(world.Settle());
  EXPECT_TRUE(LeavesAtOnceWithoutAGateway(world)) << "an inbox in which all is done and reported";
}

TEST(Runner, WhatOnlyANewPollCouldBringOnHoldsUpNoDrain) {
  SdkWorld world;
  world.gateway.directory_complete = false;
  world.Submit(world.Freeze(100'00), SdkWorld::Signers{&world.stranger});
  world.Run(10);
  ASSERT_EQ(world.agent->metrics().queued, 1u) << "it waits for statements";
  EXPECT_TRUE(LeavesAtOnceWithoutAGateway(world)) << "after a start it has no lease, either";
}

TEST(Runner, AReceiptThatWasNotSentHoldsUpTheDrain) {
  SdkWorld world;
  world.gateway.refuse = [](Wire wire) {
    return wire == kWireResults ? absl::Status(Fail(Reason::kBusy, "full")) : absl::OkStatus();
  };
  world.Submit(world.Freeze(100'00));
  world.Run(20);
  ASSERT_EQ(world.agent->metrics().receipts, 1u);
  EXPECT_FALSE(LeavesAtOnceWithoutAGateway(world)) << "the gateway may be back within the limit";
}

TEST(Runner, ACallThatTheGatewayDoesNotHaveIsNamedSoInTheLog) {
  SdkWorld world;
  world.gateway.refuse = [](Wire wire) {
    return wire == kWireResults ? absl::UnimplementedError("") : absl::OkStatus();
  };
  world.Submit(world.Inquiry());
  GatewayServer server(world.gateway);
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  EXPECT_TRUE(server.Await([&] { return adapter.HasLine(R"("reason":"UNIMPLEMENTED")"); })) << adapter.lines();
  EXPECT_TRUE(adapter.HasLine("the gateway doesn't have this call"));
  EXPECT_FALSE(adapter.HasLine("INTERNAL")) << "an older gateway is no defect of the gateway";
  server.Locked([&] { world.gateway.refuse = [](Wire) { return absl::OkStatus(); }; });
  EXPECT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << "it works on when the call is there";
}

TEST(Runner, OnceWorksUntilThereIsNoMoreAndLeaves) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100'00)), inquiry = world.Submit(world.Inquiry());
  GatewayServer server(world.gateway);
  server.poll_wait_seconds = 30;
  GrpcChannelOptions dial = server.ChannelOptions(kAgency);
  dial.wait_for_work = false;
  RunningAdapter adapter(world, dial, {.once = true});
  EXPECT_TRUE(adapter.Wait().ok());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
}

TEST(Runner, OnceGivesUpWhenNobodyAnswers) {
  SdkWorld world;
  GatewayServer server(world.gateway);
  const GrpcChannelOptions dial = server.ChannelOptions(kAgency);
  server.Stop();
  RunningAdapter adapter(world, dial, {.once = true});
  const absl::Status left = adapter.Wait();
  EXPECT_EQ(ReasonOf(left), Reason::kUnavailable);
  EXPECT_THAT(FailureOf(left).metadata, testing::ElementsAre(testing::Pair("last_error", HasSubstr("connect"))));
  EXPECT_TRUE(adapter.HasLine(R"("event":"stopped")"));
}

TEST(Runner, SpeaksToNobodyButThePinnedGateway) {
  SdkWorld world;
  world.Submit(world.Inquiry());
  GatewayServer server(world.gateway);
  const auto refused = [&](const std::function<void(GrpcChannelOptions&)>& change) {
    GrpcChannelOptions dial = server.ChannelOptions(kAgency);
    change(dial);
    RunningAdapter adapter(world, dial, {.once = true});
    adapter.Wait().IgnoreError();
    return adapter.lines();
  };
  EXPECT_THAT(refused([](auto& dial) { dial.spiffe_id = "spiffe://eagle.example/gateway/another"; }),
              HasSubstr("isn't the gateway"));
  EXPECT_THAT(refused([](auto& dial) { dial.spiffe_id = "spiffe://other.example/gateway/gateway"; }),
              HasSubstr("\"reason\":\"UNAUTHENTICATED\""));
  EXPECT_THAT(refused([](auto& dial) { dial.server_name = "gateway.example"; }),
              HasSubstr("doesn't name gateway.example"));
  // An authority that isn't pinned, and a certificate that the gateway's authority didn't sign.
  SdkWorld other_world;
  GatewayServer other(other_world.gateway);
  const GrpcChannelOptions stranger = other.ChannelOptions(kAgency);
  EXPECT_THAT(refused([&](auto& dial) { dial.authority_pem = stranger.authority_pem; }), HasSubstr("call_failed"));
  EXPECT_THAT(
      refused([&](auto& dial) { dial.certificate_pem = stranger.certificate_pem, dial.key_pem = stranger.key_pem; }),
      HasSubstr("call_failed"));
  EXPECT_EQ(world.gateway.calls[kWireHello], 0);

  GrpcChannelOptions by_name = server.ChannelOptions(kAgency);
  by_name.spiffe_id.clear();  // then the host of the address counts
  RunningAdapter adapter(world, by_name);
  EXPECT_TRUE(server.Await([&] { return world.gateway.AllAnswered(); })) << adapter.lines();
}

TEST(Runner, StopsWhenTheInboxCanNotCommit) {
  SdkWorld world;
  GatewayServer server(world.gateway);
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.calls[kWireHello] > 0; }));
  const auto written = adapter.runner().Ask([&](Agent& agent) -> absl::StatusOr<Json> {
    server.Locked([&] { world.crash.DieAt(1); });
    EAGLE_RETURN_IF_ERROR(agent.InTransaction([](InboxTransaction& transaction) {
      transaction.Put("x/1", "1");
      return absl::OkStatus();
    }));
    return Json();
  });
  EXPECT_FALSE(written.ok());
  EXPECT_FALSE(adapter.Wait().ok());
  EXPECT_TRUE(adapter.HasLine(R"("event":"stopped","level":"error")"));
}

TEST(Runner, WritesItsCountersWhenAsked) {
  SdkWorld world;
  GatewayServer server(world.gateway);
  RunningAdapter adapter(world, server.ChannelOptions(kAgency));
  ASSERT_TRUE(server.Await([&] { return world.gateway.calls[kWireHello] > 0; }));
  adapter.runner().LogMetrics();
  EXPECT_TRUE(adapter.runner().Ask([](Agent&) { return Json(); }).ok());
  EXPECT_TRUE(adapter.runner().Ask([](Agent&) { return Json(); }).ok()) << "one more turn of the loop";
  EXPECT_TRUE(adapter.HasLine(R"("event":"metrics")"));
  EXPECT_TRUE(adapter.HasLine(R"("hellos":1)"));
}

TEST(GrpcChannel, SaysWhatIsWrongWithItsOptions) {
  Mailbox mailbox;
  SdkWorld world;
  GatewayServer server(world.gateway);
  const auto reason = [&](const std::function<void(GrpcChannelOptions&)>& change) {
    GrpcChannelOptions dial = server.ChannelOptions(kAgency);
    change(dial);
    return ReasonOf(GrpcChannel::Connect(dial, mailbox).status());
  };
  EXPECT_EQ(reason([](auto& dial) { dial.address = "nowhere"; }), Reason::kConfigurationInvalid);
  EXPECT_EQ(reason([](auto& dial) { dial.spiffe_id = "gateway"; }), Reason::kConfigurationInvalid);
  EXPECT_EQ(reason([](auto& dial) { dial.certificate_pem = "x"; }), Reason::kKeyUnusable);
  EXPECT_EQ(reason([](auto& dial) { dial.authority_pem = ""; }), Reason::kKeyUnusable);
  EXPECT_EQ(reason([](auto&) {}), Reason::kNone);
}

TEST(WireStatus, KeepsReasonDelayAndFields) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("DRAINING");
  details.add_details()->PackFrom(info);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(7);
  details.add_details()->PackFrom(retry);
  google::rpc::BadRequest request;
  request.add_field_violations()->set_field("instance");
  details.add_details()->PackFrom(request);
  const Failure failure = FailureOf(StatusFromWire(14, "restarting", details.SerializeAsString()));
  EXPECT_EQ(failure.reason, Reason::kDraining);
  EXPECT_EQ(failure.retry_delay, absl::Seconds(7));
  EXPECT_EQ(failure.violations.at(0).field, "instance");
}

TEST(WireStatus, WithoutDetailsTheCodeDecides) {
  EXPECT_TRUE(StatusFromWire(0, "", "").ok());
  EXPECT_EQ(ReasonOf(StatusFromWire(14, "no route", "")), Reason::kUnavailable);
  EXPECT_EQ(ReasonOf(StatusFromWire(16, "", "garbage")), Reason::kUnauthenticated);
  EXPECT_EQ(ReasonOf(StatusFromWire(8, "", "")), Reason::kBusy);
  EXPECT_EQ(StatusFromWire(4, "", "").code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(StatusFromWire(13, "", "")), Reason::kInternal);
}

TEST(WireStatus, ACallThatAnOlderGatewayDoesNotHaveIsNoDefectOfIt) {
  const absl::Status status = StatusFromWire(12, "", "");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(FailureOf(status).message, "the gateway doesn't have this call");
}

}  // namespace
}  // namespace eagle::sdk
