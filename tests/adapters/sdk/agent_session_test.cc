// What an agent promises about its calls: leases, withdrawals, the gateway's moods, lost and doubled replies, batches
// of receipts.
#include "adapters/sdk/agent.h"
#include "adapters/sdk/inbox_codec.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

TEST(AgentSession, NoEffectBeginsOnAnEndedLease) {
  SdkWorld world;
  // The lease runs out while the intent is being written.
  const v1::Order freeze = world.Submit(world.Freeze(100));
  bool slept = false;
  world.inbox->after_commit = [&] {
    for (const auto& [key, bytes] : world.disk.rows) {
      if (slept || key[0] != 't') continue;
      const auto task = DecodeTask(bytes);
      slept = task.has_value() && task->state == TaskState::kApplying;
      if (slept) world.clock.Advance(absl::Seconds(61));
    }
  };
  world.bank->on_apply = [&] {
    EXPECT_EQ(world.agent->metrics().leases_ended, 1u);
    EXPECT_GE(world.agent->metrics().tasks_repeated, 1u) << "not before it was handed out again";
  };
  ASSERT_TRUE(world.Settle());
  EXPECT_TRUE(slept);
  EXPECT_EQ(world.Effects(freeze), 1);
}

TEST(AgentSession, AStaleLeaseAfterALostGatewayStartsNothing) {
  SdkWorld world;
  world.bank->fail_apply_before = 1;  // so the task waits for its second try
  const v1::Order freeze = world.Submit(world.Freeze(100));
  world.Run(4, absl::Milliseconds(1));
  ASSERT_EQ(world.bank->applies, 1);
  // Then the gateway is gone for two minutes, and with it the lease.
  world.gateway.fate = [](Wire) { return Fate::kLoseRequest; };
  world.clock.Advance(absl::Seconds(61));
  world.Run(240);
  EXPECT_EQ(world.bank->applies, 1);
  world.gateway.fate = [](Wire) { return Fate::kDeliver; };
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Effects(freeze), 1);
}

TEST(AgentSession, WhatAGatewayGrantedBeforeItWasStartedAnewIsWorthNothing) {
  SdkWorld world;
  world.bank->fail_apply_before = 1;  // certainly not done; the task waits for its second try, with a lease of a minute
  const v1::Order freeze = world.Submit(world.Freeze(100));
  for (int i = 0; i < 10 && world.bank->applies == 0; ++i) world.Run(1, absl::Milliseconds(1));
  ASSERT_EQ(world.bank->applies, 1);
  // The gateway is started anew before that, and by then the order was withdrawn.
  world.gateway.Restart();
  world.gateway.Forget(freeze.order_id());
  world.Run(10, absl::Milliseconds(1));
  ASSERT_EQ(world.agent->metrics().hellos, 2u);
  ASSERT_EQ(world.bank->applies, 1);
  world.Run(100);
  EXPECT_GE(world.agent->metrics().hellos, 2u);
  EXPECT_EQ(world.bank->applies, 1);
  EXPECT_EQ(world.Effects(freeze), 0);
}

TEST(AgentSession, LeasesAreRenewedForWhatAClerkHolds) {
  SdkWorld world(SdkWorld::Way::kLand);
  const v1::Order seal = world.Submit(world.FreezeThing("990101001002GB00123F00010012"));
  world.Run(600);  // five minutes
  EXPECT_EQ(world.Outcome(seal), "-");
  EXPECT_GE(world.gateway.calls[kWireRenew], 10);
  EXPECT_EQ(world.agent->metrics().tasks_repeated, 0u) << "it was never handed out again";
  EXPECT_GE(world.gateway.statuses.size(), 9u);
  EXPECT_EQ(world.gateway.statuses.back().waiting_for_clerk(), 1u);
}

