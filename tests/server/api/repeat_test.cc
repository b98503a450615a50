// Every changing call is safe to repeat: the same bytes get the same facts, refusals included, also after a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

class Repeats : public ::testing::Test {
 protected:
  // The facts of an answer: everything but proof and checkpoint, which may name a newer head.
  static std::string FactsOf(v1::SubmitOrdersResponse response) {
    for (auto& result : *response.mutable_results()) {
      if (result.has_acceptance()) result.mutable_acceptance()->clear_proof();
    }
    response.clear_checkpoint();
    return response.SerializeAsString();
  }
  void ExpectProven(const v1::SubmitOrdersResponse& response) {
    for (const auto& result : response.results()) {
      if (!result.has_acceptance()) continue;
      EXPECT_TRUE(gateway_.Proves(result.acceptance().proof(), result.acceptance().leaf(), response.checkpoint()));
    }
  }
  absl::StatusOr<v1::SubmitOrdersResponse> Send(const v1::SubmitOrdersRequest& request) {
    return gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, request);
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(Repeats, ABatchGivesTheSameFacts) {
  const v1::SubmitOrdersRequest request =
      demo_.OrderBatch({demo_.Freeze(kBeiling, 100), demo_.Freeze(kSongyue, 0), demo_.Inquire({kBeiling, kYunfan})});
  const auto first = Send(request);
  ASSERT_THAT(DemoWorld::Reasons(first), ElementsAre("", "AMOUNT_INVALID", ""));
  ExpectProven(*first);
  const size_t entries = gateway_.Types().size();
  const auto again = Send(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(FactsOf(*again), FactsOf(*first));
  ExpectProven(*again);
  EXPECT_EQ(gateway_.Types().size(), entries) << "and does nothing more";
  gateway_.Restart();
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 1)})), ElementsAre(""));  // the journal has grown
  const auto after = Send(request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(FactsOf(*after), FactsOf(*first));
  EXPECT_GT(after->results(0).acceptance().proof().size(), first->results(0).acceptance().proof().size())
      << "the proof names a newer checkpoint";
  ExpectProven(*after);
}

TEST_F(Repeats, OldAndNewMembersShareOneCheckpoint) {
  const v1::Order old = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({old})), ElementsAre(""));
  const auto answer = demo_.Submit({old, demo_.Freeze(kSongyue, 100)});
  ASSERT_THAT(DemoWorld::Reasons(answer), ElementsAre("", ""));
  ExpectProven(*answer);
}

TEST_F(Repeats, AnOrderThatStandsTwiceInABatchIsOneOrder) {
  const v1::Order order = demo_.Freeze(kBeiling, 100);
  const auto answer = demo_.Submit({order, order});
  ASSERT_THAT(DemoWorld::Reasons(answer), ElementsAre("", ""));
  EXPECT_EQ(answer->results(0).acceptance().order_seq(), answer->results(1).acceptance().order_seq());
  ExpectProven(*answer);
  EXPECT_EQ(demo_.Pull(kBeiling).size(), 1u);
}

TEST_F(Repeats, ALargeJournalProvesItsOldEntries) {
  const v1::SubmitOrdersRequest request = demo_.OrderBatch({demo_.Freeze(kBeiling, 100)});
  const auto first = Send(request);
  for (int i = 0; i < 3; ++i) {
    std::vector<v1::Order> many;
    for (int k = 0; k < 200; ++k) many.push_back(demo_.Inquire({kBeiling}));
    ASSERT_THAT(DemoWorld::Reasons(demo_.Submit(many, {kHandler})), Each(""));
  }
  const auto again = Send(request);
  EXPECT_EQ(FactsOf(*again), FactsOf(*first));
  ExpectProven(*again);
  gateway_.Restart();
  ExpectProven(*Send(request));
}

