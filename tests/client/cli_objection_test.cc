// `eagle objection`: a court lists what agencies object, reads it with a ticket, and answers what it has verified.
#include "client/common/files.h"
#include "client/lib/draft.h"
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

constexpr char kId[] = "01920d5c-8f00-7000-8000-0000000000a1", kOrder[] = "01920d5c-8f00-7000-8000-000000000001";

class CliObjectionTest : public testing::Test {
 protected:
  CliObjectionTest() {
    world_.ListStatements();
    raised_.set_request_id(*ParseUuid(kId)), raised_.set_author("9900010");
    *raised_.mutable_written_at() = trust::TimestampOf(Monday());
    v1::Objection* raise = raised_.mutable_raise();
    raise->set_order_id(*ParseUuid(kOrder)), raise->set_order_digest(std::string(32, 'd'));
    raise->set_ground("EXEMPT_ASSET"), raise->set_text("该账户为农民工工资专用账户");
    raise->set_contact_name("司法协助岗"), raise->set_contact_phone("024-9900-0001");
    Show("9900010");
  }
  // The thread as the gateway shows it, its first word signed with the key of this agency.
  void Show(const std::string& key_of) {
    v1::ObjectionView view;
    view.set_objection_id(raised_.request_id()), view.set_order_id(raised_.raise().order_id());
    view.set_agency("9900010"), view.set_case_number(kCase), view.set_ground("EXEMPT_ASSET");
    view.set_action(v1::ACTION_FREEZE), view.set_state(v1::OBJECTION_STATE_OPEN), view.set_words(1);
    view.add_held_order_ids(std::string(16, 'h'));
    *view.mutable_raised_at() = trust::TimestampOf(Monday());
    *view.mutable_deadline()->mutable_due_at() = trust::TimestampOf(Monday() + absl::Hours(24 * 15));
    world_.gateway->objections.clear_objections();
    *world_.gateway->objections.add_objections() = view;
    trust::Ed25519Signer key = *trust::Ed25519Signer::FromPemFile(world_.Path("pki/keys/agency-" + key_of + ".pem"));
    world_.gateway->thread.Clear();
    *world_.gateway->thread.mutable_objection() = view;
    v1::ObjectionWord* word = world_.gateway->thread.add_words();
    word->set_journal_index(9), word->set_objection_id(view.objection_id());
    *word->mutable_time() = trust::TimestampOf(Monday());
    *word->mutable_word() = trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_OBJECTION,
                                                                .environment = v1::ENVIRONMENT_TEST,
                                                                .signer = "9900010",
                                                                .sequence = 1,
                                                                .signed_at = Monday()},
                                                               {Serialize(raised_)}, {&key}),
                                              0);
  }
  std::vector<std::string> Answer(std::vector<std::string> more = {"--sign", "001", "--sign", "003"}) {
    std::vector<std::string> out = {"objection", "answer",    kId,   "--decision", "REJECTED", "--text",
                                    text_,       "--officer", "001", "--purpose",  "HEARING"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  CliWorld world_;
  v1::ObjectionAct raised_;
  std::string text_ = world_.Put("answer.txt", "经审查，该账户不属于专用账户");
};

TEST_F(CliObjectionTest, TheListShowsClocksAndNoWord) {
  const Ran ran = world_.Json({"objection", "list", "--open"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "0.objection_id"), kId);
  EXPECT_EQ(At(ran.out, "0.agency"), "北陵商业银行");
  EXPECT_EQ(At(ran.out, "0.held"), "1");
  EXPECT_EQ(At(ran.out, "0.state"), "OPEN");
  EXPECT_THAT(ran.out, Not(HasSubstr("农民工")));
}

TEST_F(CliObjectionTest, AWordIsShownOnlyWhenItsAuthorSignedIt) {
  const std::vector<std::string> show = {"objection", "show", kId, "--officer", "001", "--purpose", "HEARING"};
  const Ran good = world_.Json(show);
  EXPECT_EQ(good.exit, kExitOk) << good.err;
  EXPECT_EQ(At(good.out, "words.0.verified"), "true");
  EXPECT_THAT(At(good.out, "words.0.says"), HasSubstr("农民工工资"));
  EXPECT_THAT(At(good.out, "words.0.says"), HasSubstr("024-9900-0001"));
  v1::OfficerTicket ticket;
  ASSERT_TRUE(ticket.ParseFromString(world_.gateway->thread_request.officer_ticket().member()));
  EXPECT_EQ(ticket.case_number(), kCase);
  Show("9900900");  // another agency's key
  const Ran bad = world_.Json(show);
  EXPECT_EQ(bad.exit, kExitVerification);
  EXPECT_EQ(At(bad.out, "words.0.verified"), "false");
  EXPECT_THAT(bad.out, Not(HasSubstr("农民工工资")));
}

TEST_F(CliObjectionTest, TheAnswerNamesWhatWasExaminedAndTwoOfficersSignIt) {
  const Ran ran = world_.Json(Answer());
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "results.0.result"), "ACCEPTED");
  ASSERT_THAT(world_.gateway->objection_batches, SizeIs(1));
  const v1::SignedBatch& batch = world_.gateway->objection_batches[0];
  EXPECT_EQ(batch.head().signatures_size(), 2);
  v1::ObjectionAct act;
  ASSERT_TRUE(act.ParseFromString(batch.members(0)));
  EXPECT_EQ(act.author(), "辽9901");
  EXPECT_EQ(act.answer().decision(), v1::OBJECTION_DECISION_REJECTED);
  EXPECT_EQ(act.answer().objection_digest(), journal::View(journal::LeafHash(Serialize(raised_))));
  EXPECT_EQ(act.answer().text(), "经审查，该账户不属于专用账户");
}

