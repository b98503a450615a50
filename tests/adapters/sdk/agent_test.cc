// What an agent promises when nothing dies: answers, repeats, turns, doubt, events, clerks.
#include "adapters/sdk/agent.h"

#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

TEST(Agent, AnswersAnInquiryAndAFreezeWithTheFiguresOfTheDemonstration) {
  SdkWorld world;
  const v1::Order inquiry = world.Submit(world.Inquiry());
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(world.Outcome(freeze), "PARTLY_CONTROLLED");
  const v1::Receipt& receipt = *world.LastWord(freeze);
  const v1::MeasureState& measure = receipt.items(0).measure();
  EXPECT_EQ(measure.controlled_minor_units(), 6'135'027);
  EXPECT_EQ(measure.unfunded_minor_units(), 1'864'973);
  EXPECT_EQ(measure.rank(), 1u);
  // Rank is service: the arrival, and the unit's count of arrivals, whatever the register said.
  EXPECT_EQ(measure.served_at().seconds(), receipt.arrived_at().seconds());
  EXPECT_EQ(measure.served_sequence(), 2u);
  EXPECT_EQ(measure.shares_size(), 1);
  EXPECT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).size(), 1u) << "answered at once, so not acknowledged apart";
  EXPECT_EQ(world.Effects(freeze), 1);
}

TEST(Agent, TheSameTaskAgainGivesTheSameReceiptBytesAgain) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  const std::string first = world.gateway.batches.back();
  for (int i = 0; i < 3; ++i) {
    world.gateway.Redeliver(freeze.order_id());
    world.Run(20);
    EXPECT_EQ(world.gateway.batches.back(), first);
  }
  world.StartAgent();  // also after a start
  world.gateway.Redeliver(freeze.order_id());
  world.Run(20);
  EXPECT_EQ(world.gateway.batches.back(), first);
  ASSERT_EQ(world.gateway.ReceiptsOn(freeze.order_id()).size(), 1u);
  EXPECT_GE(world.gateway.ReceiptsOn(freeze.order_id()).front().times, 5);
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_EQ(world.bank->applies, 1);
}

TEST(Agent, AnotherOrderUnderAKnownIdIsReturnedAndNeverActedOn) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  v1::Order other = world.Freeze(5'000'000);
  other.set_order_id(freeze.order_id());
  world.Submit(other);
  world.Run(30);
  EXPECT_EQ(world.bank->applies, 1);
  EXPECT_EQ(world.agent->metrics().ids_reused, 1u);
  const auto& receipts = world.gateway.ReceiptsOn(freeze.order_id());
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_EQ(receipts[1].receipt.returned().reason(), "ORDER_ID_REUSED");
  EXPECT_NE(receipts[1].receipt.order_digest(), receipts[0].receipt.order_digest());
}

TEST(Agent, DeductsReleasesAndTellsWhatFollows) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  ASSERT_TRUE(world.Settle());
  world.bank->Credit(kAccount, 2'000'000);
  world.Run(20);
  const auto events = world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_INFLOW);
  EXPECT_EQ(events[0]->items(0).outcome(), v1::OUTCOME_CONTROLLED);
  EXPECT_EQ(events[0]->items(0).measure().controlled_minor_units(), 8'000'000);
  EXPECT_EQ(events[0]->items(0).measure().served_sequence(), 1u);
  EXPECT_EQ(world.gateway.calls[kWireEvents], 1);

  const v1::Order deduct = world.Submit(world.Deduct(freeze, 8'000'000));
  const v1::Order more = world.Submit(world.Deduct(freeze, 1));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(deduct), "DEDUCTED");
  EXPECT_TRUE(world.LastWord(deduct)->items(0).deduction().measure().ended());
  EXPECT_EQ(world.LastWord(deduct)->items(0).deduction().measure().served_sequence(), 1u) << "the freeze's place";
  EXPECT_EQ(world.Outcome(more), "NOT_DEDUCTED");
  EXPECT_EQ(world.core.accounts.at(kAccount).asset.balance, 135'027);
}

