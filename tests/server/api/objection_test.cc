// An agency objects and the court answers: what goes out meanwhile, who sees what of the thread, and what is proved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "server/trust/batch.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Objections : public ::testing::Test {
 protected:
  v1::Order Frozen() {
    const v1::Order freeze = demo_.Freeze(kBeiling, 80'000'00);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
    EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
    EXPECT_TRUE(demo_.Report(kBeiling, {demo_.Controlled(freeze, 61'350'27, 18'649'73)}).ok());
    return freeze;
  }
  v1::Order Deduction(const v1::Order& freeze, int64_t amount = 10'000'00) {
    const v1::Order deduct = demo_.Deduct(freeze, amount);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({deduct}, {kHandler, kCosigner, kLeader})), ElementsAre(""));
    return deduct;
  }
  // The reason of the first member, "" when it was accepted.
  static std::string Why(const absl::StatusOr<v1::SubmitObjectionsResponse>& response) {
    if (!response.ok()) return std::string(RowOf(ReasonOf(response.status())).name);
    return response->results(0).refusal().reason();
  }
  v1::ObjectionView Only(const api::Caller& caller, const v1::ListObjectionsRequest& request = {}) {
    const auto listed = gateway_.Call(&api::Handlers::ListObjections, caller, request);
    EXPECT_TRUE(listed.ok() && listed->objections_size() == 1) << listed.status();
    return listed.ok() && listed->objections_size() == 1 ? listed->objections(0) : v1::ObjectionView();
  }
  absl::StatusOr<v1::ReadObjectionResponse> Read(const api::Caller& caller, const v1::ObjectionAct& raised,
                                                 int32_t page_size = 0) {
    v1::ReadObjectionRequest request;
    request.set_objection_id(raised.request_id()), request.set_page_size(page_size);
    *request.mutable_officer_ticket() = gateway_.Ticket(caller, kHandler, kCourt, kCaseNumber);
    return gateway_.Call(&api::Handlers::ReadObjection, caller, request);
  }
  v1::OrderView OrderOf(const v1::Order& order) {
    v1::GetOrderRequest request;
    request.set_order_id(order.order_id());
    return gateway_.Call(&api::Handlers::GetOrder, demo_.court, request)->order();
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(Objections, NoDeductionGoesOutWhileOneIsOpenAlsoAfterARestart) {
  const v1::Order freeze = Frozen(), deduct = Deduction(freeze);
  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_TRUE(OrderOf(deduct).held_by_objection());
  EXPECT_TRUE(OrderOf(freeze).held_by_objection());
  gateway_.Restart();
  demo_.sessions.clear();
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_THAT(Only(demo_.court).held_order_ids(), ElementsAre(deduct.order_id()));
  ASSERT_EQ(Why(demo_.AnswerObjections({demo_.Answer(raised, v1::OBJECTION_DECISION_REJECTED)})), "");
  EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1));
  EXPECT_FALSE(OrderOf(deduct).held_by_objection());
  EXPECT_THAT(Only(demo_.court).held_order_ids(), IsEmpty());
}

TEST_F(Objections, UpheldTheCourtWithdrawsWhatItHadSigned) {
  const v1::Order freeze = Frozen(), deduct = Deduction(freeze);
  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  ASSERT_EQ(Why(demo_.AnswerObjections({demo_.Answer(raised, v1::OBJECTION_DECISION_UPHELD)})), "");
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  EXPECT_TRUE(OrderOf(deduct).held_by_objection());
  v1::WithdrawOrderRequest withdraw;
  withdraw.set_request_id(gateway_.NewId()), withdraw.set_order_id(deduct.order_id());
  ASSERT_TRUE(gateway_.Call(&api::Handlers::WithdrawOrder, demo_.court, withdraw).ok());
  EXPECT_EQ(demo_.Case()->ledger().deducting_minor_units(), 0);
  const v1::Order anew = Deduction(freeze);
  EXPECT_THAT(demo_.Pull(kBeiling), SizeIs(1)) << "signed after the answer";
}

