// A key was stolen: what is refused from then on, what stands still, what is listed, and how it goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "server/trust/batch.h"
#include "server/trust/make_batch.h"
#include "tests/support/demo_world.h"

namespace eagle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StolenKey : public ::testing::Test {
 protected:
  absl::StatusOr<v1::SubmitStatementsResponse> Revoke(const std::string& subject, absl::Time since) {
    v1::Statement revoked = demo_.StatementAbout(subject, v1::STATEMENT_KIND_REVOKED);
    *revoked.mutable_compromised_since() = domain::ToProto(since);
    const bool officer = subject.find("/officer/") != std::string::npos;
    return officer ? demo_.State(kCourt, {revoked}, {"court/辽9901"})
                   : demo_.State("registrar", {revoked}, {"registrar-1", "registrar-2"});
  }
  // The same officer with the key of another name.
  void StateAnew(const std::string& subject, v1::OfficerRole role, const std::string& key) {
    v1::Statement officer = demo_.StatementAbout(subject, v1::STATEMENT_KIND_OFFICER);
    const std::string code = subject.substr(subject.rfind('/') + 1);
    officer.set_algorithm(v1::KEY_ALGORITHM_ED25519), officer.set_key(gateway_.Key(key).public_key());
    officer.add_roles(role);
    officer.mutable_officer()->set_name("officer " + code), officer.mutable_officer()->set_work_id_no("W" + code);
    officer.mutable_officer()->set_duty_card_no("D" + code);
    const auto stated = demo_.State(kCourt, {officer}, {"court/辽9901"});
    ASSERT_TRUE(stated.ok() && !stated->results(0).has_refusal()) << stated.status();
  }
  // The head of this batch with these signatures in place of those that it had.
  static v1::Envelope SignedAnew(GatewayFixture& gateway, const v1::SignedBatch& batch,
                                 const std::vector<std::string>& keys) {
    v1::SignedBatch anew = batch;
    anew.mutable_head()->clear_signatures();
    for (const std::string& key : keys) EXPECT_TRUE(trust::AddSignature(anew, gateway.Key(key)).ok());
    return anew.head();
  }
  absl::StatusOr<v1::ResumeOrdersResponse> Resume(const v1::SignedBatch& batch, const std::vector<std::string>& ids,
                                                  const std::vector<std::string>& keys) {
    v1::ResumeOrdersRequest request;
    *request.mutable_head() = SignedAnew(gateway_, batch, keys);
    for (const std::string& id : ids) request.add_order_ids(id);
    return gateway_.Call(&api::Handlers::ResumeOrders, demo_.court, request);
  }
  absl::StatusOr<v1::ListOrdersOfKeyResponse> OfKey(const api::Caller& caller, const std::string& subject,
                                                    absl::Time since) {
    v1::ListOrdersOfKeyRequest request;
    request.set_subject(subject);
    *request.mutable_since() = domain::ToProto(since);
    return gateway_.Call(&api::Handlers::ListOrdersOfKey, caller, request);
  }

  GatewayFixture gateway_;
  DemoWorld demo_{gateway_};
};

TEST_F(StolenKey, APausedOrderGoesOutWithItsNewSignaturesAlsoAfterARestart) {
  const v1::Order freeze = demo_.Freeze(kBeiling, 100);
  const v1::SubmitOrdersRequest sent = demo_.OrderBatch({freeze});
  ASSERT_TRUE(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, sent).ok());
  ASSERT_TRUE(Revoke(kCosigner, gateway_.clock.wall - absl::Hours(1)).ok());
  EXPECT_EQ(gateway_.Count("ORDER_PAUSED"), 1u);
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  gateway_.Restart();
  demo_.sessions.clear();
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  v1::GetOrderRequest asked;
  asked.set_order_id(freeze.order_id());
  EXPECT_TRUE(gateway_.Call(&api::Handlers::GetOrder, demo_.court, asked)->order().paused());

  StateAnew(kCosigner, v1::OFFICER_ROLE_COSIGNER, "card 2");
  const auto resumed = Resume(sent.batch(), {freeze.order_id()}, {kHandler, "card 2"});
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  ASSERT_FALSE(resumed->results(0).has_refusal()) << resumed->results(0).refusal().DebugString();
  EXPECT_NE(resumed->results(0).journal_index(), 0u);
  const auto pulled = demo_.PullOnce(kBeiling);
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  ASSERT_THAT(pulled->tasks(), SizeIs(1));
  const v1::Envelope& head = pulled->heads(static_cast<int>(pulled->tasks(0).head()));
  EXPECT_EQ(head.payload(), sent.batch().head().payload()) << "what was signed is the same";
  EXPECT_EQ(head.SerializeAsString(), SignedAnew(gateway_, sent.batch(), {kHandler, "card 2"}).SerializeAsString());
  EXPECT_EQ(pulled->tasks(0).member(), freeze.SerializeAsString());
  // The process dies with the task out: it goes out again, with the signatures of the journal.
  gateway_.Restart();
  demo_.sessions.clear();
  const auto again = demo_.PullOnce(kBeiling);
  ASSERT_TRUE(again.ok() && again->tasks_size() == 1) << again.status();
  EXPECT_EQ(again->heads(0).SerializeAsString(), head.SerializeAsString());
}