TEST(Agent, APaymentThatIsSentIsProgressUntilThePaymentSystemSpeaks) {
  for (bool confirmed : {true, false}) {
    SdkWorld world;
    world.bank->other_bank = true;
    const v1::Order freeze = world.Submit(world.Freeze(6'000'000));
    const v1::Order deduct = world.Submit(world.Deduct(freeze, 6'000'000));
    world.Run(40);
    ASSERT_EQ(world.LastWord(deduct), nullptr);
    ASSERT_EQ(world.gateway.Of(deduct.order_id(), v1::RECEIPT_KIND_ACKNOWLEDGED).size(), 1u);
    ASSERT_EQ(world.gateway.Of(deduct.order_id(), v1::RECEIPT_KIND_PROGRESS).size(), 1u);
    EXPECT_EQ(world.gateway.Of(deduct.order_id(), v1::RECEIPT_KIND_PROGRESS)[0]->items(0).outcome(),
              v1::OUTCOME_SENT_NOT_CONFIRMED);
    confirmed ? world.bank->ConfirmPayment(SdkWorld::OperationOf(deduct))
              : world.bank->RejectPayment(SdkWorld::OperationOf(deduct));
    ASSERT_TRUE(world.Settle());
    EXPECT_EQ(world.Outcome(deduct), confirmed ? "DEDUCTED" : "NOT_DEDUCTED");
    const v1::MeasureState& measure = world.LastWord(deduct)->items(0).deduction().measure();
    EXPECT_EQ(measure.ended(), confirmed);
    EXPECT_EQ(measure.controlled_minor_units(), confirmed ? 0 : 6'000'000) << "back under the same measure";
    EXPECT_EQ(world.Effects(deduct), 1);
  }
}

TEST(Agent, APromotionIsToldWithoutAnOrderAndTheNamesakeIsNotTouched) {
  SdkWorld world;
  world.core.AddAccount("A2", 9'500'000, kDebtor, kDebtorOldNumber);  // opened with the 15-digit number
  world.core.accounts.erase(kAccount);
  world.core.AddAccount("A3", 200'000'000, kDebtor, "990101199112120034");
  world.bank->PlaceForeign("（2025）辽9902执88号", "A2", 8'000'000);
  world.clock.Advance(absl::Hours(1));
  const v1::Order freeze = world.Submit(world.Freeze(6'000'000));
  ASSERT_TRUE(world.Settle());
  const v1::MeasureState& measure = world.LastWord(freeze)->items(0).measure();
  EXPECT_EQ(measure.controlled_minor_units(), 1'500'000);
  EXPECT_EQ(measure.unfunded_minor_units(), 4'500'000);
  EXPECT_EQ(measure.rank(), 2u);
  ASSERT_EQ(measure.prior_measures_size(), 1);
  EXPECT_EQ(measure.prior_measures(0).document_number(), "（2025）辽9902执88号");
  world.clock.Advance(absl::Hours(30));
  world.bank->ReleaseForeign("（2025）辽9902执88号");
  world.Run(40);
  const auto events = world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
  EXPECT_EQ(events[0]->items(0).measure().controlled_minor_units(), 6'000'000);
  EXPECT_EQ(events[0]->items(0).measure().effective_from().seconds(), measure.effective_from().seconds())
      << "one term, from the first effect";
  EXPECT_EQ(world.core.accounts.at("A3").asset.balance, 200'000'000);
}

