// Renewals 续行冻结: the same measure ends later, nothing else moves, and no window opens for piling terms up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

using OrderProto = goldeneagle::v1::Order;

// A measure of 80,000.00 that ends in ten days: inside the window of Freedonia's rows (20 days; renewals of 3 months).
class RenewTest : public testing::Test {
 protected:
  RenewTest() { Stands(); }

  void Stands() {
    world_.Do(world_.Orders({freeze_}));
    Receipt receipt = world_.Controlled(freeze_, "BANK1", freeze_.freeze().limit_minor_units(), 0);
    *receipt.mutable_items(0)->mutable_measure()->mutable_effective_to() = ToProto(end_);
    world_.Do(world_.Receipts("BANK1", {receipt}));
  }
  OrderProto Renewal(uint32_t months = 3) { return world_.RenewOrder("BANK1", freeze_.order_id(), months); }
  std::vector<std::string> Problems(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order})));
  }
  const Measure& TheMeasure() const { return world_.TheCase().ledger.measures().at(0); }
  absl::Time End() const { return FromProto(TheMeasure().state.effective_to()); }
  ReceiptVerdict Say(const Receipt& receipt) {
    return world_.Do(world_.Receipts("BANK1", {receipt})).members.at(0).verdict;
  }

  DomainWorld world_;
  OrderProto freeze_ = world_.FreezeOrder("BANK1", 80'000'00);
  absl::Time end_ = world_.now + absl::Hours(24 * 10);
};

TEST_F(RenewTest, TheSameMeasureEndsLaterAndNoAmountMoves) {
  const Totals before = world_.TheCase().ledger.Sum();
  const OrderProto renewal = Renewal();
  ASSERT_THAT(Problems(renewal), IsEmpty());
  EXPECT_EQ(world_.TheCase().ledger.Sum().Bound(), before.Bound());
  const absl::Time later = end_ + absl::Hours(24 * 90);
  EXPECT_EQ(Say(world_.Renewed(renewal, "BANK1", 80'000'00, later)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(End(), later);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  EXPECT_EQ(world_.TheCase().ledger.Sum().controlled, before.controlled);
  EXPECT_EQ(world_.TheCase().ledger.measures().size(), 1u) << "no second measure";
}

TEST_F(RenewTest, OnlyInsideTheWindowBeforeTheEnd) {
  end_ = world_.now + absl::Hours(24 * 21);
  freeze_ = world_.FreezeOrder("BANK1", 10'000'00);
  Stands();
  EXPECT_THAT(Problems(Renewal()), ElementsAre("renew.freeze_order_id RENEWAL_TOO_EARLY"));
  world_.now += absl::Hours(24);
  EXPECT_THAT(Problems(Renewal()), IsEmpty());
}

TEST_F(RenewTest, AfterTheEndWhatIsNeededIsANewFreeze) {
  world_.now = end_ - absl::Microseconds(1);
  EXPECT_THAT(Problems(Renewal()), IsEmpty());
  world_.now = end_;
  EXPECT_THAT(Problems(Renewal()), Contains("renew.freeze_order_id TERM_ENDED"));
}

TEST_F(RenewTest, AMeasureThatLapsedIsNotRenewed) {
  Receipt lapsed = world_.Event(freeze_, "BANK1", MEASURE_CHANGE_LAPSED, 0, 0);
  lapsed.mutable_items(0)->mutable_measure()->set_ended(true);
  ASSERT_EQ(Say(lapsed), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Problems(Renewal()), ElementsAre("renew.freeze_order_id TERM_ENDED"));
}

TEST_F(RenewTest, OnlyAMeasureThatIsInEffect) {
  freeze_ = world_.FreezeOrder("BANK1", 10'000'00);
  world_.Do(world_.Orders({freeze_}));
  EXPECT_THAT(Problems(Renewal()), ElementsAre("renew.freeze_order_id MEASURE_NOT_EFFECTIVE")) << "unanswered";
  Receipt waits = world_.Controlled(freeze_, "BANK1", 0, 10'000'00);
  ASSERT_EQ(Say(waits), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Problems(Renewal()), ElementsAre("renew.freeze_order_id MEASURE_NOT_EFFECTIVE")) << "waitlisted";
}

TEST_F(RenewTest, EachFaultHasItsOwnReasonAndField) {
  EXPECT_THAT(Problems(Renewal(4)), ElementsAre("renew.term TERM_TOO_LONG")) << "the row for renewals, not for freezes";
  EXPECT_THAT(Problems(Renewal(0)), ElementsAre("renew.term FIELD_MISSING"));
  OrderProto both = Renewal();
  both.mutable_renew()->mutable_term()->set_years(1);
  EXPECT_THAT(Problems(both), ElementsAre("renew.term FIELD_MISSING"));
  OrderProto unknown = Renewal();
  unknown.mutable_renew()->set_freeze_order_id(world_.NewId());
  EXPECT_THAT(Problems(unknown), ElementsAre("renew.freeze_order_id MEASURE_UNKNOWN"));
  OrderProto elsewhere = Renewal();
  elsewhere.set_agencies(0, "BANK2");
  EXPECT_THAT(Problems(elsewhere), Contains("agencies MEASURE_UNKNOWN"));
  OrderProto not_able = Renewal();
  not_able.set_agencies(0, "LAND1");
  EXPECT_THAT(Problems(not_able), Contains("agencies[0] CAPABILITY_MISSING"));
  OrderProto other_act = Renewal();
  other_act.mutable_release();
  EXPECT_THAT(Problems(other_act), Contains("act FIELD_MISSING"));
  OrderProto no_paper = Renewal();
  no_paper.clear_instruments();
  EXPECT_THAT(Problems(no_paper), ElementsAre("instruments PAPER_MISSING"));
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({Renewal()}, {"handler"}))), Reason::kSignaturesMissing);
  EXPECT_FALSE(TheMeasure().renewal);
}

