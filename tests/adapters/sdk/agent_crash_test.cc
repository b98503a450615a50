// The process dies at every point there is, one after the other: between any two steps of inbox, core and channel. Each
// time a new one over the same disks must end with exactly one effect an order, the right answers, and nothing said
// twice in other words.
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

struct BankStory {
  v1::Order inquiry, freeze, waiting, deduct, release;
};

BankStory Tell(SdkWorld& world) {
  BankStory story;
  story.inquiry = world.Submit(world.Inquiry());
  story.freeze = world.Submit(world.Freeze(8'000'000));
  story.waiting = world.Submit(world.Freeze(1'000));
  story.deduct = world.Submit(world.Deduct(story.freeze, 2'000'000));
  story.release = world.Submit(world.Release(story.freeze));
  return story;
}

void Judge(SdkWorld& world, const BankStory& story) {
  EXPECT_EQ(world.Outcome(story.inquiry), "FOUND");
  EXPECT_EQ(world.Outcome(story.freeze), "PARTLY_CONTROLLED");
  EXPECT_EQ(world.Outcome(story.waiting), "WAITLISTED");
  EXPECT_EQ(world.Outcome(story.deduct), "DEDUCTED");
  EXPECT_EQ(world.Outcome(story.release), "RELEASED");
  for (const v1::Order* order : {&story.freeze, &story.waiting, &story.deduct, &story.release})
    EXPECT_EQ(world.Effects(*order), 1);
  const auto events = world.gateway.Of(story.waiting.order_id(), v1::RECEIPT_KIND_EVENT);
  EXPECT_EQ(events.size(), 1u) << "promoted, told once";
  EXPECT_EQ(world.core.accounts.at(kAccount).asset.balance, 4'135'027);
  EXPECT_TRUE(world.agent->ClerkQueue().empty());
}

TEST(AgentCrash, AtEveryPointOfABanksStoryThereIsExactlyOneEffect) {
  uint64_t points = 0;
  {
    SdkWorld world;
    const BankStory story = Tell(world);
    ASSERT_TRUE(world.Settle());
    world.Run(20);
    Judge(world, story);
    points = world.crash.points();
  }
  ASSERT_GT(points, 40u);
  uint64_t died = 0;
  for (uint64_t point = 1; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    SdkWorld world;
    const BankStory story = Tell(world);
    world.crash.DieAt(point);
    ASSERT_TRUE(world.Settle());
    world.Run(20);
    died += static_cast<uint64_t>(world.restarts);
    Judge(world, story);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GE(died + 5, points) << "the last points are empty polls";
}

TEST(AgentCrash, AtEveryPointOfALandRegistrysStoryThereIsExactlyOneEffect) {
  const auto play = [](uint64_t point) {
    SdkWorld world(SdkWorld::Way::kLand);
    const v1::Order first = world.Submit(world.FreezeThing("U1"));
    const v1::Order second = world.Submit(world.FreezeThing("U1"));
    if (point != 0) world.crash.DieAt(point);
    for (int i = 0; i < 400 && !world.gateway.AllAnswered(); ++i) {
      world.Run(2);
      // The clerk works through the queue in order, again after a crash.
      for (const ClerkTask& task : world.agent->ClerkQueue()) {
        if (!world.agent->DecideReview(task.operation, {.approved = true}).ok()) break;
      }
    }
    const v1::Order release = world.Submit(world.Release(first));
    EXPECT_TRUE(world.Settle());
    world.Run(20);
    EXPECT_EQ(world.Outcome(first), "CONTROLLED");
    EXPECT_EQ(world.Outcome(second), "WAITLISTED");
    EXPECT_EQ(world.Outcome(release), "RELEASED");
    EXPECT_EQ(world.gateway.Of(second.order_id(), v1::RECEIPT_KIND_EVENT).size(), 1u);
    auto transaction = world.inbox->Begin();
    const auto rows = FakeLand::Rows(*transaction);
    EXPECT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows.at(SdkWorld::OperationOf(first).Text()).phase, Phase::kReleased);
    EXPECT_EQ(rows.at(SdkWorld::OperationOf(second).Text()).phase, Phase::kEffective);
    return world.crash.points();
  };
  const uint64_t points = play(0);
  ASSERT_GT(points, 30u);
  for (uint64_t point = 1; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    play(point);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(AgentCrash, ACoreThatAnswersLateAndAKilledAdapterFindTheirOwnEffect) {
  // 云帆 of the demonstration: the freeze is in the core, the adapter dies before the reply, so does the gateway; days
  // later both are back.
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(5'828'700));
  world.bank->on_apply = [&] { world.crash.DieAt(1); };
  for (int i = 0; i < 20 && !world.crash.dead(); ++i) {
    world.agent->Step();
    world.gateway.Round(
        [&](CallId call, absl::StatusOr<Reply> reply) { world.agent->OnReply(call, std::move(reply)); });
    world.clock.Advance(absl::Milliseconds(10));
  }
  ASSERT_TRUE(world.crash.dead());
  world.bank->on_apply = nullptr;
  EXPECT_EQ(world.Effects(freeze), 1);
  world.StopAgent();
  world.gateway.ForgetReplies();
  world.gateway.Restart();
  world.clock.Advance(absl::Hours(49));
  world.crash.Revive();
  world.StartAgent();
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_EQ(world.bank->applies, 1);
  EXPECT_EQ(world.agent->metrics().found_done, 1u);
  EXPECT_EQ(world.LastWord(freeze)->items(0).measure().controlled_minor_units(), 5'828'700);
}

// Crashes, losses, delays and failing cores at once, by seed.
TEST(AgentCrash, InEverySeedOfChaosEveryOrderEndsWithOneEffectAndOneLastWord) {
  constexpr int kSeeds = 300;
  uint64_t restarts = 0, repeats = 0, found = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    SdkWorld world(SdkWorld::Way::kBank, seed);
    std::mt19937_64 random(seed);
    const auto chance = [&](uint64_t one_in) { return random() % one_in == 0; };
    world.core.accounts.at(kAccount).asset.balance = 1'000'000;
    world.gateway.answer_polls_at_once = chance(2);
    world.gateway.fate = [&](Wire) {
      if (!chance(6)) return Fate::kDeliver;
      constexpr Fate kFates[] = {Fate::kLoseRequest, Fate::kLoseReply, Fate::kDoubleReply, Fate::kDelayReply,
                                 Fate::kFailReply};
      return kFates[random() % 5];
    };
    std::vector<v1::Order> freezes, controls;
    for (int i = 0; i < 25; ++i) {
      if (chance(3)) {
        world.Submit(world.Inquiry());
      } else if (freezes.empty() || chance(2)) {
        freezes.push_back(world.Submit(world.Freeze(static_cast<int64_t>(1 + random() % 300'000))));
        controls.push_back(freezes.back());
      } else {
        const v1::Order& of = freezes[random() % freezes.size()];
        controls.push_back(world.Submit(chance(2) ? world.Deduct(of, static_cast<int64_t>(1 + random() % 100'000))
                                                  : world.Release(of)));
      }
      if (chance(4)) world.bank->fail_apply_before = 1;
      if (chance(4)) world.bank->fail_apply_after = 1;
      if (chance(4)) world.bank->fail_inquiries = 2;
      if (chance(4)) world.bank->fail_finds = 2;
      if (chance(8)) world.bank->Credit(kAccount, static_cast<int64_t>(1 + random() % 50'000));
      if (chance(3)) world.crash.DieAt(1 + random() % 40);
      if (chance(6)) world.gateway.Restart();
      world.Run(static_cast<int>(random() % 20), absl::Milliseconds(200));
      found += world.agent->metrics().found_done;
    }
    world.gateway.fate = [](Wire) { return Fate::kDeliver; };  // heal
    ASSERT_TRUE(world.Settle());
    world.Run(30);
    for (const v1::Order& order : controls) {
      EXPECT_EQ(world.Effects(order), 1) << world.Outcome(order);
      EXPECT_NE(world.Outcome(order), "ERROR");
    }
    EXPECT_TRUE(world.agent->ClerkQueue().empty());
    restarts += static_cast<uint64_t>(world.restarts);
    repeats += world.agent->metrics().tasks_repeated;
    // What the court was told last about each measure is where it stands.
    for (const v1::Order& freeze : freezes) {
      const Encumbrance& row = world.core.rows.at(SdkWorld::OperationOf(freeze).Text());
      if (!IsLive(row.phase)) continue;
      const v1::MeasureState* told = nullptr;
      for (const StoredReceipt& stored : world.gateway.ReceiptsOn(freeze.order_id())) {
        if (stored.receipt.items_size() > 0) told = &stored.receipt.items(0).measure();
      }
      bool touched = false;  // by a deduction or release, whose own receipts say it
      for (const v1::Order& order : controls) {
        touched = touched || order.deduct().freeze_order_id() == freeze.order_id() ||
                  order.release().freeze_order_id() == freeze.order_id();
      }
      ASSERT_NE(told, nullptr);
      if (!touched) {
        EXPECT_EQ(told->controlled_minor_units(), row.controlled());
        EXPECT_EQ(told->unfunded_minor_units(), row.unfunded());
      }
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(restarts, 300u);
  EXPECT_GT(repeats, 300u);
  EXPECT_GT(found, 100u);
}

}  // namespace
}  // namespace eagle::sdk
