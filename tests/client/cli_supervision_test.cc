// `eagle supervision`: a court issues over an order that it names, reads a thread with a ticket, and says its words
// about what it has verified.
#include "client/lib/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"
#include "tests/client/cli_world.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kThread[] = "01920d5c-8f00-7000-8000-0000000000b1";
constexpr char kOverdueOrder[] = "01920d5c-8f00-7000-8000-000000000001";

class CliSupervisionTest : public testing::Test {
 protected:
  CliSupervisionTest() {
    world_.ListStatements();
    issued_.set_request_id(*ParseUuid(kThread)), issued_.set_author("辽9901");
    *issued_.mutable_written_at() = trust::TimestampOf(Monday());
    v1::SupervisionOrder* issue = issued_.mutable_issue();
    issue->set_number("督办〔2026〕17号"), issue->set_to_agency("9900010"),
        issue->set_order_id(*ParseUuid(kOverdueOrder));
    issue->set_order_digest(std::string(32, 'd')), issue->set_cause(v1::SUPERVISION_CAUSE_OVERDUE);
    issue->set_urgency(v1::URGENCY_URGENT), issue->set_required_action("立即反馈并说明逾期原因");
    issue->set_contact_name("执行指挥中心"), issue->set_contact_phone("024-9900-0000");
    Show("001");
  }
  // The thread as the gateway shows it, its first word signed with the key of this officer.
  void Show(const std::string& officer) {
    v1::SupervisionView view;
    view.set_supervision_id(issued_.request_id()), view.set_from_court("辽9901"), view.set_to_agency("9900010");
    view.set_court("辽9901"), view.set_case_number(kCase), view.set_order_id(issued_.issue().order_id());
    view.set_cause(v1::SUPERVISION_CAUSE_OVERDUE), view.set_state(v1::SUPERVISION_STATE_ANSWERED);
    view.set_words(1), view.set_overdue(true);
    *view.mutable_issued_at() = trust::TimestampOf(Monday());
    *view.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(24));
    world_.gateway->supervision.clear_threads();
    *world_.gateway->supervision.add_threads() = view;
    trust::Ed25519Signer key =
        *trust::Ed25519Signer::FromPemFile(world_.Path("pki/keys/officer-辽9901-" + officer + ".pem"));
    world_.gateway->supervision_thread.Clear();
    *world_.gateway->supervision_thread.mutable_thread() = view;
    v1::SupervisionWord* word = world_.gateway->supervision_thread.add_words();
    word->set_journal_index(9), word->set_supervision_id(view.supervision_id());
    *word->mutable_time() = trust::TimestampOf(Monday());
    *word->mutable_word() = trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_SUPERVISION,
                                                                .environment = v1::ENVIRONMENT_TEST,
                                                                .signer = "辽9901",
                                                                .sequence = 1,
                                                                .signed_at = Monday()},
                                                               {Serialize(issued_)}, {&key}),
                                              0);
  }
  static std::vector<std::string> Word(const std::string& verb, const std::vector<std::string>& more) {
    std::vector<std::string> out = {"supervision", verb, kThread, "--officer", "001", "--purpose", "HEARING"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  v1::SupervisionAct Sent() {
    v1::SupervisionAct act;
    EXPECT_THAT(world_.gateway->supervision_batches, SizeIs(1));
    EXPECT_TRUE(act.ParseFromString(world_.gateway->supervision_batches.at(0).members(0)));
    return act;
  }

  CliWorld world_;
  v1::SupervisionAct issued_;
  std::string text_ = world_.Put("words.txt", "立即反馈");
};

TEST_F(CliSupervisionTest, TheListShowsClocksAndNoWord) {
  const Ran ran = world_.Json({"supervision", "list", "--overdue"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "0.supervision_id"), kThread);
  EXPECT_EQ(At(ran.out, "0.to"), "北陵商业银行");
  EXPECT_EQ(At(ran.out, "0.state"), "ANSWERED");
  EXPECT_EQ(At(ran.out, "0.overdue"), "true");
  EXPECT_TRUE(world_.gateway->supervision_request.overdue_only());
  EXPECT_THAT(ran.out, Not(HasSubstr("说明逾期原因")));
}

TEST_F(CliSupervisionTest, AnOrderIsNamedByIdAndGetsTheDigestThatTheLogHas) {
  v1::OrderView& order = world_.gateway->orders[*ParseUuid(kOverdueOrder)];
  order.set_order_id(*ParseUuid(kOverdueOrder)), order.set_digest(std::string(32, 'd'));
  order.add_tasks()->set_agency("9900010");
  const Ran ran = world_.Json({"supervision", "issue", "--number", "督办〔2026〕17号", "--order", kOverdueOrder,
                               "--cause", "OVERDUE", "--urgent", "--text", text_, "--contact", "执行指挥中心",
                               "--phone", "024", "--sign", "001", "--sign", "003"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.result"), "ACCEPTED");
  const v1::SupervisionAct act = Sent();
  EXPECT_EQ(act.author(), "辽9901");
  EXPECT_EQ(act.issue().to_agency(), "9900010");
  EXPECT_EQ(act.issue().order_digest(), std::string(32, 'd'));
  EXPECT_EQ(act.issue().urgency(), v1::URGENCY_URGENT);
  EXPECT_EQ(act.issue().required_action(), "立即反馈");
  EXPECT_EQ(world_.gateway->supervision_batches[0].head().signatures_size(), 2);
}

TEST_F(CliSupervisionTest, ACommandersOrderGoesFromOfficerToOfficerAsADraft) {
  const std::string draft = world_.Path("order.draft");
  const Ran made = world_.Json({"supervision",  "issue",   "--number", "指挥长令〔2026〕3号",
                                "--commander",  "--court", "辽9903",   "--case",
                                kCase,          "--copy",  "辽9902",   "--cause",
                                "PETITION",     "--text",  text_,      "--contact",
                                "执行指挥中心", "--phone", "024",      "--out",
                                draft});
  EXPECT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_THAT(world_.gateway->supervision_batches, SizeIs(0));
  EXPECT_THAT(At(made.out, "members.0.says"), HasSubstr("commander's order 指挥长令〔2026〕3号 of 辽9901 to 辽9903"));
  EXPECT_THAT(At(made.out, "members.0.says"), HasSubstr("copied to 辽9902"));
  for (const char* officer : {"001", "003"}) {
    const Ran sign = world_.Run({"supervision", "sign", draft, "--sign", officer, "--yes"});
    EXPECT_EQ(sign.exit, kExitOk) << sign.err;
  }
  EXPECT_EQ(world_.Json({"supervision", "submit", draft}).exit, kExitOk);
  EXPECT_TRUE(Sent().issue().commander());
}

TEST_F(CliSupervisionTest, AWordIsShownOnlyWhenItsAuthorSignedIt) {
  const Ran good = world_.Json(Word("show", {}));
  EXPECT_EQ(good.exit, kExitOk) << good.err;
  EXPECT_EQ(At(good.out, "words.0.verified"), "true");
  EXPECT_THAT(At(good.out, "words.0.says"), HasSubstr("说明逾期原因"));
  v1::OfficerTicket ticket;
  ASSERT_TRUE(ticket.ParseFromString(world_.gateway->supervision_thread_request.officer_ticket().member()));
  EXPECT_EQ(ticket.case_number(), kCase);
  EXPECT_EQ(ticket.court(), "辽9901");
  issued_.mutable_issue()->set_required_action("别的");
  world_.gateway->supervision_thread.mutable_words(0)->mutable_word()->set_member(Serialize(issued_));
  const Ran bad = world_.Json(Word("show", {}));
  EXPECT_EQ(bad.exit, kExitVerification);
  EXPECT_EQ(At(bad.out, "words.0.verified"), "false");
  EXPECT_THAT(bad.out, Not(HasSubstr("别的")));
}

TEST_F(CliSupervisionTest, EachWordNamesTheOrderThatWasVerified) {
  const std::vector<std::string> sign = {"--sign", "001", "--sign", "003"};
  for (const auto& [verb, more] : {std::pair<std::string, std::vector<std::string>>{"ack", {"--handler", "张三"}},
                                   {"answer", {"--text", text_}},
                                   {"return", {"--text", text_}},
                                   {"close", {"--text", text_, "--result", "NOT_DONE"}}}) {
    world_.gateway->supervision_batches.clear();
    std::vector<std::string> all = more;
    all.insert(all.end(), sign.begin(), sign.end());
    const Ran ran = world_.Json(Word(verb, all));
    EXPECT_EQ(ran.exit, kExitOk) << verb << ": " << ran.err;
    const v1::SupervisionAct act = Sent();
    EXPECT_EQ(act.supervision_id(), issued_.request_id());
    EXPECT_EQ(act.supervision_digest(), journal::View(journal::LeafHash(Serialize(issued_))));
    EXPECT_EQ(act.acknowledge().handler(), verb == "ack" ? "张三" : "");
    EXPECT_EQ(act.has_answer(), verb == "answer");
    EXPECT_EQ(act.has_send_back(), verb == "return");
    EXPECT_EQ(act.close().result(),
              verb == "close" ? v1::SUPERVISION_RESULT_NOT_DONE : v1::SUPERVISION_RESULT_UNSPECIFIED);
  }
}

TEST_F(CliSupervisionTest, NobodyAnswersWhatDoesNotVerify) {
  world_.gateway->supervision_thread.mutable_words(0)->mutable_word()->set_member("x");
  EXPECT_EQ(world_.Run(Word("answer", {"--text", text_, "--sign", "001"})).exit, kExitVerification);
  EXPECT_THAT(world_.gateway->supervision_batches, SizeIs(0));
}

}  // namespace
}  // namespace eagle::client
