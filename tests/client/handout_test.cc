// What a court notices by itself when an order that was accepted doesn't go on.
#include "client/lib/handout.h"

#include "absl/strings/numbers.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;

constexpr char kBank[] = "9900010", kLand[] = "9900900";

class HandoutTest : public testing::Test {
 protected:
  // An inquiry at both agencies, accepted and proved; both are there since long before; what GetOrder says of it.
  HandoutTest() {
    const Ran ran = world_.Json(Inquire());
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    for (v1::AgencyView& agency : world_.gateway->agencies) Presence(agency, v1::PRESENCE_PRESENT, -absl::Hours(1));
    const v1::Order order = OrderOf(world_.gateway->order_batches.at(0));
    v1::OrderView& view = world_.gateway->orders[order.order_id()];
    view.set_order_id(order.order_id());
    uint64_t seq = 0;
    EXPECT_TRUE(absl::SimpleAtoi(At(ran.out, "results.0.order_seq"), &seq));
    view.set_order_seq(seq);
    for (const std::string& code : order.agencies()) {
      view.add_tasks()->set_agency(code);
      view.mutable_tasks()->rbegin()->set_state(v1::TASK_STATE_DONE);
    }
  }
  v1::OrderView& view() { return world_.gateway->orders.begin()->second; }
  v1::TaskView& task(std::string_view agency) {
    for (v1::TaskView& one : *view().mutable_tasks())
      if (one.agency() == agency) return one;
    ADD_FAILURE() << "no task there";
    return *view().add_tasks();
  }
  v1::AgencyView& agency(std::string_view code) {
    for (v1::AgencyView& one : world_.gateway->agencies)
      if (one.code() == code) return one;
    ADD_FAILURE() << "no such agency";
    return world_.gateway->agencies.emplace_back();
  }
  void Presence(v1::AgencyView& agency, v1::Presence presence, absl::Duration since) {
    agency.set_presence(presence);
    *agency.mutable_since() = trust::TimestampOf(Monday() + since);
  }
  Ran CheckAfter(absl::Duration later) {
    world_.clock.now = Monday() + later;
    return world_.Json({"order", "check", "--minutes", "10"});
  }

  CliWorld world_;
};

TEST_F(HandoutTest, WhatGoesOnIsInOrder) {
  const Ran ran = CheckAfter(absl::Hours(20));
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "check.orders"), "1");
  EXPECT_EQ(At(ran.out, "check.not_in_order"), "0");
}

TEST_F(HandoutTest, AnOrderThatIsNotHandedOutToAnAgencyThatIsThereIsSeenAfterTheBound) {
  task(kBank).set_state(v1::TASK_STATE_QUEUED);
  EXPECT_EQ(CheckAfter(absl::Minutes(10)).exit, kExitOk) << "not before";
  const Ran ran = CheckAfter(absl::Minutes(10) + absl::Seconds(1));
  EXPECT_EQ(ran.exit, kExitVerification) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("NOT_IN_ORDER"));
  EXPECT_EQ(At(ran.out, "orders.0.verdict"), "LATE");
  EXPECT_EQ(At(ran.out, "orders.0.agency_code"), kBank);
  EXPECT_EQ(At(ran.out, "check.not_in_order"), "1");
}

TEST_F(HandoutTest, AnAgencyThatIsAwayOrFullIsNotTheGatewaysOmission) {
  for (const v1::Presence presence : {v1::PRESENCE_ABSENT, v1::PRESENCE_NEVER_SEEN, v1::PRESENCE_PRESENT_FULL}) {
    task(kBank).set_state(v1::TASK_STATE_QUEUED);
    Presence(agency(kBank), presence, absl::ZeroDuration());
    const Ran ran = CheckAfter(absl::Hours(1));
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_EQ(At(ran.out, "orders.0.verdict"), "WAITS");
  }
  // The bound runs from its return.
  Presence(agency(kBank), v1::PRESENCE_PRESENT, absl::Minutes(55));
  EXPECT_EQ(CheckAfter(absl::Minutes(65)).exit, kExitOk);
  EXPECT_EQ(CheckAfter(absl::Minutes(66)).exit, kExitVerification);
}

TEST(Handout, AnObjectionExcusesADeductionAndNothingElse) {
  PromisedOrder promised{.order_seq = 7, .accepted_at = Monday()};
  promised.order.add_agencies(kBank);
  v1::OrderView view;
  view.set_order_seq(7), view.set_held_by_objection(true);
  view.add_tasks()->set_agency(kBank);
  view.mutable_tasks(0)->set_state(v1::TASK_STATE_QUEUED);
  AgencyViews agencies;
  agencies[kBank].set_presence(v1::PRESENCE_PRESENT);
  const auto verdict = [&](v1::Action action) {
    promised.order.set_action(action);
    const auto rows = CheckHandout(promised, &view, agencies, Monday() + absl::Hours(1), absl::Minutes(10));
    return rows.size() == 1 ? VerdictText(rows[0].verdict) : "no single row";
  };
  EXPECT_EQ(verdict(v1::ACTION_DEDUCT), "WAITS");
  EXPECT_EQ(verdict(v1::ACTION_RELEASE), "LATE");
  view.set_held_by_objection(false);
  EXPECT_EQ(verdict(v1::ACTION_DEDUCT), "LATE");
}