TEST_F(Repeats, ACaseActGivesTheSameFactsAndMakesNoSecondKey) {
  v1::SubmitCaseActsRequest request;
  *request.mutable_batch() = gateway_.Sign(
      v1::MEMBER_TYPE_CASE, kCourt, std::vector<v1::CaseAct>{demo_.Open("（2026）辽9901执7号")}, {kHandler, kLeader});
  const auto first = gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.court, request);
  ASSERT_TRUE(first->results(0).has_acceptance());
  const v1::CaseAcceptance& accepted = first->results(0).acceptance();
  EXPECT_EQ(accepted.case_seq(), accepted.journal_index());
  EXPECT_TRUE(gateway_.Proves(accepted.proof(), accepted.leaf(), first->checkpoint()));
  const size_t keys = gateway_.ring->KeysOf("case")->size();
  gateway_.Restart();
  const auto again = gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.court, request);
  ASSERT_TRUE(again->results(0).has_acceptance()) << again->DebugString();
  EXPECT_EQ(again->results(0).acceptance().case_seq(), accepted.case_seq());
  EXPECT_EQ(again->results(0).acceptance().leaf(), accepted.leaf());
  EXPECT_TRUE(gateway_.Proves(again->results(0).acceptance().proof(), accepted.leaf(), again->checkpoint()));
  EXPECT_EQ(gateway_.ring->KeysOf("case")->size(), keys);
}

TEST_F(Repeats, ADryRunOfACaseWritesNothingAndMakesNoKey) {
  const size_t keys = gateway_.ring->KeysOf("case")->size(), entries = gateway_.Types().size();
  v1::SubmitCaseActsRequest request;
  request.set_validate_only(true);
  *request.mutable_batch() = gateway_.Sign(
      v1::MEMBER_TYPE_CASE, kCourt, std::vector<v1::CaseAct>{demo_.Open("（2026）辽9901执8号"), demo_.Open()}, {});
  const auto answer = gateway_.Call(&api::Handlers::SubmitCaseActs, demo_.court, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->results(0).has_acceptance());
  EXPECT_EQ(answer->results(1).refusal().reason(), "CASE_EXISTS");
  EXPECT_EQ(answer->results(1).refusal().journal_index(), 0u);
  EXPECT_EQ(gateway_.Types().size(), entries);
  EXPECT_EQ(gateway_.ring->KeysOf("case")->size(), keys);
}

TEST_F(Repeats, AReceiptIsADuplicateAlsoAfterARestart) {
  const v1::Order freeze = demo_.Freeze(kBeiling, 100);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  demo_.Pull(kBeiling);
  v1::ReportResultsRequest request;
  request.set_instance("i");
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Receipt>{demo_.Controlled(freeze, 100, 0)},
                    {"agency/9900001"});
  EXPECT_EQ(gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), request)->results(0).verdict(),
            v1::RECEIPT_VERDICT_RECORDED);
  gateway_.Restart();
  EXPECT_EQ(gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), request)->results(0).verdict(),
            v1::RECEIPT_VERDICT_DUPLICATE);
  EXPECT_EQ(demo_.Case()->ledger().controlled_minor_units(), 100);
}

TEST_F(Repeats, AWithdrawalIsOne) {
  const v1::Order inquiry = demo_.Inquire({kBeiling, kSongyue});
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({inquiry}, {kHandler})), ElementsAre(""));
  ASSERT_EQ(demo_.Pull(kBeiling).size(), 1u);
  v1::WithdrawOrderRequest request;
  request.set_request_id(gateway_.NewId());
  request.set_order_id(inquiry.order_id());
  const auto first = gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->withdrawn_at(), ElementsAre(kSongyue));
  EXPECT_THAT(first->begun_at(), ElementsAre(kBeiling));
  gateway_.Restart();
  const auto again = gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_TRUE(demo_.Pull(kSongyue).empty());
  request.set_request_id(gateway_.NewId());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, request).status()),
            Reason::kNotWithdrawable);
}

TEST_F(Repeats, AnApprovalIsOneAndRegistersOnce) {
  v1::Proposal proposal;
  proposal.set_ground("a new court");
  proposal.mutable_court()->set_code("辽9903");
  proposal.mutable_court()->set_name("third");
  ASSERT_TRUE(demo_.Adopt({proposal})->results(0).in_effect());
  const size_t keys = gateway_.ring->KeysOf("organisation")->size();
  proposal.mutable_court()->set_name("third, renamed");
  const auto renamed = demo_.Adopt({proposal});
  EXPECT_TRUE(renamed->results(0).in_effect());
  EXPECT_EQ(gateway_.ring->KeysOf("organisation")->size(), keys) << "registered before: its key stays";
}

}  // namespace
}  // namespace eagle::test
