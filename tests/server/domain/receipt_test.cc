// Receipts: the first final word wins, amounts square, and the ledger follows what the unit signed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::Contains;

ReceiptVerdict Verdict(const Result& result) { return result.members.at(0).verdict; }

struct FrozenWorld : DomainWorld {
  explicit FrozenWorld(int64_t limit = 80'000'00) : freeze(FreezeOrder("BANK1", limit)) { Do(Orders({freeze})); }
  goldeneagle::v1::Order freeze;
};

TEST(ReceiptTest, InflowAndPromotionMoveWithinTheLimit) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 61'350'27, 18'649'73)}));
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 61'350'27);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 80'000'00);
  EXPECT_EQ(Verdict(world.Do(
                world.Receipts("BANK1", {world.Event(world.freeze, "BANK1", MEASURE_CHANGE_INFLOW, 80'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 80'000'00);
}

TEST(ReceiptTest, TheFirstFinalWordWinsARepeatIsKnownAnyOtherStopsTheTask) {
  FrozenWorld world;
  const ReportReceipts first = world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)});
  EXPECT_EQ(Verdict(world.Do(first)), RECEIPT_VERDICT_RECORDED);
  const size_t entries = world.journal.size();
  EXPECT_EQ(Verdict(world.Do(first)), RECEIPT_VERDICT_DUPLICATE);
  EXPECT_EQ(world.journal.size(), entries);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 70'000'00, 10'000'00)}))),
            RECEIPT_VERDICT_CONFLICT);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
  EXPECT_EQ(world.OrderNamed(world.freeze).TaskAt(AgencyOrdinal(1)), TASK_STATE_CONFLICT);
}

TEST(ReceiptTest, AnAnswerAfterTheCaseWasClosedIsStillOnRecord) {
  FrozenWorld world;
  CaseAct close;
  close.set_request_id(world.NewId()), close.set_court("C1");
  close.mutable_stage()->set_case_number("case-1"), close.mutable_stage()->set_to(CASE_STAGE_CLOSED);
  close.mutable_stage()->set_ground("done");
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Cases({close}))), Reason::kNone);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00) << "it stands, whatever the case does";
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 1, 0)}))),
            RECEIPT_VERDICT_CONFLICT);
}

// A batch that is answered BUSY is passed by later ones: what it holds contradicts nothing.
TEST(ReceiptTest, AWordThatWasOvertakenIsKeptAndMovesNothing) {
  FrozenWorld world;
  const Receipt arrived = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_ACKNOWLEDGED);
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 60'000'00, 20'000'00)}));
  const Receipt inflow = world.Event(world.freeze, "BANK1", MEASURE_CHANGE_INFLOW, 70'000'00, 10'000'00);
  world.Do(world.Receipts("BANK1", {world.Event(world.freeze, "BANK1", MEASURE_CHANGE_INFLOW, 80'000'00, 0)}));
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {inflow}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.Types().back(), "MEASURE_CHANGED");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {arrived}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.Types().back(), "TASK_REPORTED");
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
  EXPECT_EQ(world.OrderNamed(world.freeze).TaskAt(AgencyOrdinal(1)), TASK_STATE_DONE);
  // Two words under one number, and one that is said after the final word.
  Receipt other = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_ACKNOWLEDGED);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {other}))), RECEIPT_VERDICT_CONFLICT);
  FrozenWorld twice;
  Receipt first = twice.ReceiptFor(twice.freeze, "BANK1", RECEIPT_KIND_ACKNOWLEDGED), second = first;
  second.mutable_arrived_at()->set_seconds(1);
  EXPECT_EQ(Verdict(twice.Do(twice.Receipts("BANK1", {first}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Verdict(twice.Do(twice.Receipts("BANK1", {second}))), RECEIPT_VERDICT_CONFLICT);
}

TEST(ReceiptTest, AMeasureThatLapsedIsShownAsItsAgencySignedItsEnd) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  Receipt lapsed = world.Event(world.freeze, "BANK1", MEASURE_CHANGE_LAPSED, 0, 0);
  lapsed.mutable_items(0)->mutable_measure()->set_ended(true);
  ASSERT_EQ(Verdict(world.Do(world.Receipts("BANK1", {lapsed}))), RECEIPT_VERDICT_RECORDED);
  const Measure& measure = world.TheCase().ledger.measures().at(0);
  EXPECT_EQ(measure.phase, MeasurePhase::kLapsed);
  EXPECT_TRUE(measure.state.ended());
  EXPECT_EQ(measure.state.controlled_minor_units(), 0);
}

// A payment that came back is told before the word that it was sent.
TEST(ReceiptTest, APaymentThatCameBackIsNotSentOnceMore) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 30'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({deduct}))), Reason::kNone);
  const Receipt sent = world.Deducted(deduct, "BANK1", false, 50'000'00, 0);
  Receipt back = world.Deducted(deduct, "BANK1", true, 80'000'00, 0);
  back.mutable_items(0)->set_outcome(OUTCOME_NOT_DEDUCTED);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {back}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {sent}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().in_transit, 0);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
}

