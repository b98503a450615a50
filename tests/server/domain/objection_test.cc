// An agency objects: who may, what its objection holds back and for how long, who answers, and what the clock says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class ObjectionTest : public ::testing::Test {
 protected:
  // A freeze that BANK1 was handed and has carried out.
  OrderProto Frozen() {
    const OrderProto freeze = world_.FreezeOrder("BANK1", 80'000'00);
    world_.Do(world_.Orders({freeze}));
    EXPECT_NE(Deliver(freeze), 0u);
    world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 80'000'00, 0)}));
    return freeze;
  }
  OrderProto Deduction(const OrderProto& freeze, int64_t amount = 10'000'00) {
    const OrderProto deduct = world_.DeductOrder("BANK1", freeze.order_id(), amount);
    EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({deduct}))), Reason::kNone);
    return deduct;
  }
  // Index of the hand-out; 0: nothing went out.
  uint64_t Deliver(const OrderProto& order) {
    return world_
        .Do(domain::Deliver{
            .agency = AgencyOrdinal(1), .instance = "12345678", .orders = {world_.OrderNamed(order).seq}})
        .index;
  }
  ObjectionAct Raised(const OrderProto& order) {
    const ObjectionAct act = world_.Raise("BANK1", order);
    EXPECT_EQ(Refusal("BANK1", act), Reason::kNone);
    return act;
  }
  Reason Refusal(const std::string& author, const ObjectionAct& act,
                 std::vector<std::string> signers = {"handler", "leader"}) {
    return DomainWorld::OnlyRefusal(world_.Do(world_.Objections(author, {act}, std::move(signers))));
  }
  std::vector<std::string> Problems(const std::string& author, const ObjectionAct& act,
                                    std::vector<std::string> signers = {"handler", "leader"}) {
    return DomainWorld::Problems(world_.Do(world_.Objections(author, {act}, std::move(signers))));
  }
  const ObjectionThread& Thread(const ObjectionAct& raised) {
    return world_.state.objections.at(world_.state.ids.at(raised.request_id()).index);
  }
  // The journal folded anew gives the same rows and timers; a row read back gives itself.
  void ExpectReplayAgrees() {
    domain::State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    ASSERT_EQ(again.objections.size(), world_.state.objections.size());
    for (const auto& [index, thread] : world_.state.objections) {
      EXPECT_EQ(again.objections.at(index).Encode(), thread.Encode());
      const auto decoded = ObjectionThread::Decode(thread.Encode());
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded->Encode(), thread.Encode());
      EXPECT_EQ(decoded->open(), thread.open());
      EXPECT_EQ(decoded->deadline.next(), thread.deadline.next());
    }
    EXPECT_TRUE(again.timers == world_.state.timers);
    for (const auto& [seq, order] : world_.state.orders) EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
  }

  DomainWorld world_;
};

TEST_F(ObjectionTest, HoldsBackEveryDeductionOfTheMeasureUntilItIsRejected) {
  const OrderProto freeze = Frozen(), before = Deduction(freeze);
  const ObjectionAct raised = Raised(freeze);
  const OrderProto after = Deduction(freeze);
  EXPECT_EQ(Deliver(before), 0u);
  EXPECT_EQ(Deliver(after), 0u);
  EXPECT_EQ(world_.TheCase().ledger.Sum().deducting, 20'000'00) << "their money stays reserved";
  ASSERT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_REJECTED)), Reason::kNone);
  EXPECT_NE(Deliver(before), 0u);
  EXPECT_NE(Deliver(after), 0u);
  ExpectReplayAgrees();
}

TEST_F(ObjectionTest, HoldsBackNothingElse) {
  const OrderProto freeze = Frozen();
  const OrderProto other = world_.FreezeOrder("BANK1", 10'000'00);
  world_.Do(world_.Orders({other}));
  Deliver(other);
  world_.Do(world_.Receipts("BANK1", {world_.Controlled(other, "BANK1", 10'000'00, 0)}));
  Raised(freeze);
  EXPECT_NE(Deliver(Deduction(other, 5'000'00)), 0u) << "another measure";
  const OrderProto release = world_.ReleaseOrder("BANK1", freeze.order_id(), 1'000'00);
  world_.Do(world_.Orders({release}));
  EXPECT_NE(Deliver(release), 0u) << "whatever the answer, less is frozen";
}