TEST(AgentSession, WithdrawnOrdersDoNotBegin) {
  SdkWorld world;
  world.bank->fail_apply_before = 1000;
  world.bank->fail_finds = 1;
  const v1::Order first = world.Submit(world.Freeze(100));
  const v1::Order second = world.Submit(world.Freeze(200));
  world.Run(4);
  world.gateway.Withdraw(second.order_id());
  world.Run(100);
  world.bank->fail_apply_before = 0;
  world.Run(200);
  EXPECT_EQ(world.Outcome(first), "CONTROLLED");
  EXPECT_EQ(world.Outcome(second), "-");
  EXPECT_EQ(world.Effects(second), 0);
  EXPECT_EQ(world.agent->metrics().tasks_withdrawn, 1u);
  // The notice may come before the order.
  const v1::Order third = world.Freeze(300);
  world.gateway.Withdraw(third.order_id());
  world.Run(10);
  world.Submit(third);
  world.Run(20);
  EXPECT_EQ(world.Effects(third), 0);
  EXPECT_EQ(world.agent->metrics().tasks_withdrawn, 2u);
}

TEST(AgentSession, AGatewayThatWasStartedAnewIsGreetedAndNothingIsLost) {
  SdkWorld world;
  std::vector<v1::Order> orders;
  for (int i = 0; i < 10; ++i) {
    orders.push_back(world.Submit(i % 2 == 0 ? world.Inquiry() : world.Freeze(10)));
    world.Run(i % 3, absl::Milliseconds(100));
    world.gateway.Restart();
  }
  ASSERT_TRUE(world.Settle());
  EXPECT_GE(world.agent->metrics().hellos, 4u);
  for (const v1::Order& order : orders) EXPECT_NE(world.Outcome(order), "-");
  for (const v1::HelloRequest& hello : world.gateway.hellos) {
    EXPECT_EQ(hello.inbox(), world.gateway.hellos.front().inbox());
    EXPECT_EQ(hello.inbox().size(), 16u);
  }
}

TEST(AgentSession, AGatewayWhoseLogWasRecoveredIsToldEverythingAgainOnce) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100)), inquiry = world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  const std::string answer = world.gateway.ReceiptsOn(freeze.order_id()).back().bytes;
  const int times = world.gateway.ReceiptsOn(freeze.order_id()).back().times;
  // A restart alone is no reason to.
  world.gateway.Restart();
  world.Run(20, absl::Seconds(1));
  EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).back().times, times);
  EXPECT_EQ(world.agent->metrics().recoveries, 0u);
  // A new origin is: the same receipts in the same bytes, and no effect.
  world.gateway.origin = "test.example/log2";
  world.gateway.recovered_at = 2;
  for (int starts = 0; starts < 2; ++starts) {
    world.gateway.Restart();
    world.Run(20, absl::Seconds(1));
    EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).back().times, times + 1);
    EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).back().bytes, answer);
    EXPECT_EQ(world.agent->metrics().recoveries, 1u);
  }
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_NE(world.Outcome(inquiry), "-");
  // What it takes for received are positions of the restored log at most: the rest is asked for again.
  const auto transaction = world.inbox->Begin();
  InboxTables tables(*transaction);
  EXPECT_EQ(tables.Meta().origin, "test.example/log2");
}