TEST(ReceiptTest, ACorrectionNamesWhatItReplaces) {
  FrozenWorld world;
  const ReportReceipts first = world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)});
  world.Do(first);
  Receipt correction = world.Controlled(world.freeze, "BANK1", 70'000'00, 10'000'00);
  correction.set_kind(RECEIPT_KIND_CORRECTION);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {correction}))), RECEIPT_VERDICT_CONFLICT);
  FrozenWorld other;
  const ReportReceipts original = other.Receipts("BANK1", {other.Controlled(other.freeze, "BANK1", 80'000'00, 0)});
  other.Do(original);
  correction = other.Controlled(other.freeze, "BANK1", 70'000'00, 10'000'00);
  correction.set_kind(RECEIPT_KIND_CORRECTION), correction.set_corrects(original.signed_head.digests[0]);
  EXPECT_EQ(Verdict(other.Do(other.Receipts("BANK1", {correction}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(other.TheCase().ledger.Sum().controlled, 70'000'00);
}

// The bank had said that it holds nothing, and another freeze took the room: what it really holds counts from the
// correction on, and what is above the cap is a surplus with a clock.
TEST(ReceiptTest, ACorrectionThatFindsTheMeasureAfterAllCountsItAndItsSurplus) {
  FrozenWorld world;
  Receipt nothing = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_FINAL);
  nothing.add_items()->set_outcome(OUTCOME_NOT_CONTROLLED), nothing.mutable_items(0)->set_reason("ACCOUNT_NOT_FOUND");
  const ReportReceipts first = world.Receipts("BANK1", {nothing});
  world.Do(first);
  const auto second = world.FreezeOrder("BANK2", 90'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({second}))), Reason::kNone);
  world.Do(world.Receipts("BANK2", {world.Controlled(second, "BANK2", 90'000'00, 0)}));
  Receipt found = world.Controlled(world.freeze, "BANK1", 80'000'00, 0);
  found.set_kind(RECEIPT_KIND_CORRECTION), found.set_corrects(first.signed_head.digests[0]);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {found}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 170'000'00);
  EXPECT_EQ(world.TheCase().ledger.Surplus(), 70'000'00);
  EXPECT_EQ(world.TheCase().surplus_amount, 70'000'00);
  EXPECT_TRUE(world.TheCase().surplus.armed());
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK1", 1'00)}))), Reason::kCapExceeded);
}

// After a recovery an order that is sent again waits to be handed out once more, though its agency has carried it out:
// the court may withdraw it, and the agency's first answer comes all the same.
TEST(ReceiptTest, AFreezeThatWasCarriedOutBeforeALossStandsThoughItWasWithdrawn) {
  FrozenWorld world;
  world.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = world.freeze.order_id()});
  ASSERT_EQ(world.TheCase().ledger.Sum().Bound(), 0);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 70'000'00, 10'000'00)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 70'000'00);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 80'000'00);
  EXPECT_EQ(world.OrderNamed(world.freeze).TaskAt(AgencyOrdinal(1)), TASK_STATE_DONE);
  EXPECT_EQ(world.OrderNamed(world.freeze).state(), ORDER_STATE_COMPLETED) << "not withdrawn: it had an effect";
}