// What was handed out may have begun: asking again is safe, and the agency owes its answer.
TEST_F(ObjectionTest, DoesNotTakeBackWhatWasHandedOut) {
  const OrderProto freeze = Frozen(), deduct = Deduction(freeze);
  ASSERT_NE(Deliver(deduct), 0u);
  Raised(deduct);
  EXPECT_NE(Deliver(deduct), 0u);
}

TEST_F(ObjectionTest, UpheldHoldsBackForGoodWhatWasSignedBefore) {
  for (ObjectionDecision decision : {OBJECTION_DECISION_UPHELD, OBJECTION_DECISION_AMENDED}) {
    world_ = DomainWorld();
    const OrderProto freeze = Frozen(), before = Deduction(freeze);
    ASSERT_EQ(Refusal("C1", world_.Answer(Raised(freeze), decision)), Reason::kNone);
    EXPECT_EQ(Deliver(before), 0u);
    EXPECT_NE(Deliver(Deduction(freeze)), 0u) << "signed by a court that knows its own answer";
    const auto withdrawn =
        world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = before.order_id()});
    EXPECT_TRUE(withdrawn.status.ok());
    EXPECT_TRUE(world_.OrderNamed(before).complete());
    ExpectReplayAgrees();
  }
}

// A deduction was wrong; the measure and other deductions of it were not.
TEST_F(ObjectionTest, UpheldAgainstADeductionHoldsThatOneOnly) {
  const OrderProto freeze = Frozen(), wrong = Deduction(freeze);
  ASSERT_NE(Deliver(wrong), 0u);
  const ObjectionAct raised = Raised(wrong);
  const OrderProto other = Deduction(freeze);
  EXPECT_EQ(Deliver(other), 0u);
  ASSERT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_UPHELD)), Reason::kNone);
  EXPECT_TRUE(HeldByObjection(world_.state, world_.OrderNamed(wrong)));
  EXPECT_NE(Deliver(other), 0u);
}

TEST_F(ObjectionTest, ClockRunsInCivilDaysAndEachMarkIsWrittenOnce) {
  const ObjectionAct raised = Raised(Frozen());
  const Deadline& deadline = Thread(raised).deadline;
  EXPECT_EQ(deadline.row, "ANSWER_OBJECTION");
  EXPECT_EQ(deadline.due, absl::FromCivil(absl::ToCivilDay(world_.now, world_.state.policy->zone()) + 5,
                                          world_.state.policy->zone()));
  const auto marks = [&] {
    std::vector<uint32_t> out;
    for (const Entry& entry : world_.journal) {
      ObjectionMarked body;
      if (entry.type != ENTRY_TYPE_OBJECTION_MARKED) continue;
      EXPECT_TRUE(body.ParseFromString(entry.body));
      EXPECT_EQ(body.objection(), Thread(raised).index);
      out.push_back(body.mark_permille());
    }
    return out;
  };
  world_.now = deadline.due - absl::Microseconds(1);
  world_.Tick(), world_.Tick();
  EXPECT_THAT(marks(), ElementsAre(500, 750));
  world_.now = deadline.due;
  world_.Tick(), world_.Tick();
  EXPECT_THAT(marks(), ElementsAre(500, 750, 1000));
  ExpectReplayAgrees();
  ASSERT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_REJECTED)), Reason::kNone);
  EXPECT_FALSE(Thread(raised).late) << "in the very instant";
  world_.now += absl::Hours(1000);
  world_.Tick();
  EXPECT_THAT(marks(), ElementsAre(500, 750, 1000)) << "an answer stops the clock";
  ExpectReplayAgrees();
}

TEST_F(ObjectionTest, AnAnswerStopsTheClockBeforeItsFirstMark) {
  const ObjectionAct raised = Raised(Frozen());
  ASSERT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_REJECTED)), Reason::kNone);
  for (const Timer& timer : world_.state.timers) EXPECT_NE(timer.kind, Timer::kOfObjection);
  world_.now = Thread(raised).deadline.due + absl::Hours(1000);
  world_.Tick();
  for (const Entry& entry : world_.journal) EXPECT_NE(entry.type, ENTRY_TYPE_OBJECTION_MARKED);
}

