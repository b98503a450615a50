// Income is taken as it is paid in 提取收入: a measure whose limit becomes money of the court, payment by payment, and
// what a debtor lives on stays.
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

class IncomeTest : public testing::Test {
 protected:
  std::vector<std::string> Problems(const OrderProto& order) {
    return DomainWorld::Problems(world_.Do(world_.Orders({order}, {"handler", "cosigner", "leader"})));
  }
  ReceiptVerdict Say(const Receipt& receipt) {
    return world_.Do(world_.Receipts("BANK1", {receipt})).members.at(0).verdict;
  }
  std::vector<std::string> Wrong(const Receipt& receipt) {
    return DomainWorld::Problems(world_.Do(world_.Receipts("BANK1", {receipt})));
  }
  // Accepted, and the bank takes from now on.
  void Stands() {
    ASSERT_THAT(Problems(order_), IsEmpty());
    ASSERT_EQ(Say(world_.Extracting(order_, "BANK1", 40'000'00)), RECEIPT_VERDICT_RECORDED);
  }
  Receipt Paid(const std::string& booking, int64_t amount, int64_t left) {
    return world_.Extracted(order_, "BANK1", booking, amount, left);
  }
  const Measure& TheMeasure() const { return world_.TheCase().ledger.measures().at(0); }
  Totals Sum() const { return world_.TheCase().ledger.Sum(); }

  DomainWorld world_{test::PolicyOfAllActs()};
  OrderProto order_ = world_.IncomeOrder("BANK1", 40'000'00);
};