TEST(ReceiptTest, ADeductionWhoseMoneyIsOnItsWayIsNotWithdrawnThoughTheLogHasntHandedItOut) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 30'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({deduct}))), Reason::kNone);
  ASSERT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", false, 50'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  const Result withdrawn =
      world.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = deduct.order_id()});
  EXPECT_EQ(ReasonOf(withdrawn.status), Reason::kNotWithdrawable) << "its money is on the way";
  EXPECT_EQ(world.TheCase().ledger.Sum().in_transit, 30'000'00) << "else somebody else could take its room";
}
TEST(ReceiptTest, ADeductionThatWasCarriedOutBeforeALossIsTakenThoughItWasWithdrawn) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 30'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({deduct}))), Reason::kNone);
  world.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world.NewId(), .order_id = deduct.order_id()});
  ASSERT_EQ(world.TheCase().ledger.Sum().deducted, 0);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 50'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().deducted, 30'000'00);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 50'000'00);
  EXPECT_EQ(world.OrderNamed(deduct).state(), ORDER_STATE_COMPLETED);
}

TEST(ReceiptTest, ACorrectionThatTakesTheMeasureBackFreesItsRoom) {
  FrozenWorld world;
  const ReportReceipts first = world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)});
  world.Do(first);
  Receipt nothing = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_CORRECTION);
  nothing.set_corrects(first.signed_head.digests[0]);
  nothing.add_items()->set_outcome(OUTCOME_NOT_CONTROLLED), nothing.mutable_items(0)->set_reason("NAME_MISMATCH");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {nothing}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 0);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({world.FreezeOrder("BANK2", 100'000'00)}))), Reason::kNone);
}

TEST(ReceiptTest, ACorrectedReleaseLeavesTheMeasureWhereItStood) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto release = world.ReleaseOrder("BANK1", world.freeze.order_id());
  world.Do(world.Orders({release}));
  Receipt released = world.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
  released.add_items()->set_outcome(OUTCOME_RELEASED);
  released.mutable_items(0)->mutable_measure()->set_unit_reference("U1");
  released.mutable_items(0)->mutable_measure()->set_ended(true);
  const ReportReceipts first = world.Receipts("BANK1", {released});
  ASSERT_EQ(Verdict(world.Do(first)), RECEIPT_VERDICT_RECORDED);
  ASSERT_EQ(world.TheCase().ledger.Sum().Bound(), 0);
  Receipt stands = world.Controlled(release, "BANK1", 80'000'00, 0);
  stands.set_kind(RECEIPT_KIND_CORRECTION), stands.set_corrects(first.signed_head.digests[0]);
  stands.mutable_items(0)->set_outcome(OUTCOME_NOT_CONTROLLED),
      stands.mutable_items(0)->set_reason("PROCESSING_FAILED");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {stands}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
  EXPECT_EQ(world.TheCase().ledger.FindMeasure(world.OrderNamed(world.freeze).seq)->phase, MeasurePhase::kEffective);
}

TEST(ReceiptTest, ACorrectedDeductionGivesTheMoneyBackToItsMeasure) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 30'000'00);
  world.Do(world.Orders({deduct}));
  const ReportReceipts first = world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 50'000'00, 0)});
  ASSERT_EQ(Verdict(world.Do(first)), RECEIPT_VERDICT_RECORDED);
  ASSERT_EQ(world.TheCase().ledger.Sum().deducted, 30'000'00);
  Receipt back = world.Deducted(deduct, "BANK1", true, 80'000'00, 0);
  back.set_kind(RECEIPT_KIND_CORRECTION), back.set_corrects(first.signed_head.digests[0]);
  back.mutable_items(0)->set_outcome(OUTCOME_NOT_DEDUCTED), back.mutable_items(0)->set_reason("PAYMENT_REJECTED");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {back}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().deducted, 0);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 80'000'00);
}

