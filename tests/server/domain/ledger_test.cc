// The bound of law 6, figure by figure and under random histories.
#include "server/domain/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

MeasureState Amounts(int64_t controlled, int64_t unfunded, bool ended = false) {
  MeasureState state;
  state.set_requested_minor_units(controlled + unfunded), state.set_controlled_minor_units(controlled),
      state.set_unfunded_minor_units(unfunded);
  state.set_ended(ended);
  if (controlled > 0) state.mutable_effective_from()->set_seconds(1);
  return state;
}
DeductionState Taken(int64_t amount, int64_t controlled_after, int64_t unfunded_after) {
  DeductionState state;
  state.set_amount_minor_units(amount);
  *state.mutable_measure() = Amounts(controlled_after, unfunded_after, controlled_after + unfunded_after == 0);
  state.mutable_measure()->mutable_effective_from()->set_seconds(1);
  return state;
}
// The whole without a share.
Deduction Title(uint64_t order, uint64_t freeze, int64_t proceeds, uint32_t respondent = 0, uint32_t part = 0,
                uint32_t of = 0) {
  return {.order = OrderSeq(order),
          .freeze = OrderSeq(freeze),
          .respondent = respondent,
          .amount = proceeds,
          .of_thing = true,
          .share_numerator = part,
          .share_denominator = part == 0 ? 0 : of};
}
void Ask(CaseLedger& ledger, uint64_t freeze, int64_t limit, uint32_t respondent = 0) {
  ledger.FreezeAccepted({.freeze = OrderSeq(freeze), .respondent = respondent, .limit = limit});
}

TEST(LedgerTest, TheWholeLimitCountsFromAcceptanceOnUntilTheUnitSaysLess) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 80);
  EXPECT_EQ(ledger.MayFreeze(0, 20), Reason::kNone);
  EXPECT_EQ(ledger.MayFreeze(0, 21), Reason::kCapExceeded);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_PARTLY_CONTROLLED, Amounts(30, 50));
  EXPECT_EQ(ledger.MayFreeze(0, 21), Reason::kCapExceeded);  // the unfunded part may still catch inflow
  EXPECT_EQ(ledger.Sum().controlled, 30);
  EXPECT_EQ(ledger.Sum().unfunded, 50);
  ledger.FreezeRefused(OrderSeq(1));
  EXPECT_EQ(ledger.MayFreeze(0, 100), Reason::kNone);
}

TEST(LedgerTest, WaitlistedLimitsAreContingentAndAPromotionBeyondTheCapIsSurplus) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 80);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_WAITLISTED, Amounts(0, 80));
  EXPECT_EQ(ledger.Sum().contingent, 80);
  Ask(ledger, 2, 100);
  ledger.MeasureSigned(OrderSeq(2), OUTCOME_CONTROLLED, Amounts(100, 0));
  EXPECT_EQ(ledger.Surplus(), 0);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(80, 0));
  EXPECT_EQ(ledger.Surplus(), 80);
}

TEST(LedgerTest, ADeductionMovesFromControlledToTakenAndBackWhenItIsRefused) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 100);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(100, 0));
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 60});
  EXPECT_EQ(ledger.Sum().controlled, 40);
  EXPECT_EQ(ledger.Sum().deducting, 60);
  EXPECT_EQ(ledger.MayDeduct(0, 41), Reason::kCapExceeded);
  ledger.DeductionRefused(OrderSeq(2), nullptr);
  EXPECT_EQ(ledger.Sum().controlled, 100);
  ledger.DeductionAccepted({.order = OrderSeq(3), .freeze = OrderSeq(1), .amount = 60});
  ledger.DeductionSent(OrderSeq(3), Taken(60, 40, 0));
  EXPECT_EQ(ledger.Sum().in_transit, 60);
  EXPECT_EQ(ledger.Sum().Bound(), 100);
  EXPECT_TRUE(ledger.HasOpenDeduction(OrderSeq(1)));
  ledger.DeductionSettled(OrderSeq(3), Taken(60, 40, 0));
  EXPECT_EQ(ledger.Sum().deducted, 60);
  EXPECT_FALSE(ledger.HasOpenDeduction(OrderSeq(1)));
}

