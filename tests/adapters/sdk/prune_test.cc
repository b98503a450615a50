// What an agent still knows of orders that it has forgotten, and what one costs for ever.
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

// Lets the keeping time pass, and the agent look through its inbox.
void Forget(SdkWorld& world) {
  world.clock.Advance(world.config.keep_orders + absl::Hours(1));
  world.Run(30);
}

bool IsForgotten(SdkWorld& world, const v1::Order& order) {
  auto transaction = world.inbox->Begin();
  const auto task = InboxTables(*transaction).FindOperation(SdkWorld::OperationOf(order));
  return task && task->is_pruned();
}

size_t BytesOf(const FakeDisk& disk) {
  size_t bytes = 0;
  for (const auto& [key, value] : disk.rows) bytes += key.size() + value.size();
  return bytes;
}

TEST(AgentPrune, AForgottenOrderThatComesAgainGetsTheSameLastWordAndNoSecondEffect) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100'00));
  ASSERT_TRUE(world.Settle());
  const std::string first = world.gateway.batches.back();
  EXPECT_FALSE(IsForgotten(world, freeze));
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, freeze));
  EXPECT_EQ(world.agent->metrics().orders_pruned, 1u);
  for (int start = 0; start < 2; ++start) {
    world.gateway.Redeliver(freeze.order_id());
    world.Run(20);
    EXPECT_EQ(world.gateway.batches.back(), first);
    world.StartAgent();
  }
  EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).size(), 1u);
  EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).front().times, 3);
  EXPECT_EQ(world.Effects(freeze), 1);
}

TEST(AgentPrune, AnotherOrderUnderAForgottenIdIsReturnedAndNeverActedOn) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, freeze));
  v1::Order other = world.Freeze(5'000'000);
  other.set_order_id(freeze.order_id());
  world.Submit(other);
  world.Run(30);
  EXPECT_EQ(world.bank->applies, 1);
  ASSERT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).size(), 2u);
  EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id())[1].receipt.returned().reason(), "ORDER_ID_REUSED");
}

TEST(AgentPrune, AForgottenFreezeCanBeDeductedFromAndReleasedByItsOwnCaseOnly) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  ASSERT_TRUE(world.Settle());
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, freeze));
  v1::Order strange = world.Release(freeze);
  strange.set_case_number("（2026）辽9901执9999号");
  world.Submit(strange);
  const v1::Order deduct = world.Submit(world.Deduct(freeze, 1'000)), release = world.Submit(world.Release(freeze));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(strange), "RETURNED MEASURE_UNKNOWN");
  EXPECT_EQ(world.Outcome(deduct), "DEDUCTED");
  EXPECT_EQ(world.Outcome(release), "RELEASED");
  EXPECT_EQ(world.LastWord(deduct)->items(0).deduction().measure().served_sequence(), 1u) << "rank is remembered";
}

TEST(AgentPrune, AForgottenMeasureStillTellsWhatBecomesOfIt) {
  SdkWorld world;
  const v1::Order first = world.Submit(world.Freeze(8'000'000)), waiting = world.Submit(world.Freeze(1'000));
  ASSERT_TRUE(world.Settle());
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, waiting));
  world.Submit(world.Release(first));
  ASSERT_TRUE(world.Settle());
  world.Run(20);
  const auto events = world.gateway.Of(waiting.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(events[0]->items(0).measure().served_sequence(), 2u);
  EXPECT_TRUE(IsForgotten(world, waiting));
}

TEST(AgentPrune, AForgottenAnswerCanBeCorrected) {
  SdkWorld world;
  v1::Order inquiry = world.Inquiry();
  inquiry.mutable_subject()->set_id_number("990101199112120034");
  world.Submit(inquiry);
  ASSERT_TRUE(world.Settle());
  const std::string digest(journal::View(journal::LeafHash(world.gateway.ReceiptsOn(inquiry.order_id())[0].bytes)));
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, inquiry));
  RegisterChange change{.sequence = 1, .kind = RegisterChange::Kind::kCorrection};
  change.operation = SdkWorld::OperationOf(inquiry);
  change.answer.searched_scope = "deposits, vault included";
  change.answer.items.emplace_back().set_outcome(v1::OUTCOME_FOUND);
  change.answer.items.front().mutable_finding()->set_asset_number("A9");
  change.at = world.clock.WallNow();
  world.core.changes.push_back(change);
  world.Run(20);
  const auto corrections = world.gateway.Of(inquiry.order_id(), v1::RECEIPT_KIND_CORRECTION);
  ASSERT_EQ(corrections.size(), 1u);
  EXPECT_EQ(corrections[0]->corrects(), digest);
}