TEST(ReceiptTest, AReturnNamesWhomToAskAndAnUnknownCodeIsTakenAsItIs) {
  FrozenWorld world;
  Receipt returned = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_RETURNED);
  returned.mutable_returned()->set_reason("X_42"), returned.mutable_returned()->set_contact_name("window 3");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Receipts("BANK1", {returned}))), Reason::kFieldMissing);
  returned.mutable_returned()->set_contact_phone("1");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {returned}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().requested, 0);
}

TEST(ReceiptTest, AReceiptCannotBeHungOnAnotherOrderOrSentByAnotherAgency) {
  FrozenWorld world;
  Receipt receipt = world.Controlled(world.freeze, "BANK1", 80'000'00, 0);
  receipt.set_order_digest(std::string(32, 'x'));
  const Result wrong_digest = world.Do(world.Receipts("BANK1", {receipt}));
  EXPECT_EQ(wrong_digest.members[0].refusal->reason, Reason::kReceiptForAnotherOrder);
  EXPECT_EQ(wrong_digest.members[0].index, 0u);  // nothing stored: it concerns no order of this agency
  EXPECT_EQ(DomainWorld::OnlyRefusal(
                world.Do(world.Receipts("BANK2", {world.Controlled(world.freeze, "BANK2", 80'000'00, 0)}))),
            Reason::kReceiptForAnotherOrder);
  ReportReceipts forged = world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)});
  forged.signed_head.keys = {world.Key("BANK2")};
  EXPECT_EQ(ReasonOf(world.Do(forged).status), Reason::kSignatureInvalid);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 0);
}

TEST(ReceiptTest, AmountsMustSquare) {
  const std::pair<const char*, std::function<void(MeasureState&)>> kLies[] = {
      {"more than asked",
       [](MeasureState& m) {
         m.set_controlled_minor_units(90'000'00), m.set_requested_minor_units(90'000'00), m.set_unfunded_minor_units(0);
       }},
      {"doesn't add up", [](MeasureState& m) { m.set_controlled_minor_units(1); }},
      {"negative", [](MeasureState& m) { m.set_unfunded_minor_units(-1); }},
      {"shares don't add up", [](MeasureState& m) { m.add_shares()->set_controlled_minor_units(5); }},
      {"no reference", [](MeasureState& m) { m.clear_unit_reference(); }},
  };
  for (const auto& [name, lie] : kLies) {
    FrozenWorld world;
    Receipt receipt = world.Controlled(world.freeze, "BANK1", 60'000'00, 20'000'00);
    lie(*receipt.mutable_items(0)->mutable_measure());
    const Result result = world.Do(world.Receipts("BANK1", {receipt}));
    EXPECT_EQ(DomainWorld::OnlyRefusal(result), Reason::kReceiptInconsistent) << name;
    EXPECT_EQ(world.Types().back(), "REFUSED") << name;
    EXPECT_EQ(world.TheCase().ledger.Sum().requested, 80'000'00) << name;
  }
}

TEST(ReceiptTest, NilSaysWhatWasSearchedAndAnErrorSaysNothingAboutAssets) {
  DomainWorld world;
  const auto order = world.InquireOrder({"BANK1", "BANK2"});
  world.Do(world.Orders({order}, {"handler"}));
  Receipt receipt = world.ReceiptFor(order, "BANK1", RECEIPT_KIND_FINAL);
  receipt.add_items()->set_outcome(OUTCOME_NIL);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Receipts("BANK1", {receipt}))), Reason::kReceiptInconsistent);
  receipt.set_searched_scope("core, products");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {receipt}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.OrderNamed(order).TaskAt(AgencyOrdinal(2)), TASK_STATE_QUEUED);  // no answer yet is something else
}

TEST(ReceiptTest, AReturnGivesTheReservationBack) {
  FrozenWorld world;
  Receipt receipt = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_RETURNED);
  receipt.mutable_returned()->set_reason("NAME_MISMATCH");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Receipts("BANK1", {receipt}))), Reason::kFieldMissing);
  receipt = world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_RETURNED);
  receipt.mutable_returned()->set_reason("NAME_MISMATCH"), receipt.mutable_returned()->set_contact_name("c"),
      receipt.mutable_returned()->set_contact_phone("1");
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {receipt}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 0);
  EXPECT_EQ(world.OrderNamed(world.freeze).TaskAt(AgencyOrdinal(1)), TASK_STATE_RETURNED);
}

