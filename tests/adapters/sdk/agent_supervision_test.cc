// Supervision orders at the agency: believed when the issuing court's officers signed, kept, answered by people once,
// and what they say is sent until it is recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sdk/shell/office_commands.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"
#include "tests/adapters/sdk/sdk_world.h"

namespace eagle::sdk {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AgentSupervisionTest : public ::testing::Test {
 protected:
  v1::SupervisionAct Act() {
    v1::SupervisionAct act;
    act.set_request_id(std::string(15, 'a') + static_cast<char>('a' + acts_++)), act.set_author(kCourt);
    *act.mutable_written_at() = trust::TimestampOf(world_.clock.WallNow());
    return act;
  }
  v1::SupervisionAct Issue(const std::string& agency) {
    v1::SupervisionAct act = Act();
    v1::SupervisionOrder* issue = act.mutable_issue();
    issue->set_number("督办〔2026〕17号"), issue->set_to_agency(agency), issue->set_order_id(std::string(16, 'o'));
    issue->set_order_digest(std::string(32, 'd')), issue->set_cause(v1::SUPERVISION_CAUSE_OVERDUE);
    issue->set_urgency(v1::URGENCY_URGENT), issue->set_required_action("立即反馈");
    issue->set_contact_name("执行指挥中心"), issue->set_contact_phone("024");
    return act;
  }
  v1::SupervisionAct WordIn(const v1::SupervisionAct& issued) {
    v1::SupervisionAct act = Act();
    act.set_supervision_id(issued.request_id());
    act.set_supervision_digest(std::string(journal::View(journal::LeafHash(issued.SerializeAsString()))));
    return act;
  }
  v1::SignedMember Signed(const v1::SupervisionAct& act, KeyedHashSigner& key) {
    return trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_SUPERVISION,
                                               .environment = v1::ENVIRONMENT_TEST,
                                               .signer = kCourt,
                                               .sequence = 7,
                                               .signed_at = world_.clock.WallNow()},
                                              {act.SerializeAsString()}, {&key}),
                             0);
  }
  v1::SupervisionAct Issued() {
    const v1::SupervisionAct act = Issue(world_.config.agency);
    world_.gateway.AddSupervision(act.request_id(), Signed(act, world_.handler));
    world_.Run(400);
    EXPECT_THAT(world_.agent->SupervisionOrders(), SizeIs(1));
    return act;
  }
  SupervisionRow Row() { return world_.agent->SupervisionOrders().at(0); }

  SdkWorld world_;
  int acts_ = 0;
};

TEST_F(AgentSupervisionTest, IsFetchedVerifiedAndKeptOverARestart) {
  const v1::SupervisionAct issued = Issued();
  EXPECT_EQ(Row().number, "督办〔2026〕17号");
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_ISSUED);
  EXPECT_EQ(Row().from, kCourt);
  EXPECT_TRUE(Row().due_at.has_value());
  world_.StopAgent();
  world_.StartAgent();
  world_.Run(400);
  EXPECT_THAT(world_.agent->SupervisionOrders(), SizeIs(1));
  ASSERT_THAT(world_.agent->WordsOfSupervision(issued.request_id()), SizeIs(1));
  EXPECT_EQ(world_.agent->metrics().supervision_orders, 0u) << "it came before";
}

TEST_F(AgentSupervisionTest, AnAnswerIsSentUntilItIsRecordedWhateverTheChannelLosesAndAcrossRestarts) {
  const v1::SupervisionAct issued = Issued();
  int lost = 0;
  world_.gateway.fate = [&](Wire wire) {
    return wire == kWireAnswer && lost++ < 3 ? (lost == 1 ? Fate::kLoseRequest : Fate::kLoseReply) : Fate::kDeliver;
  };
  ASSERT_TRUE(world_.agent->AcknowledgeSupervision(issued.request_id(), "张三").ok());
  EXPECT_EQ(ReasonOf(world_.agent->AcknowledgeSupervision(issued.request_id(), "")), Reason::kSupervisionOutOfTurn)
      << "said, not recorded yet";
  world_.StopAgent();
  world_.StartAgent();
  world_.Run(400);
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_ACKNOWLEDGED);
  ASSERT_GE(world_.gateway.said_to_courts.size(), 2u);
  EXPECT_EQ(world_.gateway.said_to_courts.front().SerializeAsString(),
            world_.gateway.said_to_courts.back().SerializeAsString())
      << "the same bytes";
  ASSERT_TRUE(world_.agent->AnswerSupervision(issued.request_id(), "系统故障，已反馈").ok());
  world_.Run(400);
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_ANSWERED);
  v1::SupervisionAct said;
  ASSERT_TRUE(said.ParseFromString(world_.gateway.said_to_courts.back().batch().members(0)));
  EXPECT_EQ(said.supervision_digest(), WordIn(issued).supervision_digest());
  EXPECT_EQ(ReasonOf(world_.agent->AnswerSupervision(issued.request_id(), "again")), Reason::kSupervisionOutOfTurn);
  EXPECT_EQ(ReasonOf(world_.agent->AnswerSupervision(std::string(16, 'n'), "x")), Reason::kSupervisionUnknown);
}

