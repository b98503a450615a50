// The money counted again, and who was served first.
#include "client/audit/opened_ledger.h"

#include "client/audit/opened_ranks.h"
#include "gtest/gtest.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint64_t kCase = 1;

class OpenedLedgerTest : public testing::Test {
 protected:
  OpenedLedgerTest() {
    OpenCase opened;
    opened.mutable_claim()->set_cap_minor_units(1000);
    opened.add_respondents();
    opened.add_respondents()->set_liability_cap_minor_units(300);
    ledger_.Open(kCase, opened);
  }
  // Empty: nothing is wrong.
  std::string Freeze(uint64_t seq, int64_t limit, uint32_t respondent = 0, int64_t cap = 1000) {
    Order order;
    order.set_action(ACTION_FREEZE);
    order.mutable_freeze()->set_limit_minor_units(limit);
    return ledger_.Accept(kCase, seq, order, 0, respondent, limit, cap).value_or("");
  }
  std::string Deduct(uint64_t seq, uint64_t freeze, int64_t amount, uint32_t respondent = 0, int64_t cap = 1000) {
    Order order;
    order.set_action(ACTION_DEDUCT);
    order.mutable_deduct()->set_amount_minor_units(amount);
    return ledger_.Accept(kCase, seq, order, freeze, respondent, 0, cap).value_or("");
  }
  void Controlled(uint64_t seq, int64_t controlled, int64_t unfunded, Outcome outcome = OUTCOME_CONTROLLED) {
    Receipt receipt;
    receipt.set_kind(RECEIPT_KIND_FINAL);
    receipt.add_items()->set_outcome(outcome);
    Set(*receipt.mutable_items(0)->mutable_measure(), controlled, unfunded, outcome != OUTCOME_WAITLISTED);
    ledger_.Answer(kCase, seq, receipt);
  }
  void Paid(uint64_t seq, int64_t amount, Outcome outcome, int64_t left, bool ended = false, uint64_t revision = 0) {
    Receipt receipt;
    receipt.set_kind(outcome == OUTCOME_SENT_NOT_CONFIRMED ? RECEIPT_KIND_PROGRESS : RECEIPT_KIND_FINAL);
    receipt.add_items()->set_outcome(outcome);
    receipt.mutable_items(0)->mutable_deduction()->set_amount_minor_units(amount);
    MeasureState& after = *receipt.mutable_items(0)->mutable_deduction()->mutable_measure();
    Set(after, left, 0, true);
    after.set_ended(ended);
    after.set_revision(revision);
    ledger_.Answer(kCase, seq, receipt);
  }
  static void Set(MeasureState& state, int64_t controlled, int64_t unfunded, bool effective) {
    state.set_requested_minor_units(controlled + unfunded);
    state.set_controlled_minor_units(controlled);
    state.set_unfunded_minor_units(unfunded);
    if (effective) state.mutable_effective_from()->set_seconds(1);
  }

  std::string Title(uint64_t seq, uint64_t freeze, int64_t proceeds, uint32_t part = 0, uint32_t of = 0) {
    Order order;
    order.set_action(ACTION_TRANSFER_TITLE);
    order.mutable_transfer_title()->set_proceeds_minor_units(proceeds);
    order.mutable_transfer_title()->set_share_numerator(part),
        order.mutable_transfer_title()->set_share_denominator(of);
    return ledger_.Accept(kCase, seq, order, freeze, 0, 0, 1000).value_or("");
  }
  void Titled(uint64_t seq, Outcome outcome, int64_t left, ReceiptKind kind = RECEIPT_KIND_FINAL) {
    Receipt receipt;
    receipt.set_kind(kind);
    receipt.add_items()->set_outcome(outcome);
    Set(*receipt.mutable_items(0)->mutable_measure(), left, 0, true);
    receipt.mutable_items(0)->mutable_measure()->set_ended(left == 0);
    ledger_.Answer(kCase, seq, receipt);
  }
  std::string Income(uint64_t seq, int64_t limit) {
    Order order;
    order.set_action(ACTION_EXTRACT_INCOME);
    order.mutable_extract_income()->set_limit_minor_units(limit);
    return ledger_.Accept(kCase, seq, order, 0, 0, limit, 1000).value_or("");
  }
  void Extracted(uint64_t seq, const std::string& booking, int64_t amount, int64_t left, bool overtaken = false) {
    Receipt receipt;
    receipt.set_kind(RECEIPT_KIND_EVENT), receipt.set_change(MEASURE_CHANGE_EXTRACTED);
    DeductionState& paid = *receipt.add_items()->mutable_deduction();
    paid.set_amount_minor_units(amount), paid.set_booking_reference(booking);
    Set(*paid.mutable_measure(), 0, left, true);
    ledger_.Answer(kCase, seq, receipt, overtaken);
  }

  OpenedLedger ledger_;
};

