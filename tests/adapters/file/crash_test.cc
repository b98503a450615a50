// A process that dies at any point of a round, or while it takes an order, has lost nothing and doubles nothing: a
// child process is ended at the n-th point, n = 1, 2, 3 ..., and whoever comes after ends where an undisturbed one
// ends.
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "tests/adapters/file/file_world.h"

namespace eagle::file {
namespace {

constexpr int kDied = 41, kFinished = 42;

// Ends the process at the point that is the `left`-th.
class DeadlySteps : public Steps {
 public:
  void Reach(const char*) override {
    if (--left == 0) _exit(kDied);
  }
  int left = 0;
};

// Does `work` in a process of its own that dies at its n-th point; true when it got through.
bool RunInChild(FileWorld& w, DeadlySteps& steps, int n, const std::function<void()>& work) {
  w.Stop();
  const pid_t child = fork();
  if (child == 0) {
    steps.left = n;
    w.Start();
    work();
    _exit(kFinished);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  w.Start();
  return WEXITSTATUS(status) != kDied;
}

std::string BatchOf(FileWorld& w, const v1::Order& order) {
  const auto entry = w.store->FindRequest(RequestNumber(order.order_id()));
  return entry ? absl::StrCat(entry->batch) : "-";
}

// Whole, as its manifest says.
bool IsWhole(FileWorld& w, Family family, int64_t number) {
  const BatchName name{family, Part::kRequest, sdk::kAgency, number};
  Faults faults;
  const auto manifest = ReadManifest(w.ReadOurs(name.ManifestFile()), faults);
  return manifest && manifest->file_sha256 == HexEncode(journal::View(journal::Sha256(w.ReadOurs(name.DataFile()))));
}

// One answer lies there, a receipt for what was sent, and two orders wait for a batch.
struct Scene {
  Scene()
      : w("GB18030", &steps),
        first(w.Ask(w.world.Inquiry())),
        second(w.world.Inquiry()),
        freeze(w.world.Freeze(60'000'00)) {
    w.world.Submit(second), w.world.Submit(freeze);
    w.world.Run(20);
    w.Acknowledge(kCx, 1);
    w.Put(kCx, 1, {FileWorld::Found(first, "6217", "5.00")});
  }
  // What the agency sees at that moment: a batch with a manifest is whole.
  void CheckWhole(const std::string& where) {
    for (const std::string& file : w.Files("ours")) {
      const auto name = ParseBatchName(file.substr(0, file.find('.')));
      if (name && name->part == Part::kRequest && file == name->ManifestFile()) {
        EXPECT_TRUE(IsWhole(w, name->family, name->number)) << where;
      }
    }
  }
  void CheckEnd(const std::string& where) {
    w.Run();
    EXPECT_EQ(w.Outcome(first), "FOUND") << where;
    EXPECT_EQ(w.world.gateway.Of(first.order_id(), v1::RECEIPT_KIND_FINAL).size(), 1u) << where;
    EXPECT_EQ(w.Receipt(kCx, 1), "1") << where;
    EXPECT_EQ(BatchOf(w, first) + BatchOf(w, second) + BatchOf(w, freeze), "121") << where;
    EXPECT_TRUE(IsWhole(w, kCx, 2) && IsWhole(w, kKz, 1)) << where;
    EXPECT_EQ(w.Files("ours").size(), 5u) << where << ": the receipt and two batches; no part of a file, nothing twice";
    EXPECT_EQ(w.store->Changes(0, 100).size(), 1u) << where;
    EXPECT_TRUE(w.store->OpenSent(kCx).size() == 1 && w.store->OpenSent(kKz).size() == 1) << where;
  }
  DeadlySteps steps;
  FileWorld w;
  const v1::Order first, second, freeze;
};

TEST(FileCrash, ARoundThatDiesAnywhereShowsWholeBatchesOnlyAndIsFinishedByTheNextProcess) {
  int points = 0;
  for (int n = 1;; ++n) {
    Scene scene;
    const bool through = RunInChild(scene.w, scene.steps, n, [&] { scene.w.MustRound(); });
    if (!through) {
      EXPECT_EQ(scene.w.world.gateway.Of(scene.first.order_id(), v1::RECEIPT_KIND_FINAL).size(), 0u);
    }
    scene.CheckWhole(absl::StrCat("point ", n));
    scene.CheckEnd(absl::StrCat("point ", n));
    if (through || testing::Test::HasFailure()) break;
    points = n;
  }
  EXPECT_GT(points, 30);
}

TEST(FileCrash, AnOrderThatWasBeingTakenGoesOutOnce) {
  for (int n = 1;; ++n) {
    DeadlySteps steps;
    FileWorld w("GB18030", &steps);
    const v1::Order inquiry = w.world.Submit(w.world.Inquiry()), freeze = w.world.Submit(w.world.Freeze(100));
    // The child's inbox is forgotten with it, its exchange is not: the gateway hands the orders out again.
    const bool through = RunInChild(w, steps, n, [&] { w.world.Run(20); });
    w.Run();
    EXPECT_EQ(BatchOf(w, inquiry) + BatchOf(w, freeze), "11") << n;
    w.Put(kCx, 1, {FileWorld::Nothing(inquiry)});
    w.Put(kKz, 1, {FileWorld::Frozen(freeze, "1.00", "0.00")});
    w.Run();
    EXPECT_EQ(w.Outcome(inquiry) + w.Outcome(freeze), "NILCONTROLLED") << n;
    if (through || testing::Test::HasFailure()) break;
  }
}

TEST(FileCrash, AStatementIsTakenWholeAndHandedOnceToTheAgent) {
  for (int n = 1;; ++n) {
    DeadlySteps steps;
    FileWorld w("GB18030", &steps);
    const v1::Order order = w.Ask(w.world.Freeze(600'00));
    w.Put(kKz, 1, {FileWorld::Frozen(order, "400.00", "200.00")});
    w.Run();
    const absl::Time now = w.world.clock.WallNow();
    w.State(1,
            {absl::FormatCivilTime(absl::ToCivilDay(now - absl::Hours(1), w.world.config.zone) - 1),
             absl::FormatTime(absl::RFC3339_sec, now, kShanghai), 1},
            {FileWorld::Standing(order, "400.00", "200.00")});
    w.world.clock.Advance(absl::Seconds(6));
    // The child's inbox is forgotten with it, its exchange is not.
    const bool through = RunInChild(w, steps, n, [&] { w.Run(); });
    w.Run();
    w.world.clock.Advance(absl::Seconds(6));
    w.Run();
    EXPECT_EQ(w.Receipt(kDz, 1), "1") << n;
    ASSERT_EQ(w.world.gateway.positions.size(), 1u) << n;
    EXPECT_EQ(w.world.gateway.positions[0].lines_size(), 1) << n;
    if (through || testing::Test::HasFailure()) break;
  }
}

TEST(FileCrash, AGapThatIsGivenUpIsGivenUpToTheEnd) {
  for (int n = 1;; ++n) {
    DeadlySteps steps;
    FileWorld w("GB18030", &steps);
    const v1::Order order = w.Ask(w.world.Inquiry());
    w.Put(kCx, 4, {FileWorld::Nothing(order)});
    w.Run();
    const bool through = RunInChild(w, steps, n, [&] {
      w.MustRound();
      w.exchange->AcceptGap(kCx, 3, "温雅").IgnoreError();
    });
    w.Run();
    if (!w.exchange->Gaps().empty()) {
      EXPECT_TRUE(w.exchange->AcceptGap(kCx, 3, "温雅").ok()) << n;
    }
    w.Run();
    EXPECT_EQ(w.Outcome(order), "NIL") << n;
    EXPECT_EQ(w.store->NextTaken(kCx), 5) << n;
    if (through || testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace eagle::file