TEST(Agent, NilIsNeverSaidOnAnError) {
  SdkWorld world;
  world.bank->fail_inquiries = 3;  // fails three times, then answers
  const v1::Order inquiry = world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");

  world.bank->fail_inquiries = 1000;
  const v1::Order failed = world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(failed), "ERROR");
  EXPECT_EQ(world.LastWord(failed)->items(0).reason(), "INTERNAL");
  world.bank->fail_inquiries = 0;

  // A register that says NIL without having searched, or beside something else, is not believed.
  Answer nil;
  nil.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  world.bank->say_instead = nil;
  const v1::Order unsearched = world.Submit(world.Inquiry());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(unsearched), "ERROR");
  EXPECT_EQ(world.LastWord(unsearched)->items(0).reason(), "ANSWER_INVALID");
  world.bank->say_instead.reset();

  v1::Order nobody = world.Inquiry();
  nobody.mutable_subject()->set_name("北陵启明机电有限公司");
  nobody.mutable_subject()->set_id_kind("UNIFIED_CREDIT_CODE");
  nobody.mutable_subject()->set_id_number("919901019900000178");
  world.Submit(nobody);
  v1::Order misnamed = world.Inquiry();
  misnamed.mutable_subject()->set_name("林近舟");
  world.Submit(misnamed);
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(nobody), "NIL");
  EXPECT_FALSE(world.LastWord(nobody)->searched_scope().empty());
  EXPECT_EQ(world.Outcome(misnamed), "ERROR") << "ambiguous needs its scope, too";
}

TEST(Agent, AFailedApplyIsAskedForNotRepeated) {
  SdkWorld world;
  world.bank->fail_apply_after = 1;  // done, but the reply was lost
  const v1::Order freeze = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world.bank->applies, 1);
  EXPECT_EQ(world.agent->metrics().found_done, 1u);

  world.bank->fail_apply_before = 2;  // certainly not done: tried again
  const v1::Order again = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(again), "CONTROLLED");
  EXPECT_EQ(world.Effects(again), 1);
  EXPECT_EQ(world.agent->metrics().found_not_done, 2u);

  world.bank->fail_apply_after = 1;
  world.bank->fail_finds = 5;  // Find fails as well for a while
  const v1::Order late = world.Submit(world.Freeze(100));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(late), "CONTROLLED");
  EXPECT_EQ(world.bank->applies, 5);
}

TEST(Agent, WhatNobodyKnowsIsInDoubtUntilAClerkDecides) {
  SdkWorld world;
  world.bank->fail_apply_after = 1;
  world.bank->find_knows_nothing = true;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  world.Run(300);
  const Operation operation = SdkWorld::OperationOf(freeze);
  EXPECT_EQ(world.Outcome(freeze), "-");
  EXPECT_EQ(world.bank->applies, 1) << "never a second Apply";
  ASSERT_EQ(world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_ACKNOWLEDGED).size(), 1u);
  ASSERT_EQ(world.agent->ClerkQueue().size(), 1u);
  EXPECT_EQ(world.agent->ClerkQueue()[0].state, TaskState::kInDoubt);
  EXPECT_EQ(world.agent->ClerkQueue()[0].order.order_id(), freeze.order_id());
  EXPECT_FALSE(world.agent->ClerkQueue()[0].note.empty());
  EXPECT_EQ(world.agent->metrics().waiting_for_clerk, 1u);

  // It holds up the next control on this person, but no inquiry and nobody else.
  const v1::Order next = world.Submit(world.Freeze(200));
  const v1::Order inquiry = world.Submit(world.Inquiry());
  v1::Order other = world.Freeze(10);
  other.mutable_subject()->set_id_number("990101199112120034");
  world.Submit(other);
  world.Run(60);
  EXPECT_EQ(world.Outcome(next), "-");
  EXPECT_EQ(world.Outcome(inquiry), "FOUND");
  EXPECT_EQ(world.Outcome(other), "NOT_CONTROLLED");
  EXPECT_EQ(world.gateway.Of(next.order_id(), v1::RECEIPT_KIND_ACKNOWLEDGED).size(), 1u);

  // A start changes nothing about it.
  world.StartAgent();
  world.Run(60);
  EXPECT_EQ(world.bank->applies, 2);
  EXPECT_EQ(ReasonOf(world.agent->AskAgain(operation)), Reason::kTaskNotWaiting);
  EXPECT_EQ(ReasonOf(world.agent->ResolveInDoubt(operation, FailedAnswer("", ""), "clerk 7")), Reason::kAnswerInvalid);
  EXPECT_EQ(ReasonOf(world.agent->ResolveInDoubt(SdkWorld::OperationOf(next), FailedAnswer("X", ""), "clerk 7")),
            Reason::kTaskNotWaiting);
  world.bank->find_knows_nothing = false;
  EXPECT_TRUE(world.agent->AskAgain(operation).ok());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  EXPECT_EQ(world.Outcome(next), "CONTROLLED");
  EXPECT_EQ(world.Effects(freeze), 1);
  EXPECT_EQ(world.LastWord(next)->items(0).measure().rank(), 2u);
}

