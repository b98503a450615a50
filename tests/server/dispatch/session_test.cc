// Polls, leases, presence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/dispatch/bench.h"

namespace eagle::dispatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Polls, AParkedPollIsServedByTheBatchThatAccepts) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto polled = bench.Poll(1);
  EXPECT_FALSE(polled->answered());
  const uint64_t order = bench.Inquire(1);
  EXPECT_FALSE(polled->answered()) << "not before it is durable";
  EXPECT_EQ(bench.Step(), 1u);
  EXPECT_THAT(Seqs(polled), ElementsAre(order));
  EXPECT_EQ((*polled)->fence, bench.next_index - 1) << "the fence is the entry's index";
}

TEST(Polls, APollThatFindsWorkWakesTheSequencer) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  bench.Inquire(1);
  EXPECT_EQ(bench.woken, 0);
  bench.Poll(1);
  EXPECT_EQ(bench.woken, 1);
}

TEST(Polls, NoWorkIsAnExplicitAnswerWhenTheWaitIsOver) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto polled = bench.Poll(1, 0, "a", 256, absl::Minutes(5));
  bench.clock.Advance(absl::Seconds(29));
  bench.dispatcher->Expire();
  EXPECT_FALSE(polled->answered());
  bench.clock.Advance(absl::Seconds(1));
  bench.dispatcher->Expire();
  ASSERT_TRUE(polled->answered()) << "30 seconds are the most";
  EXPECT_EQ((*polled)->fence, 0u);
  EXPECT_TRUE(bench.Poll(1, 0, "a", 256, absl::ZeroDuration())->answered()) << "no wait, no work: at once";
}

// 4,000 agencies wait when a key is revoked: all hear of it within a second or so, and not in the same moment.
TEST(Polls, WhoDoesNotKnowAnUrgentStatementIsRousedOneAfterAnother) {
  Bench bench;
  constexpr uint32_t kWaiting = 4000;
  std::vector<std::shared_ptr<Polled>> polls;
  for (uint32_t agency = 1; agency <= kWaiting; ++agency) {
    ASSERT_TRUE(bench.Hello(agency).ok());
    polls.push_back(bench.Poll(agency, 0, "a", 256, absl::Seconds(30), agency == 7 ? 10 : 9));
  }
  const auto answered = [&] {
    return static_cast<size_t>(
        std::count_if(polls.begin(), polls.end(), [](const auto& poll) { return poll->answered(); }));
  };
  bench.dispatcher->Rouse(10);
  bench.dispatcher->Rouse(10);
  bench.dispatcher->Expire();
  size_t before = answered(), ticks = 0;
  EXPECT_LE(before, 1u);
  for (; answered() < kWaiting - 1; ++ticks) {
    ASSERT_LT(ticks, 20u);
    bench.clock.Advance(absl::Milliseconds(100));
    bench.dispatcher->Expire();
    EXPECT_LE(answered() - before, 401u);
    before = answered();
  }
  EXPECT_LE(ticks, 10u);
  EXPECT_FALSE(polls[6]->answered()) << "it knows";
  EXPECT_EQ((*polls[0])->fence, 0u);
  EXPECT_EQ(bench.dispatcher->counters().roused, kWaiting - 1);
  // A poll that was on its way is answered at once; who knows waits again.
  EXPECT_TRUE(bench.Poll(1, 0, "a", 256, absl::Seconds(30), 9)->answered());
  EXPECT_FALSE(bench.Poll(1, 0, "a", 256, absl::Seconds(30), 10)->answered());
  bench.dispatcher->Rouse(9);
  bench.clock.Advance(absl::Seconds(2));
  bench.dispatcher->Expire();
  EXPECT_FALSE(polls[6]->answered()) << "nothing new";
}

TEST(Polls, RousingNeverProlongsAWaitAndWorkStillGoesOutFirst) {
  Bench bench({.roused_apart = absl::Seconds(20)});
  for (uint32_t agency : {1u, 2u}) ASSERT_TRUE(bench.Hello(agency).ok());
  auto first = bench.Poll(1, 0, "a", 256, absl::Seconds(5), 9),
       second = bench.Poll(2, 0, "a", 256, absl::Seconds(5), 9);
  bench.dispatcher->Rouse(10);
  const uint64_t order = bench.Inquire(2);
  bench.Step();
  ASSERT_TRUE(second->answered());
  EXPECT_THAT(Seqs(second), ElementsAre(order));
  auto again = bench.Poll(2, ~uint64_t{0}, "a", 256, absl::Seconds(5), 10);
  bench.clock.Advance(absl::Seconds(5));
  bench.dispatcher->Expire();
  EXPECT_TRUE(first->answered() && again->answered());
}

