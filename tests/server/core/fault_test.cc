// Every call of the storage ports fails once, before or after its effect; the process dies there, starts again, and
// everybody repeats what he had no answer to. Nothing answered is lost, nothing is doubled, and the journal never
// forks.
#include <gtest/gtest.h>

#include "server/core/tiles.h"
#include "server/journal/checkpoint.h"
#include "tests/support/core_world.h"
#include "tests/support/domain_world.h"

namespace eagle::core {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using storage::FaultMoment;
using storage::FaultPoint;
using test::CoreWorld;
using test::DomainWorld;

// Runs the whole script, starting again as often as the process dies. Each command is repeated until it is answered.
int RunWithRestarts(CoreWorld& core, const DomainWorld& world) {
  int deaths = 0;
  const auto start = [&] {
    while (!core.Start().ok()) {
      ASSERT_LT(++deaths, 5);
      core.faults.Clear();
    }
  };
  start();
  for (const auto& [time, command] : world.script) {
    while (true) {
      const auto answer = core.Run(command, time);
      if (answer) {
        EXPECT_TRUE(answer->status.ok()) << answer->status;
        break;
      }
      EXPECT_LT(++deaths, 5);
      core.faults.Clear();
      start();
    }
  }
  return deaths;
}

TEST(FaultTest, NoFailingCallLosesDoublesOrForksAnything) {
  DomainWorld world(test::PolicyWithoutDirectoryHeads());
  const auto freeze = world.FreezeOrder("BANK1", 80'000'00);
  world.Do(world.Orders({freeze}));
  world.Do(world.Receipts("BANK1", {world.Controlled(freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", freeze.order_id(), 50'000'00);
  world.Do(world.Orders({deduct}));
  world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 30'000'00, 0)}));
  int points = 0;
  for (FaultPoint point :
       {FaultPoint::kAppend, FaultPoint::kLastSignedWrite, FaultPoint::kMaintain, FaultPoint::kNewReader,
        FaultPoint::kScan, FaultPoint::kCommitAt, FaultPoint::kCommits, FaultPoint::kLastSignedRead}) {
    for (FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
      for (uint64_t call = 1;; ++call, ++points) {
        SCOPED_TRACE(testing::Message() << "point " << static_cast<int>(point) << " call " << call << " moment "
                                        << static_cast<int>(moment));
        CoreWorld core(world.founding, world.script.front().first);
        core.faults.Arm({point, call, moment});
        RunWithRestarts(core, world);
        const bool fired = core.faults.fired();
        core.faults.Clear();
        core.Die();
        ASSERT_TRUE(core.Start().ok());
        const domain::State& state = core.sequencer->state();
        ASSERT_EQ(state.orders.size(), 2u);
        ASSERT_EQ(state.cases.size(), 1u);
        EXPECT_EQ(state.cases.begin()->second.ledger.Sum().deducted, 50'000'00);
        EXPECT_EQ(state.cases.begin()->second.ledger.Sum().Bound(), 80'000'00);
        EXPECT_EQ(state.next_index, world.state.next_index);  // repeats added nothing
        ASSERT_TRUE(core.Replay().ok());
        const auto reader = *core.disk.NewReader();
        const journal::Edge edge = *RebuildEdge(*reader);
        StoredTiles tiles(*reader);
        journal::EdgeSource source(edge, tiles);
        for (const std::string& note : core.checkpoints) {
          const auto checkpoint = *journal::OpenCheckpoint(note, *core.verifier);
          ASSERT_EQ(*journal::RootOf(checkpoint.size, source), checkpoint.root);
        }
        if (!fired && core.faults.calls(point) < call) break;
      }
    }
  }
  EXPECT_GE(points, 40);
}

}  // namespace
}  // namespace eagle::core
