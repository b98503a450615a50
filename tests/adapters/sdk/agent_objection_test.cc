// Objections at the agency: said once and kept, sent until they are recorded, and no deduction begun meanwhile; the
// court's answer is believed when its officers' keys bear it out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

using ::testing::SizeIs;

class AgentObjectionTest : public ::testing::Test {
 protected:
  AgentObjectionTest() { world_.core.AddAccount(kAccount, 80'000'00, kDebtor, kDebtorNumber); }
  v1::Order Frozen() {
    const v1::Order freeze = world_.Submit(world_.Freeze(50'000'00));
    world_.Run();
    EXPECT_EQ(world_.Outcome(freeze), "CONTROLLED");
    return freeze;
  }
  std::string Raise(const v1::Order& order) {
    const auto id = world_.agent->RaiseObjection(order.order_id(), "EXEMPT_ASSET", "农民工工资", {});
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or("");
  }
  // The court's answer to the objection that came last, signed by these.
  v1::SignedMember Answer(const std::string& id, v1::ObjectionDecision decision, KeyedHashSigner& key,
                          const std::string& signer = kCourt) {
    v1::ObjectionAct act;
    act.set_request_id(std::string(16, 'a')), act.set_author(signer);
    *act.mutable_written_at() = trust::TimestampOf(world_.clock.WallNow());
    act.mutable_answer()->set_objection_id(id), act.mutable_answer()->set_decision(decision);
    act.mutable_answer()->set_text("经审查");
    return trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_OBJECTION,
                                               .environment = v1::ENVIRONMENT_TEST,
                                               .signer = signer,
                                               .sequence = 7,
                                               .signed_at = world_.clock.WallNow()},
                                              {act.SerializeAsString()}, {&key}),
                             0);
  }
  ObjectionPhase PhaseOf(const std::string& id) {
    for (const ObjectionRow& row : world_.agent->Objections()) {
      if (row.id == id) return row.phase;
    }
    ADD_FAILURE() << "no such objection";
    return ObjectionPhase::kRefused;
  }

  SdkWorld world_;
};

TEST_F(AgentObjectionTest, IsSentUntilItIsRecordedWhateverTheChannelLosesAndAcrossRestarts) {
  const v1::Order freeze = Frozen();
  int lost = 0;
  world_.gateway.fate = [&](Wire wire) {
    return wire == kWireObject && lost++ < 3 ? (lost == 1 ? Fate::kLoseRequest : Fate::kLoseReply) : Fate::kDeliver;
  };
  const std::string id = Raise(freeze);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kSaid);
  world_.StopAgent();  // signed and kept before it was sent
  world_.StartAgent();
  world_.Run(400);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kOpen);
  ASSERT_GE(world_.gateway.said.size(), 2u);
  EXPECT_EQ(world_.gateway.said.front().SerializeAsString(), world_.gateway.said.back().SerializeAsString())
      << "the same bytes";
  v1::ObjectionAct act;
  ASSERT_TRUE(act.ParseFromString(world_.gateway.said.front().members(0)));
  EXPECT_EQ(act.raise().order_id(), freeze.order_id());
  EXPECT_EQ(act.raise().contact_phone(), world_.config.contact_phone);
  EXPECT_TRUE(world_.agent->Objections().at(0).due_at.has_value());
  EXPECT_THAT(world_.agent->WordsOf(id), SizeIs(1)) << "it comes back from the log";
}

TEST_F(AgentObjectionTest, NoDeductionBeginsUntilTheCourtHasRejectedIt) {
  const v1::Order freeze = Frozen();
  const std::string id = Raise(freeze);
  world_.Run();
  const v1::Order deduct = world_.Submit(world_.Deduct(freeze, 10'000'00));
  world_.Run(400);
  EXPECT_EQ(world_.Effects(deduct), 0);
  world_.gateway.AddWord(id, Answer(id, v1::OBJECTION_DECISION_REJECTED, world_.handler));
  world_.Run(400);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kRejected);
  EXPECT_EQ(world_.Effects(deduct), 1);
}