TEST_F(ObjectionTest, ALateAnswerIsTakenAndSaysSo) {
  const ObjectionAct raised = Raised(Frozen());
  world_.now = Thread(raised).deadline.due + absl::Seconds(1);
  ASSERT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_UPHELD)), Reason::kNone);
  EXPECT_TRUE(Thread(raised).late);
  EXPECT_EQ(Thread(raised).state, OBJECTION_STATE_UPHELD);
}

TEST_F(ObjectionTest, TheThreadTakesWordsOfBothSidesUntilItIsClosed) {
  const ObjectionAct raised = Raised(Frozen());
  EXPECT_EQ(Refusal("C1", world_.Say("C1", raised), {"handler"}), Reason::kNone);
  EXPECT_EQ(Refusal("BANK1", world_.Say("BANK1", raised)), Reason::kNone);
  EXPECT_EQ(Thread(raised).words.size(), 3u);
  EXPECT_EQ(Refusal("BANK2", world_.Say("BANK2", raised)), Reason::kObjectionUnknown) << "not its thread";
  EXPECT_EQ(Refusal("C1", world_.Say("C1", raised, /*withdraws=*/true)), Reason::kFieldInvalid);
  EXPECT_EQ(Refusal("BANK1", world_.Say("BANK1", raised, /*withdraws=*/true)), Reason::kNone);
  EXPECT_EQ(Thread(raised).state, OBJECTION_STATE_WITHDRAWN);
  EXPECT_EQ(Refusal("BANK1", world_.Say("BANK1", raised)), Reason::kObjectionClosed);
  EXPECT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_UPHELD)), Reason::kObjectionClosed);
  ExpectReplayAgrees();
}

TEST_F(ObjectionTest, AnAgencyCannotHoldADeductionBackForEver) {
  const OrderProto freeze = Frozen(), deduct = Deduction(freeze);
  const ObjectionAct first = Raised(freeze);
  EXPECT_EQ(Refusal("BANK1", world_.Raise("BANK1", freeze)), Reason::kObjectionOpen);
  ASSERT_EQ(Refusal("C1", world_.Answer(first, OBJECTION_DECISION_REJECTED)), Reason::kNone);
  ASSERT_EQ(Refusal("BANK1", world_.Say("BANK1", Raised(freeze), /*withdraws=*/true)), Reason::kNone);
  EXPECT_EQ(Refusal("BANK1", world_.Raise("BANK1", freeze)), Reason::kObjectionsSpent) << "two, by this policy";
  EXPECT_NE(Deliver(deduct), 0u);
}

TEST_F(ObjectionTest, OneBatchCannotDoTwiceWhatTwoCouldNot) {
  const OrderProto freeze = Frozen();
  const auto twice =
      world_.Do(world_.Objections("BANK1", {world_.Raise("BANK1", freeze), world_.Raise("BANK1", freeze)}));
  EXPECT_FALSE(twice.members[0].refusal);
  EXPECT_EQ(twice.members[1].refusal->reason, Reason::kObjectionOpen);
  const ObjectionAct answer = world_.Answer(ObjectionAct(), OBJECTION_DECISION_REJECTED);
  const ObjectionThread& thread = world_.state.objections.begin()->second;
  ObjectionAct first = answer, second = answer;
  for (ObjectionAct* act : {&first, &second}) {
    act->set_request_id(world_.NewId());
    act->mutable_answer()->set_objection_id(thread.id), act->mutable_answer()->set_objection_digest(thread.digest);
  }
  second.mutable_answer()->set_decision(OBJECTION_DECISION_UPHELD);
  const auto answered = world_.Do(world_.Objections("C1", {first, second}));
  EXPECT_FALSE(answered.members[0].refusal);
  EXPECT_EQ(answered.members[1].refusal->reason, Reason::kObjectionClosed);
}

TEST_F(ObjectionTest, OnlyOfAnOrderThatTheAgencyWasHanded) {
  const OrderProto queued = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({queued}));
  EXPECT_EQ(Refusal("BANK1", world_.Raise("BANK1", queued)), Reason::kOrderUnknown);
  const OrderProto freeze = Frozen();
  EXPECT_EQ(Refusal("BANK2", world_.Raise("BANK2", freeze)), Reason::kOrderUnknown) << "addressed to another";
  ObjectionAct hung = world_.Raise("BANK1", freeze);
  hung.mutable_raise()->set_order_digest(std::string(32, 'x'));
  EXPECT_EQ(Refusal("BANK1", hung), Reason::kOrderUnknown) << "another order's digest";
}

