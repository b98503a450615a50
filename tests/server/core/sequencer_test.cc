// One writer: what it answers is durable, what it stores is the fold, what it signs is consistent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/core/rows.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/decide.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "tests/support/core_world.h"
#include "tests/support/domain_world.h"

namespace eagle::core {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::CoreWorld;
using test::DomainWorld;

// A small case told to a DomainWorld, which remembers the commands.
void TellAStory(DomainWorld& world) {
  const auto inquiry = world.InquireOrder({"BANK1", "BANK2", "LAND1"});
  world.Do(world.Orders({inquiry}, {"handler"}));
  world.now += absl::Minutes(10);
  const auto freeze = world.FreezeOrder("BANK1", 80'000'00);
  world.Do(world.Orders({freeze, world.FreezeOrder("BANK2", 20'000'01)}));
  world.Do(
      domain::Deliver{.agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world.OrderNamed(freeze).seq}});
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 61'350'27, 18'649'73)}));
  for (int i = 0; i < 3; ++i) {  // in steps of under a day, so that a restart in between finds the clock plausible
    world.now += absl::Hours(20);
    world.Do(domain::Tick{});
    world.Do(world.Access());
  }
  world.Do(world.Receipts("BANK1", {world.Event(freeze, "BANK1", MEASURE_CHANGE_INFLOW, 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", freeze.order_id(), 50'000'00);
  world.Do(world.Orders({deduct}));
  world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 30'000'00, 0)}));
  world.Do(world.Access("ListFindings"));
}

std::string Rows(const domain::State& state) {
  std::map<uint64_t, std::string> rows;
  for (const auto& [seq, order] : state.orders) rows[seq] = order.Encode();
  for (const auto& [seq, of] : state.cases)
    rows[seq] = of.Encode() + std::to_string(of.ledger.Sum().Bound()) + "/" + std::to_string(of.ledger.Sum().D());
  std::string out;
  for (const auto& [seq, row] : rows) out += std::to_string(seq) + ":" + row + "\n";
  return out;
}

TEST(SequencerTest, TheStoredFoldIsTheDomainsAndReplayAgrees) {
  DomainWorld world(test::PolicyWithoutDirectoryHeads());
  TellAStory(world);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) ASSERT_TRUE(core.Run(command, time).has_value());
  EXPECT_EQ(core.sequencer->state().next_index, world.state.next_index);
  EXPECT_EQ(Rows(core.sequencer->state()), Rows(world.state));
  const auto report = core.Replay();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->entries, world.journal.size());
  EXPECT_EQ(report->commits, report->checkpoints + 1);
}

// What waits, its timer and how many there are come from the rows alone, over every restart; each begins once.
TEST(SequencerTest, ARestartForgetsNoOrderThatWaits) {
  PolicyTable policy = test::PolicyWithStanding();
  policy.clear_directory();
  DomainWorld world(policy);
  std::vector<goldeneagle::v1::Order> orders;
  for (int days : {1, 2, 3}) {
    auto order = world.InquireOrder({"BANK1", "BANK2"});
    *order.mutable_not_before() = domain::ToProto(world.now + absl::Hours(24 * days));
    *order.mutable_not_after() = domain::ToProto(world.now + absl::Hours(24 * 30));
    orders.push_back(order);
  }
  world.Do(world.Orders(orders, {"handler"}));
  world.Do(domain::Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = orders[2].order_id()});
  for (int i = 0; i < 6; ++i) {
    world.now += absl::Hours(20);
    world.Do(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}));  // a day without a commit is a clock alarm
    world.Do(domain::Tick{});
  }
  const auto types = world.Types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "ORDER_BEGUN"), 2);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) {
    ASSERT_TRUE(core.Run(command, time).has_value());
    core.Die();
    ASSERT_TRUE(core.Start().ok());
  }
  const domain::State& state = core.sequencer->state();
  EXPECT_EQ(Rows(state), Rows(world.state));
  EXPECT_EQ(state.timers, world.state.timers);
  EXPECT_EQ(state.waiting_of_case, world.state.waiting_of_case);
  EXPECT_EQ(state.waiting_of_court, world.state.waiting_of_court);
}