// A parked poll waits up to half a minute: whoever may hold work signed with the stolen key hears of it now.
TEST_F(StolenKey, AParkedPollHearsOfARevocationAtOnceAndOfNothingElse) {
  EXPECT_THAT(demo_.Pull(kBeiling), IsEmpty());
  const auto park = [&] {
    v1::PullTasksRequest request;
    request.set_instance("i");
    request.set_most_tasks(256);
    request.set_wait_seconds(30);
    request.set_directory_position(demo_.sessions[{kBeiling, "i"}].directory_position);
    auto poll = gateway_.Begin(&api::Handlers::PullTasks, gateway_.Agency(kBeiling), request);
    gateway_.Run();
    return poll;
  };
  const auto poll = park();
  // A new key of somebody comes with the next answer: nothing that the agency holds rests on it.
  v1::Statement fourth = demo_.StatementAbout("court/辽9901/officer/004", v1::STATEMENT_KIND_OFFICER);
  fourth.set_algorithm(v1::KEY_ALGORITHM_ED25519), fourth.set_key(gateway_.Key("officer 4").public_key());
  fourth.add_roles(v1::OFFICER_ROLE_HANDLER);
  fourth.mutable_officer()->set_name("officer 004"), fourth.mutable_officer()->set_work_id_no("W004");
  fourth.mutable_officer()->set_duty_card_no("D004");
  const auto stated = demo_.State(kCourt, {fourth}, {"court/辽9901"});
  ASSERT_TRUE(stated.ok() && !stated->results(0).has_refusal()) << stated.status();
  gateway_.Advance(absl::Seconds(1));
  EXPECT_FALSE(poll->has_value());
  ASSERT_TRUE(Revoke(kCosigner, gateway_.clock.wall - absl::Hours(1)).ok());
  EXPECT_FALSE(poll->has_value()) << "not before it is published";
  gateway_.Advance(absl::Milliseconds(100));
  ASSERT_TRUE(poll->has_value() && (*poll)->ok());
  ASSERT_THAT((**poll)->directory(), SizeIs(2));
  v1::Statement newest;
  ASSERT_TRUE(newest.ParseFromString((**poll)->directory(1).statement().member()));
  EXPECT_EQ(newest.kind(), v1::STATEMENT_KIND_REVOKED);
  EXPECT_EQ(newest.subject(), kCosigner);
  EXPECT_TRUE((**poll)->directory_complete());
  // Who knows waits again.
  demo_.sessions[{kBeiling, "i"}].directory_position = (**poll)->directory(1).position();
  const auto next = park();
  gateway_.Advance(absl::Seconds(20));
  EXPECT_FALSE(next->has_value());
}

TEST_F(StolenKey, OnlyWhatIsPausedIsSignedAnew) {
  const v1::Order paused = demo_.Freeze(kBeiling, 100), running = demo_.Freeze(kSongyue, 100);
  const v1::SubmitOrdersRequest sent = demo_.OrderBatch({paused, running});
  ASSERT_TRUE(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, sent).ok());
  ASSERT_THAT(demo_.Pull(kSongyue), SizeIs(1));
  ASSERT_TRUE(Revoke(kHandler, gateway_.clock.wall - absl::Hours(1)).ok());
  StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
  const auto answer =
      Resume(sent.batch(), {paused.order_id(), running.order_id(), gateway_.NewId()}, {"card 1", kCosigner});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->results(0).has_refusal());
  EXPECT_EQ(answer->results(1).refusal().reason(), "ORDER_NOT_PAUSED");
  EXPECT_EQ(answer->results(2).refusal().reason(), "ORDER_UNKNOWN");
  // Again: the same facts.
  const auto again = Resume(sent.batch(), {paused.order_id()}, {"card 1", kCosigner});
  EXPECT_EQ(again->results(0).journal_index(), answer->results(0).journal_index());
  EXPECT_EQ(gateway_.Count("ORDER_RESUMED"), 1u);
}

