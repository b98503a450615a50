// Deadlines that can't be slept through: ten thousand orders fall due in one second. Each of their marks stands in the
// journal once and never before its instant, over hundreds of restarts before, in and after that second, over deaths
// between a commit and its answer, and over a clock that jumps; those of the second itself come within five seconds.
//
// The instants are computed here from the time of acceptance, by the policy's rule and not by the product. Time is
// virtual: `truth` is what a good watch on the wall would say. GATEWAY_KILL_POINTS=all: a thousand restarts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string_view>

#include "server/core/replay.h"
#include "server/journal/leaf.h"
#include "server/journal/packed.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/core_world.h"
#include "tests/support/domain_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::core {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using storage::FaultMoment;
using storage::FaultPoint;
using test::DomainWorld;

constexpr uint32_t kMarks[] = {500, 750, 1000, 1500, 2000};  // of the policy's rows
constexpr size_t kDue = 10'000, kBatch = 100, kAnswered = 100;
constexpr absl::Duration kLook = absl::Milliseconds(50);  // how long the process waits at most between two steps

int Restarts(int sample, int all) {
  const char* points = std::getenv("GATEWAY_KILL_POINTS");
  return points != nullptr && std::string_view(points) == "all" ? all : sample;
}

// What outlives the process.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual storage::Store& store() = 0;
  virtual storage::LastSigned& last_signed() = 0;
  virtual void Reopen() = 0;
};

class MemoryDisk : public Disk {
 public:
  storage::Store& store() override { return store_; }
  storage::LastSigned& last_signed() override { return last_signed_; }
  void Reopen() override {}

 private:
  storage::FakeStore store_;
  storage::FakeLastSigned last_signed_;
};

class SqliteDisk : public Disk {
 public:
  SqliteDisk() { Reopen(); }
  storage::Store& store() override { return *store_; }
  storage::LastSigned& last_signed() override { return *last_signed_; }
  void Reopen() override {
    using IfMissing = storage::FileLastSigned::IfMissing;
    const IfMissing if_missing = store_ == nullptr ? IfMissing::kCreate : IfMissing::kRefuse;
    store_.reset(), last_signed_.reset();
    store_ = *storage::SqliteStore::Open(folder_ / "store.db", {});
    last_signed_ = *storage::FileLastSigned::Open(folder_ / "last-signed", if_missing);
  }

 private:
  TempFolder folder_;
  std::unique_ptr<storage::SqliteStore> store_;
  std::unique_ptr<storage::FileLastSigned> last_signed_;
};

// Orders of one court at one bank. Those of `due` stay unanswered and fall due in one second: half are normal ones of
// one day, half urgent ones that came within one second ten hours before. Those of `answered` were answered at once.
struct Scene {
  Scene() {
    EXPECT_TRUE(absl::LoadTimeZone("Pacific/Auckland", &zone));
    const absl::Time start = world.now;
    set_up = world.script;
    for (size_t i = 0; i < kDue / 2 / kBatch; ++i) {
      world.now = start + absl::Minutes(10 * static_cast<int64_t>(i) + 1);
      Take(URGENCY_NORMAL, kBatch, due);
    }
    std::vector<goldeneagle::v1::Order> orders = Take(URGENCY_NORMAL, kAnswered, answered);
    std::vector<Receipt> receipts;
    for (const auto& order : orders) {
      receipts.push_back(world.ReceiptFor(order, "BANK1", RECEIPT_KIND_FINAL));
      receipts.back().set_searched_scope("all accounts");
      receipts.back().add_items()->set_outcome(OUTCOME_NIL);
    }
    commands.emplace_back(world.now, world.Receipts("BANK1", receipts));
    second =
        absl::FromCivil(absl::CivilDay(2026, 9, 28) + 4, zone);  // 24:00 of the third day after the day of acceptance
    for (size_t i = 0; i < kDue / 2 / kBatch; ++i) {
      world.now = second - absl::Hours(10) - absl::Milliseconds(990 - 19 * static_cast<int64_t>(i));
      Take(URGENCY_URGENT, kBatch, due);
    }
    end = start + (second - start) * 2 + absl::Hours(1);
  }

  std::vector<goldeneagle::v1::Order> Take(Urgency urgency, size_t count, std::map<std::string, Urgency>& into) {
    std::vector<goldeneagle::v1::Order> orders;
    for (size_t i = 0; i < count; ++i) {
      auto& order = orders.emplace_back(world.InquireOrder({"BANK1"}));
      order.set_urgency(urgency);
      if (urgency == URGENCY_URGENT) order.set_urgency_reason("TRANSFER_RISK");
      into[order.order_id()] = urgency;
    }
    commands.emplace_back(world.now, world.Orders(orders, {"handler"}));
    return orders;
  }