TEST(Agent, AClerkSettlesADoubtByHand) {
  SdkWorld world;
  world.bank->fail_apply_before = 1;
  world.bank->find_knows_nothing = true;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  world.Run(30);
  Answer undone;
  v1::ItemResult& item = undone.items.emplace_back();
  item.set_outcome(v1::OUTCOME_NOT_CONTROLLED);
  item.set_reason("CORE_FAILED");
  ASSERT_TRUE(world.agent->ResolveInDoubt(SdkWorld::OperationOf(freeze), undone, "clerk 7").ok());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "NOT_CONTROLLED");
  EXPECT_EQ(world.Effects(freeze), 0);
  EXPECT_TRUE(world.agent->ClerkQueue().empty());
}

TEST(Agent, EventsOfAMeasureInDoubtWaitForItsAnswer) {
  SdkWorld world;
  world.bank->fail_apply_after = 1;
  world.bank->find_knows_nothing = true;
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  world.Run(30);
  world.bank->Credit(kAccount, 2'000'000);
  world.Run(30);
  EXPECT_TRUE(world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT).empty());
  world.StartAgent();
  world.bank->find_knows_nothing = false;
  ASSERT_TRUE(world.agent->AskAgain(SdkWorld::OperationOf(freeze)).ok());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "PARTLY_CONTROLLED");
  ASSERT_EQ(world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT).size(), 1u);
}

TEST(Agent, AnAnswerOfTheCoresOwnSettlesADoubt) {
  SdkWorld world;
  world.bank->fail_apply_after = 1;
  world.bank->find_knows_nothing = true;
  world.bank->other_bank = true;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  world.Run(20);
  RegisterChange told;
  told.sequence = 1;
  told.operation = SdkWorld::OperationOf(freeze);
  told.answer = world.core.done.at(told.operation);
  told.at = world.clock.WallNow();
  world.core.changes.push_back(told);
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(freeze), "CONTROLLED");
  told.sequence = 2;  // a second last word is passed over
  world.core.changes.push_back(told);
  world.Run(20);
  EXPECT_EQ(world.agent->metrics().changes_passed_over, 1u);
}

TEST(Agent, AnAnswerThatCannotBeSignedIsInDoubtNotInvented) {
  SdkWorld world;
  Answer wrong;
  wrong.items.emplace_back().set_outcome(v1::OUTCOME_CONTROLLED);  // no measure
  world.bank->say_instead = wrong;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  world.Run(30);
  EXPECT_EQ(world.Outcome(freeze), "-");
  ASSERT_EQ(world.agent->ClerkQueue().size(), 1u);
  EXPECT_EQ(world.agent->metrics().answers_invalid, 1u);
  EXPECT_EQ(world.bank->applies, 1);
}

TEST(Agent, ControlsOnOnePersonAreAppliedInOrderOfArrival) {
  SdkWorld world;
  world.core.accounts.at(kAccount).asset.balance = 1000;
  std::vector<v1::Order> orders;
  world.bank->fail_apply_before = 3;  // the first is tried again and again; nobody overtakes it
  for (int i = 0; i < 6; ++i) {
    v1::Order order = world.Freeze(100 + i);
    if (i % 2 == 1) order.mutable_subject()->set_id_number(kDebtorOldNumber);  // the same person
    orders.push_back(world.Submit(order));
  }
  ASSERT_TRUE(world.Settle());
  for (size_t i = 0; i < orders.size(); ++i) {
    EXPECT_EQ(world.LastWord(orders[i])->items(0).measure().rank(), i + 1);
    EXPECT_EQ(world.LastWord(orders[i])->items(0).measure().served_sequence(), i + 1);
  }
}

