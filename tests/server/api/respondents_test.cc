// Respondents who come to a case and leave it, through the real handlers: what courts are told and agencies are handed,
// also after a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RespondentCalls : public ::testing::Test {
 protected:
  v1::CaseAct Change(const std::vector<v1::Respondent>& add, const std::vector<v1::Identity>& remove) {
    v1::CaseAct act;
    act.set_request_id(gateway_.NewId()), act.set_court(kCourt);
    v1::ChangeRespondents& change = *act.mutable_respondents();
    change.set_case_number(kCaseNumber), change.set_ground("股东未缴足出资"),
        change.set_legal_basis("法释〔2016〕21号第17条");
    for (const auto& one : add) *change.add_add() = one;
    for (const auto& one : remove) *change.add_remove() = one;
    change.mutable_ruling()->set_category("RULING"), change.mutable_ruling()->set_digest(std::string(32, 'r'));
    change.mutable_ruling()->set_size_bytes(9), change.mutable_ruling()->set_media_type("application/pdf");
    return act;
  }
  static v1::Respondent Newcomer() {
    v1::Respondent respondent;
    *respondent.mutable_identity() = DemoWorld::SuQing();
    respondent.set_liability(v1::LIABILITY_KIND_SEVERAL), respondent.set_liability_cap_minor_units(50'000'00);
    return respondent;
  }
  static v1::Order On(const v1::Identity& subject, v1::Order order) {
    *order.mutable_subject() = subject;
    return order;
  }
  void Accept(const v1::CaseAct& act) {
    const auto answer = demo_.SubmitCase({act});
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_TRUE(answer->results(0).has_acceptance()) << answer->DebugString();
    const v1::CaseAcceptance& acceptance = answer->results(0).acceptance();
    EXPECT_EQ(acceptance.case_seq(), View().journal_index());
    EXPECT_TRUE(gateway_.Proves(acceptance.proof(), acceptance.leaf(), answer->checkpoint()));
  }
  v1::CaseView View() {
    const auto view = demo_.Case();
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }
  void Restart() {
    const v1::CaseView before = View();
    gateway_.Restart();
    demo_.sessions.clear();
    EXPECT_EQ(View().SerializeAsString(), before.SerializeAsString());
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(RespondentCalls, APartyIsAddedAfterAnOrderWasApprovedAndIsFrozenToo) {
  const v1::Order before = demo_.Freeze(kBeiling, 60'000'00);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({before})), ElementsAre(""));
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({On(DemoWorld::SuQing(), demo_.Freeze(kSongyue, 100'00))})),
              ElementsAre("NOT_RESPONDENT"));
  Accept(Change({Newcomer()}, {}));
  Restart();
  EXPECT_EQ(demo_.Pull(kBeiling).size(), 1u) << "what was approved before stands";
  const v1::CaseView view = View();
  ASSERT_EQ(view.respondents_size(), 3);
  EXPECT_EQ(view.respondents(2).identity_masked(), view.respondents_masked(2));
  EXPECT_EQ(view.respondents(2).liability_cap_minor_units(), 50'000'00);
  EXPECT_FALSE(view.respondents(2).removed());
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({On(DemoWorld::SuQing(), demo_.Freeze(kSongyue, 50'000'01))})),
              ElementsAre("LIABILITY_EXCEEDED"));
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({On(DemoWorld::SuQing(), demo_.Freeze(kSongyue, 50'000'00))})),
              ElementsAre(""));
}

TEST_F(RespondentCalls, APartyIsRemovedWhileAFreezeIsInForceAndNothingIsDroppedSilently) {
  const v1::Order freeze = On(DemoWorld::Guarantor(), demo_.Freeze(kBeiling, 20'000'00)),
                  waiting = On(DemoWorld::Guarantor(), demo_.Freeze(kSongyue, 10'000'00));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 20'000'00, 0)}).ok());
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({waiting})), ElementsAre(""));
  std::string token;
  Accept(Change({}, {DemoWorld::Guarantor()}));
  Restart();
  EXPECT_THAT(demo_.Pull(kSongyue), IsEmpty()) << "what had not begun stands still, also after a restart";
  v1::CaseView view = View();
  EXPECT_TRUE(view.respondents(1).removed());
  EXPECT_EQ(view.ledger().controlled_minor_units(), 20'000'00) << "what stands stays counted";
  EXPECT_EQ(view.ledger().surplus_minor_units(), 30'000'00);
  ASSERT_TRUE(view.has_release_due());
  for (const v1::MeasureView& measure : view.measures()) EXPECT_TRUE(measure.to_release());
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({On(DemoWorld::Guarantor(), demo_.Deduct(freeze, 20'000'00))},
                                              {kHandler, kCosigner, kLeader})),
              ElementsAre("RESPONDENT_REMOVED"));
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({On(DemoWorld::Guarantor(), demo_.Inquire({kBeiling}))}, {kHandler})),
              ElementsAre("RESPONDENT_REMOVED"));
  gateway_.AdvanceTo(domain::FromProto(view.release_due()) + absl::Minutes(1));
  EXPECT_GE(gateway_.Count("DEADLINE_MARKED"), 1u) << "its clock runs and is marked";
  v1::WithdrawOrderRequest back;
  back.set_request_id(gateway_.NewId()), back.set_order_id(waiting.order_id());
  ASSERT_TRUE(gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, back).ok());
  const v1::Order release = On(DemoWorld::Guarantor(), demo_.Release(freeze));
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({release})), ElementsAre(""));
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Released(release, 0)}).ok());
  view = View();
  EXPECT_FALSE(view.has_release_due());
  EXPECT_EQ(view.ledger().surplus_minor_units(), 0);
  EXPECT_EQ(gateway_.Types().back(), "ACCESS_RECORDED");
  EXPECT_EQ(gateway_.Count("SURPLUS_CLEARED"), 1u);
}

TEST_F(RespondentCalls, ADryRunTellsWhatWouldBeRefusedAndWritesNothing) {
  const size_t before = gateway_.Types().size();
  v1::SubmitCaseActsRequest request;
  v1::CaseAct act = Change({Newcomer()}, {DemoWorld::SuQing()});
  act.mutable_respondents()->clear_ruling();
  *request.mutable_batch() = gateway_.Sign(v1::MEMBER_TYPE_CASE, kCourt, std::vector<v1::CaseAct>{act}, {});
  request.set_validate_only(true);
  const auto answer = gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.court, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(DemoWorld::Problems(answer->results(0).refusal()),
              ElementsAre("respondents.remove[0] NOT_RESPONDENT", "respondents.ruling PAPER_MISSING"))
      << "a trial needs no signatures";
  EXPECT_EQ(gateway_.Types().size(), before);
}

}  // namespace
}  // namespace eagle::test