TEST_F(OpenedLedgerTest, ProceedsTakeTheThingsPlaceAndWhatIsBeyondItsValueNeedsRoom) {
  EXPECT_EQ(Freeze(10, 500), "");
  Controlled(10, 500, 0);
  EXPECT_EQ(Freeze(11, 400), "");
  EXPECT_EQ(Title(12, 10, 601), "taken 601, controlled 0, asked for 400, of a cap of 1000");
  ledger_.Withdraw(kCase, 12);
  EXPECT_EQ(Title(13, 10, 351, 1, 2), "taken 351, controlled 250, asked for 400, of a cap of 1000");
  ledger_.Withdraw(kCase, 13);
  EXPECT_EQ(Title(14, 10, 600), "");
  Titled(14, OUTCOME_TRANSFERRED, 0);
  EXPECT_EQ(ledger_.Taken(kCase), 600);
  EXPECT_NE(Freeze(15, 1), "");
  Titled(14, OUTCOME_NOT_TRANSFERRED, 500, RECEIPT_KIND_CORRECTION);
  EXPECT_EQ(ledger_.Taken(kCase), 0);
  EXPECT_EQ(ledger_.HeldBy(kCase, 10)->controlled, 500) << "the measure stands again";
}

TEST_F(OpenedLedgerTest, IncomeIsTakenOnceWhateverIsToldTwiceOrLate) {
  EXPECT_EQ(Income(10, 800), "");
  EXPECT_EQ(Freeze(11, 201), "taken 0, controlled 0, asked for 1001, of a cap of 1000");
  ledger_.Withdraw(kCase, 11);
  Controlled(10, 0, 800, OUTCOME_PARTLY_CONTROLLED);
  Extracted(10, "B2", 300, 400);
  Extracted(10, "B1", 100, 700, /*overtaken=*/true);
  Extracted(10, "B2", 300, 400);
  EXPECT_EQ(ledger_.Taken(kCase), 400);
  EXPECT_EQ(ledger_.HeldBy(kCase, 10)->unfunded, 400);
  EXPECT_EQ(Freeze(12, 200), "");
  EXPECT_NE(Freeze(13, 1), "");
}

TEST_F(OpenedLedgerTest, FreezesUpToTheCapAndNotAUnitBeyond) {
  EXPECT_EQ(Freeze(10, 600), "");
  EXPECT_EQ(Freeze(11, 400), "");
  EXPECT_EQ(Freeze(12, 1), "taken 0, controlled 0, asked for 1001, of a cap of 1000");
}

TEST_F(OpenedLedgerTest, AnUnfundedPartCountsAndAWaitingMeasureDoesNot) {
  EXPECT_EQ(Freeze(10, 600), "");
  Controlled(10, 100, 500, OUTCOME_PARTLY_CONTROLLED);
  EXPECT_NE(Freeze(11, 401), "");
  ledger_.Withdraw(kCase, 11);
  EXPECT_EQ(Freeze(12, 400), "");
  Controlled(12, 0, 400, OUTCOME_WAITLISTED);
  EXPECT_EQ(Freeze(13, 400), "");
}

TEST_F(OpenedLedgerTest, WhatWasWithdrawnCountsWhenItHadBeenCarriedOut) {
  EXPECT_EQ(Freeze(10, 600), "");
  ledger_.Withdraw(kCase, 10);
  Controlled(10, 600, 0);
  EXPECT_NE(Freeze(11, 401), "");
}

TEST_F(OpenedLedgerTest, ARespondentsOwnLiabilityBoundsHimToo) {
  EXPECT_EQ(Freeze(10, 300, 1), "");
  EXPECT_EQ(Freeze(11, 1, 1), "of a respondent liable for 300: taken 0, controlled 0, asked for 301");
}

TEST_F(OpenedLedgerTest, WhatIsTakenMovesAndIsNotCountedTwice) {
  EXPECT_EQ(Freeze(10, 1000), "");
  Controlled(10, 1000, 0);
  EXPECT_EQ(Deduct(20, 10, 600), "");
  EXPECT_EQ(Deduct(21, 10, 400), "");
  EXPECT_NE(Deduct(22, 10, 1), "") << "D passes C";
  ledger_.Withdraw(kCase, 22);
  Paid(20, 600, OUTCOME_SENT_NOT_CONFIRMED, 400);
  Paid(20, 600, OUTCOME_DEDUCTED, 400);
  EXPECT_EQ(ledger_.Taken(kCase), 600);
  Paid(21, 400, OUTCOME_DEDUCTED, 0, true);
  EXPECT_EQ(ledger_.Taken(kCase), 1000);
  EXPECT_NE(Freeze(11, 1), "") << "nothing is left of the claim";
}

TEST_F(OpenedLedgerTest, MoneyThatComesBackStandsUnderItsMeasureAgain) {
  EXPECT_EQ(Freeze(10, 1000), "");
  Controlled(10, 1000, 0);
  EXPECT_EQ(Deduct(20, 10, 1000), "");
  Paid(20, 1000, OUTCOME_SENT_NOT_CONFIRMED, 0, true);
  Paid(20, 1000, OUTCOME_NOT_DEDUCTED, 1000);
  EXPECT_EQ(ledger_.Taken(kCase), 0);
  EXPECT_NE(Freeze(11, 1), "") << "it is controlled again";
}