TEST_F(HandoutTest, ThatItWentOutIsNotTheGatewaysToSay) {
  task(kLand).set_state(v1::TASK_STATE_DELIVERED);
  *task(kLand).mutable_delivered_at() = trust::TimestampOf(Monday() + absl::Minutes(5));
  EXPECT_EQ(CheckAfter(absl::Minutes(15)).exit, kExitOk);
  EXPECT_EQ(CheckAfter(absl::Minutes(16)).exit, kExitVerification);
  task(kLand).set_state(v1::TASK_STATE_ACKNOWLEDGED);
  EXPECT_EQ(CheckAfter(absl::Minutes(17)).exit, kExitOk);
}

TEST_F(HandoutTest, AnOrderThatIsGoneIsSeenAtOnce) {
  view().mutable_tasks()->RemoveLast();
  Ran ran = CheckAfter(absl::ZeroDuration());
  EXPECT_EQ(ran.exit, kExitVerification);
  EXPECT_EQ(At(ran.out, "orders.0.verdict"), "LOST");
  view().set_order_seq(view().order_seq() + 1);
  EXPECT_THAT(CheckAfter(absl::ZeroDuration()).out, HasSubstr("another number"));
  world_.gateway->orders.clear();
  ran = CheckAfter(absl::ZeroDuration());
  EXPECT_EQ(ran.exit, kExitVerification);
  EXPECT_EQ(At(ran.out, "orders.0.verdict"), "LOST");
}

// An acceptance that didn't verify when it came doesn't later, either: nobody has to have kept the message.
TEST_F(HandoutTest, APromiseThatDoesNotVerifyIsNone) {
  world_.gateway->tamper_orders = [](v1::SubmitOrdersResponse& response) {
    response.mutable_results(0)->mutable_acceptance()->mutable_leaf()->at(60) ^= 1;
  };
  EXPECT_EQ(world_.Json(Inquire()).exit, kExitVerification);
  const Ran ran = CheckAfter(absl::ZeroDuration());
  EXPECT_EQ(ran.exit, kExitVerification);
  EXPECT_THAT(ran.out, HasSubstr("doesn't verify"));
  EXPECT_EQ(At(ran.out, "check.not_in_order"), "1");
}

TEST_F(HandoutTest, AGatewayThatDoesNotAnswerIsNoVerdict) {
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "away"));
  EXPECT_EQ(CheckAfter(absl::Hours(1)).exit, kExitUnavailable);
}

TEST_F(HandoutTest, TheBoundIsTheCourtsToSay) {
  const Ran ran = world_.Run({"order", "check"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("handout_minutes"));
  const std::string path = world_.Path("pki/config/court-辽9901.toml");
  std::string config = *ReadFile(path);
  config.insert(config.find("[defaults]\n") + 11, "handout_minutes = 7\n");
  ASSERT_TRUE(WriteDurably(path, config).ok());
  EXPECT_EQ(At(world_.Json({"order", "check"}).out, "check.minutes"), "7");
}

// One that was signed beforehand: nothing is late before its begin, and afterwards a gateway that keeps it is.
TEST(HandoutOfWhatWaits, IsLateWhenItsBeginHasPassed) {
  PromisedOrder promised{.order_seq = 7, .accepted_at = Monday(), .begins = Monday() + absl::Hours(240)};
  promised.order.add_agencies(kBank);
  v1::OrderView view;
  view.set_order_seq(7);
  view.add_tasks()->set_agency(kBank);
  view.mutable_tasks(0)->set_state(v1::TASK_STATE_WAITING);
  AgencyViews agencies;
  agencies[kBank].set_presence(v1::PRESENCE_PRESENT);
  const absl::Duration bound = absl::Minutes(10);
  EXPECT_TRUE(CheckHandout(promised, &view, agencies, promised.begins - absl::Hours(1), bound).empty());
  EXPECT_TRUE(CheckHandout(promised, &view, agencies, promised.begins + bound, bound).empty());
  const auto rows = CheckHandout(promised, &view, agencies, promised.begins + bound + absl::Seconds(1), bound);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict, HandoutRow::Verdict::kLate);
  EXPECT_THAT(rows[0].why, HasSubstr("its begin has passed"));
  view.mutable_tasks(0)->set_state(v1::TASK_STATE_QUEUED);
  EXPECT_TRUE(CheckHandout(promised, &view, agencies, promised.begins + bound, bound).empty()) << "counted from there";
}

}  // namespace
}  // namespace eagle::client