TEST_F(ObjectionTest, EveryViolationIsNamedAtOnce) {
  ObjectionAct act = world_.Raise("BANK1", Frozen());
  act.set_author("BANK2"), act.clear_written_at();
  act.mutable_raise()->set_ground("SPITE"), act.mutable_raise()->clear_text();
  act.mutable_raise()->clear_contact_phone();
  EXPECT_THAT(Problems("BANK1", act),
              ElementsAre("author SIGNER_NOT_CALLER", "raise.contact_phone FIELD_MISSING", "raise.ground FIELD_INVALID",
                          "raise.text FIELD_MISSING", "written_at FIELD_MISSING"));
  EXPECT_EQ(Refusal("BANK1", act), Reason::kFieldMissing) << "a faithful repeat is told the same";
}

TEST_F(ObjectionTest, TheAnswerNeedsTheOfficersOfThePolicysRow) {
  const ObjectionAct raised = Raised(Frozen());
  EXPECT_EQ(Refusal("C1", world_.Answer(raised, OBJECTION_DECISION_REJECTED), {"handler", "cosigner"}),
            Reason::kSignaturesMissing);
  EXPECT_EQ(Refusal("C1", world_.Say("C1", raised), {"cosigner"}), Reason::kSignaturesMissing);
  EXPECT_TRUE(Thread(raised).open());
  ObjectionAct other = world_.Answer(raised, OBJECTION_DECISION_REJECTED);
  other.mutable_answer()->set_objection_digest(std::string(32, 'x'));
  EXPECT_THAT(Problems("C1", other), ElementsAre("answer.objection_digest OBJECTION_UNKNOWN"));
  EXPECT_EQ(Refusal("BANK1",
                    [&] {
                      ObjectionAct own = world_.Answer(raised, OBJECTION_DECISION_UPHELD);
                      own.set_author("BANK1");
                      return own;
                    }()),
            Reason::kFieldInvalid)
      << "nobody decides his own";
  EXPECT_TRUE(Thread(raised).open());
}

TEST_F(ObjectionTest, ARepeatAnswersTheSameAndAddsNothing) {
  const OrderProto freeze = Frozen();
  const auto command = world_.Objections("BANK1", {world_.Raise("BANK1", freeze)});
  const uint64_t index = world_.Do(command).members[0].index;
  const size_t entries = world_.journal.size();
  const auto again = world_.Do(command).members[0];
  EXPECT_EQ(again.index, index);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(world_.journal.size(), entries);
  ObjectionAct other = command.members[0].parsed;
  other.mutable_raise()->set_text("something else");
  EXPECT_EQ(Refusal("BANK1", other), Reason::kRequestIdReused);
}

TEST_F(ObjectionTest, WithoutARowOfThePolicyThereIsNone) {
  PolicyTable table = test::FreedoniaPolicy();
  table.clear_objections();
  world_ = DomainWorld(table);
  EXPECT_EQ(Refusal("BANK1", world_.Raise("BANK1", Frozen())), Reason::kObjectionNotProvided);
}

TEST_F(ObjectionTest, APolicyWithTheRowHasItsClock) {
  PolicyTable table = test::FreedoniaPolicy();
  table.mutable_deadlines()->RemoveLast();
  table.mutable_objections()->clear_answer_roles();
  table.mutable_objections()->set_most_per_order(0);
  const auto policy = Policy::Create(table);
  ASSERT_FALSE(policy.ok());
  std::vector<std::string> fields;
  const auto failure = FailureOf(policy.status());
  for (const Violation& violation : failure.violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, UnorderedElementsAre("deadlines", "objections.answer_roles", "objections.most_per_order"));
}

TEST_F(ObjectionTest, OnlyItsOwnKeySpeaksForAnAgency) {
  const OrderProto freeze = Frozen();
  auto command = world_.Objections("BANK1", {world_.Raise("BANK1", freeze)});
  command.signed_head.keys = {world_.Key("somebody")};
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(command)), Reason::kSignatureInvalid);
  command.signed_head.keys = {world_.Key("BANK1")};
  command.signed_head.head.set_signer("BANK2");
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(command)), Reason::kSignerNotCaller);
}

}  // namespace
}  // namespace eagle::domain
