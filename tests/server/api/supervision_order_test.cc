// A court supervises over the whole gateway: who hears of it, who reads what, what the clock says after a restart.
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

class SupervisionCalls : public ::testing::Test {
 protected:
  SupervisionCalls() { demo_.RaiseCourts(); }
  v1::Order Ordered(const std::string& agency = kYunfan) {
    const v1::Order freeze = demo_.Freeze(agency, 58'287'00);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({freeze})), ElementsAre(""));
    return freeze;
  }
  // The reason of the first member, "" when it was accepted.
  static std::string Why(const absl::StatusOr<v1::SubmitSupervisionResponse>& response) {
    if (!response.ok()) return std::string(RowOf(ReasonOf(response.status())).name);
    return response->results(0).refusal().reason();
  }
  v1::SupervisionAct Issued(const std::string& from, const v1::Order* order = nullptr) {
    const v1::SupervisionAct act = demo_.Issue(from, order);
    EXPECT_EQ(Why(demo_.Supervise(act)), "");
    return act;
  }
  std::vector<v1::SupervisionView> List(const std::string& court, v1::ListSupervisionRequest request = {}) {
    const auto listed = gateway_.Call(&api::Handlers::ListSupervision, gateway_.Court(court), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? std::vector<v1::SupervisionView>(listed->threads().begin(), listed->threads().end())
                       : std::vector<v1::SupervisionView>();
  }
  v1::SupervisionView Only(const std::string& court) {
    const auto all = List(court);
    EXPECT_THAT(all, SizeIs(1));
    return all.empty() ? v1::SupervisionView() : all.front();
  }
  absl::StatusOr<v1::ReadSupervisionResponse> Read(const std::string& court, const v1::SupervisionAct& issued,
                                                   int32_t page_size = 0) {
    const api::Caller caller = gateway_.Court(court);
    v1::ReadSupervisionRequest request;
    request.set_supervision_id(issued.request_id()), request.set_page_size(page_size);
    *request.mutable_officer_ticket() = gateway_.Ticket(caller, "court/" + court + "/officer/001", kCourt, kCaseNumber);
    return gateway_.Call(&api::Handlers::ReadSupervision, caller, request);
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(SupervisionCalls, ASilentAgencyIsSupervisedAndHearsOfItWithItsNextPoll) {
  const v1::Order freeze = Ordered();
  EXPECT_EQ(demo_.PullOnce(kSongyue)->supervision(), 0u);
  const v1::SupervisionAct issued = Issued(kMiddleCourt, &freeze);
  EXPECT_GT(demo_.PullOnce(kYunfan)->supervision(), 0u);
  EXPECT_EQ(demo_.PullOnce(kSongyue)->supervision(), 0u) << "another's";
  v1::PullSupervisionRequest request;
  const auto news = gateway_.Call(&api::Handlers::PullSupervision, gateway_.Agency(kYunfan), request);
  ASSERT_TRUE(news.ok() && news->words_size() == 1) << news.status();
  EXPECT_EQ(news->words(0).word().member(), issued.SerializeAsString());
  EXPECT_EQ(news->words(0).court(), kCourt);
  EXPECT_TRUE(news->words(0).has_due_at());
  const auto opened = trust::ParseMember(news->words(0).word());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->head.signer(), kMiddleCourt);
  EXPECT_EQ(opened->head.member_type(), v1::MEMBER_TYPE_SUPERVISION);
  v1::SupervisionAct taken = demo_.WordIn(issued, kYunfan);
  taken.mutable_acknowledge()->set_handler("司法协助岗");
  ASSERT_EQ(Why(demo_.Supervise(taken)), "");
  EXPECT_EQ(Only(kMiddleCourt).state(), v1::SUPERVISION_STATE_ACKNOWLEDGED);
  ASSERT_EQ(Why(demo_.Supervise(demo_.AnswerTo(issued, kYunfan))), "");
  ASSERT_EQ(Why(demo_.Supervise(demo_.Close(issued, v1::SUPERVISION_RESULT_DONE))), "");
  const v1::SupervisionView view = Only(kMiddleCourt);
  EXPECT_EQ(view.state(), v1::SUPERVISION_STATE_CLOSED);
  EXPECT_EQ(view.result(), v1::SUPERVISION_RESULT_DONE);
  EXPECT_EQ(view.order_id(), freeze.order_id());
  EXPECT_EQ(view.to_agency(), kYunfan);
  EXPECT_EQ(view.words(), 4u);
  request.set_after(news->newest());
  EXPECT_THAT(gateway_.Call(&api::Handlers::PullSupervision, gateway_.Agency(kYunfan), request)->words(), SizeIs(3));
  EXPECT_THAT(
      gateway_.Call(&api::Handlers::PullSupervision, gateway_.Agency(kSongyue), v1::PullSupervisionRequest())->words(),
      IsEmpty());
}

TEST_F(SupervisionCalls, TwentyFourHoursByThePolicyAndOverdueShowsAfterARestart) {
  const auto accepted = demo_.Supervise(demo_.Issue(kHighCourt));
  ASSERT_EQ(Why(accepted), "");
  const v1::DeadlineView& deadline = accepted->results(0).acceptance().deadline();
  EXPECT_EQ(deadline.row(), "ANSWER_SUPERVISION_URGENT");
  EXPECT_EQ(domain::FromProto(deadline.due_at()), gateway_.clock.wall + absl::Hours(24));
  gateway_.AdvanceTo(domain::FromProto(deadline.due_at()) - absl::Seconds(1));
  EXPECT_FALSE(Only(kHighCourt).overdue());
  gateway_.Advance(absl::Seconds(2));
  gateway_.Restart();
  gateway_.Advance(absl::Seconds(2));
  EXPECT_TRUE(Only(kHighCourt).overdue());
  EXPECT_TRUE(Only(kCourt).overdue());
  EXPECT_THAT(Only(kHighCourt).marks_fired_permille(), ElementsAre(500, 750, 1000));
  EXPECT_EQ(gateway_.Count("SUPERVISION_MARKED"), 3u);
  v1::ListSupervisionRequest overdue;
  overdue.set_overdue_only(true);
  EXPECT_THAT(List(kHighCourt, overdue), SizeIs(1));
}

TEST_F(SupervisionCalls, AnAnswerAfterTheDeadlineIsTakenAndItsAuthorIsToldThatItIsLate) {
  const v1::SupervisionAct issued = Issued(kHighCourt);
  gateway_.Advance(absl::Hours(25));
  const auto answered = demo_.Supervise(demo_.AnswerTo(issued, kCourt));
  ASSERT_EQ(Why(answered), "");
  EXPECT_TRUE(answered->results(0).acceptance().late());
  EXPECT_TRUE(Only(kHighCourt).late());
  EXPECT_FALSE(Only(kHighCourt).overdue());
  v1::SupervisionAct back = demo_.WordIn(issued, kHighCourt);
  back.mutable_send_back()->set_text("请补充材料");
  const auto returned = demo_.Supervise(back);
  ASSERT_EQ(Why(returned), "");
  EXPECT_EQ(domain::FromProto(returned->results(0).acceptance().deadline().due_at()),
            gateway_.clock.wall + absl::Hours(24));
}

TEST_F(SupervisionCalls, ACommandersOrderIsCopiedAndEveryPartyReadsTheSignedWords) {
  v1::SupervisionAct act = demo_.Issue(kHighCourt);
  act.mutable_issue()->set_commander(true), act.mutable_issue()->set_cc_court(kMiddleCourt);
  ASSERT_EQ(Why(demo_.Supervise(act)), "");
  ASSERT_EQ(Why(demo_.Supervise(demo_.AnswerTo(act, kCourt))), "");
  for (const char* court : {kHighCourt, kMiddleCourt, kCourt}) {
    EXPECT_TRUE(Only(court).commander()) << court;
    EXPECT_EQ(Only(court).case_number(), kCaseNumber);
    const auto thread = Read(court, act);
    ASSERT_TRUE(thread.ok()) << court << ": " << thread.status();
    ASSERT_THAT(thread->words(), SizeIs(2));
    EXPECT_EQ(thread->words(0).word().member(), act.SerializeAsString());
  }
  EXPECT_EQ(gateway_.Count("ACCESS_RECORDED"), 3u);
  const auto first = Read(kHighCourt, act, 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(first->next_page_token().empty());
}

TEST_F(SupervisionCalls, ACourtBesideSeesNothingOfIt) {
  const v1::SupervisionAct issued = Issued(kHighCourt);
  EXPECT_THAT(List(kOtherCourt), IsEmpty());
  EXPECT_EQ(ReasonOf(Read(kOtherCourt, issued).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(Read(kMiddleCourt, issued).status()), Reason::kNotFound) << "above, but no party";
  v1::ListSupervisionRequest of_court;
  of_court.set_court(kCourt);
  EXPECT_THAT(List(kMiddleCourt, of_court), SizeIs(1)) << "states and clocks of the courts below";
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListSupervision, gateway_.Court(kOtherCourt), of_court).status()),
            Reason::kScopeNotGranted);
  v1::ReadSupervisionRequest without;
  without.set_supervision_id(issued.request_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ReadSupervision, gateway_.Court(kHighCourt), without).status()),
            Reason::kTicketMissing);
}