// The court may withdraw what it has sent again, or an objection may hold it back: then the task doesn't come again,
// and what was carried out before the loss must be known all the same.
TEST(AgentSession, WhatARecoveredLogHasForgottenIsToldUntilItIsKnownAgain) {
  SdkWorld world;
  world.config.forgotten_retry_max = absl::Minutes(4);
  world.StopAgent(), world.StartAgent();
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  ASSERT_TRUE(world.Settle());
  world.bank->Credit(kAccount, 2'000'000);
  world.Run(20, absl::Seconds(1));
  const auto times = [&](v1::ReceiptKind kind) {
    int sum = 0;
    for (const StoredReceipt& one : world.gateway.ReceiptsOn(freeze.order_id()))
      sum += one.receipt.kind() == kind ? one.times : 0;
    return sum;
  };
  const auto answers = [&] { return times(v1::RECEIPT_KIND_FINAL); };
  ASSERT_EQ(times(v1::RECEIPT_KIND_EVENT), 1);
  const auto refuse = [](const char* reason) {
    return [reason](v1::ReportResultsResponse& response) {
      for (v1::ReceiptResult& result : *response.mutable_results())
        result.set_verdict(v1::RECEIPT_VERDICT_REFUSED), result.set_reason(reason);
    };
  };
  // Not of a log that has forgotten nothing: there it is the agency that is wrong.
  world.gateway.change_verdicts = refuse("RECEIPT_FOR_ANOTHER_ORDER");
  world.gateway.Redeliver(freeze.order_id());
  world.Run(10, absl::Seconds(1));
  world.gateway.Forget(freeze.order_id());
  world.Run(600, absl::Seconds(1));
  EXPECT_EQ(answers(), 2);

  world.gateway.origin = "test.example/log2", world.gateway.recovered_at = 2;
  world.gateway.Restart();
  world.Run(30, absl::Seconds(1));
  EXPECT_EQ(answers(), 3);
  world.Run(60, absl::Seconds(1));
  EXPECT_EQ(answers(), 4);
  world.Run(120, absl::Seconds(1));
  EXPECT_EQ(answers(), 5) << "less and less often";
  world.Run(240, absl::Seconds(1));
  world.Run(240, absl::Seconds(1));
  EXPECT_EQ(answers(), 7) << "but never more seldom than configured";
  world.StopAgent(), world.StartAgent();
  world.Run(90, absl::Seconds(1));
  EXPECT_EQ(answers(), 8) << "a restart doesn't forget it";

  // Known again between the one receipt and the other: the event is turned down, as one on a measure that isn't there.
  bool is_known = false;
  int events = times(v1::RECEIPT_KIND_EVENT);
  world.gateway.change_verdicts = [&](v1::ReportResultsResponse& response) {
    if (is_known) return;
    is_known = times(v1::RECEIPT_KIND_EVENT) > events;
    refuse(is_known ? "RECEIPT_INCONSISTENT" : "RECEIPT_FOR_ANOTHER_ORDER")(response);
  };
  world.Run(120, absl::Seconds(1));
  EXPECT_TRUE(is_known);
  EXPECT_GE(answers(), 10) << "the answer is told once more";
  EXPECT_EQ(times(v1::RECEIPT_KIND_EVENT), events + 2) << "and after it what followed";
  const int known = answers();
  world.Run(300, absl::Seconds(10));
  EXPECT_EQ(answers(), known) << "it has been heard";
}

// Positions are given out anew after a recovery: a statement never takes the place of another one.
TEST(AgentSession, StatementsOfTheLostLogStayInTheBook) {
  SdkWorld world;
  ASSERT_TRUE(world.Settle());
  const auto statements = [&] {
    size_t count = 0;
    for (const auto& [key, bytes] : world.disk.rows) count += key[0] == 's' ? 1 : 0;
    return count;
  };
  const size_t before = statements();
  ASSERT_GT(before, 0u);
  world.gateway.origin = "test.example/log2";
  world.gateway.recovered_at = 1;
  world.gateway.Restart();
  world.Run(20, absl::Seconds(1));
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_EQ(statements(), before) << "all of them were known";
}

TEST(AgentSession, ADrainingGatewayIsLeftAloneForAWhile) {
  SdkWorld world;
  world.gateway.draining = true;
  const v1::Order inquiry = world.Submit(world.Inquiry());
  world.Run(100, absl::Milliseconds(100));
  const int hellos = world.gateway.calls[kWireHello];
  EXPECT_LE(hellos, 25);
  EXPECT_GE(hellos, 5);
  world.gateway.draining = false;
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
  // An error says it, too, and for how long.
  world.gateway.refuse = [](Wire) -> absl::Status {
    return Fail(Reason::kDraining, "soon back").RetryAfter(absl::Seconds(7));
  };
  const int before = world.gateway.calls[kWireHello] + world.gateway.calls[kWirePull];
  world.Run(100, absl::Milliseconds(100));
  EXPECT_LE(world.gateway.calls[kWireHello] + world.gateway.calls[kWirePull], before + 3);
}

TEST(AgentSession, AGatewayOfAnotherWorldGetsNothing) {
  SdkWorld world;
  world.gateway.environment = v1::ENVIRONMENT_PRODUCTION;
  world.Submit(world.Inquiry());
  world.Run(100);
  EXPECT_EQ(world.gateway.calls[kWirePull], 0);
  EXPECT_FALSE(world.agent->metrics().connected);
  world.gateway.environment = v1::ENVIRONMENT_TEST;
  world.gateway.greets_as = "9900002";
  world.Run(200);
  EXPECT_EQ(world.gateway.calls[kWirePull], 0);
}

