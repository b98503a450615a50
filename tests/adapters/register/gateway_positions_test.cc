// A land registry states its days to a whole gateway: what its own receipts told and what it states agree, days,
// restarts of both and releases through; and a seal that it forgot is found by the next statement.
#include <sqlite3.h>

#include <deque>
#include <functional>
#include <optional>

#include "adapters/land/kind.h"
#include "adapters/register/import.h"
#include "adapters/register/register.h"
#include "adapters/sdk/agent.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/demo_world.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace eagle::registry {
namespace {

namespace v1 = ::goldeneagle::v1;

using testing::ElementsAre;
using testing::IsEmpty;

// The agent's calls, carried to the gateway's own handlers.
class Wire : public sdk::Channel {
 public:
  explicit Wire(test::GatewayFixture& gateway) : gateway_(gateway) {}
  void Hello(sdk::CallId call, const v1::HelloRequest& request) override { Ask(call, &api::Handlers::Hello, request); }
  void PullTasks(sdk::CallId call, const v1::PullTasksRequest& request) override {
    Ask(call, &api::Handlers::PullTasks, request);
  }
  void RenewLease(sdk::CallId call, const v1::RenewLeaseRequest& request) override {
    Tell(call, &api::Handlers::RenewLease, request);
  }
  void ReportResults(sdk::CallId call, const v1::ReportResultsRequest& request) override {
    Ask(call, &api::Handlers::ReportResults, request);
  }
  void ReportEvents(sdk::CallId call, const v1::ReportResultsRequest& request) override {
    Ask(call, &api::Handlers::ReportEvents, request);
  }
  void ReportPosition(sdk::CallId call, const v1::ReportResultsRequest& request) override {
    Ask(call, &api::Handlers::ReportPosition, request);
  }
  void ReportStatus(sdk::CallId call, const v1::ReportStatusRequest& request) override {
    Tell(call, &api::Handlers::ReportStatus, request);
  }
  void RaiseObjection(sdk::CallId, const v1::SubmitObjectionsRequest&) override {}  // nobody objects here
  void PullObjections(sdk::CallId, const v1::PullObjectionsRequest&) override {}

  void Deliver(sdk::Agent& agent) {
    for (size_t i = 0; i < waiting_.size();) {
      std::optional<absl::StatusOr<sdk::Reply>> reply = waiting_[i].answer();
      if (!reply) {
        ++i;
        continue;
      }
      const sdk::CallId call = waiting_[i].call;
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      agent.OnReply(call, *std::move(reply));
    }
  }
  void Forget() { waiting_.clear(); }

 private:
  struct Waiting {
    sdk::CallId call;
    std::function<std::optional<absl::StatusOr<sdk::Reply>>()> answer;
  };
  template <typename Response>
  static absl::StatusOr<sdk::Reply> ReplyOf(const absl::StatusOr<Response>& response) {
    if (!response.ok()) return response.status();
    return sdk::Reply(*response);
  }
  template <typename Response, typename Request>
  void Ask(sdk::CallId call, void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>),
           const Request& request) {
    auto answered = gateway_.Begin(method, gateway_.Agency(test::kLand), request);
    waiting_.push_back({call, [answered]() -> std::optional<absl::StatusOr<sdk::Reply>> {
                          if (!answered->has_value()) return std::nullopt;
                          return ReplyOf<Response>(**answered);
                        }});
  }
  template <typename Response, typename Request>
  void Tell(sdk::CallId call, absl::StatusOr<Response> (api::Handlers::*method)(const api::Caller&, const Request&),
            const Request& request) {
    const auto response = gateway_.Call(method, gateway_.Agency(test::kLand), request);
    waiting_.push_back(
        {call, [response]() -> std::optional<absl::StatusOr<sdk::Reply>> { return ReplyOf<Response>(response); }});
  }

  test::GatewayFixture& gateway_;
  std::deque<Waiting> waiting_;
};