TEST(Instances, AnAgencyHasAsManyAsTheLimitAndASilentOneMakesRoom) {
  Bench bench({.instances_per_agency_max = 2});
  ASSERT_TRUE(bench.Hello(1, "a").ok());
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_TRUE(bench.Hello(1, "b").ok());
  EXPECT_EQ(ReasonOf(bench.Hello(1, "c")), Reason::kBusy);
  EXPECT_TRUE(bench.Hello(1, "a").ok()) << "a known one is no new one";
  EXPECT_TRUE(bench.Hello(2, "c").ok()) << "another agency has its own";
  bench.clock.Advance(absl::Seconds(90));
  ASSERT_TRUE(bench.Hello(1, "a").ok());
  EXPECT_TRUE(bench.Hello(1, "c").ok());
  EXPECT_EQ(ReasonOf(bench.dispatcher->Seen(AgencyOrdinal(1), "b")), Reason::kHelloFirst);
  EXPECT_EQ(bench.dispatcher->counters().instances, 3u);
}

TEST(Polls, AnUnknownInstanceSaysHelloFirst) {
  Bench bench;
  EXPECT_EQ(ReasonOf(bench.Poll(1)->said->status()), Reason::kHelloFirst);
  EXPECT_EQ(ReasonOf(bench.dispatcher->Seen(AgencyOrdinal(7), "a")), Reason::kHelloFirst);
  EXPECT_EQ(ReasonOf(bench.dispatcher->RenewLease(AgencyOrdinal(7), "a").status()), Reason::kHelloFirst);
  ASSERT_TRUE(bench.Hello(1).ok());
  bench.Restart();
  EXPECT_EQ(ReasonOf(bench.Poll(1)->said->status()), Reason::kHelloFirst) << "a restarted gateway knows nobody";
}

TEST(Polls, TooManyAreBusy) {
  Bench bench({.parked_polls_max = 2});
  for (uint32_t agency : {1, 2, 3}) ASSERT_TRUE(bench.Hello(agency).ok());
  bench.Poll(1), bench.Poll(2);
  EXPECT_EQ(ReasonOf(bench.Poll(3)->said->status()), Reason::kBusy);
}

TEST(Polls, ACancelledPollIsNeverAnswered) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto polled = bench.Poll(1);
  bench.dispatcher->CancelPolls(AgencyOrdinal(1), "a");
  bench.Inquire(1);
  EXPECT_EQ(bench.Step(), 0u);
  bench.clock.Advance(absl::Hours(1));
  bench.dispatcher->Expire();
  EXPECT_FALSE(polled->answered());
}

// Two parked polls of one instance would let the answer to a call that the agency gave up count as arrived, as soon as
// the agency confirms the answer to the other: a control order would be overtaken (found by the simulation).
TEST(Polls, AnInstanceParksOnePollAndTheNewestIsServed) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto given_up = bench.Poll(1);
  auto newest = bench.Poll(1);
  ASSERT_TRUE(given_up->answered());
  EXPECT_EQ((*given_up)->fence, 0u);
  EXPECT_FALSE(newest->answered());
  bench.Inquire(1);
  bench.Step();
  EXPECT_TRUE(newest->answered());
}

TEST(Polls, DrainingAnswersEveryPollAndParksNoMore) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto parked = bench.Poll(1);
  bench.dispatcher->Drain();
  EXPECT_TRUE((*parked)->draining);
  bench.Inquire(1);
  auto later = bench.Poll(1);
  EXPECT_TRUE((*later)->draining);
  EXPECT_EQ(bench.Step(), 0u);
}

TEST(Polls, ADeliveryOfWhichNothingWasOpenAnswersEmpty) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  auto polled = bench.Poll(1);
  bench.Inquire(1);
  auto planned = bench.dispatcher->Plan(bench.state);
  ASSERT_THAT(planned, SizeIs(1));
  planned[0].done(domain::Result{}, NoCommit());
  EXPECT_THAT((*polled)->orders, IsEmpty());
  EXPECT_EQ((*polled)->fence, 0u);
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(1)).held, 0u);
}

TEST(Polls, MoreThanABatchCarriesGoesWithTheNext) {
  Bench bench({.deliveries_per_batch = 2});
  std::vector<std::shared_ptr<Polled>> polls;
  for (uint32_t agency : {1, 2, 3, 4, 5}) {
    ASSERT_TRUE(bench.Hello(agency).ok());
    polls.push_back(bench.Poll(agency));
    bench.Inquire(agency);
  }
  EXPECT_EQ(bench.Step(), 2u);
  EXPECT_GT(bench.woken, 0);
  EXPECT_EQ(bench.Step(), 2u);
  EXPECT_EQ(bench.Step(), 1u);
  for (const auto& polled : polls) EXPECT_THAT((*polled)->orders, SizeIs(1));
}

