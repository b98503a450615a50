// An order of each act through a real gateway to an agency and back: it is handed out as it was signed, its answer
// moves what it must, and a gateway that starts again knows the same.
#include <gmock/gmock.h>

#include "tests/support/acts_world.h"

namespace eagle::test {
namespace {

class Acts : public ::testing::Test {
 protected:
  v1::CaseView View() {
    const auto view = world_.demo.Case();
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }
  // The case is folded anew from the journal, with the same sums.
  void ExpectTheSameAfterARestart() {
    const std::string before = View().ledger().SerializeAsString();
    world_.gateway.Restart();
    world_.demo.sessions.clear();
    EXPECT_EQ(View().ledger().SerializeAsString(), before);
  }

  ActsWorld world_;
};

TEST_F(Acts, ATitleChangesAndTheProceedsAreTaken) {
  const v1::Order house = world_.Sealed("LAND", kLandUnit, 60'000'00), title = world_.Title(house, 52'300'00);
  world_.Send(title);
  EXPECT_EQ(View().ledger().deducting_minor_units(), 52'300'00);
  world_.Say(title, world_.Transferred(title));
  EXPECT_EQ(View().ledger().deducted_minor_units(), 52'300'00);
  EXPECT_EQ(View().ledger().controlled_minor_units(), 0);
  EXPECT_EQ(View().measures(0).phase(), v1::MEASURE_PHASE_CONSUMED);
  ExpectTheSameAfterARestart();
}

TEST_F(Acts, ACarIsLookedForAndHeldWhereItIsFound) {
  const v1::Order car = world_.Sealed("VEHICLE", "辽99A7K21", 40'000'00), search = world_.Search(car);
  world_.Send(search);
  world_.Say(search, world_.Looks(search));
  const std::string before = View().ledger().SerializeAsString();
  world_.Say(search, world_.Seized(search));
  EXPECT_EQ(world_.gateway.Count("MEASURE_CHANGED"), 1u);
  EXPECT_EQ(View().ledger().SerializeAsString(), before) << "a search moves no amount";
  EXPECT_EQ(View().measures_size(), 1) << "and is no measure of its own";
  ExpectTheSameAfterARestart();
}

TEST_F(Acts, IncomeIsTakenAsItComesInAndIsListedAsAMeasure) {
  const v1::Order income = world_.Income(36'000'00);
  world_.Send(income);
  EXPECT_EQ(View().ledger().requested_minor_units(), 36'000'00);
  world_.Say(income, world_.Takes(income));
  world_.Say(income, world_.Paid(income, "B1", 4'100'00, 31'900'00));
  EXPECT_EQ(View().ledger().deducted_minor_units(), 4'100'00);
  EXPECT_EQ(View().ledger().unfunded_minor_units(), 31'900'00);
  const auto listed = world_.gateway.Call(&api::Handlers::ListMeasures, world_.demo.court, v1::ListMeasuresRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->measures_size(), 1);
  EXPECT_EQ(listed->measures(0).asset_kind(), "INCOME");
  EXPECT_EQ(listed->measures(0).freeze_order_id(), income.order_id());
  ExpectTheSameAfterARestart();
}

TEST_F(Acts, AProductIsHeldWithItsReturnAccount) {
  v1::Order order = world_.demo.Freeze(kBeiling, 30'000'00);
  order.mutable_freeze()->mutable_product()->set_product_number("WP-77");
  world_.Send(order);
  v1::Receipt answer = world_.demo.Controlled(order, 12'000'00, 18'000'00);
  answer.mutable_items(0)->set_reason("PRODUCT_NOT_CONTROLLED");
  world_.Say(order, answer);
  EXPECT_EQ(View().measures(0).asset_kind(), "WEALTH_PRODUCT");
  EXPECT_EQ(View().ledger().controlled_minor_units(), 12'000'00);
}

TEST_F(Acts, WhatACounterHasRegisteredIsTakenOver) {
  const v1::Order order = world_.Counter(30'000'00);
  world_.Send(order);
  world_.Say(order, world_.demo.Controlled(order, 21'500'00, 0));
  EXPECT_EQ(View().ledger().controlled_minor_units(), 21'500'00);
  EXPECT_EQ(View().ledger().requested_minor_units(), 0);
}

}  // namespace
}  // namespace eagle::test