TEST_F(AgentSupervisionTest, AReturnedAnswerIsOwedAgainAndAClosedOneNoMore) {
  const v1::SupervisionAct issued = Issued();
  ASSERT_TRUE(world_.agent->AnswerSupervision(issued.request_id(), "first").ok());
  world_.Run(400);
  v1::SupervisionAct back = WordIn(issued);
  back.mutable_send_back()->set_text("请补充材料");
  world_.gateway.AddSupervision(issued.request_id(), Signed(back, world_.handler));
  world_.Run(400);
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_RETURNED);
  ASSERT_TRUE(world_.agent->AnswerSupervision(issued.request_id(), "second").ok());
  world_.Run(400);
  v1::SupervisionAct close = WordIn(issued);
  close.mutable_close()->set_result(v1::SUPERVISION_RESULT_DONE), close.mutable_close()->set_text("已核实");
  world_.gateway.AddSupervision(issued.request_id(), Signed(close, world_.handler));
  world_.Run(400);
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_CLOSED);
  EXPECT_EQ(Row().result, v1::SUPERVISION_RESULT_DONE);
  EXPECT_EQ(ReasonOf(world_.agent->AnswerSupervision(issued.request_id(), "third")), Reason::kSupervisionClosed);
  EXPECT_THAT(world_.agent->WordsOfSupervision(issued.request_id()), SizeIs(5));
}

TEST_F(AgentSupervisionTest, NobodysWordIsBelievedButTheCourtsAboutThisAgency) {
  const v1::SupervisionAct act = Issue(world_.config.agency);
  world_.gateway.AddSupervision(act.request_id(), Signed(act, world_.stranger));
  world_.Run(400);
  EXPECT_THAT(world_.agent->SupervisionOrders(), IsEmpty());
  EXPECT_GE(world_.agent->metrics().supervision_words_unverified, 1u);
}

TEST_F(AgentSupervisionTest, WhatIsAddressedToAnotherAgencyIsNotBelieved) {
  const v1::SupervisionAct act = Issue("9909999");
  world_.gateway.AddSupervision(act.request_id(), Signed(act, world_.handler));
  world_.Run(400);
  EXPECT_THAT(world_.agent->SupervisionOrders(), IsEmpty());
}

TEST_F(AgentSupervisionTest, ARefusedWordSaysWhy) {
  const v1::SupervisionAct issued = Issued();
  world_.gateway.refuse_words.set_reason("SUPERVISION_OUT_OF_TURN");
  ASSERT_TRUE(world_.agent->AnswerSupervision(issued.request_id(), "first").ok());
  world_.Run(400);
  EXPECT_THAT(Row().why, HasSubstr("SUPERVISION_OUT_OF_TURN"));
  EXPECT_EQ(Row().state, v1::SUPERVISION_STATE_ISSUED);
}

TEST_F(AgentSupervisionTest, AClerkListsAcknowledgesAndAnswers) {
  const v1::SupervisionAct issued = Issued();
  const std::string id = UuidText(issued.request_id());
  const auto ask = [&](const std::string& command, const std::map<std::string, std::string>& arguments) {
    CounterRequest request{.command = command};
    for (const auto& [name, value] : arguments) Put(request.arguments, name, value);
    auto answer = ServeOffice(request, *world_.agent, absl::UTCTimeZone());
    return answer ? *std::move(answer) : absl::StatusOr<Json>(Fail(Reason::kFieldInvalid, "no such command"));
  };
  EXPECT_THAT(JsonText(*ask("supervision list", {})), HasSubstr("ISSUED"));
  ASSERT_TRUE(ask("supervision ack", {{"id", id}, {"handler", "张三"}}).ok());
  world_.Run(400);
  ASSERT_TRUE(ask("supervision answer", {{"id", id}, {"text", "已反馈"}}).ok());
  world_.Run(400);
  const auto shown = ask("supervision show", {{"id", id}});
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(JsonText(*shown), HasSubstr("ANSWERED"));
  EXPECT_THAT(JsonText(*shown), HasSubstr("立即反馈"));
  EXPECT_THAT(JsonText(*shown), HasSubstr("已反馈"));
}

}  // namespace
}  // namespace eagle::sdk