TEST(SequencerTest, ARestartLoadsTheSameStateWithoutReplaying) {
  DomainWorld world(test::PolicyWithoutDirectoryHeads());
  TellAStory(world);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) {
    ASSERT_TRUE(core.Run(command, time).has_value());
    core.Die();
    ASSERT_TRUE(core.Start().ok());
  }
  const domain::State& state = core.sequencer->state();
  EXPECT_EQ(Rows(state), Rows(world.state));
  EXPECT_EQ(state.timers, world.state.timers);
  EXPECT_EQ(state.readers, world.state.readers);
  EXPECT_EQ(state.readers.size(), 1u);
  EXPECT_EQ(state.ids.size(), world.state.ids.size());
  EXPECT_EQ(state.sequences.size(), world.state.sequences.size());
  EXPECT_EQ(state.directory.statements().size(), world.state.directory.statements().size());
  EXPECT_EQ(state.proposals.size(), world.state.proposals.size());
  EXPECT_TRUE(core.Replay().ok());
}

// The commands name what was tagged before by both tags; the entries, and so the tables, by one.
TEST(SequencerTest, OverARotationOfTheTagKeyARestartAndAReplayReachTheSameTables) {
  DomainWorld world(test::PolicyWithoutDirectoryHeads());
  TellAStory(world);
  world.RotateTagKey();
  const size_t before = world.script.size();
  world.Do(world.Cases({world.OpenCase("case-1")}));  // refused: the number is taken
  world.Do(world.Cases({world.OpenCase("case-2")}));
  world.Do(world.Orders({world.FreezeOrder("BANK1", 1'00)}));
  world.Do(world.Access());
  ASSERT_EQ(world.script.size(), before + 4);
  EXPECT_EQ(world.state.readers.size(), 2u);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) {
    ASSERT_TRUE(core.Run(command, time).has_value());
    core.Die();
    ASSERT_TRUE(core.Start().ok());
  }
  const domain::State& state = core.sequencer->state();
  EXPECT_EQ(Rows(state), Rows(world.state));
  EXPECT_EQ(state.case_numbers, world.state.case_numbers);
  EXPECT_EQ(state.readers, world.state.readers);
  for (const auto& [seq, order] : state.orders) EXPECT_EQ(state.PersonOf(order), world.state.PersonOf(order));
  const auto report = core.Replay();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->entries, world.journal.size());
}

TEST(SequencerTest, EveryAnswerCarriesACheckpointConsistentWithAllEarlierOnes) {
  DomainWorld world;
  TellAStory(world);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) ASSERT_TRUE(core.Run(command, time).has_value());
  const auto reader = *core.disk.NewReader();
  const journal::Edge edge = *RebuildEdge(*reader);
  StoredTiles tiles(*reader);
  journal::EdgeSource source(edge, tiles);
  for (const std::string& note : core.checkpoints) {
    const auto checkpoint = journal::OpenCheckpoint(note, *core.verifier);
    ASSERT_TRUE(checkpoint.ok());
    EXPECT_EQ(*journal::RootOf(checkpoint->size, source), checkpoint->root);
  }
}

TEST(SequencerTest, ACommitProvesItsOwnEntries) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  bool proved = false;
  const auto order = world.FreezeOrder("BANK1", 100);
  ASSERT_TRUE(core.sequencer
                  ->Submit(world.Orders({order}),
                           [&](const domain::Result& result, const CommitView& commit) {
                             const uint64_t index = result.members.at(0).index;
                             std::vector<journal::Hash> proof;
                             for (const std::string& hash : commit.ProofOf(index))
                               proof.push_back(*journal::HashFrom(hash));
                             const auto checkpoint = journal::OpenCheckpoint(commit.checkpoint(), *core.verifier);
                             proved = journal::VerifyInclusion(journal::LeafHash(commit.LeafOf(index)), index,
                                                               commit.size(), proof, checkpoint->root);
                           })
                  .ok());
  ASSERT_TRUE(core.sequencer->Step().ok());
  EXPECT_TRUE(proved);
}

TEST(SequencerTest, WhatQueuedTogetherIsCommittedTogether) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  const uint64_t commits = core.sequencer->counters().commits;
  int answered = 0;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(core.sequencer
                    ->Submit(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}),
                             [&](const domain::Result&, const CommitView&) { ++answered; })
                    .ok());
  }
  ASSERT_TRUE(core.sequencer->Step().ok());
  EXPECT_EQ(answered, 50);
  EXPECT_EQ(core.sequencer->counters().commits, commits + 1);
}

