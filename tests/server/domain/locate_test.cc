// Movables are looked for 协助查找, and held where they are found 扣押: a search moves no amount, and each sighting
// says where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class LocateTest : public testing::Test {
 protected:
  LocateTest() {
    world_.Do(world_.Orders({car_}));
    EXPECT_EQ(Say(world_.Controlled(car_, "CARS1", 20'000'00, 0)), RECEIPT_VERDICT_RECORDED);
  }
  OrderProto Search(bool hold = true) { return world_.LocateOrder("CARS1", car_.order_id(), hold); }
  std::vector<std::string> Problems(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order})));
  }
  ReceiptVerdict Say(const Receipt& receipt, const std::string& agency = "CARS1") {
    return world_.Do(world_.Receipts(agency, {receipt})).members.at(0).verdict;
  }
  std::vector<std::string> Wrong(const Receipt& receipt) {
    return DomainWorld::Problems(world_.Do(world_.Receipts("CARS1", {receipt})));
  }
  OrderProto Searched(bool hold, Outcome outcome = OUTCOME_LOCATING) {
    const OrderProto order = Search(hold);
    EXPECT_THAT(Problems(order), IsEmpty());
    Receipt answer = world_.ReceiptFor(order, "CARS1", RECEIPT_KIND_FINAL);
    answer.add_items()->set_outcome(outcome);
    EXPECT_EQ(Say(answer), RECEIPT_VERDICT_RECORDED);
    return order;
  }

  DomainWorld world_{test::PolicyOfAllActs()};
  OrderProto car_ = world_.SealOrder("CARS1", "VEHICLE", 20'000'00);
};