TEST_F(CliObjectionTest, NobodyAnswersWhatDoesNotVerify) {
  Show("9900900");
  EXPECT_EQ(world_.Run(Answer()).exit, kExitVerification);
  EXPECT_THAT(world_.gateway->objection_batches, SizeIs(0));
}

TEST_F(CliObjectionTest, ADraftGoesFromOfficerToOfficer) {
  const std::string draft = world_.Path("answer.draft");
  const Ran made = world_.Json(Answer({"--out", draft}));
  EXPECT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_THAT(world_.gateway->objection_batches, SizeIs(0));
  EXPECT_THAT(At(made.out, "members.0.says"), HasSubstr("REJECTED"));
  for (const char* officer : {"001", "003"}) {
    const Ran sign = world_.Run({"objection", "sign", draft, "--sign", officer, "--yes"});
    EXPECT_EQ(sign.exit, kExitOk) << sign.err;
  }
  const Ran sent = world_.Json({"objection", "submit", draft});
  EXPECT_EQ(sent.exit, kExitOk) << sent.err;
  ASSERT_THAT(world_.gateway->objection_batches, SizeIs(1));
  EXPECT_EQ(world_.gateway->objection_batches[0].head().signatures_size(), 2);
}

TEST_F(CliObjectionTest, ARefusalSaysWhy) {
  world_.gateway->objection_refusal.set_reason("OBJECTION_CLOSED");
  world_.gateway->objection_refusal.set_message("it was answered or withdrawn");
  const Ran ran = world_.Json(Answer());
  EXPECT_EQ(ran.exit, kExitRefused);
  EXPECT_EQ(At(ran.out, "results.0.result"), "REFUSED");
}

TEST_F(CliObjectionTest, AReplyAsksBeforeTheAnswer) {
  const Ran ran = world_.Json(
      {"objection", "reply", kId, "--text", text_, "--officer", "001", "--purpose", "HEARING", "--sign", "001"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  v1::ObjectionAct act;
  ASSERT_TRUE(act.ParseFromString(world_.gateway->objection_batches.at(0).members(0)));
  EXPECT_TRUE(act.has_reply());
  EXPECT_FALSE(act.reply().withdraws());
}

// An order that came back says why, and whom to ask.
TEST_F(CliObjectionTest, AReturnIsShownWithItsContactAndAnUnknownCodeAsSuch) {
  const std::string id = At(world_.Json(Inquire()).out, "results.0.order_id");
  v1::Receipt receipt;
  receipt.set_order_digest(std::string(journal::View(journal::LeafHash(world_.gateway->order_batches[0].members(0)))));
  receipt.set_order_id(*ParseUuid(id)), receipt.set_agency("9900010"), receipt.set_sequence(1);
  receipt.set_kind(v1::RECEIPT_KIND_RETURNED);
  v1::ReturnNote* note = receipt.mutable_returned();
  note->set_reason("X_42"), note->set_remark("字迹不清");
  note->set_contact_name("司法协助岗"), note->set_contact_phone("024-9900-0001");
  trust::Ed25519Signer key = *trust::Ed25519Signer::FromPemFile(world_.Path("pki/keys/agency-9900010.pem"));
  v1::FindingsOfAgency finding;
  finding.set_agency("9900010"), finding.set_journal_index(9);
  *finding.mutable_receipt() = trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_RECEIPT,
                                                                   .environment = v1::ENVIRONMENT_TEST,
                                                                   .signer = "9900010",
                                                                   .sequence = 1,
                                                                   .signed_at = Monday()},
                                                                  {Serialize(receipt)}, {&key}),
                                                 0);
  world_.gateway->findings = {finding};
  const Ran ran = world_.Json({"findings", id, "--officer", "001", "--purpose", "HEARING"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(At(ran.out, "returns.0.reason"), "UNKNOWN (X_42)");
  EXPECT_EQ(At(ran.out, "returns.0.reason_code"), "X_42") << "kept raw";
  EXPECT_EQ(At(ran.out, "returns.0.contact_name"), "司法协助岗");
  EXPECT_EQ(At(ran.out, "returns.0.contact_phone"), "024-9900-0001");
}

TEST(AgencyReasons, CodesThatTheContractDoesNotKnowStayRaw) {
  EXPECT_EQ(AgencyReasonText("ACCOUNT_NOT_FOUND"), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(AgencyReasonText("SIGNATURE_INVALID"), "SIGNATURE_INVALID") << "an adapter's own check";
  EXPECT_EQ(AgencyReasonText("X_42"), "UNKNOWN (X_42)");
  EXPECT_EQ(AgencyReasonText("UNKNOWN"), "UNKNOWN (UNKNOWN)") << "never sent";
  EXPECT_EQ(AgencyReasonText("account_not_found"), "UNKNOWN (account_not_found)") << "as it came";
  EXPECT_EQ(AgencyReasonText(""), "");
}

}  // namespace
}  // namespace eagle::client