TEST_F(Objections, FifteenCivilDaysByThePolicyAndOverdueShows) {
  const v1::Order freeze = Frozen();
  const auto accepted = demo_.Object(kBeiling, {demo_.Raise(freeze, kBeiling)});
  ASSERT_EQ(Why(accepted), "");
  const v1::DeadlineView& deadline = accepted->results(0).acceptance().deadline();
  EXPECT_EQ(deadline.row(), "ANSWER_OBJECTION");
  EXPECT_THAT(deadline.explanation(), ::testing::HasSubstr("15th civil day"));
  // Monday 28 September, not counted, and fifteen days: the first instant of 14 October in Shanghai.
  EXPECT_EQ(domain::FromProto(deadline.due_at()),
            absl::FromCivil(absl::CivilDay(2026, 10, 14), gateway_.state().policy->zone()));
  gateway_.AdvanceTo(domain::FromProto(deadline.due_at()) - absl::Seconds(1));
  EXPECT_FALSE(Only(demo_.court).overdue());
  gateway_.Advance(absl::Seconds(2));
  gateway_.Restart();
  gateway_.Advance(absl::Seconds(2));
  EXPECT_TRUE(Only(demo_.court).overdue());
  EXPECT_THAT(Only(demo_.court).marks_fired_permille(), ElementsAre(500, 750, 1000));
  EXPECT_EQ(gateway_.Count("OBJECTION_MARKED"), 3u);
}

TEST_F(Objections, WhatWasSaidIsReadWithATicketAndProvesWhoSaidIt) {
  const v1::Order freeze = Frozen();
  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  ASSERT_EQ(Why(demo_.AnswerObjections({demo_.Say(kCourt, raised)}, {kHandler})), "");
  const auto first = Read(demo_.court, raised, 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->next_page_token().empty());
  const auto thread = Read(demo_.court, raised);
  ASSERT_TRUE(thread.ok()) << thread.status();
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), 2u);
  ASSERT_THAT(thread->words(), SizeIs(2));
  EXPECT_EQ(thread->words(0).word().member(), raised.SerializeAsString());
  const auto opened = trust::ParseMember(thread->words(0).word());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->head.signer(), kBeiling);
  EXPECT_EQ(opened->head.member_type(), v1::MEMBER_TYPE_OBJECTION);
  v1::ReadObjectionRequest without;
  without.set_objection_id(raised.request_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReadObjection, demo_.court, without).status()),
            Reason::kTicketMissing);
  v1::ObjectionAct unknown;
  unknown.set_request_id(gateway_.NewId());
  EXPECT_EQ(ReasonOf(Read(demo_.court, unknown).status()), Reason::kNotFound);
}

TEST_F(Objections, AnAgencyHearsOfTheAnswerWithItsNextPollAndPullsTheSignedWords) {
  const v1::Order freeze = Frozen();
  EXPECT_EQ(demo_.PullOnce(kBeiling)->objections(), 0u);
  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  v1::PullObjectionsRequest request;
  const auto own = gateway_.Call(&api::Handlers::PullObjections, gateway_.Agency(kBeiling), request);
  ASSERT_TRUE(own.ok() && own->words_size() == 1) << own.status();
  request.set_after(own->words(0).journal_index());
  EXPECT_EQ(own->newest(), request.after());
  const v1::ObjectionAct answer = demo_.Answer(raised, v1::OBJECTION_DECISION_AMENDED);
  ASSERT_EQ(Why(demo_.AnswerObjections({answer})), "");
  EXPECT_GT(demo_.PullOnce(kBeiling)->objections(), request.after());
  const auto news = gateway_.Call(&api::Handlers::PullObjections, gateway_.Agency(kBeiling), request);
  ASSERT_TRUE(news.ok() && news->words_size() == 1) << news.status();
  EXPECT_EQ(news->words(0).word().member(), answer.SerializeAsString());
  EXPECT_EQ(news->newest(), demo_.PullOnce(kBeiling)->objections());
  EXPECT_THAT(
      gateway_.Call(&api::Handlers::PullObjections, gateway_.Agency(kSongyue), v1::PullObjectionsRequest())->words(),
      IsEmpty())
      << "another's";
}