TEST(LedgerTest, APaymentThatComesBackRevivesTheMeasureThatItHadUsedUp) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 50);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(50, 0));
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 50});
  ledger.DeductionSent(OrderSeq(2), Taken(50, 0, 0));
  EXPECT_EQ(ledger.FindMeasure(OrderSeq(1))->phase, MeasurePhase::kConsumed);
  const DeductionState back = Taken(50, 50, 0);
  ledger.DeductionRefused(OrderSeq(2), &back);
  EXPECT_EQ(ledger.FindMeasure(OrderSeq(1))->phase, MeasurePhase::kEffective);
  EXPECT_EQ(ledger.Sum().controlled, 50);
  EXPECT_EQ(ledger.Sum().D(), 0);
}

// Two orders on one measure: the answer that tells of what came first arrives last.
TEST(LedgerTest, AnOlderWordOnAMeasureDoesNotReplaceANewerOne) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 90);
  const auto at = [](uint64_t revision, DeductionState state) {
    state.mutable_measure()->set_revision(revision);
    return state;
  };
  MeasureState made = Amounts(90, 0);
  made.set_revision(1);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, made);
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 30});
  ledger.DeductionSent(OrderSeq(2), at(2, Taken(30, 60, 0)));
  ledger.DeductionAccepted({.order = OrderSeq(3), .freeze = OrderSeq(1), .amount = 50});
  ledger.DeductionSettled(OrderSeq(3), at(4, Taken(50, 40, 0)));
  const DeductionState back = at(3, Taken(30, 90, 0));
  ledger.DeductionRefused(OrderSeq(2), &back);
  EXPECT_EQ(ledger.Sum().controlled, 40);
  EXPECT_EQ(ledger.Sum().D(), 50) << "the order's own outcome counts all the same";
  MeasureState unnumbered = Amounts(35, 0);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, unnumbered);
  EXPECT_EQ(ledger.Sum().controlled, 35) << "a unit that can't tell: the later arrival counts";
}

// Accepted once more after a recovery: it is taken, and what the measure still has is still there.
TEST(LedgerTest, ADeductionOfMoneyThatIsGoneTakesNothingOfWhatIsLeft) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 90);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(40, 0));
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 50});
  EXPECT_EQ(ledger.Sum().D(), 50);
  EXPECT_EQ(ledger.Sum().controlled, 40);
  EXPECT_EQ(ledger.MayFreeze(0, 11), Reason::kCapExceeded);
  ledger.DeductionSettled(OrderSeq(2), Taken(50, 40, 0));
  EXPECT_EQ(ledger.Sum().D(), 50);
  EXPECT_EQ(ledger.Sum().controlled, 40);
}

TEST(LedgerTest, AnOlderWordRevivesNothing) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 90);
  MeasureState made = Amounts(90, 0);
  made.set_revision(1);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, made);
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 30});
  ledger.DeductionAccepted({.order = OrderSeq(3), .freeze = OrderSeq(1), .amount = 60});
  DeductionState used_up = Taken(60, 0, 0), back = Taken(30, 60, 0);
  used_up.mutable_measure()->set_revision(4), back.mutable_measure()->set_revision(3);
  ledger.DeductionSettled(OrderSeq(3), used_up);
  ledger.DeductionRefused(OrderSeq(2), &back);
  EXPECT_EQ(ledger.FindMeasure(OrderSeq(1))->phase, MeasurePhase::kConsumed);
  EXPECT_EQ(ledger.Sum().controlled, 0);
}

TEST(LedgerTest, ALowerCapMakesSurplusAndRefund) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  Ask(ledger, 1, 100);
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(100, 0));
  ledger.DeductionAccepted({.order = OrderSeq(2), .freeze = OrderSeq(1), .amount = 70});
  ledger.DeductionSettled(OrderSeq(2), Taken(70, 30, 0));
  ledger.SetCaps(60, {0});
  EXPECT_EQ(ledger.Surplus(), 30);    // all that is still held
  EXPECT_EQ(ledger.RefundDue(), 10);  // and money above the later cap
}