TEST(SequencerTest, AFullQueueSaysBusyAndLosesNothing) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  size_t taken = 0, answered = 0;
  absl::Status status;
  while (true) {
    status = core.sequencer->Submit(domain::MarkAbsent{.agency = AgencyOrdinal(1)},
                                    [&](const domain::Result&, const CommitView&) { ++answered; });
    if (!status.ok()) break;
    ++taken;
  }
  EXPECT_EQ(ReasonOf(status), Reason::kBusy);
  EXPECT_GT(FailureOf(status).retry_delay, absl::ZeroDuration());
  EXPECT_EQ(taken, Sequencer::kQueuedCommandsMax);
  while (core.sequencer->HasWork() && answered < taken) ASSERT_TRUE(core.sequencer->Step().ok());
  EXPECT_EQ(answered, taken);
}

TEST(SequencerTest, AFullStoreTakesNoNewOrdersButStillTakesAnswers) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  core.disk.SetFull(true);
  EXPECT_EQ(ReasonOf(core.sequencer->Submit(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}), nullptr)),
            Reason::kBusy);
  EXPECT_TRUE(core.sequencer->Submit(world.Receipts("BANK1", {}), nullptr).ok());
  core.disk.SetFull(false);
  EXPECT_TRUE(core.sequencer->Submit(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}), nullptr).ok());
}

TEST(SequencerTest, AnOlderBackupIsRefused) {
  DomainWorld world;
  TellAStory(world);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  core.Die();
  const auto reader = *core.disk.NewReader();
  const uint64_t cut = (*reader->CommitAt(reader->Head().next_index - 1))->first_index;
  const_cast<std::unique_ptr<storage::Reader>&>(reader).reset();
  core.disk.RestoreOlder(cut);
  EXPECT_EQ(ReasonOf(core.Start()), Reason::kJournalOlder);
}

TEST(SequencerTest, AnotherHistoryOfTheSameLengthIsRefused) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first),
      other(world.founding, world.script.front().first + absl::Seconds(1));
  ASSERT_TRUE(core.Start().ok());
  ASSERT_TRUE(other.Start().ok());
  core.Die();
  ASSERT_TRUE(core.signed_disk.Read().ok());
  auto opened = Open(other.disk, core.signed_disk, *core.signer, core.keys);
  EXPECT_EQ(ReasonOf(opened.status()), Reason::kJournalBroken);
}

TEST(SequencerTest, AnErasedCaseStillReplaysToTheSameTables) {
  DomainWorld world;
  TellAStory(world);
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  core.keys.erased.insert(std::string(16, 'c'));
  const auto report = core.Replay();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->unreadable_payloads, 0u);
}

TEST(SequencerTest, AClockThatJumpsRaisesAnAlarmThatTwoAdministratorsAccept) {
  DomainWorld world;
  CoreWorld core(world.founding, world.script.front().first);
  ASSERT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) core.Run(command, time);
  const absl::Time before = core.clock.wall;
  core.clock.wall += absl::Hours(24 * 8);
  ASSERT_TRUE(core.sequencer->Step().ok());
  const uint64_t alarm = core.sequencer->state().clock_alarm;
  ASSERT_NE(alarm, 0u);
  EXPECT_LT(core.sequencer->state().recorded, before + absl::Minutes(1));
  goldeneagle::v1::Administration act;
  act.set_request_id(world.NewId());
  act.mutable_proposal()->set_ground("the clock was set"),
      act.mutable_proposal()->mutable_clock()->set_alarm_index(alarm);
  const auto made = core.Run(world.Administration("admin1", {act}), core.clock.wall);
  ASSERT_FALSE(made->members[0].refusal.has_value());
  goldeneagle::v1::Administration approval;
  approval.set_request_id(world.NewId());
  approval.mutable_approval()->set_proposal_index(made->members[0].index);
  approval.mutable_approval()->set_proposal_digest(core.sequencer->state().proposals.at(made->members[0].index).digest);
  EXPECT_TRUE(core.Run(world.Administration("admin2", {approval}), core.clock.wall)->members[0].in_effect);
  EXPECT_EQ(core.sequencer->state().clock_alarm, 0u);
  ASSERT_TRUE(core.sequencer->Step().ok());
  core.Run(domain::MarkAbsent{.agency = AgencyOrdinal(1)}, core.clock.wall);
  core.Run(world.Orders({world.InquireOrder({"BANK1"})}, {"handler"}), core.clock.wall);
  EXPECT_GE(core.sequencer->state().recorded, before + absl::Hours(24 * 8));
}

}  // namespace
}  // namespace eagle::core