  // When the mark is reached, by the rule: 10 hours, or the end of the third civil day after the day of acceptance.
  absl::Time MarkOf(Urgency urgency, absl::Time accepted, uint32_t permille) const {
    const absl::Time due_at = urgency == URGENCY_URGENT ? accepted + absl::Hours(10)
                                                        : absl::FromCivil(absl::ToCivilDay(accepted, zone) + 4, zone);
    return accepted + (due_at - accepted) * static_cast<int64_t>(permille) / 1000;
  }

  DomainWorld world;  // heads of the directory come every 45 minutes: the log never stands still for a day
  absl::TimeZone zone;
  std::vector<std::pair<absl::Time, domain::Command>> set_up, commands;
  std::map<std::string, Urgency> due, answered;
  absl::Time second, end;
};

// The process on its machine: looks every 50 ms, dies and starts again.
class Machine {
 public:
  Machine(Scene& scene, Disk& disk) : scene_(scene), disk_(disk) {
    truth = clock.wall = scene.set_up.front().first;
    Start();
    for (const auto& [time, command] : scene.set_up) Run(command);
  }

  void Start() {
    sequencer.reset(), faulty_store_.reset(), faulty_signed_.reset();
    faults.Clear();
    disk_.Reopen();
    faulty_store_ = std::make_unique<storage::FaultyStore>(disk_.store(), faults);
    faulty_signed_ = std::make_unique<storage::FaultyLastSigned>(disk_.last_signed(), faults);
    if (disk_.store().Head().next_index == 0) {
      ASSERT_TRUE(Found(scene_.world.founding, clock.wall, *faulty_store_, *faulty_signed_, signer_).ok());
    }
    auto opened = Open(*faulty_store_, *faulty_signed_, signer_, keys);
    ASSERT_TRUE(opened.ok()) << opened.status();
    sequencer = std::make_unique<Sequencer>(
        *std::move(opened), SequencerPorts{*faulty_store_, *faulty_signed_, signer_, keys, clock, entropy_});
  }
  void Pass(absl::Duration by) { truth += by, clock.Advance(by); }
  // One turn of the process's loop. A death on the way is followed by a new start, `down_for` later.
  void Turn() {
    const uint64_t before = disk_.store().Head().next_index;
    const bool lives = sequencer->Step().ok();
    const uint64_t after = disk_.store().Head().next_index;
    if (after > before) committed_.emplace(after - 1, truth);
    if (!lives) {
      ASSERT_TRUE(faults.crashed());
      Restart();
    }
  }
  void Restart() {
    ++restarts;
    Pass(down_for);
    Start();
  }
  // Gives the command until it is answered, as whoever gave it would.
  domain::Result Run(const domain::Command& command) {
    for (int tries = 0; tries < 5; ++tries) {
      std::optional<domain::Result> answer;
      const absl::Status queued =
          sequencer->Submit(command, [&](const domain::Result& result, const CommitView&) { answer = result; });
      EXPECT_TRUE(queued.ok()) << queued;
      Turn();
      if (answer) return *answer;
    }
    ADD_FAILURE() << "never answered";
    return {};
  }
  // Looks every kLook; leaves out looks at which nothing is due.
  void LiveUntil(absl::Time until) {
    while (truth < until) {
      absl::Duration step = kLook;
      if (const absl::Duration ahead = sequencer->NextTimer() - truth; ahead > kLook) step = absl::Floor(ahead, kLook);
      Pass(std::min(step, until - truth));
      Turn();
    }
  }
  // When the entry became durable.
  absl::Time TruthOf(uint64_t index) const { return committed_.lower_bound(index)->second; }

  absl::Time truth;
  absl::Duration down_for = absl::Milliseconds(250);
  int restarts = 0;
  test::HandClock clock;
  test::HashedKeys keys;
  storage::FaultInjector faults;
  std::unique_ptr<Sequencer> sequencer;
  const journal::Ed25519NoteSigner& signer() const { return signer_; }
  Disk& disk() { return disk_; }

 private:
  Scene& scene_;
  Disk& disk_;
  SeededEntropy entropy_{7};
  journal::Ed25519NoteSigner signer_{"test.example/log", *journal::PrivateKey::FromSeed(std::string(32, 's'))};
  std::unique_ptr<storage::FaultyStore> faulty_store_;
  std::unique_ptr<storage::FaultyLastSigned> faulty_signed_;
  std::map<uint64_t, absl::Time> committed_;  // by the newest entry of each commit
};