TEST_F(LocateTest, ASearchAndWhatItMeetsMoveNoAmount) {
  const Totals before = world_.TheCase().ledger.Sum();
  const OrderProto order = Searched(true);
  EXPECT_EQ(Say(world_.Sighted(order, "CARS1", false)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Say(world_.Sighted(order, "CARS1", true)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world_.TheCase().ledger.Sum().Bound(), before.Bound());
  EXPECT_EQ(world_.TheCase().ledger.measures().size(), 1u) << "no measure of its own";
  EXPECT_EQ(world_.TheCase().ledger.measures()[0].phase, MeasurePhase::kEffective);
  EXPECT_EQ(world_.journal.back().type, ENTRY_TYPE_MEASURE_CHANGED);
  EXPECT_EQ(world_.journal.back().order, world_.OrderNamed(order).seq);
}

TEST_F(LocateTest, EveryFieldHasItsViolationAndAllComeAtOnce) {
  OrderProto order = Search();
  Locate& act = *order.mutable_locate();
  act.clear_collect_contact(), act.clear_collect_phone();
  act.mutable_term()->set_months(13);
  act.set_freeze_order_id(world_.NewId());
  EXPECT_THAT(Problems(order), ElementsAre("locate.collect_contact FIELD_MISSING", "locate.collect_phone FIELD_MISSING",
                                           "locate.freeze_order_id MEASURE_UNKNOWN", "locate.term TERM_TOO_LONG"));
  OrderProto endless = Search();
  endless.mutable_locate()->clear_term();
  EXPECT_THAT(Problems(endless), ElementsAre("locate.term FIELD_MISSING"));
  OrderProto long_name = Search(false);
  long_name.mutable_locate()->set_collect_contact(std::string(129, 'x'));
  EXPECT_THAT(Problems(long_name), ElementsAre(testing::StartsWith("locate.collect_contact ")));
  EXPECT_THAT(Problems(Search(false)), IsEmpty()) << "who only tells of it needs to know nobody";
}

TEST_F(LocateTest, OnlyAMovableOfThePolicysRowUnderAnEffectiveMeasure) {
  const OrderProto house = world_.SealOrder("LAND1", "LAND", 10'000'00);
  ASSERT_THAT(Problems(house), IsEmpty());
  EXPECT_THAT(Problems(world_.LocateOrder("LAND1", house.order_id(), false)),
              ElementsAre("agencies[0] CAPABILITY_MISSING", "locate.freeze_order_id MEASURE_NOT_EFFECTIVE"));
  ASSERT_EQ(Say(world_.Controlled(house, "LAND1", 10'000'00, 0), "LAND1"), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Problems(world_.LocateOrder("LAND1", house.order_id(), false)),
              ElementsAre("agencies[0] CAPABILITY_MISSING", "locate.freeze_order_id FIELD_INVALID"));
}

TEST_F(LocateTest, APolicyWithoutTheRowLooksForNothing) {
  PolicyTable table = test::PolicyOfAllActs();
  table.clear_locate();
  world_.state.policy = *Policy::Create(table);
  EXPECT_THAT(Problems(Search()), Contains("locate ACT_NOT_PROVIDED"));
}

TEST_F(LocateTest, ASightingSaysWhenWhereAndByWhom) {
  const OrderProto order = Searched(true);
  Receipt bare = world_.Sighted(order, "CARS1", true);
  bare.mutable_items(0)->mutable_sighting()->Clear();
  bare.mutable_items(0)->mutable_sighting()->set_held(true);
  EXPECT_THAT(Wrong(bare), ElementsAre("items[0].sighting.collect_by RECEIPT_INCONSISTENT",
                                       "items[0].sighting.custody_place RECEIPT_INCONSISTENT",
                                       "items[0].sighting.place RECEIPT_INCONSISTENT",
                                       "items[0].sighting.seen_at RECEIPT_INCONSISTENT",
                                       "items[0].sighting.seen_by RECEIPT_INCONSISTENT"));
  Receipt let_go = world_.Sighted(order, "CARS1", true);
  let_go.mutable_items(0)->mutable_sighting()->set_held(false);
  EXPECT_THAT(Wrong(let_go), ElementsAre("items[0].sighting.held RECEIPT_INCONSISTENT"));
  Receipt other = world_.Sighted(order, "CARS1", false);
  other.set_change(MEASURE_CHANGE_INFLOW);
  EXPECT_THAT(Wrong(other), ElementsAre("change RECEIPT_INCONSISTENT"));
}

TEST_F(LocateTest, NothingIsSeizedThatNobodyOrderedToHold) {
  const OrderProto order = Searched(false);
  EXPECT_THAT(Wrong(world_.Sighted(order, "CARS1", true)), ElementsAre("change RECEIPT_INCONSISTENT"));
  EXPECT_EQ(Say(world_.Sighted(order, "CARS1", false)), RECEIPT_VERDICT_RECORDED);
}

TEST_F(LocateTest, OnlyWhoAnsweredThatHeLooksTellsOfASighting) {
  const OrderProto unanswered = Search();
  ASSERT_THAT(Problems(unanswered), IsEmpty());
  EXPECT_THAT(Wrong(world_.Sighted(unanswered, "CARS1", true)), ElementsAre("kind RECEIPT_INCONSISTENT"));
  const OrderProto refused = Searched(true, OUTCOME_NOT_LOCATING);
  EXPECT_THAT(Wrong(world_.Sighted(refused, "CARS1", true)), ElementsAre("kind RECEIPT_INCONSISTENT"));
  EXPECT_THAT(Wrong(world_.Sighted(car_, "CARS1", true)), ElementsAre("change RECEIPT_INCONSISTENT"))
      << "a measure itself isn't met at a toll gate";
}

TEST_F(LocateTest, TheAnswerAndASightingMayComeInOneBatch) {
  const OrderProto order = Search();
  ASSERT_THAT(Problems(order), IsEmpty());
  Receipt answer = world_.ReceiptFor(order, "CARS1", RECEIPT_KIND_FINAL);
  answer.add_items()->set_outcome(OUTCOME_LOCATING);
  const Result result = world_.Do(world_.Receipts("CARS1", {answer, world_.Sighted(order, "CARS1", true)}));
  EXPECT_EQ(result.members[0].verdict, RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(result.members[1].verdict, RECEIPT_VERDICT_RECORDED);
}

TEST_F(LocateTest, AnAnswerOfAnotherKindIsRefused) {
  const OrderProto order = Search();
  ASSERT_THAT(Problems(order), IsEmpty());
  Receipt answer = world_.ReceiptFor(order, "CARS1", RECEIPT_KIND_FINAL);
  answer.add_items()->set_outcome(OUTCOME_CONTROLLED);
  EXPECT_THAT(Wrong(answer), ElementsAre("items[0].outcome RECEIPT_INCONSISTENT"));
}

}  // namespace
}  // namespace eagle::domain