TEST(ReceiptTest, ADeductionIsTakenOnlyWhenItIsConfirmed) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 30'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({deduct}))), Reason::kNone);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", false, 50'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().in_transit, 30'000'00);
  EXPECT_EQ(world.TheCase().ledger.Sum().deducted, 0);
  EXPECT_EQ(world.OrderNamed(deduct).state(),
            ORDER_STATE_ACCEPTED);  // nobody handed it out here; but it isn't complete
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {world.Deducted(deduct, "BANK1", true, 50'000'00, 0)}))),
            RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().deducted, 30'000'00);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 80'000'00);
  EXPECT_EQ(world.OrderNamed(deduct).state(), ORDER_STATE_COMPLETED);
}

TEST(ReceiptTest, ReceiptsOfOneBatchAreJudgedOneAfterTheOther) {
  FrozenWorld world;
  const Result result = world.Do(
      world.Receipts("BANK1", {world.ReceiptFor(world.freeze, "BANK1", RECEIPT_KIND_ACKNOWLEDGED),
                               world.Controlled(world.freeze, "BANK1", 50'000'00, 30'000'00),
                               world.Controlled(world.freeze, "BANK1", 50'000'00, 30'000'00),
                               world.Event(world.freeze, "BANK1", MEASURE_CHANGE_INFLOW, 60'000'00, 20'000'00)}));
  EXPECT_EQ(result.members[0].verdict, RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(result.members[1].verdict, RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(result.members[2].verdict, RECEIPT_VERDICT_CONFLICT);  // another sequence, another final word
  EXPECT_EQ(result.members[3].verdict, RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.TheCase().ledger.Sum().controlled, 60'000'00);
}

TEST(SurplusTest, ALowerCapArmsAReleaseClockInTheSameCommitAndAReleaseDisarmsIt) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  CaseAct act;
  act.set_request_id(world.NewId()), act.set_court("C1");
  act.mutable_cap()->set_case_number("case-1"), act.mutable_cap()->set_ground("partial payment");
  Claim* claim = act.mutable_cap()->mutable_claim();
  claim->set_currency("CNY"), claim->set_principal_minor_units(50'000'00), claim->set_cap_minor_units(50'000'00);
  world.Do(world.Cases({act}));
  EXPECT_THAT(world.Types(), Contains("SURPLUS_ARISEN"));
  EXPECT_EQ(world.TheCase().surplus_amount, 30'000'00);
  EXPECT_EQ(world.state.timers.size(), 1u);
  EXPECT_EQ(world.TheCase().surplus.due, world.now + absl::Hours(5));
  const auto release = world.ReleaseOrder("BANK1", world.freeze.order_id(), 30'000'00);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({release}))), Reason::kNone);
  Receipt receipt = world.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
  *receipt.add_items() = world.Controlled(world.freeze, "BANK1", 50'000'00, 0).items(0);
  receipt.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
  EXPECT_EQ(Verdict(world.Do(world.Receipts("BANK1", {receipt}))), RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(world.Types().back(), "SURPLUS_CLEARED");
  EXPECT_TRUE(world.state.timers.empty());
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 50'000'00);
}

TEST(ReceiptTest, AWholeReleaseAfterWhichTheMeasureStandsIsRefusedOnRecord) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto release = world.ReleaseOrder("BANK1", world.freeze.order_id(), 0);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(world.Orders({release}))), Reason::kNone);
  Receipt receipt = world.ReceiptFor(release, "BANK1", RECEIPT_KIND_FINAL);
  *receipt.add_items() = world.Controlled(world.freeze, "BANK1", 80'000'00, 0).items(0);
  receipt.mutable_items(0)->set_outcome(OUTCOME_RELEASED);
  const auto refused = world.Do(world.Receipts("BANK1", {receipt}));
  EXPECT_EQ(Verdict(refused), RECEIPT_VERDICT_REFUSED);
  EXPECT_EQ(DomainWorld::OnlyRefusal(refused), Reason::kReceiptInconsistent);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 80'000'00);
}