TEST(Agent, AReleaseNeedsAFreezeOfThisCaseAndPerson) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(100));
  v1::Order other_case = world.Release(freeze);
  other_case.set_case_number("（2026）辽9901执1号");
  v1::Order other_person = world.Release(freeze);
  other_person.mutable_subject()->set_id_number("990101199112120034");
  const v1::Order unknown = world.Submit(world.Release(world.Freeze(5)));
  world.Submit(other_case);
  world.Submit(other_person);
  const v1::Order release = world.Submit(world.Release(freeze, 40));
  const v1::Order of_release = world.Submit(world.Deduct(release, 1));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(unknown), "RETURNED MEASURE_UNKNOWN");
  EXPECT_EQ(world.Outcome(other_case), "RETURNED MEASURE_UNKNOWN");
  EXPECT_EQ(world.Outcome(other_person), "RETURNED MEASURE_UNKNOWN");
  EXPECT_EQ(world.Outcome(of_release), "RETURNED MEASURE_UNKNOWN");
  EXPECT_EQ(world.Outcome(release), "RELEASED");
  EXPECT_EQ(world.LastWord(release)->items(0).measure().requested_minor_units(), 60);
}

TEST(Agent, AChangeThatTheRegisterTellsTwiceIsReportedOnce) {
  SdkWorld world;
  const v1::Order freeze = world.Submit(world.Freeze(8'000'000));
  ASSERT_TRUE(world.Settle());
  world.bank->Credit(kAccount, 100);
  world.Run(10);
  world.core.changes.push_back(world.core.changes.front());  // with its old sequence
  world.Run(10);
  world.StartAgent();  // the cursor is durable
  world.Run(20);
  EXPECT_EQ(world.gateway.Of(freeze.order_id(), v1::RECEIPT_KIND_EVENT).size(), 1u);
}

TEST(Agent, ACorrectionNamesTheReceiptThatItReplaces) {
  SdkWorld world;
  v1::Order inquiry = world.Inquiry();
  inquiry.mutable_subject()->set_id_number("990101199112120034");
  world.Submit(inquiry);
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Outcome(inquiry), "NIL");
  const std::string digest(journal::View(journal::LeafHash(world.gateway.ReceiptsOn(inquiry.order_id())[0].bytes)));
  RegisterChange change;
  change.sequence = 1;
  change.kind = RegisterChange::Kind::kCorrection;
  change.operation = SdkWorld::OperationOf(inquiry);
  change.answer.searched_scope = "deposits, vault included";
  change.answer.items.emplace_back().set_outcome(v1::OUTCOME_FOUND);
  change.answer.items.front().mutable_finding()->set_asset_number("A9");
  change.at = world.clock.WallNow();
  world.core.changes.push_back(change);
  world.Run(20);
  const auto corrections = world.gateway.Of(inquiry.order_id(), v1::RECEIPT_KIND_CORRECTION);
  ASSERT_EQ(corrections.size(), 1u);
  EXPECT_EQ(corrections[0]->corrects(), digest);
}