TEST_F(IncomeTest, TheSumIsReservedFromAcceptanceOn) {
  ASSERT_THAT(Problems(order_), IsEmpty());
  EXPECT_EQ(Sum().requested, 40'000'00);
  EXPECT_THAT(Problems(world_.FreezeOrder("BANK1", 60'000'01)), ElementsAre("freeze.limit_minor_units CAP_EXCEEDED"));
  EXPECT_THAT(Problems(world_.IncomeOrder("BANK1", 60'000'01)),
              ElementsAre("extract_income.limit_minor_units CAP_EXCEEDED"));
  ASSERT_EQ(Say(world_.Extracting(order_, "BANK1", 40'000'00)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kEffective);
  EXPECT_EQ(Sum().unfunded, 40'000'00) << "all of it is still to come in";
}

TEST_F(IncomeTest, EachPaymentMovesFromTheLimitToWhatWasTaken) {
  Stands();
  ASSERT_EQ(Say(Paid("B1", 6'000'00, 34'000'00)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().deducted, 6'000'00);
  EXPECT_EQ(Sum().unfunded, 34'000'00);
  EXPECT_EQ(Sum().Bound(), 40'000'00);
  ASSERT_EQ(Say(Paid("B2", 34'000'00, 0)), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().deducted, 40'000'00);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kConsumed);
}

TEST_F(IncomeTest, APaymentThatIsToldTwiceIsOnePayment) {
  Stands();
  const Receipt once = Paid("B1", 6'000'00, 34'000'00);
  ASSERT_EQ(Say(once), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Say(once), RECEIPT_VERDICT_DUPLICATE);
  EXPECT_EQ(Say(Paid("B1", 6'000'00, 34'000'00)), RECEIPT_VERDICT_RECORDED) << "said anew, under another number";
  EXPECT_EQ(Sum().deducted, 6'000'00);
  EXPECT_EQ(Sum().Bound(), 40'000'00);
  EXPECT_THAT(Wrong(Paid("B1", 5'000'00, 34'000'00)),
              ElementsAre("items[0].deduction.amount_minor_units RECEIPT_INCONSISTENT"));
}

TEST_F(IncomeTest, NeverMoreThanWasOrdered) {
  Stands();
  EXPECT_THAT(Wrong(Paid("B1", 40'000'01, 0)),
              ElementsAre("items[0].deduction.amount_minor_units RECEIPT_INCONSISTENT"));
  EXPECT_THAT(Wrong(Paid("B1", 6'000'00, 34'000'01)), ElementsAre("items[0].deduction.measure RECEIPT_INCONSISTENT"))
      << "the limit shrinks by what was paid";
  ASSERT_EQ(Say(Paid("B1", 30'000'00, 10'000'00)), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Wrong(Paid("B2", 10'000'01, 0)),
              ElementsAre("items[0].deduction.amount_minor_units RECEIPT_INCONSISTENT"));
}

TEST_F(IncomeTest, APaymentSaysWhatWasBookedAndWhatIsLeft) {
  Stands();
  Receipt bare = Paid("", 6'000'00, 34'000'00);
  bare.mutable_items(0)->mutable_deduction()->clear_measure();
  EXPECT_THAT(Wrong(bare), ElementsAre("items[0].deduction.booking_reference RECEIPT_INCONSISTENT",
                                       "items[0].deduction.measure RECEIPT_INCONSISTENT"));
  Receipt two_words = Paid("B1", 6'000'00, 34'000'00);
  *two_words.mutable_items(0)->mutable_measure() = Paid("", 1, 33'000'00).items(0).deduction().measure();
  EXPECT_THAT(Wrong(two_words), ElementsAre("items[0].measure RECEIPT_INCONSISTENT"));
  Receipt two = Paid("B1", 6'000'00, 34'000'00);
  *two.add_items() = Paid("B2", 4'000'00, 30'000'00).items(0);
  EXPECT_THAT(Wrong(two), Contains("items RECEIPT_INCONSISTENT"));
}

// Three payments, told in another order than they were made, some after the measure's end.
TEST_F(IncomeTest, WhatWasPaidCountsInWhateverOrderItIsTold) {
  Stands();
  const auto at = [](uint64_t revision, Receipt receipt) {
    receipt.mutable_items(0)->mutable_deduction()->mutable_measure()->set_revision(revision);
    return receipt;
  };
  const Receipt first = at(2, Paid("B1", 6'000'00, 34'000'00)), second = at(3, Paid("B2", 4'000'00, 30'000'00)),
                third = at(4, Paid("B3", 5'000'00, 25'000'00));
  ASSERT_EQ(Say(third), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().unfunded, 25'000'00);
  ASSERT_EQ(Say(first), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().deducted, 11'000'00);
  EXPECT_EQ(Sum().unfunded, 25'000'00) << "the newest word on the measure stands";
  const OrderProto release = world_.ReleaseOrder("BANK1", order_.order_id());
  ASSERT_THAT(Problems(release), IsEmpty());
  Receipt released = world_.Controlled(release, "BANK1", 0, 0);
  released.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
  released.mutable_items(0)->mutable_measure()->set_ended(true);
  ASSERT_EQ(Say(released), RECEIPT_VERDICT_RECORDED);
  ASSERT_EQ(Say(second), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Sum().deducted, 15'000'00);
  EXPECT_EQ(Sum().Bound(), 15'000'00);
  EXPECT_EQ(TheMeasure().phase, MeasurePhase::kReleased);
}

TEST_F(IncomeTest, ItIsRenewedAndReleasedUnderTheIdOfItsOwnOrder) {
  Stands();
  OrderProto renew = world_.RenewOrder("BANK1", order_.order_id(), 18);
  EXPECT_THAT(Problems(renew), IsEmpty());
  EXPECT_THAT(Problems(world_.ReleaseOrder("BANK1", order_.order_id(), 10'000'00)), IsEmpty());
  EXPECT_THAT(Problems(world_.DeductOrder("BANK1", order_.order_id(), 1'00)),
              Contains("deduct.freeze_order_id MEASURE_NOT_EFFECTIVE"))
      << "it is taken by itself, as it comes in";
}

TEST_F(IncomeTest, ARefusedReturnedOrWithdrawnOneReservesNothing) {
  for (const ReceiptKind kind : {RECEIPT_KIND_FINAL, RECEIPT_KIND_RETURNED}) {
    const OrderProto order = world_.IncomeOrder("BANK1", 40'000'00);
    ASSERT_THAT(Problems(order), IsEmpty());
    Receipt no = world_.ReceiptFor(order, "BANK1", kind);
    if (kind == RECEIPT_KIND_FINAL) {
      no.add_items()->set_outcome(OUTCOME_NOT_CONTROLLED), no.mutable_items(0)->set_reason("NO_INCOME_ACCOUNT");
    } else {
      no.mutable_returned()->set_reason("PAPER_UNREADABLE"), no.mutable_returned()->set_contact_name("c");
      no.mutable_returned()->set_contact_phone("1");
    }
    ASSERT_EQ(Say(no), RECEIPT_VERDICT_RECORDED);
    EXPECT_EQ(Sum().Bound(), 0);
  }
  ASSERT_THAT(Problems(order_), IsEmpty());
  world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = order_.order_id()});
  EXPECT_EQ(Sum().Bound(), 0);
}

TEST_F(IncomeTest, EveryFieldHasItsViolationAndAllComeAtOnce) {
  OrderProto order = order_;
  ExtractIncome& act = *order.mutable_extract_income();
  act.clear_account_number(), act.set_limit_minor_units(0), act.set_kept_per_month_minor_units(1'999'99);
  act.mutable_term()->set_months(19);
  act.mutable_account()->set_account_number("1");
  EXPECT_THAT(Problems(order),
              ElementsAre("extract_income.account ACCOUNT_NOT_COURTS", "extract_income.account_number FIELD_MISSING",
                          "extract_income.kept_per_month_minor_units KEPT_TOO_LITTLE",
                          "extract_income.limit_minor_units AMOUNT_INVALID", "extract_income.term TERM_TOO_LONG"));
  OrderProto other = world_.IncomeOrder("BANK1", 1'00);
  other.mutable_extract_income()->set_currency("USD");
  EXPECT_THAT(Problems(other), ElementsAre("extract_income ACT_NOT_PROVIDED", "extract_income.currency FIELD_INVALID"));
  OrderProto nothing_kept = world_.IncomeOrder("BANK1", 1'00);
  nothing_kept.mutable_extract_income()->set_kept_per_month_minor_units(0);
  EXPECT_THAT(Problems(nothing_kept), ElementsAre("extract_income.kept_per_month_minor_units AMOUNT_INVALID"));
  EXPECT_THAT(Problems(world_.IncomeOrder("BANK2", 1'00)), ElementsAre("agencies[0] CAPABILITY_MISSING"));
  OrderProto beyond = world_.IncomeOrder("BANK1", 1'00);
  beyond.mutable_over_cap_exception()->set_reason("INDIVISIBLE");
  EXPECT_THAT(Problems(beyond), ElementsAre("over_cap_exception FIELD_INVALID"));
}

TEST_F(IncomeTest, APolicyWithoutTheRowTakesNone) {
  PolicyTable table = test::PolicyOfAllActs();
  table.clear_income();
  world_.state.policy = *Policy::Create(table);
  EXPECT_THAT(Problems(order_), ElementsAre("extract_income ACT_NOT_PROVIDED"));
}

TEST_F(IncomeTest, WitnessesSeeItBeforeItGoesOut) {
  ASSERT_THAT(Problems(order_), IsEmpty());
  const Order& row = world_.OrderNamed(order_);
  EXPECT_TRUE(row.AwaitsWitnesses(0));
  EXPECT_EQ(world_.state.witnessing.waiting.count(row.seq.value()), 1u);
  EXPECT_TRUE(MayHandOut(world_.state, row)) << "nobody watches this log";
  WitnessKey* witness = world_.state.witnessing.registered.add_witnesses();
  witness->set_name("w");
  EXPECT_FALSE(MayHandOut(world_.state, row));
}

TEST_F(IncomeTest, OnlyAnExtractionIsPaidOut) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 10'000'00);
  ASSERT_THAT(Problems(freeze), IsEmpty());
  ASSERT_EQ(Say(world_.Controlled(freeze, "BANK1", 10'000'00, 0)), RECEIPT_VERDICT_RECORDED);
  EXPECT_THAT(Wrong(world_.Extracted(freeze, "BANK1", "B1", 1'00, 9'999'00)),
              ElementsAre("change RECEIPT_INCONSISTENT"));
  EXPECT_EQ(Sum().D(), 0);
}

}  // namespace
}  // namespace eagle::domain