TEST(LedgerTest, ARespondentIsLiableForHisOwnPartOnly) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0, 40});
  EXPECT_EQ(ledger.MayFreeze(1, 41), Reason::kLiabilityExceeded);
  Ask(ledger, 1, 40, 1);
  EXPECT_EQ(ledger.MayFreeze(1, 1), Reason::kLiabilityExceeded);
  EXPECT_EQ(ledger.MayFreeze(0, 60), Reason::kNone);
}

TEST(LedgerTest, WhatAThingIsSoldForAboveItsValueNeedsRoomOfItsOwn) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  ledger.FreezeAccepted({.freeze = OrderSeq(1), .is_money = false, .limit = 50});
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(50, 0));
  Ask(ledger, 2, 40);
  EXPECT_EQ(ledger.MayTransfer(Title(3, 1, 60)), Reason::kNone);
  EXPECT_EQ(ledger.MayTransfer(Title(3, 1, 61)), Reason::kCapExceeded);
  EXPECT_EQ(ledger.MayTransfer(Title(3, 1, 35, 0, 1, 2)), Reason::kNone) << "of the half 25 stand for it";
  EXPECT_EQ(ledger.MayTransfer(Title(3, 1, 36, 0, 1, 2)), Reason::kCapExceeded);
  ledger.DeductionAccepted(Title(3, 1, 60));
  EXPECT_EQ(ledger.Sum().D(), 60);
  EXPECT_EQ(ledger.Sum().E(), 0);
  EXPECT_EQ(ledger.Sum().Bound(), 100);
  ledger.TitleAnswered(OrderSeq(3), OUTCOME_NOT_TRANSFERRED, nullptr);
  EXPECT_EQ(ledger.Sum().Bound(), 90);
}

TEST(LedgerTest, AThingThatCountsForNothingGivesNothingForItsProceeds) {
  CaseLedger ledger;
  ledger.SetCaps(100, {0});
  ledger.FreezeAccepted({.freeze = OrderSeq(1), .is_money = false, .counted = false, .limit = 500});
  ledger.MeasureSigned(OrderSeq(1), OUTCOME_CONTROLLED, Amounts(500, 0));
  Ask(ledger, 2, 90);
  EXPECT_EQ(ledger.MayTransfer(Title(3, 1, 11)), Reason::kCapExceeded);
  ledger.DeductionAccepted(Title(3, 1, 10));
  EXPECT_EQ(ledger.Sum().Bound(), 100);
}