TEST_F(OpenedLedgerTest, AnOlderWordOnAMeasureDoesNotReplaceANewerOne) {
  EXPECT_EQ(Freeze(10, 900), "");
  Controlled(10, 900, 0);
  EXPECT_EQ(Deduct(20, 10, 300), "");
  Paid(20, 300, OUTCOME_SENT_NOT_CONFIRMED, 600, false, 2);
  EXPECT_EQ(Deduct(21, 10, 500), "");
  Paid(21, 500, OUTCOME_DEDUCTED, 400, false, 4);
  Paid(20, 300, OUTCOME_NOT_DEDUCTED, 900, false, 3);  // what came first, told last
  EXPECT_EQ(ledger_.Taken(kCase), 500);
  EXPECT_EQ(Freeze(11, 100), "");
  EXPECT_NE(Freeze(12, 1), "");
}

TEST_F(OpenedLedgerTest, AnOlderWordRevivesNothing) {
  EXPECT_EQ(Freeze(10, 1000), "");
  Controlled(10, 1000, 0);
  EXPECT_EQ(Deduct(20, 10, 300), "");
  EXPECT_EQ(Deduct(21, 10, 700), "");
  Paid(21, 700, OUTCOME_DEDUCTED, 0, true, 4);
  Paid(20, 300, OUTCOME_NOT_DEDUCTED, 700, false, 3);
  EXPECT_EQ(Freeze(11, 300), "");
  EXPECT_NE(Freeze(12, 1), "");
}

// Accepted once more after a recovery: it is taken, and what the measure still has is still there.
TEST_F(OpenedLedgerTest, ADeductionOfMoneyThatIsGoneTakesNothingOfWhatIsLeft) {
  EXPECT_EQ(Freeze(10, 1000), "");
  Controlled(10, 400, 0);
  EXPECT_EQ(Deduct(20, 10, 600), "");
  EXPECT_NE(Freeze(11, 1), "") << "600 taken and 400 held";
  Paid(20, 600, OUTCOME_DEDUCTED, 400);
  EXPECT_EQ(ledger_.Taken(kCase), 600);
  EXPECT_NE(Freeze(12, 1), "");
}

TEST_F(OpenedLedgerTest, ALowerCapStopsDeductionsOnTheirWay) {
  EXPECT_EQ(Freeze(10, 1000), "");
  Controlled(10, 1000, 0);
  EXPECT_EQ(Deduct(20, 10, 800), "");
  EXPECT_TRUE(ledger_.MayTake(kCase));
  ledger_.SetCap(kCase, 500);
  EXPECT_FALSE(ledger_.MayTake(kCase));
  EXPECT_EQ(ledger_.HighestCap(kCase), 1000);
}

TEST_F(OpenedLedgerTest, TheGatewayDecidesUnderTheCourtsCapAndCountsWhatWasOrdered) {
  EXPECT_EQ(Freeze(10, 100, 0, 2000), "decided under a cap of 2000, the court's is 1000");
  Order order;
  order.mutable_freeze()->set_limit_minor_units(100);
  EXPECT_EQ(ledger_.Accept(kCase, 11, order, 0, 0, 1, 1000).value_or(""),
            "the gateway counted another amount than was ordered");
}

TEST_F(OpenedLedgerTest, OfACaseWithASealedPartNothingIsSaid) {
  ledger_.Lose(kCase);
  EXPECT_EQ(Freeze(10, 5000), "");
  EXPECT_TRUE(ledger_.MayTake(kCase));
}

TEST(OpenedRanksTest, RunningNumbersRiseWithTheHandOuts) {
  OpenedRanks ranks;
  for (const uint64_t order : {1, 2, 3}) ranks.HandedOut(order, 100, static_cast<int>(order));
  ranks.HandedOut(4, 200, 0);
  ranks.HandedOut(1, 300, 0);  // once more: the first time counts
  EXPECT_EQ(ranks.Served(3, 7, "person", 13), std::nullopt);
  EXPECT_EQ(ranks.Served(1, 7, "person", 11), std::nullopt);
  EXPECT_EQ(ranks.Served(1, 7, "person", 11), std::nullopt) << "told again";
  EXPECT_EQ(ranks.Served(2, 7, "person", 14), 3u) << "handed out before 3, served after it";
  EXPECT_EQ(ranks.Served(4, 7, "another", 1), std::nullopt);
  EXPECT_EQ(ranks.Served(4, 8, "person", 1), std::nullopt) << "another agency counts by itself";
  EXPECT_EQ(ranks.Served(3, 7, "person", 15), 3u) << "one arrival has one number";
}

}  // namespace
}  // namespace eagle::audit