TEST(SurplusTest, ReleasingAPartBuysNoTimeForTheRest) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  for (int64_t cap : {50'000'00, 40'000'00}) {
    CaseAct act;
    act.set_request_id(world.NewId()), act.set_court("C1");
    act.mutable_cap()->set_case_number("case-1"), act.mutable_cap()->set_ground("partial payment");
    act.mutable_cap()->mutable_claim()->set_currency("CNY");
    act.mutable_cap()->mutable_claim()->set_principal_minor_units(cap),
        act.mutable_cap()->mutable_claim()->set_cap_minor_units(cap);
    world.Do(world.Cases({act}));
    world.now += absl::Hours(1);
  }
  EXPECT_EQ(world.TheCase().surplus_amount, 40'000'00);
  EXPECT_EQ(world.TheCase().surplus.due, world.now + absl::Hours(3));
}

// Carried out before a recovery and accepted once more: its money is gone already, so the acceptance itself is what
// takes the case above its cap.
TEST(SurplusTest, ADeductionOfMoneyThatIsGoneArmsTheClockInTheSameCommit) {
  FrozenWorld world(80'000'00);
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 80'000'00, 0)}));
  const auto more = world.FreezeOrder("BANK2", 20'000'00);
  world.Do(world.Orders({more}));
  const auto lost = world.Orders({world.DeductOrder("BANK1", world.freeze.order_id(), 50'000'00)});
  Recovery recovery;
  *recovery.mutable_proposed_at() = ToProto(world.now);
  LogRecovered recovered;
  recovered.mutable_document()->set_payload(recovery.SerializeAsString());
  world.journal.push_back(RecoverLog(world.state, recovered, world.now));
  Apply(world.journal.back(), world.state);
  world.Do(world.Receipts("BANK1", {world.Event(world.freeze, "BANK1", MEASURE_CHANGE_REDUCED, 40'000'00, 0)}));
  EXPECT_EQ(world.TheCase().surplus_amount, 0);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world.Do(lost)), Reason::kNone);
  EXPECT_EQ(world.TheCase().ledger.Sum().Bound(), 110'000'00);
  EXPECT_EQ(world.Types().back(), "SURPLUS_ARISEN");
  EXPECT_EQ(world.TheCase().surplus_amount, 10'000'00);
}

TEST(FoldTest, FoldingTheEntriesAgainGivesTheSameRows) {
  FrozenWorld world;
  world.Do(world.Receipts("BANK1", {world.Controlled(world.freeze, "BANK1", 61'350'27, 18'649'73)}));
  const auto deduct = world.DeductOrder("BANK1", world.freeze.order_id(), 100);
  world.Do(world.Orders({deduct}));
  world.now += absl::Hours(100);
  world.Do(Tick{});
  State again;
  for (const Entry& entry : world.journal) Apply(entry, again);
  ASSERT_EQ(again.orders.size(), world.state.orders.size());
  for (const auto& [seq, order] : world.state.orders) EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
  for (const auto& [seq, of] : world.state.cases) EXPECT_EQ(again.cases.at(seq).Encode(), of.Encode());
  EXPECT_EQ(again.ids.size(), world.state.ids.size());
  EXPECT_EQ(again.timers, world.state.timers);
  EXPECT_EQ(again.cases.begin()->second.ledger.Sum().Bound(), world.TheCase().ledger.Sum().Bound());
}

TEST(FoldTest, ACaseWhoseKeyIsGoneFoldsToItsPublicHalf) {
  FrozenWorld world;
  State again;
  for (Entry entry : world.journal) {
    if (StreamOf(entry) == world.case_seq) entry.payload.reset();
    Apply(entry, again);
  }
  EXPECT_FALSE(again.cases.begin()->second.readable);
  EXPECT_EQ(again.cases.begin()->second.Encode(), world.TheCase().Encode());
  EXPECT_EQ(again.orders.begin()->second.Encode(), world.state.orders.begin()->second.Encode());
}

}  // namespace
}  // namespace eagle::domain