TEST(AgentSession, RepliesThatAreLateDoubledOrMalformedDoNoHarm) {
  SdkWorld world;
  int call = 0;
  world.gateway.fate = [&](Wire) {
    constexpr Fate kFates[] = {Fate::kDeliver,    Fate::kDoubleReply, Fate::kLoseReply,
                               Fate::kDelayReply, Fate::kLoseRequest, Fate::kFailReply};
    return kFates[++call % 6];
  };
  std::vector<v1::Order> orders;
  for (int i = 0; i < 20; ++i) orders.push_back(world.Submit(i % 2 == 0 ? world.Inquiry() : world.Freeze(10)));
  ASSERT_TRUE(world.Settle());
  for (size_t i = 1; i < orders.size(); i += 2) EXPECT_EQ(world.Effects(orders[i]), 1);
  EXPECT_GT(world.agent->metrics().late_replies, 0u);
  EXPECT_GT(world.agent->metrics().calls_timed_out, 0u);

  world.gateway.fate = [](Wire) { return Fate::kDeliver; };
  world.gateway.change_tasks = [](v1::PullTasksResponse& response) {
    if (!response.tasks().empty()) response.mutable_tasks(0)->set_head(7);
  };
  const v1::Order inquiry = world.Submit(world.Inquiry());
  world.Run(200);
  EXPECT_GT(world.agent->metrics().replies_malformed, 0u);
  EXPECT_EQ(world.Outcome(inquiry), "-");
  world.gateway.change_tasks = [](v1::PullTasksResponse&) {};
  world.agent->OnReply(4711, Reply(v1::HelloResponse()));
  ASSERT_TRUE(world.Settle());
}

TEST(AgentSession, ReceiptsAreSignedInBatchesAndSentUntilTheyAreAcknowledged) {
  SdkWorld world;
  world.config.most_in_flight = 1000;
  world.StartAgent();
  std::vector<v1::Order> orders;
  for (int i = 0; i < 600; ++i) orders.push_back(world.Submit(world.Inquiry()));
  int reports = 0;
  world.gateway.refuse = [&](Wire wire) -> absl::Status {
    if (wire == kWireResults && ++reports <= 3) return absl::ResourceExhaustedError("busy");
    return absl::OkStatus();
  };
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.agent->metrics().receipts, 600u);
  EXPECT_LE(world.agent->metrics().batches, 20u);
  EXPECT_EQ(world.agent->metrics().receipts_recorded, 600u);
}

TEST(AgentSession, ABatchThatIsRefusedDoesNotHoldUpTheOthers) {
  SdkWorld world;
  const v1::Order first = world.Submit(world.Inquiry());
  world.gateway.refuse_batch = 1;
  world.Run(200);
  EXPECT_EQ(world.Outcome(first), "-");
  EXPECT_LE(world.gateway.calls[kWireResults], 25) << "later and later";
  const int hellos = world.gateway.calls[kWireHello];
  const v1::Order second = world.Submit(world.Inquiry());
  world.Run(6);
  EXPECT_EQ(world.Outcome(second), "FOUND");
  world.gateway.refuse_batch = 0;
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(first), "FOUND");
  EXPECT_EQ(world.gateway.calls[kWireHello], hellos);
}

TEST(AgentSession, VerdictsOfTheMomentAreAskedForAgainAndConflictsAreCounted) {
  SdkWorld world;
  int replies = 0;
  world.gateway.change_verdicts = [&](v1::ReportResultsResponse& response) {
    ++replies;
    if (replies == 1)
      response.mutable_results(0)->set_verdict(v1::RECEIPT_VERDICT_REFUSED),
          response.mutable_results(0)->set_reason("BUSY");
    if (replies == 2) response.clear_results();
    if (replies == 3) response.mutable_results(0)->set_verdict(v1::RECEIPT_VERDICT_CONFLICT);
    if (replies == 4)
      response.mutable_results(0)->set_verdict(v1::RECEIPT_VERDICT_REFUSED),
          response.mutable_results(0)->set_reason("LEASE_LOST");
  };
  world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(replies, 3);
  EXPECT_EQ(world.agent->metrics().receipts_conflict, 1u);
  world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.agent->metrics().receipts_refused, 1u);
}