TEST_F(RenewTest, OneAtATimeSoThatTermsAreNotPiledUp) {
  const OrderProto first = Renewal();
  ASSERT_THAT(Problems(first), IsEmpty());
  EXPECT_THAT(Problems(Renewal()), ElementsAre("renew.freeze_order_id OPEN_RENEWAL"));
  ASSERT_EQ(Say(world_.Renewed(first, "BANK1", 80'000'00, end_ + absl::Hours(24))), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Problems(Renewal()), IsEmpty()) << "still inside the window";
}

TEST_F(RenewTest, TwoInOneBatchAreOneTooMany) {
  const Result result = world_.Do(world_.Orders({Renewal(), Renewal()}));
  EXPECT_FALSE(result.members[0].refusal);
  ASSERT_TRUE(result.members[1].refusal);
  EXPECT_EQ(result.members[1].refusal->reason, Reason::kOpenRenewal);
}

TEST_F(RenewTest, WhatWasNotRenewedCanBeAskedForAgainAndTheMeasureStandsAsItStood) {
  for (const bool returned : {false, true}) {
    const OrderProto renewal = Renewal();
    ASSERT_THAT(Problems(renewal), IsEmpty());
    Receipt no = world_.ReceiptFor(renewal, "BANK1", returned ? RECEIPT_KIND_RETURNED : RECEIPT_KIND_FINAL);
    if (returned) {
      no.mutable_returned()->set_reason("PAPER_UNREADABLE"), no.mutable_returned()->set_contact_name("c");
      no.mutable_returned()->set_contact_phone("1");
    } else {
      no.add_items()->set_outcome(OUTCOME_NOT_RENEWED), no.mutable_items(0)->set_reason("TERM_TOO_LONG");
    }
    ASSERT_EQ(Say(no), RECEIPT_VERDICT_RECORDED);
    EXPECT_EQ(End(), end_);
    EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  }
  const OrderProto withdrawn = Renewal();
  ASSERT_THAT(Problems(withdrawn), IsEmpty());
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = withdrawn.order_id()});
  EXPECT_THAT(Problems(Renewal()), IsEmpty());
}

TEST_F(RenewTest, AnAnswerWithoutANewEndIsRefused) {
  const OrderProto renewal = Renewal();
  ASSERT_THAT(Problems(renewal), IsEmpty());
  Receipt no_end = world_.Renewed(renewal, "BANK1", 80'000'00, end_);
  no_end.mutable_items(0)->mutable_measure()->clear_effective_to();
  EXPECT_EQ(Say(no_end), RECEIPT_VERDICT_REFUSED);
  Receipt ended = world_.Renewed(renewal, "BANK1", 0, end_);
  ended.mutable_items(0)->mutable_measure()->set_ended(true);
  EXPECT_EQ(Say(ended), RECEIPT_VERDICT_REFUSED);
  Receipt freeze_like = world_.Renewed(renewal, "BANK1", 80'000'00, end_);
  freeze_like.mutable_items(0)->set_outcome(OUTCOME_CONTROLLED);
  EXPECT_EQ(Say(freeze_like), RECEIPT_VERDICT_REFUSED);
  EXPECT_TRUE(TheMeasure().renewal) << "still unanswered";
}

TEST_F(RenewTest, APolicyWithoutTheRowRenewsNothing) {
  PolicyTable table = world_.state.policy->table();
  auto& rows = *table.mutable_actions();
  for (int i = rows.size() - 1; i >= 0; --i) {
    if (rows[i].action() == ACTION_RENEW) rows.DeleteSubrange(i, 1);
  }
  world_.state.policy = *Policy::Create(table);
  EXPECT_THAT(Problems(Renewal()), Contains("action FIELD_MISSING"));
}

}  // namespace
}  // namespace eagle::domain