TEST_F(SupervisionCalls, TheWatchOfTheCaseTellsEveryStep) {
  v1::WatchOrdersRequest watch;
  watch.set_resume_token(gateway_.handlers->ReadWatch(demo_.court, watch, 1)->resume_token());
  const v1::Order freeze = Ordered();
  const v1::SupervisionAct to_agency = Issued(kMiddleCourt, &freeze), to_court = Issued(kHighCourt);
  gateway_.Advance(absl::Hours(13));
  ASSERT_EQ(Why(demo_.Supervise(demo_.AnswerTo(to_agency, kYunfan))), "");
  ASSERT_EQ(Why(demo_.Supervise(demo_.Close(to_agency, v1::SUPERVISION_RESULT_DONE))), "");
  const auto page = gateway_.handlers->ReadWatch(demo_.court, watch, 1000);
  ASSERT_TRUE(page.ok()) << page.status();
  std::vector<std::string> agencys, courts;
  for (const v1::OrderEvent& event : page->events()) {
    if (!event.type().starts_with("SUPERVISION_")) continue;
    (event.supervision_id() == to_agency.request_id() ? agencys : courts).push_back(event.type());
    EXPECT_EQ(event.order_id().empty(), event.supervision_id() == to_court.request_id());
    EXPECT_EQ(event.mark_permille() == 500, event.type() == "SUPERVISION_MARKED");
  }
  EXPECT_THAT(agencys,
              ElementsAre("SUPERVISION_ISSUED", "SUPERVISION_MARKED", "SUPERVISION_WORD", "SUPERVISION_CLOSED"));
  EXPECT_THAT(courts, ElementsAre("SUPERVISION_ISSUED", "SUPERVISION_MARKED"));
}

TEST_F(SupervisionCalls, ARepeatGetsItsDeadlineAgain) {
  v1::SubmitSupervisionRequest request;
  *request.mutable_batch() =
      gateway_.Sign(v1::MEMBER_TYPE_SUPERVISION, kHighCourt, std::vector<v1::SupervisionAct>{demo_.Issue(kHighCourt)},
                    {"court/辽9900/officer/001", "court/辽9900/officer/003"});
  const auto first = gateway_.Call(&api::Handlers::SubmitSupervision, gateway_.Court(kHighCourt), request);
  gateway_.Restart();
  const auto again = gateway_.Call(&api::Handlers::SubmitSupervision, gateway_.Court(kHighCourt), request);
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(again->results(0).SerializeAsString(), first->results(0).SerializeAsString());
  EXPECT_EQ(gateway_.Count("SUPERVISION_ISSUED"), 1u);
}

}  // namespace
}  // namespace eagle::test
