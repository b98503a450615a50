// Titles change 协助办理过户: who is entered instead, what of the price counts, what ends with it, what waits for it.
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

const std::vector<std::string> kAllThree = {"handler", "cosigner", "leader"};

// A house that counts with 60,000.00 of a cap of 100,000.00.
class TitleTest : public testing::Test {
 protected:
  TitleTest() { Stands(house_, "LAND1", 60'000'00); }

  void Stands(const OrderProto& freeze, const std::string& agency, int64_t controlled) {
    ASSERT_THAT(Problems(freeze), IsEmpty());
    ASSERT_EQ(Say(world_.Controlled(freeze, agency, controlled, 0), agency), RECEIPT_VERDICT_RECORDED);
  }
  OrderProto Title(int64_t proceeds) { return world_.TransferOrder("LAND1", house_.order_id(), proceeds); }
  std::vector<std::string> Problems(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order}, kAllThree)));
  }
  ReceiptVerdict Say(const Receipt& receipt, const std::string& agency = "LAND1") {
    return world_.Do(world_.Receipts(agency, {receipt})).members.at(0).verdict;
  }
  Receipt NotDone(const OrderProto& title, ReceiptKind kind = RECEIPT_KIND_FINAL) {
    Receipt receipt = world_.ReceiptFor(title, "LAND1", kind);
    if (kind == RECEIPT_KIND_RETURNED) {
      receipt.mutable_returned()->set_reason("PAPER_UNREADABLE"), receipt.mutable_returned()->set_contact_name("c");
      receipt.mutable_returned()->set_contact_phone("1");
    } else {
      receipt.add_items()->set_outcome(OUTCOME_NOT_TRANSFERRED);
      receipt.mutable_items(0)->set_reason("TRANSFEREE_INVALID");
    }
    return receipt;
  }
  bool MayGo(const OrderProto& order) { return MayHandOut(world_.state, world_.OrderNamed(order)); }
  const Measure& TheMeasure() const { return world_.TheCase().ledger.measures().at(0); }
  Totals Sum() const { return world_.TheCase().ledger.Sum(); }

  DomainWorld world_{test::PolicyOfAllActs()};
  OrderProto house_ = world_.SealOrder("LAND1", "LAND", 60'000'00);
};

TEST_F(TitleTest, ProceedsCountAsTakenWhileItIsUnansweredAndTheHouseForSoMuchLess) {
  ASSERT_THAT(Problems(Title(45'000'00)), IsEmpty());
  EXPECT_EQ(Sum().D(), 45'000'00);
  EXPECT_EQ(Sum().E(), 15'000'00);
  EXPECT_EQ(Sum().Bound(), 60'000'00) << "nothing counts twice";
}