class LandAndGateway : public testing::Test {
 protected:
  LandAndGateway() {
    v1::Proposal policy;
    policy.set_ground("agencies state their days");
    *policy.mutable_policy()->mutable_table() = test::PolicyWithStatements();
    EXPECT_TRUE(demo_.Adopt({policy}).ok());
    EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &rules_.zone));
    config_.agency = test::kLand, config_.adapter = "test.land", config_.version = "1";
    config_.environment = v1::ENVIRONMENT_TEST;
    for (v1::Action action : {v1::ACTION_INQUIRE, v1::ACTION_FREEZE, v1::ACTION_RELEASE}) {
      v1::Capability& row = config_.capabilities.emplace_back();
      row.set_action(action), row.set_asset_kind("LAND");
    }
    config_.contact_name = "温雅", config_.contact_phone = "024-00000000";
    for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
      config_.registrar_keys.push_back(gateway_.Key(name).public_key());
    config_.zone = rules_.zone;
    StartAgent();
  }
  ~LandAndGateway() override { agent_.reset(); }

  void StartAgent() {
    agent_.reset(), land_.reset(), inbox_.reset();
    wire_.Forget();
    inbox_ = *sdk::SqliteInbox::Open(folder_ / "inbox.db");
    land_.emplace(*Register::Open(*inbox_, rules_));
    {
      const auto transaction = inbox_->Begin();
      if (Tables(*transaction, rules_.kind).IsEmpty()) {
        EXPECT_TRUE(ImportRegister(test::SourcePath("adapters/land/data/demo"),
                                   {v1::ENVIRONMENT_TEST, rules_, gateway_.clock.WallNow()}, *transaction)
                        .ok());
        EXPECT_TRUE(transaction->Commit().ok());
      }
    }
    auto made = sdk::Agent::Make(config_,
                                 {wire_, *inbox_, gateway_.Key("agency/" + std::string(test::kLand)), gateway_.checker,
                                  gateway_.clock, gateway_.entropy, nullptr, &*land_},
                                 *land_);
    ASSERT_TRUE(made.ok()) << made.status();
    agent_ = *std::move(made);
  }
  void Run(int rounds = 60) {
    for (int i = 0; i < rounds; ++i) {
      agent_->Step();
      gateway_.Run();
      wire_.Deliver(*agent_);
      gateway_.Advance(absl::Milliseconds(500));
    }
    ASSERT_TRUE(agent_->health().ok()) << agent_->health();
  }
  // On to five past one of the next day, at which the day before is stated.
  void NextDay() {
    const absl::CivilDay today = absl::ToCivilDay(gateway_.clock.WallNow(), rules_.zone);
    gateway_.AdvanceTo(absl::FromCivil(absl::CivilMinute(today + 1) + 65, rules_.zone));
    Run(200);
  }
  void SubmitAll(const v1::Order& order) {
    EXPECT_THAT(test::DemoWorld::Reasons(demo_.Submit({order}, {test::kHandler, test::kCosigner, test::kLeader})),
                ElementsAre(""));
    Run();
    EXPECT_TRUE(gateway_.state().FindOrder(OrderSeq(gateway_.state().ids.at(order.order_id()).index))->complete());
  }
  std::string StatedDay() const {
    const domain::Agency* agency = gateway_.state().directory.AgencyByCode(test::kLand);
    return gateway_.state().PositionOf(agency->ordinal).seen.complete_day;
  }
  std::vector<v1::IncidentKind> Standing() const {
    std::vector<v1::IncidentKind> kinds;
    for (const auto& [index, incident] : gateway_.state().incidents) kinds.push_back(incident.kind);
    return kinds;
  }

  test::GatewayFixture gateway_;
  test::DemoWorld demo_{gateway_};
  TempFolder folder_;
  OfficeRules rules_{
      .kind = land::kLand, .registry = "北陵市不动产登记中心", .freeze = Mode::kAutomatic, .release = Mode::kAutomatic};
  sdk::AgentConfig config_;
  Wire wire_{gateway_};
  std::unique_ptr<sdk::SqliteInbox> inbox_;
  std::optional<Register> land_;
  std::unique_ptr<sdk::Agent> agent_;
};

TEST_F(LandAndGateway, WhatItStatesAgreesWithItsReceiptsDaysAndRestartsThrough) {
  Run();
  const v1::Order seal = demo_.Seal();
  SubmitAll(seal);
  NextDay();
  EXPECT_EQ(StatedDay(), "2026-09-28");
  EXPECT_THAT(Standing(), IsEmpty());
  StartAgent();
  gateway_.Restart();
  NextDay();
  EXPECT_EQ(StatedDay(), "2026-09-29");
  EXPECT_THAT(Standing(), IsEmpty());
  SubmitAll(demo_.Release(seal));
  NextDay();
  EXPECT_EQ(StatedDay(), "2026-09-30");
  EXPECT_THAT(Standing(), IsEmpty());
  EXPECT_EQ(gateway_.Count("INCIDENT_ARISEN"), 0u);
}

TEST_F(LandAndGateway, ASealThatItForgotIsFoundByTheNextStatement) {
  Run();
  SubmitAll(demo_.Seal());
  {
    const auto transaction = inbox_->Begin();
    ASSERT_EQ(sqlite3_exec(transaction->sqlite(), "DELETE FROM land_seals WHERE length(order_id) = 16", nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  NextDay();
  EXPECT_EQ(StatedDay(), "2026-09-28");
  EXPECT_THAT(Standing(), ElementsAre(v1::INCIDENT_KIND_MEASURE_MISSING));
}

}  // namespace
}  // namespace eagle::registry