TEST_F(StolenKey, ResumingIsRefusedByName) {
  const v1::Order freeze = demo_.Freeze(kBeiling, 100);
  const v1::SubmitOrdersRequest sent = demo_.OrderBatch({freeze});
  ASSERT_TRUE(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, sent).ok());
  ASSERT_TRUE(Revoke(kCosigner, gateway_.clock.wall - absl::Hours(1)).ok());
  const auto reason = [&](const std::vector<std::string>& keys) -> std::string {
    const auto answer = Resume(sent.batch(), {freeze.order_id()}, keys);
    if (!answer.ok()) return std::string(RowOf(ReasonOf(answer.status())).name);
    return answer->results(0).refusal().reason();
  };
  EXPECT_EQ(reason({kHandler, kCosigner}), "KEY_REVOKED");
  EXPECT_EQ(reason({kHandler}), "SIGNATURES_MISSING");
  EXPECT_EQ(reason({"nobody"}), "SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(Resume(sent.batch(), {}, {kHandler}).status()), Reason::kFieldMissing);
  EXPECT_EQ(ReasonOf(Resume(sent.batch(), {freeze.order_id(), freeze.order_id()}, {kHandler}).status()),
            Reason::kFieldInvalid);
  const v1::SubmitOrdersRequest never = demo_.OrderBatch({demo_.Freeze(kBeiling, 1)});
  EXPECT_EQ(ReasonOf(Resume(never.batch(), {freeze.order_id()}, {kHandler}).status()), Reason::kNotFound);
  v1::ResumeOrdersRequest foreign;
  *foreign.mutable_head() = sent.batch().head();
  foreign.add_order_ids(freeze.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ResumeOrders, demo_.other_court, foreign).status()),
            Reason::kSignerNotCaller);
}

TEST_F(StolenKey, WhatItSignsIsRefusedByItsName) {
  ASSERT_TRUE(Revoke(kHandler, gateway_.clock.wall).ok());
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Freeze(kBeiling, 100)})), ElementsAre("KEY_REVOKED"));
  EXPECT_EQ(gateway_.Count("REFUSED"), 1u) << "a court could dispute it";
  const v1::Order inquiry = demo_.Inquire({kBeiling});
  StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({inquiry}, {"card 1"})), ElementsAre(""));
  ASSERT_TRUE(Revoke("agency/9900001", gateway_.clock.wall).ok());
  EXPECT_EQ(ReasonOf(demo_.Report(kBeiling, {demo_.Nil(inquiry, kBeiling)}).status()), Reason::kKeyRevoked);
  ASSERT_TRUE(Revoke("court/辽9901", gateway_.clock.wall).ok());
  const v1::Statement leader = demo_.StatementAbout(kLeader, v1::STATEMENT_KIND_ENDED);
  EXPECT_EQ(ReasonOf(demo_.State(kCourt, {leader}, {"court/辽9901"}).status()), Reason::kKeyRevoked);
}

