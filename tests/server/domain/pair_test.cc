// Freeze and deduct 冻结并划拨: one ordered pair in one group. It counts once against the cap, and takes what came to
// be frozen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

using OrderProto = goldeneagle::v1::Order;

const std::vector<std::string> kAllThree = {"handler", "cosigner", "leader"};

class PairTest : public testing::Test {
 protected:
  struct Pair {
    OrderProto freeze, deduct;
  };
  Pair Make(int64_t limit, int64_t amount) {
    Pair pair{world_.FreezeOrder("BANK1", limit), {}};
    pair.deduct = world_.DeductOrder("BANK1", pair.freeze.order_id(), amount);
    pair.deduct.mutable_deduct()->set_up_to(true);
    const std::string group = world_.NewId();
    pair.freeze.set_group(group), pair.deduct.set_group(group);
    return pair;
  }
  Result Send(const Pair& pair) { return world_.Do(world_.Orders({pair.freeze, pair.deduct}, kAllThree)); }
  // Of the deduction.
  std::vector<std::string> Problems(const Result& result) {
    Result second;
    second.members = {result.members.at(1)};
    return DomainWorld::Problems(second);
  }
  void Say(const Receipt& receipt) {
    ASSERT_EQ(world_.Do(world_.Receipts("BANK1", {receipt})).members.at(0).verdict, RECEIPT_VERDICT_RECORDED);
  }
  Totals Sum() const { return world_.TheCase().ledger.Sum(); }

  DomainWorld world_;
};

TEST_F(PairTest, CountsOnceAgainstTheCap) {
  // The whole cap, frozen and taken: as two acts it would be twice as much.
  const Result result = Send(Make(100'000'00, 100'000'00));
  ASSERT_FALSE(result.members[0].refusal);
  ASSERT_FALSE(result.members[1].refusal) << result.members[1].refusal->message;
  EXPECT_EQ(Sum().Bound(), 100'000'00);
  EXPECT_EQ(Sum().D(), 100'000'00);
  EXPECT_EQ(Sum().R(), 0);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 1)}))), Reason::kCapExceeded);
}

TEST_F(PairTest, WhatIsFrozenInPartIsTakenInPartAndTheRestWaits) {
  const Pair pair = Make(80'000'00, 80'000'00);
  Send(pair);
  Say(world_.Controlled(pair.freeze, "BANK1", 30'000'00, 50'000'00));
  EXPECT_EQ(Sum().Bound(), 80'000'00);
  EXPECT_EQ(Sum().E(), 0);
  EXPECT_EQ(Sum().R(), 0) << "all of it is to be taken";
  Receipt taken = world_.Deducted(pair.deduct, "BANK1", true, 0, 50'000'00);
  taken.mutable_items(0)->mutable_deduction()->set_amount_minor_units(30'000'00);
  Say(taken);
  EXPECT_EQ(Sum().D(), 30'000'00);
  EXPECT_EQ(Sum().R(), 50'000'00) << "still catches what comes in";
  EXPECT_EQ(Sum().Bound(), 80'000'00);
}

TEST_F(PairTest, LessIsOnItsWayToo) {
  const Pair pair = Make(80'000'00, 80'000'00);
  Send(pair);
  Say(world_.Controlled(pair.freeze, "BANK1", 30'000'00, 50'000'00));
  Receipt sent = world_.Deducted(pair.deduct, "BANK1", false, 0, 50'000'00);
  sent.mutable_items(0)->mutable_deduction()->set_amount_minor_units(30'000'00);
  Say(sent);
  EXPECT_EQ(Sum().in_transit, 30'000'00);
  EXPECT_EQ(Sum().Bound(), 80'000'00) << "no surplus that isn't there";
  Receipt back = world_.Deducted(pair.deduct, "BANK1", true, 30'000'00, 50'000'00);
  back.mutable_items(0)->set_outcome(OUTCOME_NOT_DEDUCTED), back.mutable_items(0)->set_reason("PAYMENT_REJECTED");
  Say(back);
  EXPECT_EQ(Sum().D(), 0);
  EXPECT_EQ(Sum().Bound(), 80'000'00);
}

TEST_F(PairTest, WhatWasNotFrozenIsNotTaken) {
  const Pair pair = Make(80'000'00, 80'000'00);
  Send(pair);
  Receipt none = world_.ReceiptFor(pair.freeze, "BANK1", RECEIPT_KIND_FINAL);
  none.add_items()->set_outcome(OUTCOME_NOT_CONTROLLED), none.mutable_items(0)->set_reason("NO_ACCOUNT");
  Say(none);
  Receipt not_taken = world_.ReceiptFor(pair.deduct, "BANK1", RECEIPT_KIND_FINAL);
  not_taken.add_items()->set_outcome(OUTCOME_NOT_DEDUCTED), not_taken.mutable_items(0)->set_reason("MEASURE_UNKNOWN");
  Say(not_taken);
  EXPECT_EQ(Sum().Bound(), 0);
}

TEST_F(PairTest, IsAcceptedWholeOrNotAtAll) {
  Pair pair = Make(80'000'00, 80'000'01);
  Result result = Send(pair);
  EXPECT_THAT(Problems(result), ElementsAre("deduct.amount_minor_units AMOUNT_ABOVE_MEASURE"));
  ASSERT_TRUE(result.members[0].refusal);
  EXPECT_EQ(result.members[0].refusal->reason, Reason::kGroupRefused);
  EXPECT_EQ(Sum().Bound(), 0);
}

TEST_F(PairTest, TheDeductionIsOfItsOwnGroupsFreeze) {
  Pair alone = Make(80'000'00, 80'000'00);
  alone.freeze.clear_group(), alone.deduct.clear_group();
  EXPECT_THAT(Problems(Send(alone)), Contains("deduct.freeze_order_id MEASURE_UNKNOWN"))
      << "in one batch, but no group";
  Pair elsewhere = Make(1'000'00, 1'000'00);
  elsewhere.deduct.set_agencies(0, "BANK2");
  EXPECT_THAT(Problems(Send(elsewhere)), Contains("agencies MEASURE_UNKNOWN"));
  Pair backwards = Make(1'000'00, 1'000'00);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({backwards.deduct, backwards.freeze}))),
            Reason::kMeasureUnknown)
      << "the freeze comes first";
}

TEST_F(PairTest, TwoDeductionsOfOnePairAreNeverMoreThanItsLimit) {
  const Pair pair = Make(80'000'00, 50'000'00);
  OrderProto more = world_.DeductOrder("BANK1", pair.freeze.order_id(), 30'000'01);
  more.set_group(pair.freeze.group());
  const Result over = world_.Do(world_.Orders({pair.freeze, pair.deduct, more}, kAllThree));
  ASSERT_TRUE(over.members[2].refusal);
  EXPECT_EQ(over.members[2].refusal->reason, Reason::kAmountAboveMeasure);
  EXPECT_EQ(Sum().Bound(), 0);
}

}  // namespace
}  // namespace eagle::domain