void SubmitOrders(Scene& scene, Machine& machine) {
  for (const auto& [time, command] : scene.commands) {
    machine.LiveUntil(time);
    const domain::Result result = machine.Run(command);
    ASSERT_TRUE(result.status.ok()) << result.status;
    for (const auto& member : result.members) ASSERT_FALSE(member.refusal) << member.refusal->message;
  }
}

// Reads the journal: every mark of every order that is due is there once and not early. Gives how late those of the
// second were, the earliest first, in truth and not by the recorded clock.
std::vector<absl::Duration> JudgeMarks(const Scene& scene, Machine& machine, absl::Time until) {
  struct Accepted {
    Urgency urgency{};
    absl::Time at;
    bool answered = false;
  };
  std::map<uint64_t, Accepted> accepted;
  std::map<std::pair<uint64_t, uint32_t>, int> marked;
  struct {
    size_t twice = 0, early = 0, missing = 0, answered = 0;
  } found;
  std::vector<absl::Duration> late;
  absl::Time first = absl::InfiniteFuture(), last = absl::InfinitePast();
  const auto reader = *machine.disk().store().NewReader();
  for (uint64_t index = 0; index < reader->Head().next_index;) {
    const auto commit = **reader->CommitAt(index);
    const std::vector<journal::PackedEntry> entries = *journal::Unpack(commit.entries, commit.count);
    for (const journal::PackedEntry& packed : entries) {
      const journal::Leaf leaf = *journal::DecodeLeaf(packed.leaf);
      if (leaf.type == ENTRY_TYPE_ORDER_ACCEPTED) {
        OrderAccepted body;
        EXPECT_TRUE(body.ParseFromString(leaf.body));
        const bool is_due = scene.due.contains(body.order_id());
        const auto& urgency = is_due ? scene.due : scene.answered;
        accepted[leaf.index.value()] = {urgency.at(body.order_id()), leaf.time, !is_due};
      } else if (leaf.type == ENTRY_TYPE_DEADLINE_MARKED) {
        DeadlineMarked body;
        EXPECT_TRUE(body.ParseFromString(leaf.body));
        const Accepted& order = accepted.at(leaf.order.value());
        found.answered += order.answered ? 1 : 0;
        const absl::Time instant = scene.MarkOf(order.urgency, order.at, body.mark_permille());
        const absl::Time truth = machine.TruthOf(leaf.index.value());
        found.twice += ++marked[std::pair(leaf.order.value(), body.mark_permille())] > 1 ? 1 : 0;
        found.early += leaf.time < instant || truth < instant ? 1 : 0;
        if (body.mark_permille() != 1000) continue;
        late.push_back(truth - instant);
        first = std::min(first, instant), last = std::max(last, instant);
      }
    }
    index = commit.first_index + commit.count;
  }
  EXPECT_EQ(accepted.size(), kDue + kAnswered);
  for (const auto& [seq, order] : accepted) {
    for (const uint32_t permille : kMarks) {
      const bool reached = scene.MarkOf(order.urgency, order.at, permille) + absl::Seconds(5) < until;
      if (!order.answered && reached && !marked.contains({seq, permille})) ++found.missing;
    }
  }
  EXPECT_EQ(found.twice, 0u);
  EXPECT_EQ(found.early, 0u);
  EXPECT_EQ(found.missing, 0u);
  EXPECT_EQ(found.answered, 0u) << "what was answered is marked no more";
  EXPECT_EQ(late.size(), kDue);
  EXPECT_LT(last - first, absl::Seconds(1)) << "the scene is of one second";
  std::sort(late.begin(), late.end());
  return late;
}

void ExpectOnTime(const std::vector<absl::Duration>& late) {
  ASSERT_EQ(late.size(), kDue);
  EXPECT_LT(late[kDue * 99 / 100], absl::Seconds(5));
  testing::Test::RecordProperty("p99_ms", static_cast<int>(late[kDue * 99 / 100] / absl::Milliseconds(1)));
}

void ExpectReplayAgrees(Machine& machine) {
  const auto verifier = *journal::ParseVerifierKey(machine.signer().VerifierKey());
  const auto reader = *machine.disk().store().NewReader();
  const auto report = Replay(*reader, machine.keys, *verifier, nullptr);
  EXPECT_TRUE(report.ok()) << report.status();
}

// Restarts at random: half are plain deaths between two steps, half happen at a write that comes, before or after its
// effect; "after" is a death between the commit, or its signature, and the answer.
class Deaths {
 public:
  explicit Deaths(uint64_t seed) : dice_(seed) {}

