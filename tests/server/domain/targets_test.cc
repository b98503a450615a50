// What a freeze may name beside accounts and things: a product 理财产品, what a counter has registered 柜面冻结, a
// count of units 数量, and what the register is not to enter 限制事项.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using testing::ElementsAre;
using testing::IsEmpty;

class TargetsTest : public testing::Test {
 protected:
  std::vector<std::string> Problems(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order})));
  }
  OrderProto Product(int64_t limit) {
    OrderProto order = world_.FreezeOrder("BANK1", limit);
    order.mutable_freeze()->mutable_product()->set_product_number("WP1");
    order.mutable_freeze()->mutable_term()->set_months(9);
    return order;
  }
  OrderProto Counter(const std::string& agency, const std::string& kind, int64_t limit) {
    OrderProto order = world_.FreezeOrder(agency, limit);
    CounterMeasure* counter = order.mutable_freeze()->mutable_counter();
    counter->set_unit_reference("U7"), counter->set_document_number("D7"), counter->set_asset_kind(kind);
    order.mutable_freeze()->clear_term();
    return order;
  }
  const Measure& Newest() const { return world_.TheCase().ledger.measures().back(); }

  DomainWorld world_{test::PolicyOfAllActs()};
};

TEST_F(TargetsTest, AProductIsMoneyOfItsOwnKind) {
  ASSERT_THAT(Problems(Product(10'000'00)), IsEmpty());
  EXPECT_TRUE(Newest().is_money);
  EXPECT_EQ(Newest().asset_kind, "WEALTH_PRODUCT");
  EXPECT_EQ(world_.TheCase().ledger.Sum().R(), 10'000'00);
  OrderProto wrong = Product(0);
  wrong.mutable_freeze()->mutable_product()->clear_product_number();
  wrong.mutable_freeze()->mutable_product()->set_quantity_e4(-1);
  wrong.mutable_freeze()->clear_inflow();
  wrong.mutable_freeze()->mutable_term()->set_months(10);
  EXPECT_THAT(Problems(wrong), ElementsAre("freeze.inflow FIELD_MISSING", "freeze.limit_minor_units AMOUNT_INVALID",
                                           "freeze.product.product_number FIELD_MISSING",
                                           "freeze.product.quantity_e4 FIELD_INVALID", "freeze.term TERM_TOO_LONG"));
  OrderProto elsewhere = Product(1'00);
  elsewhere.set_agencies(0, "BANK2");
  EXPECT_THAT(Problems(elsewhere), ElementsAre("agencies[0] CAPABILITY_MISSING"));
}

TEST_F(TargetsTest, ACounterMeasureIsTakenOverWithTheTermThatItHas) {
  const OrderProto order = Counter("BANK1", "DEPOSIT", 30'000'00);
  ASSERT_THAT(Problems(order), IsEmpty());
  EXPECT_TRUE(Newest().is_money);
  EXPECT_EQ(world_.TheCase().ledger.Sum().R(), 30'000'00);
  // The unit's word is what it has: less than was believed, never more.
  EXPECT_EQ(world_.Do(world_.Receipts("BANK1", {world_.Controlled(order, "BANK1", 30'000'01, 0)})).members[0].verdict,
            RECEIPT_VERDICT_REFUSED);
  EXPECT_EQ(world_.Do(world_.Receipts("BANK1", {world_.Controlled(order, "BANK1", 21'000'00, 0)})).members[0].verdict,
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world_.TheCase().ledger.Sum().E(), 21'000'00);
  EXPECT_THAT(Problems(world_.DeductOrder("BANK1", order.order_id(), 21'000'00)), IsEmpty());
}

TEST_F(TargetsTest, ACounterMeasureOnAThingNeedsAValueAsAnyThing) {
  EXPECT_THAT(Problems(Counter("LAND1", "LAND", 0)), ElementsAre("freeze.limit_minor_units AMOUNT_INVALID"));
  ASSERT_THAT(Problems(Counter("LAND1", "LAND", 10'000'00)), IsEmpty());
  EXPECT_FALSE(Newest().is_money);
  EXPECT_EQ(Newest().asset_kind, "LAND");
}

TEST_F(TargetsTest, EveryFieldOfACounterMeasureHasItsViolation) {
  OrderProto order = Counter("BANK1", "DEPOSIT", 0);
  CounterMeasure& counter = *order.mutable_freeze()->mutable_counter();
  counter.clear_unit_reference(), counter.clear_document_number();
  order.mutable_freeze()->mutable_term()->set_months(6);
  order.mutable_freeze()->add_blocked_acts("TRANSFER");
  EXPECT_THAT(Problems(order),
              ElementsAre("freeze.blocked_acts FIELD_INVALID", "freeze.counter.document_number FIELD_MISSING",
                          "freeze.counter.unit_reference FIELD_MISSING", "freeze.limit_minor_units AMOUNT_INVALID",
                          "freeze.term FIELD_INVALID"));
  for (const char* kind : {"", "TULIPS", "INCOME"}) {
    EXPECT_THAT(Problems(Counter("BANK1", kind, 1'00)), testing::Contains("freeze.counter.asset_kind FIELD_INVALID"))
        << kind;
  }
}

TEST_F(TargetsTest, ACountOfUnitsIsNotNegativeAndAnswersWithNoMoreThanWasAskedFor) {
  OrderProto order = world_.SealOrder("LAND1", "LAND", 10'000'00);
  order.mutable_freeze()->mutable_asset()->set_quantity_e4(-1);
  EXPECT_THAT(Problems(order), ElementsAre("freeze.asset.quantity_e4 FIELD_INVALID"));
  order = world_.SealOrder("LAND1", "LAND", 10'000'00);
  order.mutable_freeze()->mutable_asset()->set_quantity_e4(50'000);
  ASSERT_THAT(Problems(order), IsEmpty());
  Receipt receipt = world_.Controlled(order, "LAND1", 10'000'00, 0);
  receipt.mutable_items(0)->mutable_measure()->set_requested_quantity_e4(50'000);
  receipt.mutable_items(0)->mutable_measure()->set_controlled_quantity_e4(50'001);
  EXPECT_THAT(DomainWorld::Problems(world_.Do(world_.Receipts("LAND1", {receipt}))),
              ElementsAre("items[0].measure.controlled_quantity_e4 RECEIPT_INCONSISTENT"));
  receipt.mutable_items(0)->mutable_measure()->set_controlled_quantity_e4(40'000);
  EXPECT_EQ(world_.Do(world_.Receipts("LAND1", {receipt})).members[0].verdict, RECEIPT_VERDICT_RECORDED);
}

TEST_F(TargetsTest, BlockedActsAreThoseOfThePolicysRowEachOnce) {
  OrderProto order = world_.SealOrder("LAND1", "LAND", 1'000'00);
  EXPECT_THAT(Problems(order), IsEmpty()) << "none: all that the row names";
  order = world_.SealOrder("LAND1", "LAND", 1'000'00);
  order.mutable_freeze()->add_blocked_acts("TRANSFER"), order.mutable_freeze()->add_blocked_acts("TRANSFER");
  EXPECT_THAT(Problems(order), ElementsAre("freeze.blocked_acts[1] FIELD_INVALID"));
  order = world_.SealOrder("LAND1", "LAND", 1'000'00);
  order.mutable_freeze()->add_blocked_acts("TRANSFER"), order.mutable_freeze()->add_blocked_acts("DEMOLISH");
  EXPECT_THAT(Problems(order), ElementsAre("freeze.blocked_acts[1] FIELD_INVALID"));
  order = world_.SealOrder("LAND1", "LAND", 1'000'00);
  for (int i = 0; i < 3; ++i) order.mutable_freeze()->add_blocked_acts("TRANSFER");
  EXPECT_THAT(Problems(order), ElementsAre("freeze.blocked_acts TOO_LARGE"));
  OrderProto money = world_.FreezeOrder("BANK1", 1'000'00);
  money.mutable_freeze()->add_blocked_acts("TRANSFER");
  EXPECT_THAT(Problems(money), ElementsAre("freeze.blocked_acts FIELD_INVALID")) << "no row for deposits";
}

TEST_F(TargetsTest, WhereTheRowSaysSoTheyMustBeNamed) {
  OrderProto order = world_.SealOrder("LAND1", "PATENT", 1'000'00);
  EXPECT_THAT(Problems(order), ElementsAre("freeze.blocked_acts FIELD_MISSING"));
  order = world_.SealOrder("LAND1", "PATENT", 1'000'00);
  order.mutable_freeze()->add_blocked_acts("PLEDGE");
  EXPECT_THAT(Problems(order), IsEmpty());
}

}  // namespace
}  // namespace eagle::domain