TEST(Polls, OneDeliveryStaysWithinItsBytes) {
  Bench bench({.bytes_per_poll = 3 * 2048});
  ASSERT_TRUE(bench.Hello(1).ok());
  for (int i = 0; i < 5; ++i) bench.Inquire(1);
  auto polled = bench.Poll(1);
  bench.Step();
  EXPECT_THAT((*polled)->orders, SizeIs(3));
}

TEST(Leases, WhatAPollDoesNotConfirmComesBackAtOnce) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1);
  auto lost = bench.Poll(1);
  bench.Step();
  auto again = bench.Poll(1, /*last_delivery=*/0);
  bench.Step();
  EXPECT_THAT(Seqs(again), ElementsAre(order));
  EXPECT_GT((*again)->fence, (*lost)->fence) << "a new delivery is a new fence";
  auto confirmed = bench.Poll(1, (*again)->fence);
  bench.Step();
  EXPECT_FALSE(confirmed->answered());
}

TEST(Leases, ATaskComesBackWhenTheLeaseEndsAndNotBefore) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a").ok() && bench.Hello(1, "b").ok());
  const uint64_t order = bench.Inquire(1);
  bench.Poll(1, 0, "a");
  bench.Step();
  auto b = bench.Poll(1, 0, "b", 256, absl::Seconds(30));
  bench.clock.Advance(absl::Seconds(59));
  EXPECT_TRUE(bench.dispatcher->Holds(AgencyOrdinal(1), "a", OrderSeq(order)));
  ASSERT_TRUE(bench.dispatcher->RenewLease(AgencyOrdinal(1), "a").ok());
  bench.clock.Advance(absl::Seconds(59));
  bench.dispatcher->Expire();
  EXPECT_TRUE(bench.dispatcher->Holds(AgencyOrdinal(1), "a", OrderSeq(order))) << "renewed";
  b = bench.Poll(1, 0, "b");
  bench.clock.Advance(absl::Seconds(1));
  bench.dispatcher->Expire();
  EXPECT_GT(bench.woken, 0);
  bench.Step();
  EXPECT_THAT(Seqs(b), ElementsAre(order));
  auto renewed = bench.dispatcher->RenewLease(AgencyOrdinal(1), "a");
  ASSERT_TRUE(renewed.ok());
  EXPECT_EQ(renewed->held, 0u);
  EXPECT_THAT(renewed->lost, ElementsAre(bench.state.orders.at(order).order_id));
}

TEST(Leases, RenewingTooLateDoesNotReviveALease) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1);
  bench.Poll(1);
  bench.Step();
  bench.clock.Advance(absl::Seconds(60));
  auto renewed = bench.dispatcher->RenewLease(AgencyOrdinal(1), "a");
  ASSERT_TRUE(renewed.ok());
  EXPECT_THAT(renewed->lost, ElementsAre(bench.state.orders.at(order).order_id));
}

TEST(Leases, AnInstanceThatSaysHelloAnewGetsItsTasksAgain) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1);
  bench.Poll(1);
  bench.Step();
  ASSERT_TRUE(bench.Hello(1).ok());
  EXPECT_THAT(bench.Drain(1), ElementsAre(order));
}

TEST(Leases, NobodyHoldsMoreThanItSaid) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a", /*most=*/2).ok());
  const uint64_t first = bench.Inquire(1), second = bench.Inquire(1), third = bench.Inquire(1);
  auto polled = bench.Poll(1);
  bench.Step();
  EXPECT_THAT(Seqs(polled), ElementsAre(first, second));
  EXPECT_TRUE(bench.dispatcher->LoadOf(AgencyOrdinal(1)).full);
  auto next = bench.Poll(1, (*polled)->fence);
  bench.Step();
  EXPECT_FALSE(next->answered());
  bench.Answer(first, 1);
  bench.Step();
  EXPECT_THAT(Seqs(next), ElementsAre(third)) << "an answer makes room";
}

TEST(Leases, WhatDidNotFitTheAnswerIsGivenBack) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t first = bench.Freeze(1, "LIN"), second = bench.Freeze(1, "LIN");
  auto polled = bench.Poll(1);
  bench.Step();
  bench.dispatcher->GiveBack(AgencyOrdinal(1), "a", (*polled)->fence, {OrderSeq(second)});
  EXPECT_FALSE(bench.dispatcher->Holds(AgencyOrdinal(1), "a", OrderSeq(second)));
  auto next = bench.Poll(1, (*polled)->fence);
  bench.Step();
  EXPECT_THAT(Seqs(next), ElementsAre(second)) << first;
}