  // `count` restarts spread from now to `until`.
  void Spread(Machine& machine, int count, absl::Time until) {
    const int target = machine.restarts + count;
    std::vector<absl::Time> at;
    for (int i = 0; i < count; ++i) at.push_back(machine.truth + (until - machine.truth) * Part());
    std::sort(at.begin(), at.end());
    for (const absl::Time time : at) {
      machine.LiveUntil(time);
      if (machine.restarts >= target) break;
      // A long one now and then: a night without the process, and the marks of that night come when it is back.
      machine.down_for =
          dice_() % 16 == 0 ? absl::Minutes(20) : absl::Milliseconds(100 + static_cast<int>(dice_() % 300));
      if (armed_at_ == machine.restarts || dice_() % 2 == 0) {
        machine.Restart();
      } else {
        machine.faults.Arm({Point(), 1, Moment()});
        armed_at_ = machine.restarts;
      }
    }
    machine.LiveUntil(until);
    machine.faults.Clear();
    machine.down_for = absl::Milliseconds(250);
    while (machine.restarts < target) machine.Restart();
  }
  // One death at each kind of write, while the second's marks are written.
  void InTheSecond(Machine& machine, absl::Time second) {
    machine.faults.Clear();
    machine.LiveUntil(second - kLook);
    machine.down_for = absl::Milliseconds(250);
    for (const auto& [point, moment] :
         {std::pair{FaultPoint::kAppend, FaultMoment::kAfter}, std::pair{FaultPoint::kAppend, FaultMoment::kBefore},
          std::pair{FaultPoint::kLastSignedWrite, FaultMoment::kAfter},
          std::pair{FaultPoint::kLastSignedWrite, FaultMoment::kBefore}}) {
      const int before = machine.restarts;
      machine.faults.Arm({point, 1, moment});
      for (int looks = 0; machine.restarts == before && looks < 100; ++looks) machine.LiveUntil(machine.truth + kLook);
      ASSERT_EQ(machine.restarts, before + 1);
    }
  }

 private:
  double Part() { return static_cast<double>(dice_() % 1'000'000) / 1e6; }
  FaultPoint Point() { return dice_() % 2 == 0 ? FaultPoint::kAppend : FaultPoint::kLastSignedWrite; }
  FaultMoment Moment() { return dice_() % 4 == 0 ? FaultMoment::kBefore : FaultMoment::kAfter; }

  std::mt19937_64 dice_;
  int armed_at_ = -1;  // a fault waits for a write since so many restarts
};

void FireOverRestarts(Disk& disk, int restarts) {
  Scene scene;
  Machine machine(scene, disk);
  SubmitOrders(scene, machine);
  Deaths deaths(static_cast<uint64_t>(restarts));
  constexpr int kInTheSecond = 4;
  const int before = restarts / 2;
  deaths.Spread(machine, before, scene.second - absl::Minutes(30));
  deaths.InTheSecond(machine, scene.second);
  machine.LiveUntil(scene.second + absl::Seconds(30));
  deaths.Spread(machine, restarts - before - kInTheSecond, scene.end);
  machine.LiveUntil(scene.end + absl::Hours(1));
  EXPECT_EQ(machine.restarts, restarts);
  ExpectOnTime(JudgeMarks(scene, machine, scene.end));
  ExpectReplayAgrees(machine);
}

TEST(DeadlinesTest, TenThousandInOneSecondFireOnceNotEarlyAndSoonOverRestarts) {
  MemoryDisk disk;
  FireOverRestarts(disk, Restarts(40, 1000));
}

TEST(DeadlinesTest, AndOnADiskWithSqliteToo) {
  SqliteDisk disk;
  FireOverRestarts(disk, Restarts(8, 60));
}

// An engine that put a longer stretch into one commit would hold every answer up, so a tick has at most kMarksPerTick
// marks. The bound costs a look for each further 4,096: three for these, 150 ms of waiting at most and three commits.
TEST(DeadlinesTest, ATickIsBoundedAndTheRestComesWithTheNextLooks) {
  Scene scene;
  MemoryDisk disk;
  Machine machine(scene, disk);
  SubmitOrders(scene, machine);
  machine.LiveUntil(scene.second - kLook);
  machine.LiveUntil(scene.second + absl::Seconds(1));
  const std::vector<absl::Duration> late = JudgeMarks(scene, machine, machine.truth);
  ASSERT_EQ(late.size(), kDue);
  const auto looks = static_cast<int>((kDue + domain::kMarksPerTick - 1) / domain::kMarksPerTick);
  EXPECT_EQ(looks, 3);
  EXPECT_LE(late.back(), kLook * (looks + 1) + absl::Seconds(1));  // a mark waits for the end of its second
}