TEST_F(Objections, TheWatchTellsEveryStep) {
  v1::WatchOrdersRequest watch;
  watch.set_resume_token(gateway_.handlers->ReadWatch(demo_.court, watch, 1)->resume_token());
  const v1::Order freeze = Frozen();
  const v1::ObjectionAct raised = demo_.Raise(freeze, kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  ASSERT_EQ(Why(demo_.Object(kBeiling, {demo_.Say(kBeiling, raised)})), "");
  gateway_.Advance(absl::Hours(24 * 8));
  ASSERT_EQ(Why(demo_.AnswerObjections({demo_.Answer(raised, v1::OBJECTION_DECISION_UPHELD)})), "");
  const auto page = gateway_.handlers->ReadWatch(demo_.court, watch, 1000);
  ASSERT_TRUE(page.ok()) << page.status();
  std::vector<std::string> types;
  for (const v1::OrderEvent& event : page->events()) {
    if (!event.type().starts_with("OBJECTION_")) continue;
    types.push_back(event.type());
    EXPECT_EQ(event.objection_id(), raised.request_id());
    EXPECT_EQ(event.order_id(), freeze.order_id());
    EXPECT_EQ(event.agency(), kBeiling);
    EXPECT_EQ(event.decision() == v1::OBJECTION_DECISION_UPHELD, event.type() == "OBJECTION_ANSWERED");
    EXPECT_EQ(event.mark_permille() == 500, event.type() == "OBJECTION_MARKED");
  }
  EXPECT_THAT(types, ElementsAre("OBJECTION_RAISED", "OBJECTION_REPLIED", "OBJECTION_MARKED", "OBJECTION_ANSWERED"));
}

TEST_F(Objections, AnotherCourtSeesNothingOfThem) {
  const v1::ObjectionAct raised = demo_.Raise(Frozen(), kBeiling);
  ASSERT_EQ(Why(demo_.Object(kBeiling, {raised})), "");
  EXPECT_THAT(
      gateway_.Call(&api::Handlers::ListObjections, demo_.other_court, v1::ListObjectionsRequest())->objections(),
      IsEmpty());
  v1::ListObjectionsRequest foreign;
  foreign.set_court(kCourt);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListObjections, demo_.other_court, foreign).status()),
            Reason::kScopeNotGranted);
  v1::ListObjectionsRequest of_case;
  of_case.set_case_number(kCaseNumber), of_case.set_open_only(true);
  EXPECT_EQ(Only(demo_.court, of_case).case_number(), kCaseNumber);
  of_case.set_case_number("（2026）辽9901执9号");
  EXPECT_THAT(gateway_.Call(&api::Handlers::ListObjections, demo_.court, of_case)->objections(), IsEmpty());
}

TEST_F(Objections, ARepeatGetsItsDeadlineAgain) {
  v1::SubmitObjectionsRequest request;
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_OBJECTION, kBeiling, std::vector<v1::ObjectionAct>{demo_.Raise(Frozen(), kBeiling)},
                    {"agency/9900001"});
  const auto first = gateway_.Call(&api::Handlers::RaiseObjection, gateway_.Agency(kBeiling), request);
  gateway_.Restart();
  const auto again = gateway_.Call(&api::Handlers::RaiseObjection, gateway_.Agency(kBeiling), request);
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(again->results(0).SerializeAsString(), first->results(0).SerializeAsString());
  EXPECT_EQ(gateway_.Count("OBJECTION_RAISED"), 1u);
}

// What an agency corrects: both answers stay on file, the later one counts.
TEST_F(Objections, ACorrectedAnswerShowsAsASecondVersion) {
  const v1::Order freeze = demo_.Freeze(kBeiling, 80'000'00);
  ASSERT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
  demo_.Pull(kBeiling);
  const v1::Receipt first = demo_.Controlled(freeze, 80'000'00, 0);
  ASSERT_TRUE(demo_.Report(kBeiling, {first}).ok());
  EXPECT_EQ(OrderOf(freeze).tasks(0).answer_versions(), 1u);
  v1::Receipt corrected = demo_.Controlled(freeze, 61'350'27, 18'649'73);
  corrected.set_kind(v1::RECEIPT_KIND_CORRECTION), corrected.set_corrects(DemoWorld::Digest(first));
  const auto taken = demo_.Report(kBeiling, {corrected});
  ASSERT_TRUE(taken.ok()) << taken.status();
  ASSERT_EQ(taken->results(0).verdict(), v1::RECEIPT_VERDICT_RECORDED) << taken->results(0).message();
  EXPECT_EQ(OrderOf(freeze).tasks(0).answer_versions(), 2u);
  EXPECT_EQ(OrderOf(freeze).tasks(0).outcome(), v1::OUTCOME_PARTLY_CONTROLLED);
  const auto ledger = demo_.Case()->ledger();
  EXPECT_EQ(ledger.controlled_minor_units(), 61'350'27);
  EXPECT_EQ(ledger.unfunded_minor_units(), 18'649'73);
  v1::ListFindingsRequest findings;
  findings.set_order_id(freeze.order_id());
  *findings.mutable_officer_ticket() = demo_.Ticket();
  const auto seen = gateway_.Call(&api::Handlers::ListFindings, demo_.court, findings);
  ASSERT_TRUE(seen.ok() && seen->findings_size() == 2) << seen.status();
  EXPECT_TRUE(seen->findings(0).superseded());
  EXPECT_FALSE(seen->findings(1).superseded());
}

}  // namespace
}  // namespace eagle::test