// Whatever accepted orders and answers come, in whatever order: the bound holds, and every unit is counted once.
TEST(LedgerTest, NoHistoryBreaksTheBound) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](int64_t most) { return static_cast<int64_t>(random() % static_cast<uint64_t>(most + 1)); };
    CaseLedger ledger;
    ledger.SetCaps(1000, {0, 300});
    uint64_t next = 1;
    for (int step = 0; step < 60; ++step) {
      const auto& measures = ledger.measures();
      switch (random() % 7) {
        case 0: {
          const auto respondent = static_cast<uint32_t>(random() % 2);
          const int64_t amount = 1 + pick(400);
          if (ledger.MayFreeze(respondent, amount) == Reason::kNone) Ask(ledger, next++, amount, respondent);
          break;
        }
        case 1: {
          if (measures.empty()) break;
          const Measure measure = measures[random() % measures.size()];
          if (measure.deducting > 0 || measure.phase > MeasurePhase::kEffective ||
              measure.phase == MeasurePhase::kWaitlisted)
            break;
          const int64_t controlled = std::max<int64_t>(measure.controlled, pick(measure.limit));
          ledger.MeasureSigned(measure.freeze, OUTCOME_CONTROLLED, [&] {
            MeasureState state = Amounts(controlled, measure.limit - controlled);
            state.mutable_effective_from()->set_seconds(1);
            return state;
          }());
          break;
        }
        case 2: {
          if (measures.empty()) break;
          const Measure measure = measures[random() % measures.size()];
          const int64_t free = measure.controlled - measure.deducting;
          if (measure.phase != MeasurePhase::kEffective || !measure.is_money || free < 1) break;
          const int64_t amount = 1 + pick(free - 1);
          if (ledger.MayDeduct(measure.respondent, amount) == Reason::kNone) {
            ledger.DeductionAccepted({.order = OrderSeq(next++),
                                      .freeze = measure.freeze,
                                      .respondent = measure.respondent,
                                      .amount = amount});
          }
          break;
        }
        case 3: {  // a thing
          const auto respondent = static_cast<uint32_t>(random() % 2);
          const int64_t value = pick(400);
          if (value > 0 && ledger.MayFreeze(respondent, value) != Reason::kNone) break;
          ledger.FreezeAccepted({.freeze = OrderSeq(next++),
                                 .respondent = respondent,
                                 .is_money = false,
                                 .counted = value > 0,
                                 .limit = value});
          MeasureState state = Amounts(value, 0);
          state.mutable_effective_from()->set_seconds(1);
          ledger.MeasureSigned(OrderSeq(next - 1), OUTCOME_CONTROLLED, state);
          break;
        }
        case 4: {  // changes its owner
          if (measures.empty()) break;
          const Measure measure = measures[random() % measures.size()];
          if (measure.phase != MeasurePhase::kEffective || measure.is_money || measure.deducting > 0) break;
          const Deduction title =
              Title(next, measure.freeze.value(), pick(500), measure.respondent, random() % 2 == 0 ? 1 : 0, 3);
          if (ledger.MayTransfer(title) == Reason::kNone) ledger.DeductionAccepted(title), ++next;
          break;
        }
        case 5: {  // income, and a payment of it, sometimes told twice
          if (measures.empty()) break;
          const Measure measure = measures[random() % measures.size()];
          if (measure.phase != MeasurePhase::kEffective || !measure.is_money || measure.deducting > 0 ||
              measure.unfunded < 1)
            break;
          const int64_t amount = 1 + pick(measure.unfunded - 1);
          DeductionState paid = Taken(amount, measure.controlled, measure.unfunded - amount);
          paid.set_booking_reference("B" + std::to_string(next++));
          const int64_t before = ledger.Sum().Bound();
          ledger.IncomeTaken(measure.freeze, paid, false);
          ledger.IncomeTaken(measure.freeze, paid, false);
          ASSERT_EQ(ledger.Sum().Bound(), before) << seed;
          break;
        }
        default: {
          for (const Deduction& deduction : ledger.deductions()) {
            if (deduction.phase != DeductionPhase::kAccepted) continue;
            const Measure measure = *ledger.FindMeasure(deduction.freeze);
            const OrderSeq order = deduction.order;
            if (deduction.of_thing) {
              const int64_t left = deduction.share_numerator > 0 ? measure.controlled - measure.controlled / 3 : 0;
              const MeasureState over = Amounts(left, 0, left == 0);
              random() % 3 == 0 ? ledger.TitleAnswered(order, OUTCOME_NOT_TRANSFERRED, nullptr)
                                : ledger.TitleAnswered(order, OUTCOME_TRANSFERRED, &over);
            } else if (random() % 3 == 0) {
              ledger.DeductionRefused(order, nullptr);
            } else {
              ledger.DeductionSettled(order,
                                      Taken(deduction.amount, measure.controlled - deduction.amount, measure.unfunded));
            }
            break;
          }
        }
      }
      ASSERT_LE(ledger.Sum().D(), 1000) << seed;
      ASSERT_LE(ledger.Sum().Bound(), 1000) << seed;
      ASSERT_LE(ledger.SumOf(1).Bound(), 300) << seed;
      for (const Measure& measure : ledger.measures()) ASSERT_LE(measure.deducting, measure.controlled) << seed;
    }
  }
}

}  // namespace
}  // namespace eagle::domain