TEST(Agent, ALandRegistryLivesInTheInboxAndItsClerkDecides) {
  SdkWorld world(SdkWorld::Way::kLand);
  const std::string unit = "990101001002GB00123F00010012";
  const v1::Order seal = world.Submit(world.FreezeThing(unit));
  world.Run(10);
  ASSERT_EQ(world.gateway.Of(seal.order_id(), v1::RECEIPT_KIND_PROGRESS).size(), 1u);
  const v1::MeasureState& pending = world.gateway.Of(seal.order_id(), v1::RECEIPT_KIND_PROGRESS)[0]->items(0).measure();
  EXPECT_EQ(pending.rank(), 1u);
  EXPECT_FALSE(pending.has_effective_from());
  // Another authority's seal comes in at the counter: second, though the first is still under review.
  const absl::Time now = world.clock.WallNow();
  ASSERT_TRUE(world.agent
                  ->InTransaction([&](InboxTransaction& transaction) {
                    return world.land.Enter(transaction, "（2026）辽9902执231号", unit, {now, 1000}, now);
                  })
                  .ok());
  ASSERT_EQ(world.agent->ClerkQueue().size(), 1u);
  EXPECT_EQ(ReasonOf(world.agent->AskAgain(SdkWorld::OperationOf(seal))), Reason::kTaskNotWaiting);
  ASSERT_TRUE(world.agent->DecideReview(SdkWorld::OperationOf(seal), {.approved = true, .clerk = "clerk 1"}).ok());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(seal), "CONTROLLED");
  EXPECT_EQ(world.LastWord(seal)->items(0).measure().rank(), 1u);
  EXPECT_EQ(ReasonOf(world.agent->DecideReview(SdkWorld::OperationOf(seal), {})), Reason::kTaskNotWaiting);

  const v1::Order second = world.Submit(world.FreezeThing(unit));
  world.Run(10);
  ASSERT_TRUE(world.agent->DecideReview(SdkWorld::OperationOf(second), {.approved = true}).ok());
  const v1::Order release = world.Submit(world.Release(seal));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(second), "WAITLISTED");
  EXPECT_EQ(world.LastWord(second)->items(0).measure().rank(), 3u);
  EXPECT_EQ(world.Outcome(release), "RELEASED");
  auto transaction = world.inbox->Begin();
  EXPECT_EQ(FakeLand::Rows(*transaction).at("（2026）辽9902执231号").phase, Phase::kEffective)
      << "moved up without an order";
  EXPECT_TRUE(world.gateway.Of(second.order_id(), v1::RECEIPT_KIND_EVENT).empty()) << "still waiting";
}

TEST(Agent, ALandRegistryThatFailsHasDoneNothing) {
  SdkWorld world(SdkWorld::Way::kLand);
  world.land.review = false;
  world.land.fail_applies = 3;
  const v1::Order seal = world.Submit(world.FreezeThing("U1"));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(seal), "CONTROLLED");
  Answer wrong;
  wrong.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  world.land.say_instead = wrong;
  const v1::Order bad = world.Submit(world.FreezeThing("U2"));
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(bad), "ERROR");
  auto transaction = world.inbox->Begin();
  EXPECT_EQ(FakeLand::Rows(*transaction).size(), 1u) << "its transaction was dropped";
}

TEST(Agent, ARefusedSealGivesItsPlaceBack) {
  SdkWorld world(SdkWorld::Way::kLand);
  const v1::Order first = world.Submit(world.FreezeThing("U1"));
  const v1::Order second = world.Submit(world.FreezeThing("U1"));
  world.Run(10);
  ASSERT_TRUE(world.agent->DecideReview(SdkWorld::OperationOf(second), {.approved = true}).ok());
  world.Run(10);
  EXPECT_EQ(world.Outcome(second), "WAITLISTED");
  ASSERT_TRUE(
      world.agent->DecideReview(SdkWorld::OperationOf(first), {.approved = false, .reason = "NAME_MISMATCH"}).ok());
  ASSERT_TRUE(world.Settle());
  EXPECT_EQ(world.Outcome(first), "NOT_CONTROLLED");
  world.Run(20);
  ASSERT_EQ(world.gateway.Of(second.order_id(), v1::RECEIPT_KIND_EVENT).size(), 1u);
  EXPECT_EQ(world.gateway.Of(second.order_id(), v1::RECEIPT_KIND_EVENT)[0]->change(), v1::MEASURE_CHANGE_PROMOTED);
}

}  // namespace
}  // namespace eagle::sdk