TEST(Leases, ACallThatOvertakesItsOwnDeliveryGetsTheTasksUnderTheNextFence) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1);
  auto first = bench.Poll(1);
  auto planned = bench.dispatcher->Plan(bench.state);
  auto second = bench.Poll(1);  // before the plan is durable
  bench.Commit(planned[0]);
  EXPECT_THAT((*first)->orders, IsEmpty());
  bench.Step();
  EXPECT_THAT(Seqs(second), ElementsAre(order));
}

TEST(Presence, AnotherInboxIsRefusedWhileTheFirstLives) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a", 10, "inbox-1").ok());
  EXPECT_TRUE(bench.Hello(1, "b", 10, "inbox-1").ok()) << "replicas share one";
  EXPECT_EQ(ReasonOf(bench.Hello(1, "c", 10, "inbox-2")), Reason::kInstanceConflict);
  bench.clock.Advance(absl::Seconds(90));
  EXPECT_TRUE(bench.Hello(1, "c", 10, "inbox-2").ok());
}

TEST(Presence, AfterARestartTheInboxThatServedIsRemembered) {
  Bench bench;
  bench.state.presence.push_back({.ever = true, .present = true, .inbox = "inbox-1"});
  bench.Restart();
  EXPECT_EQ(ReasonOf(bench.Hello(1, "x", 10, "inbox-2")), Reason::kInstanceConflict);
  bench.clock.Advance(absl::Seconds(90));
  EXPECT_TRUE(bench.Hello(1, "x", 10, "inbox-2").ok());
}

TEST(Presence, AnAgencyIsDeclaredAbsentOnceAndForgotten) {
  Bench bench;
  bench.clock.wall = absl::FromUnixSeconds(1'000'000);
  ASSERT_TRUE(bench.Hello(1).ok());
  const uint64_t order = bench.Inquire(1);
  bench.Poll(1);
  bench.Step();
  bench.clock.Advance(absl::Seconds(50));
  ASSERT_TRUE(bench.dispatcher->Seen(AgencyOrdinal(1), "a").ok());
  bench.clock.Advance(absl::Seconds(89));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty());
  bench.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(),
              ElementsAre(std::make_pair(AgencyOrdinal(1), absl::FromUnixSeconds(1'000'050))));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty());
  EXPECT_FALSE(bench.dispatcher->Holds(AgencyOrdinal(1), "a", OrderSeq(order)));
  EXPECT_EQ(ReasonOf(bench.Poll(1)->said->status()), Reason::kHelloFirst);
}

TEST(Presence, WhoDoesNotComeBackAfterARestartIsDeclaredAbsent) {
  Bench bench;
  bench.state.presence.push_back({.ever = true, .present = true});
  bench.state.presence.push_back({.ever = true, .present = false});
  bench.Restart();
  bench.clock.Advance(absl::Seconds(89));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty());
  bench.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), SizeIs(1));
}

TEST(Sessions, OneThatTheGatewayEndsGivesBackItsTasksAndTheAgencyIsAbsentAtOnce) {
  Bench bench;
  const domain::AdapterVersion program{"example.adapter", "1.0"};
  ASSERT_TRUE(bench.dispatcher->Hello(AgencyOrdinal(1), "a", "inbox", 10, program).ok());
  EXPECT_EQ(bench.dispatcher->ProgramOf(AgencyOrdinal(1), "a"), program);
  EXPECT_EQ(bench.dispatcher->ProgramOf(AgencyOrdinal(1), "b"), std::nullopt);
  EXPECT_THAT(bench.dispatcher->LoadOf(AgencyOrdinal(1)).programs, ElementsAre(program));
  bench.Inquire(1);
  bench.Poll(1);
  bench.Step();
  ASSERT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(1)).held, 1u);
  bench.clock.Advance(absl::Seconds(5));
  bench.dispatcher->End(AgencyOrdinal(1), "a");
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(1)).held, 0u);
  EXPECT_EQ(bench.dispatcher->LoadOf(AgencyOrdinal(1)).queued, 1u);
  EXPECT_EQ(ReasonOf(bench.dispatcher->Seen(AgencyOrdinal(1), "a")), Reason::kHelloFirst);
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), SizeIs(1));
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty()) << "told once";
}

TEST(Sessions, AnAgencyWhoseOtherInstanceWorksIsNotAbsent) {
  Bench bench;
  ASSERT_TRUE(bench.Hello(1, "a").ok() && bench.Hello(1, "b").ok());
  bench.dispatcher->End(AgencyOrdinal(1), "a");
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty());
  bench.dispatcher->End(AgencyOrdinal(1), "b");
  ASSERT_TRUE(bench.Hello(1, "c").ok());
  EXPECT_THAT(bench.dispatcher->NewlyAbsent(), IsEmpty()) << "it came back before anybody looked";
}

}  // namespace
}  // namespace eagle::dispatch