TEST_F(TitleTest, TheMeasureEndsWithTheWholeAndTheProceedsAreTaken) {
  const OrderProto title = Title(45'000'00);
  ASSERT_THAT(Problems(title), IsEmpty());
  Receipt stands_on = world_.Transferred(title, "LAND1", 10'000'00);
  EXPECT_EQ(Say(stands_on), RECEIPT_VERDICT_REFUSED) << "a measure on what is somebody else's";
  ASSERT_EQ(Say(world_.Transferred(title, "LAND1", 0)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kConsumed);
  EXPECT_EQ(Sum().deducted, 45'000'00);
  EXPECT_EQ(Sum().Bound(), 45'000'00);
  EXPECT_THAT(Problems(Title(1'00)), ElementsAre("transfer_title.freeze_order_id MEASURE_NOT_EFFECTIVE"));
}

TEST_F(TitleTest, OfAPartTheMeasureGoesOnAsTheUnitSays) {
  OrderProto title = Title(20'000'00);
  title.mutable_transfer_title()->set_share_numerator(1), title.mutable_transfer_title()->set_share_denominator(3);
  ASSERT_THAT(Problems(title), IsEmpty());
  ASSERT_EQ(Say(world_.Transferred(title, "LAND1", 40'000'00)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  EXPECT_EQ(Sum().E(), 40'000'00);
  EXPECT_EQ(Sum().deducted, 20'000'00);
}

TEST_F(TitleTest, WhatWasNotTransferredFreesTheProceedsAndTheMeasureStands) {
  for (const ReceiptKind kind : {RECEIPT_KIND_FINAL, RECEIPT_KIND_RETURNED}) {
    const OrderProto title = Title(45'000'00);
    ASSERT_THAT(Problems(title), IsEmpty());
    ASSERT_EQ(Say(NotDone(title, kind)), RECEIPT_VERDICT_RECORDED);
    EXPECT_EQ(Sum().D(), 0);
    EXPECT_EQ(Sum().E(), 60'000'00);
    EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  }
  const OrderProto withdrawn = Title(45'000'00);
  ASSERT_THAT(Problems(withdrawn), IsEmpty());
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = withdrawn.order_id()});
  EXPECT_EQ(Sum().D(), 0);
}

TEST_F(TitleTest, ACorrectionPutsTheMeasureBackThatWasSaidToHaveEnded) {
  const OrderProto title = Title(45'000'00);
  ASSERT_THAT(Problems(title), IsEmpty());
  const Receipt done = world_.Transferred(title, "LAND1", 0);
  ASSERT_EQ(Say(done), RECEIPT_VERDICT_RECORDED);
  Receipt corrected = NotDone(title, RECEIPT_KIND_CORRECTION);
  corrected.set_corrects(world_.TheCase().orders.at(world_.OrderNamed(title).seq.value()).tasks.at(3).final_digest);
  *corrected.mutable_items(0)->mutable_measure() = world_.Controlled(house_, "LAND1", 60'000'00, 0).items(0).measure();
  ASSERT_EQ(Say(corrected), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  EXPECT_EQ(Sum().D(), 0);
  EXPECT_EQ(Sum().E(), 60'000'00);
}

TEST_F(TitleTest, NeverMoreThanIsOwed) {
  EXPECT_THAT(Problems(Title(100'000'01)), ElementsAre("transfer_title.proceeds_minor_units CAP_EXCEEDED"));
  const OrderProto money = world_.FreezeOrder("BANK1", 35'000'00);
  Stands(money, "BANK1", 35'000'00);
  // Sold above its value: what goes beyond it needs room beside the 35,000.00 that a bank holds.
  EXPECT_THAT(Problems(Title(65'000'01)), ElementsAre("transfer_title.proceeds_minor_units CAP_EXCEEDED"));
  EXPECT_THAT(Problems(Title(65'000'00)), IsEmpty());
  EXPECT_EQ(Sum().Bound(), 100'000'00);
}

TEST_F(TitleTest, ASaleOfWhichNothingGoesToTheClaimMovesNothing) {
  const OrderProto title = Title(0);
  ASSERT_THAT(Problems(title), IsEmpty());
  EXPECT_EQ(Sum().Bound(), 60'000'00);
  ASSERT_EQ(Say(world_.Transferred(title, "LAND1", 0)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().Bound(), 0);
}

TEST_F(TitleTest, EveryFieldHasItsViolationAndAllComeAtOnce) {
  OrderProto title = Title(-1);
  TransferTitle& act = *title.mutable_transfer_title();
  *act.mutable_transferee() = title.subject();
  act.set_share_numerator(3), act.set_share_denominator(2);
  act.set_ground("GIFT");
  act.set_freeze_order_id(world_.NewId());
  EXPECT_THAT(Problems(title),
              ElementsAre("transfer_title.freeze_order_id MEASURE_UNKNOWN", "transfer_title.ground FIELD_INVALID",
                          "transfer_title.proceeds_minor_units AMOUNT_INVALID",
                          "transfer_title.share_numerator FIELD_INVALID", "transfer_title.transferee FIELD_INVALID"));
  OrderProto half = Title(0);
  half.mutable_transfer_title()->set_share_denominator(2);
  EXPECT_THAT(Problems(half), ElementsAre("transfer_title.share_numerator FIELD_INVALID"));
  OrderProto nobody = Title(0);
  nobody.mutable_transfer_title()->clear_transferee();
  EXPECT_THAT(Problems(nobody), Contains(testing::StartsWith("transfer_title.transferee")));
  OrderProto wrong_digit = Title(0);
  wrong_digit.mutable_transfer_title()->mutable_transferee()->set_id_kind("CITIZEN_ID");
  EXPECT_THAT(Problems(wrong_digit), Contains(testing::StartsWith("transfer_title.transferee")));
  OrderProto other_act = Title(0);
  other_act.mutable_release();
  EXPECT_THAT(Problems(other_act), ElementsAre("act FIELD_MISSING"));
}

TEST_F(TitleTest, OnlyAThingUnderAnEffectiveMeasureThatTheAgencyKeeps) {
  const OrderProto money = world_.FreezeOrder("BANK1", 10'000'00);
  Stands(money, "BANK1", 10'000'00);
  EXPECT_THAT(Problems(world_.TransferOrder("BANK1", money.order_id(), 0)),
              ElementsAre("agencies[0] CAPABILITY_MISSING", "transfer_title.freeze_order_id MEASURE_NOT_EFFECTIVE"));
  const OrderProto unanswered = world_.SealOrder("LAND1", "LAND", 10'000'00);
  ASSERT_THAT(Problems(unanswered), IsEmpty());
  EXPECT_THAT(Problems(world_.TransferOrder("LAND1", unanswered.order_id(), 0)),
              ElementsAre("transfer_title.freeze_order_id MEASURE_NOT_EFFECTIVE"));
  EXPECT_THAT(Problems(world_.TransferOrder("CARS1", house_.order_id(), 0)),
              ElementsAre("agencies MEASURE_UNKNOWN", "agencies[0] CAPABILITY_MISSING"));
}

TEST_F(TitleTest, ItWaitsForItsCaseAndForObjectionsAsADeductionDoes) {
  const OrderProto title = Title(45'000'00);
  ASSERT_THAT(Problems(title), IsEmpty());
  EXPECT_TRUE(MayGo(title));
  world_.Do(Deliver{.agency = AgencyOrdinal(3), .instance = "12345678", .orders = {world_.OrderNamed(house_).seq}});
  // The freeze is answered: nothing of it goes out again, so the objection is against what was handed out before.
  world_.state.orders.at(world_.OrderNamed(house_).seq.value()).delivered.Add(AgencyOrdinal(3));
  const ObjectionAct raised = world_.Raise("LAND1", house_);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Objections("LAND1", {raised}))), Reason::kNone);
  EXPECT_FALSE(MayGo(title));
  ASSERT_EQ(DomainWorld::OnlyRefusal(
                world_.Do(world_.Objections("C1", {world_.Answer(raised, OBJECTION_DECISION_REJECTED)}))),
            Reason::kNone);
  EXPECT_TRUE(MayGo(title));
  CaseAct stay;
  stay.set_request_id(world_.NewId()), stay.set_court("C1");
  stay.mutable_stage()->set_case_number("case-1"), stay.mutable_stage()->set_to(CASE_STAGE_STAYED);
  stay.mutable_stage()->set_ground("art 3");
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({stay}))), Reason::kNone);
  EXPECT_FALSE(MayGo(title));
  EXPECT_THAT(Problems(Title(0)), ElementsAre("action STAGE_FORBIDS"));
}