// Two of three administrators accept the alarm that stands.
void AcceptClock(Scene& scene, Machine& machine) {
  const uint64_t alarm = machine.sequencer->state().clock_alarm;
  ASSERT_NE(alarm, 0u);
  Administration act;
  act.set_request_id(scene.world.NewId());
  act.mutable_proposal()->set_ground("the clock was set"),
      act.mutable_proposal()->mutable_clock()->set_alarm_index(alarm);
  const domain::Result made = machine.Run(scene.world.Administration("admin1", {act}));
  ASSERT_FALSE(made.members.at(0).refusal);
  Administration approval;
  approval.set_request_id(scene.world.NewId());
  approval.mutable_approval()->set_proposal_index(made.members[0].index);
  approval.mutable_approval()->set_proposal_digest(
      machine.sequencer->state().proposals.at(made.members[0].index).digest);
  ASSERT_TRUE(machine.Run(scene.world.Administration("admin2", {approval})).members.at(0).in_effect);
  ASSERT_EQ(machine.sequencer->state().clock_alarm, 0u);
}

TEST(DeadlinesTest, AWallThatJumpsMakesNoneEarlyNoneLateAndNoneTwice) {
  Scene scene;
  MemoryDisk disk;
  Machine machine(scene, disk);
  SubmitOrders(scene, machine);
  Deaths deaths(3);
  deaths.Spread(machine, Restarts(4, 40), scene.second - absl::Hours(2));
  // Somebody sets the date wrong by eight days: all marks of all orders would be due.
  machine.clock.wall += absl::Hours(24 * 8);
  machine.LiveUntil(machine.truth + absl::Minutes(1));
  ASSERT_NE(machine.sequencer->state().clock_alarm, 0u);
  // The alarm stands when the second comes, and while the process dies in it.
  deaths.InTheSecond(machine, scene.second);
  machine.LiveUntil(scene.second + absl::Minutes(10));
  ASSERT_NE(machine.sequencer->state().clock_alarm, 0u);
  machine.clock.wall = machine.truth;  // people set the date right, and say so
  AcceptClock(scene, machine);
  deaths.Spread(machine, Restarts(4, 40), machine.truth + absl::Hours(20));
  // And back by three hours, before the marks at 150 %.
  machine.clock.wall -= absl::Hours(3);
  machine.LiveUntil(machine.truth + absl::Hours(1));
  ASSERT_NE(machine.sequencer->state().clock_alarm, 0u);
  machine.clock.wall = machine.truth;
  AcceptClock(scene, machine);
  machine.LiveUntil(scene.end + absl::Hours(1));
  ExpectOnTime(JudgeMarks(scene, machine, scene.end));
  ExpectReplayAgrees(machine);
}

// The machine slept through the second: the wall went on, the monotonic clock didn't. The gateway can't tell that from
// a wall that was set wrong, so it waits for people; then all fires at once, and once.
TEST(DeadlinesTest, WhatASleepingMachineMissedFiresOnceAsSoonAsPeopleAcceptTheClock) {
  Scene scene;
  MemoryDisk disk;
  Machine machine(scene, disk);
  SubmitOrders(scene, machine);
  machine.LiveUntil(scene.second - absl::Hours(1));
  machine.truth += absl::Hours(3), machine.clock.wall += absl::Hours(3);
  machine.LiveUntil(machine.truth + absl::Minutes(15));
  ASSERT_NE(machine.sequencer->state().clock_alarm, 0u);
  machine.Restart();  // a restart doesn't end the alarm
  machine.LiveUntil(machine.truth + absl::Minutes(15));
  ASSERT_NE(machine.sequencer->state().clock_alarm, 0u);
  EXPECT_LT(machine.sequencer->state().recorded, scene.second);
  AcceptClock(scene, machine);
  const absl::Time accepted = machine.truth;
  machine.LiveUntil(scene.end + absl::Hours(1));
  const std::vector<absl::Duration> late = JudgeMarks(scene, machine, scene.end);
  ASSERT_EQ(late.size(), kDue);
  EXPECT_GE(late.front(), accepted - scene.second);
  EXPECT_LT(late.back(), accepted + absl::Seconds(5) - scene.second + absl::Seconds(1));
  ExpectReplayAgrees(machine);
}

}  // namespace
}  // namespace eagle::core