TEST_F(AgentObjectionTest, WhatTheCourtFoundWrongGoesBackUndone) {
  const v1::Order freeze = Frozen();
  world_.gateway.fate = [](Wire wire) { return wire == kWireObject ? Fate::kLoseRequest : Fate::kDeliver; };
  const std::string first = Raise(freeze);  // holds the deduction while the clerk writes
  const v1::Order deduct = world_.Submit(world_.Deduct(freeze, 10'000'00));
  world_.Run();
  const std::string second = Raise(deduct);
  world_.gateway.fate = [](Wire) { return Fate::kDeliver; };
  world_.Run(400);
  world_.gateway.AddWord(first, Answer(first, v1::OBJECTION_DECISION_REJECTED, world_.handler));
  v1::SignedMember upheld = Answer(second, v1::OBJECTION_DECISION_UPHELD, world_.handler);
  world_.gateway.AddWord(second, upheld);
  world_.Run(400);
  EXPECT_EQ(world_.Effects(deduct), 0);
  EXPECT_EQ(world_.Outcome(deduct), "RETURNED REFUSED_BY_CLERK");
}

// Edge case 24 of the domain: the account is exempt, nothing is done, and the court is asked to examine its order.
TEST_F(AgentObjectionTest, WhatIsHeldAsExemptIsObjectedToByTheAgentItselfOnce) {
  sdk::Answer held = FailedAnswer("WAGE_ESCROW", "account 9900010000000006015 is for wages");
  held.items[0].set_outcome(v1::OUTCOME_EXEMPT_HELD);
  world_.bank->say_instead = held;
  world_.gateway.fate = [](Wire wire) { return wire == kWireObject ? Fate::kLoseRequest : Fate::kDeliver; };
  const v1::Order freeze = world_.Submit(world_.Freeze(50'000'00));
  world_.Run();
  EXPECT_EQ(world_.Outcome(freeze), "EXEMPT_HELD");
  ASSERT_THAT(world_.agent->Objections(), SizeIs(1)) << "kept in the commit of the answer";
  const ObjectionRow said = world_.agent->Objections().at(0);
  EXPECT_EQ(said.order_id, freeze.order_id());
  EXPECT_EQ(said.ground, "EXEMPT_ASSET");
  world_.StopAgent();
  world_.gateway.fate = [](Wire) { return Fate::kDeliver; };
  world_.StartAgent();
  world_.Run(400);
  ASSERT_THAT(world_.agent->Objections(), SizeIs(1)) << "once an order, also over a restart";
  EXPECT_EQ(PhaseOf(said.id), ObjectionPhase::kOpen);
  EXPECT_TRUE(world_.agent->Objections().at(0).due_at.has_value()) << "the court's clock runs";
  v1::ObjectionAct act;
  ASSERT_TRUE(act.ParseFromString(world_.gateway.said.front().members(0)));
  EXPECT_THAT(act.raise().text(), ::testing::HasSubstr("WAGE_ESCROW"));
  EXPECT_THAT(act.raise().text(), ::testing::HasSubstr("9900010000000006015"));
}