TEST(AgentPrune, ASealThatWaitedForAClerkKeepsOnlyItsLastWord) {
  SdkWorld world(SdkWorld::Way::kLand);
  const v1::Order seal = world.Submit(world.FreezeThing("U1"));
  world.Run(20);
  ASSERT_TRUE(world.agent->DecideReview(SdkWorld::OperationOf(seal), {.approved = true}).ok());
  ASSERT_TRUE(world.Settle());
  const size_t told = world.gateway.ReceiptsOn(seal.order_id()).size();
  ASSERT_GE(told, 3u) << "acknowledged, under review, controlled";
  Forget(world);
  ASSERT_TRUE(IsForgotten(world, seal));
  world.gateway.Redeliver(seal.order_id());
  world.Run(20);
  const auto& receipts = world.gateway.ReceiptsOn(seal.order_id());
  ASSERT_EQ(receipts.size(), told) << "nothing new is said";
  for (const StoredReceipt& stored : receipts)
    EXPECT_EQ(stored.times, stored.receipt.kind() == v1::RECEIPT_KIND_FINAL ? 2 : 1);
  auto transaction = world.inbox->Begin();
  EXPECT_TRUE(InboxTables(*transaction).Changes(0, 10).empty());
}

TEST(AgentPrune, NothingIsForgottenThatTheGatewayHasNotTaken) {
  SdkWorld world;
  world.gateway.refuse = [](Wire wire) {
    return wire == kWireResults ? absl::Status(Fail(Reason::kBusy, "full")) : absl::OkStatus();
  };
  const v1::Order freeze = world.Submit(world.Freeze(100'00));
  world.Run(20);
  Forget(world);
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_FALSE(IsForgotten(world, freeze));
  world.gateway.refuse = [](Wire) { return absl::OkStatus(); };
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
}

TEST(AgentPrune, AtEveryPointOfACrashTheLastWordIsThere) {
  uint64_t points = 1;
  for (uint64_t point = 0; point <= points; ++point) {
    SCOPED_TRACE(absl::StrCat("dies at point ", point, " of ", points));
    SdkWorld world(SdkWorld::Way::kLand);
    const v1::Order seal = world.Submit(world.FreezeThing("U1"));
    world.Run(20);
    ASSERT_TRUE(world.agent->DecideReview(SdkWorld::OperationOf(seal), {.approved = true}).ok());
    ASSERT_TRUE(world.Settle());
    world.clock.Advance(world.config.keep_orders + absl::Hours(1));
    const uint64_t before = world.crash.points();
    if (point != 0) world.crash.DieAt(point);
    world.Run(30);
    if (point == 0) points = world.crash.points() - before;
    world.gateway.Redeliver(seal.order_id());
    world.Run(20);
    EXPECT_TRUE(IsForgotten(world, seal));
    EXPECT_EQ(world.Outcome(seal), "CONTROLLED");
    for (const StoredReceipt& stored : world.gateway.ReceiptsOn(seal.order_id())) {
      if (stored.receipt.kind() == v1::RECEIPT_KIND_FINAL) {
        EXPECT_EQ(stored.times, 2);
      }
    }
    auto transaction = world.inbox->Begin();
    EXPECT_EQ(FakeLand::Rows(*transaction).size(), 1u);
    if (::testing::Test::HasFailure()) return;
  }
}

// The figures of README.md.
TEST(AgentPrune, AFinishedOrderCostsLittleForEver) {
  static constexpr size_t kOrders = 100;
  const auto cost = [](SdkWorld::Way way, const std::function<v1::Order(SdkWorld&, size_t)>& order, const char* name) {
    SdkWorld world(way);
    world.Run(10);
    const size_t empty = BytesOf(world.disk);
    for (size_t i = 0; i < kOrders; ++i) {
      const v1::Order made = order(world, i);
      world.Submit(made);
      world.Run(10);
      for (const ClerkTask& task : world.agent->ClerkQueue())
        EXPECT_TRUE(world.agent->DecideReview(task.operation, {.approved = true}).ok());
    }
    EXPECT_TRUE(world.Settle());
    const size_t whole = (BytesOf(world.disk) - empty) / kOrders;
    Forget(world);
    EXPECT_EQ(world.agent->metrics().orders_pruned, kOrders);
    size_t rows = 0;  // of the register itself
    for (const auto& [key, value] : world.disk.rows) rows += key[0] == 'x' ? key.size() + value.size() : 0;
    const size_t left = (BytesOf(world.disk) - empty) / kOrders;
    ::testing::Test::RecordProperty(absl::StrCat(name, "_before"), static_cast<int>(whole - rows / kOrders));
    ::testing::Test::RecordProperty(absl::StrCat(name, "_after"), static_cast<int>(left - rows / kOrders));
    return std::pair(whole - rows / kOrders, left - rows / kOrders);
  };
  const auto inquiry = cost(
      SdkWorld::Way::kBank, [](SdkWorld& world, size_t) { return world.Inquiry(); }, "inquiry");
  const auto freeze = cost(
      SdkWorld::Way::kBank,
      [](SdkWorld& world, size_t i) {
        const std::string number = absl::StrCat(990'101'198'503'000'000 + i);
        world.core.AddAccount(absl::StrCat("account ", i), 100'00, kDebtor, number);
        v1::Order order = world.Freeze(50'00);
        order.mutable_subject()->set_id_number(number);
        return order;
      },
      "freeze");
  const auto seal = cost(
      SdkWorld::Way::kLand, [](SdkWorld& world, size_t i) { return world.FreezeThing(absl::StrCat("U", i)); }, "seal");
  for (const auto& [whole, left] : {inquiry, freeze, seal}) {
    EXPECT_LT(left, 1000u);
    EXPECT_LT(left, whole * 3 / 4);
  }
}

}  // namespace
}  // namespace eagle::sdk
