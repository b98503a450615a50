// Orders that wait for their begin, through the real handlers: what the court sees of them, and that no agency gets one
// early, over restarts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::Duration kDay = absl::Hours(24);

class WaitingCalls : public ::testing::Test {
 protected:
  v1::Order Search(absl::Duration ahead) {
    v1::Order order = demo_.Inquire({kBeiling, kSongyue});
    order.set_urgency(v1::URGENCY_NORMAL), order.clear_urgency_reason();
    *order.mutable_not_before() = domain::ToProto(gateway_.clock.wall + ahead);
    *order.mutable_not_after() = domain::ToProto(gateway_.clock.wall + ahead + 30 * kDay);
    return order;
  }
  v1::Acceptance Accepted(const v1::Order& order) {
    const auto answer = demo_.Submit({order}, {kHandler});
    EXPECT_THAT(DemoWorld::Reasons(answer), ElementsAre(""));
    return answer.ok() ? answer->results(0).acceptance() : v1::Acceptance();
  }
  v1::OrderView View(const v1::Order& order) {
    v1::GetOrderRequest request;
    request.set_order_id(order.order_id());
    const auto answer = gateway_.Call(&api::Handlers::GetOrder, demo_.court, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->order() : v1::OrderView();
  }
  void Restart() {
    gateway_.Restart();
    demo_.sessions.clear();
  }
  // In steps of less than a day, as a clock goes.
  void AdvanceTo(absl::Time time) {
    while (gateway_.clock.wall < time) gateway_.AdvanceTo(std::min(time, gateway_.clock.wall + absl::Hours(20)));
  }
  void Stage(v1::CaseStage to) {
    v1::CaseAct act;
    act.set_request_id(gateway_.NewId()), act.set_court(kCourt);
    act.mutable_stage()->set_case_number(kCaseNumber), act.mutable_stage()->set_to(to);
    act.mutable_stage()->set_ground("终结本次执行程序");
    const auto answer = demo_.SubmitCase({act});
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_TRUE(answer->results(0).has_acceptance()) << answer->DebugString();
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(WaitingCalls, TheCourtIsToldWhenItBeginsAndNoAgencyGetsItSooner) {
  const v1::Order order = Search(30 * kDay);
  const v1::Acceptance acceptance = Accepted(order);
  ASSERT_TRUE(acceptance.has_begins_at());
  const absl::Time begins = domain::FromProto(acceptance.begins_at());
  EXPECT_GE(begins, domain::FromProto(order.not_before()));
  EXPECT_THAT(acceptance.deadline().explanation(), HasSubstr("after the day of its begin"));
  EXPECT_EQ(View(order).state(), v1::ORDER_STATE_WAITING);
  EXPECT_EQ(View(order).tasks(0).state(), v1::TASK_STATE_WAITING);
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  Restart();
  EXPECT_EQ(View(order).state(), v1::ORDER_STATE_WAITING);
  AdvanceTo(begins - absl::Seconds(1));
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  Restart();
  AdvanceTo(begins + absl::Seconds(2));
  EXPECT_EQ(gateway_.Count("ORDER_BEGUN"), 1u);
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  const v1::OrderView view = View(order);
  EXPECT_EQ(view.state(), v1::ORDER_STATE_IN_PROGRESS);
  EXPECT_EQ(domain::FromProto(view.begins_at()), begins);
  EXPECT_EQ(view.deadline().due_at().seconds(), acceptance.deadline().due_at().seconds());
  EXPECT_THAT(view.ended_reason(), IsEmpty());
}

TEST_F(WaitingCalls, ADryRunShowsTheBegin) {
  v1::SubmitOrdersRequest request =
      demo_.OrderBatch({Search(30 * kDay), Search(-30 * kDay), Search(4000 * kDay)}, {kHandler});
  const auto answer = gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->results(0).acceptance().has_begins_at());
  EXPECT_FALSE(answer->results(1).acceptance().has_begins_at()) << "its day has come";
  EXPECT_EQ(answer->results(2).refusal().reason(), "BEGIN_TOO_FAR");
}

TEST_F(WaitingCalls, WhatMayNotBeginAnyMoreIsToldWithItsReason) {
  const v1::Order order = Search(2 * kDay);
  const absl::Time begins = domain::FromProto(Accepted(order).begins_at());
  Stage(v1::CASE_STAGE_CLOSED);
  AdvanceTo(begins + absl::Seconds(2));
  const v1::OrderView view = View(order);
  EXPECT_EQ(view.state(), v1::ORDER_STATE_ENDED);
  EXPECT_EQ(view.ended_reason(), "STAGE_FORBIDS");
  EXPECT_EQ(view.tasks(0).state(), v1::TASK_STATE_ENDED);
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  Restart();
  EXPECT_EQ(View(order).SerializeAsString(), view.SerializeAsString());
  v1::ListOrdersRequest list;
  const auto listed = gateway_.Call(&api::Handlers::ListOrders, demo_.court, list);
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(listed->orders(0).ended_reason(), "STAGE_FORBIDS");
}

TEST_F(WaitingCalls, ACaseInWhichSomethingWasFoundAfterItsEndIsFlagged) {
  const v1::Order order = Search(2 * kDay);
  const absl::Time begins = domain::FromProto(Accepted(order).begins_at());
  Stage(v1::CASE_STAGE_CLOSED_NO_ASSETS);
  AdvanceTo(begins + absl::Seconds(2));
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Found(order, kBeiling, "9900010000000012345", 100)}).ok());
  EXPECT_EQ(gateway_.Count("RESUMPTION_FLAGGED"), 1u);
  Restart();
  const auto flagged = demo_.Case();
  ASSERT_TRUE(flagged.ok()) << flagged.status();
  EXPECT_TRUE(flagged->has_flagged_at());
  EXPECT_EQ(flagged->flagged_by(), order.order_id());
  Stage(v1::CASE_STAGE_RESUMED);
  const auto resumed = demo_.Case();
  ASSERT_TRUE(resumed.ok());
  EXPECT_FALSE(resumed->has_flagged_at());
}

}  // namespace
}  // namespace eagle::test