TEST_F(AgentObjectionTest, OnlyAWholeAnswerOfExemptHeldAndOnlyWhereTheAgencyWantsIt) {
  world_.core.AddAccount("9900010000000006015", 1'000'00, kDebtor, kDebtorNumber);
  world_.core.accounts.at("9900010000000006015").asset.standing = Standing::kExempt;
  Frozen();
  EXPECT_THAT(world_.agent->Objections(), SizeIs(0)) << "the rest was frozen; people may still object";
  world_.StopAgent();
  world_.config.exempt_ground.clear();
  world_.StartAgent();
  sdk::Answer held = FailedAnswer("WAGE_ESCROW", "held");
  held.items[0].set_outcome(v1::OUTCOME_EXEMPT_HELD);
  world_.bank->say_instead = held;
  EXPECT_EQ((world_.Submit(world_.Freeze(1'00)), world_.Run(), world_.agent->Objections().size()), 0u);
}

TEST_F(AgentObjectionTest, AnAnswerThatNoOfficerSignedIsNotBelieved) {
  const v1::Order freeze = Frozen();
  const std::string id = Raise(freeze);
  world_.Run(100);
  world_.gateway.AddWord(id, Answer(id, v1::OBJECTION_DECISION_REJECTED, world_.stranger));
  world_.Run(100);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kOpen);
  EXPECT_GE(world_.agent->metrics().objection_words_unverified, 1u);
  EXPECT_EQ(ReasonOf(world_.agent->RaiseObjection(freeze.order_id(), "OTHER", "again", {}).status()),
            Reason::kObjectionOpen);
}

TEST_F(AgentObjectionTest, NobodyAnswersHisOwn) {
  const std::string id = Raise(Frozen());
  world_.Run(100);
  world_.gateway.AddWord(id, Answer(id, v1::OBJECTION_DECISION_UPHELD, world_.agency_key, kAgency));
  world_.Run(100);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kOpen);
}

TEST_F(AgentObjectionTest, IsTakenBackByAWordThatTheLogShows) {
  const v1::Order freeze = Frozen();
  const std::string id = Raise(freeze);
  EXPECT_TRUE(world_.agent->ReplyToObjection(id, "误会已澄清", /*withdraws=*/true).ok());
  world_.Run(200);
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kWithdrawn);
  EXPECT_EQ(ReasonOf(world_.agent->ReplyToObjection(id, "once more", false)), Reason::kObjectionClosed);
}

TEST_F(AgentObjectionTest, ARefusalSaysWhyAndHoldsNothingBack) {
  const v1::Order freeze = Frozen();
  world_.gateway.refuse_words.set_reason("FIELD_INVALID");
  world_.gateway.refuse_words.set_message("not a ground of the policy in force");
  const std::string id = Raise(freeze);
  world_.Run();
  EXPECT_EQ(PhaseOf(id), ObjectionPhase::kRefused);
  EXPECT_THAT(world_.agent->Objections().at(0).why, ::testing::HasSubstr("FIELD_INVALID"));
  const v1::Order deduct = world_.Submit(world_.Deduct(freeze, 10'000'00));
  world_.Run(200);
  EXPECT_EQ(world_.Effects(deduct), 1);
}

TEST_F(AgentObjectionTest, OnlyAgainstAGenuineOrderThatCame) {
  EXPECT_EQ(ReasonOf(world_.agent->RaiseObjection(std::string(16, 'n'), "OTHER", "text", {}).status()),
            Reason::kOrderUnknown);
  const v1::Order freeze = Frozen();
  EXPECT_EQ(ReasonOf(world_.agent->RaiseObjection(freeze.order_id(), "OTHER", "", {}).status()), Reason::kTextInvalid);
  EXPECT_EQ(ReasonOf(world_.agent->RaiseObjection(freeze.order_id(), "", "text", {}).status()), Reason::kFieldInvalid);
}

// A gateway without the call, or one that won't take it, must not keep orders and receipts waiting.
TEST_F(AgentObjectionTest, AGatewayThatRefusesTheCallHoldsUpNothingElse) {
  const v1::Order freeze = Frozen();
  world_.gateway.refuse = [](Wire wire) -> absl::Status {
    if (wire == kWireObject) return Fail(Reason::kPermissionDenied, "not for you");
    return absl::OkStatus();
  };
  Raise(freeze);
  const int hellos = world_.gateway.calls[kWireHello];
  const v1::Order inquiry = world_.Submit(world_.Inquiry());
  world_.Run(400);
  EXPECT_EQ(world_.Outcome(inquiry), "FOUND");
  EXPECT_EQ(world_.gateway.calls[kWireHello], hellos);
}

TEST_F(AgentObjectionTest, ACorrectionNamesTheAnswerThatItReplaces) {
  const v1::Order inquiry = world_.Submit(world_.Inquiry());
  world_.Run();
  ASSERT_EQ(world_.Outcome(inquiry), "FOUND");
  const StoredReceipt first = world_.gateway.ReceiptsOn(inquiry.order_id()).back();
  sdk::Answer right;
  right.searched_scope = "all branches";
  right.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  ASSERT_TRUE(world_.agent->CorrectAnswer(inquiry.order_id(), right).ok());
  world_.Run();
  const auto corrections = world_.gateway.Of(inquiry.order_id(), v1::RECEIPT_KIND_CORRECTION);
  ASSERT_THAT(corrections, SizeIs(1));
  EXPECT_EQ(corrections[0]->corrects(), journal::View(journal::LeafHash(first.receipt.SerializeAsString())));
  EXPECT_EQ(corrections[0]->items(0).outcome(), v1::OUTCOME_NIL);
  sdk::Answer nonsense;
  nonsense.items.emplace_back().set_outcome(v1::OUTCOME_DEDUCTED);
  EXPECT_EQ(ReasonOf(world_.agent->CorrectAnswer(inquiry.order_id(), nonsense)), Reason::kAnswerInvalid);
  sdk::Answer silent;
  silent.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
  EXPECT_EQ(ReasonOf(world_.agent->CorrectAnswer(inquiry.order_id(), silent)), Reason::kAnswerInvalid)
      << "NIL says what was searched";
  EXPECT_EQ(ReasonOf(world_.agent->CorrectAnswer(std::string(16, 'n'), right)), Reason::kTaskNotWaiting);
}

}  // namespace
}  // namespace eagle::sdk