TEST_F(TitleTest, AReleaseWaitsBehindATitleThatHasNoLastWord) {
  const OrderProto title = Title(0);
  ASSERT_THAT(Problems(title), IsEmpty());
  const OrderProto release = world_.ReleaseOrder("LAND1", house_.order_id());
  ASSERT_THAT(Problems(release), IsEmpty());
  EXPECT_FALSE(MayGo(release));
  ASSERT_EQ(Say(NotDone(title)), RECEIPT_VERDICT_RECORDED);
  EXPECT_TRUE(MayGo(release));
}

TEST_F(TitleTest, AnAnswerOfAnotherKindIsRefused) {
  const OrderProto title = Title(0);
  ASSERT_THAT(Problems(title), IsEmpty());
  Receipt other = world_.Transferred(title, "LAND1", 0);
  other.mutable_items(0)->set_outcome(OUTCOME_DEDUCTED);
  EXPECT_EQ(Say(other), RECEIPT_VERDICT_REFUSED);
  Receipt interim = world_.Transferred(title, "LAND1", 0);
  interim.set_kind(RECEIPT_KIND_PROGRESS);
  EXPECT_EQ(Say(interim), RECEIPT_VERDICT_REFUSED);
  Receipt without = world_.Transferred(title, "LAND1", 0);
  without.mutable_items(0)->clear_measure();
  EXPECT_EQ(Say(without), RECEIPT_VERDICT_REFUSED);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
}

TEST_F(TitleTest, AThirdKeyIsAskedForAboveTheRowsAmount) {
  const OrderProto title = Title(50'000'01);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({title}))), Reason::kSignaturesMissing);
}

}  // namespace
}  // namespace eagle::domain