TEST(AgentSession, AsksForNoMoreThanItMayHoldAndNothingWhenItDrains) {
  SdkWorld world;
  world.config.most_in_flight = 3;
  world.StartAgent();
  world.bank->fail_finds = 1'000'000;
  world.bank->fail_apply_before = 1'000'000;
  for (int i = 0; i < 10; ++i) {
    v1::Order order = world.Freeze(10);
    order.mutable_subject()->set_id_number("P" + std::to_string(i));
    world.Submit(order);
  }
  world.Run(40);
  EXPECT_EQ(world.agent->metrics().tasks_new, 3u);
  world.bank->fail_finds = world.bank->fail_apply_before = 0;
  ASSERT_TRUE(world.Settle());
  world.agent->Drain();
  world.Run(80);
  const int pulls = world.gateway.calls[kWirePull];
  world.Submit(world.Inquiry());
  world.Run(200);
  EXPECT_EQ(world.gateway.calls[kWirePull], pulls);
  EXPECT_TRUE(world.agent->Idle());
}

TEST(AgentSession, RefusesAConfigurationThatCannotWork) {
  SdkWorld world;
  world.config.agency = "";
  world.config.contact_phone = "";
  world.config.most_in_flight = 0;
  const AgentPorts ports = {world.gateway, *world.inbox, world.agency_key, world.checker, world.clock, world.entropy};
  const auto agent = Agent::Make(world.config, ports, *world.bank);
  EXPECT_EQ(ReasonOf(agent.status()), Reason::kConfigurationInvalid);
  EXPECT_EQ(FailureOf(agent.status()).violations.size(), 3u);
}

TEST(AgentSession, TheSameSeedGivesTheSameBytes) {
  const auto run = [](uint64_t seed) {
    SdkWorld world(SdkWorld::Way::kBank, seed);
    for (int i = 0; i < 5; ++i) world.Submit(i % 2 == 0 ? world.Inquiry() : world.Freeze(10));
    world.Run(200);
    return world.gateway.batches;
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

TEST(AgentSession, AnOrderThatTheGatewayForgotHoldsUpTheNextOnlyForAWhile) {
  SdkWorld world;
  world.bank->fail_apply_before = 1'000'000;
  world.bank->fail_finds = 1;
  const v1::Order first = world.Submit(world.Freeze(100));
  world.Run(10);
  world.StartAgent();
  world.gateway.Forget(first.order_id());  // e.g. withdrawn while the adapter was down
  world.gateway.Restart();
  world.bank->fail_apply_before = 0;
  const v1::Order second = world.Submit(world.Freeze(200));
  world.Run(200);
  EXPECT_EQ(world.Outcome(second), "-") << "it might be handed out again, and is first in rank";
  world.Run(200);
  EXPECT_EQ(world.Outcome(second), "CONTROLLED");
  EXPECT_EQ(world.Effects(first), 0);
}

TEST(AgentSession, FullOfTasksThatWaitForStatementsItStillAsksForThem) {
  SdkWorld world;
  world.config.most_in_flight = 2;
  world.StartAgent();
  world.gateway.directory_complete = false;
  KeyedHashSigner fresh("fresh cosigner");
  for (int i = 0; i < 4; ++i) {
    v1::Order order = world.Freeze(100);
    order.mutable_officers(1)->set_officer("004");
    order.mutable_officers(1)->set_work_id_no("W004");
    order.mutable_officers(1)->set_duty_card_no("D004");
    world.Submit(order, SdkWorld::Signers{&world.handler, &fresh});
  }
  world.Run(20);
  EXPECT_EQ(world.agent->metrics().receipts, 0u);
  world.gateway.AddStatement(
      world.State(world.OfficerStatement("004", fresh.public_key(), {v1::OFFICER_ROLE_COSIGNER})));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.bank->applies, 4);
}

}  // namespace
}  // namespace eagle::sdk