TEST_F(StolenKey, WhatItSignedIsListedAsItStands) {
  const v1::Order old = demo_.Inquire({kBeiling});
  ASSERT_TRUE(demo_.Submit({old}).ok());
  gateway_.Advance(absl::Hours(1));
  const absl::Time since = gateway_.clock.wall;
  const v1::Order begun = demo_.Freeze(kBeiling, 100), waiting = demo_.Freeze(kSongyue, 100),
                  others = demo_.Inquire({kYunfan});
  ASSERT_TRUE(demo_.Submit({begun}).ok());
  ASSERT_THAT(demo_.Pull(kBeiling), SizeIs(2));
  ASSERT_TRUE(demo_.Submit({waiting}).ok());
  ASSERT_TRUE(demo_.Submit({others}, {kHandler}).ok());
  ASSERT_TRUE(Revoke(kCosigner, since).ok());
  const auto listed = OfKey(demo_.court, kCosigner, since);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->orders(), SizeIs(2)) << "neither what is older nor what another signed";
  EXPECT_EQ(listed->orders(0).order_id(), begun.order_id());
  EXPECT_FALSE(listed->orders(0).paused());
  EXPECT_THAT(listed->orders(0).begun_at(), ElementsAre(kBeiling));
  EXPECT_EQ(listed->orders(1).order_id(), waiting.order_id());
  EXPECT_TRUE(listed->orders(1).paused());
  EXPECT_THAT(listed->orders(1).paused_at(), ElementsAre(kSongyue));
  // By the key itself, and of the whole court.
  v1::ListOrdersOfKeyRequest by_key;
  by_key.set_key(gateway_.Key(kCosigner).public_key());
  *by_key.mutable_since() = domain::ToProto(since);
  by_key.set_page_size(1);
  auto page = gateway_.Call(&api::Handlers::ListOrdersOfKey, demo_.court, by_key);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->subject(), kCosigner);
  ASSERT_THAT(page->orders(), SizeIs(1));
  by_key.set_page_token(page->next_page_token());
  page = gateway_.Call(&api::Handlers::ListOrdersOfKey, demo_.court, by_key);
  ASSERT_THAT(page->orders(), SizeIs(1));
  EXPECT_EQ(page->orders(0).order_id(), waiting.order_id());
  EXPECT_THAT(OfKey(demo_.court, "court/辽9901", since)->orders(), SizeIs(3));
}

TEST_F(StolenKey, NobodySeesWhatOthersSigned) {
  const absl::Time since = gateway_.clock.wall;
  const v1::Order inquiry = demo_.Inquire({kBeiling});
  ASSERT_TRUE(demo_.Submit({inquiry}).ok());
  demo_.Pull(kBeiling);
  ASSERT_TRUE(demo_.Report(kBeiling, {demo_.Nil(inquiry, kBeiling)}).ok());
  EXPECT_EQ(ReasonOf(OfKey(demo_.other_court, kCosigner, since).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(OfKey(demo_.court, "agency/9900001", since).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(OfKey(gateway_.Agency(kSongyue), "agency/9900001", since).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(OfKey(demo_.court, "court/辽9901/officer/999", since).status()), Reason::kNotFound);
  for (const api::Caller& caller : {gateway_.Agency(kBeiling), GatewayFixture::Operator()}) {
    const auto receipts = OfKey(caller, "agency/9900001", since);
    ASSERT_TRUE(receipts.ok()) << receipts.status();
    ASSERT_THAT(receipts->receipts(), SizeIs(1));
    EXPECT_EQ(receipts->receipts(0).order_id(), inquiry.order_id());
    EXPECT_EQ(receipts->receipts(0).type(), "TASK_ANSWERED");
  }
  EXPECT_THAT(OfKey(GatewayFixture::Auditor(), kHandler, since)->orders(), SizeIs(1));
  v1::ListOrdersOfKeyRequest neither;
  *neither.mutable_since() = domain::ToProto(since);
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::ListOrdersOfKey, demo_.court, neither).status()),
            Reason::kFieldMissing);
}

// The transport asks anew for every call: who was ended or revoked is a stranger from then on.
TEST_F(StolenKey, AnOrganisationWithoutAKeyIsLetInNoMore) {
  const auto identified = [&](const std::string& code) {
    const domain::Directory& directory = gateway_.state().directory;
    const auto& system = directory.AgencyByCode(code)->row.system();
    return api::Identify(directory, system.spiffe_id(), system.spki_sha256(0)).status();
  };
  ASSERT_TRUE(identified(kBeiling).ok());
  ASSERT_TRUE(Revoke("agency/9900001", gateway_.clock.wall).ok());
  EXPECT_EQ(ReasonOf(identified(kBeiling)), Reason::kKeyRevoked);
  ASSERT_TRUE(demo_
                  .State("registrar", {demo_.StatementAbout("agency/9900002", v1::STATEMENT_KIND_ENDED)},
                         {"registrar-1", "registrar-2"})
                  .ok());
  EXPECT_EQ(ReasonOf(identified(kSongyue)), Reason::kUnauthenticated);
  v1::Statement fresh = demo_.StatementAbout("agency/9900001", v1::STATEMENT_KIND_KEY);
  fresh.set_algorithm(v1::KEY_ALGORITHM_ED25519), fresh.set_key(gateway_.Key("bank, new").public_key());
  ASSERT_TRUE(demo_.State("registrar", {fresh}, {"registrar-1", "registrar-2"}).ok());
  EXPECT_TRUE(identified(kBeiling).ok());
}

}  // namespace
}  // namespace eagle::test
