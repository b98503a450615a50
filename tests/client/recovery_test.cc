// A log that went on from older data, at a court's side: believed on proof only, and what is lost goes out again.
#include "tests/support/recovery.h"

#include <vector>

#include "client/common/files.h"
#include "client/lib/desk.h"
#include "client/lib/draft.h"
#include "client/lib/order_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {
namespace {

using testing::HasSubstr;

constexpr char kFirstOrigin[] = "test.example/log";

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() : gateway_(Monday(), test::TestLogSigner(kFirstOrigin, 's')) {
    v1::LogFounded founding;
    founding.set_origin(kFirstOrigin);
    founding.set_environment(v1::ENVIRONMENT_TEST);
    founding.set_approvals(2);
    gateway_.Found(test::Recoverable(founding, old_));
    options_ = {.state_folder = folder_ / "state",
                .organisation = "辽9901",
                .environment = v1::ENVIRONMENT_TEST,
                .log_key = old_.VerifierKey()};
    Reopen();
  }
  void Reopen() { desk_ = std::move(Desk::Open(options_, {clock_, entropy_, checker_})).value(); }

  std::string Send(const std::vector<OrderCommon>& orders = {PlainOrder()}) {
    std::vector<std::string> members;
    for (const OrderCommon& order : orders) members.push_back(Serialize(builder_.Inquire(order, {})));
    Draft draft = *Draft::Begin(*desk_->NewHead(v1::MEMBER_TYPE_ORDER), std::move(members));
    EXPECT_TRUE(draft.Sign(handler_).ok());
    const auto sent = desk_->SendOrders(draft.batch(), gateway_);
    EXPECT_TRUE(sent.ok()) << sent.status();
    return draft.batch().members(0);
  }
  // What the backup holds: one order. What it doesn't: another, seen by this desk.
  void LoseOne(const std::vector<OrderCommon>& orders = {PlainOrder()}) {
    Send();
    kept_ = gateway_.size();
    held_ = gateway_.Checkpoint();
    Send(orders);
    lost_head_ = gateway_.Checkpoint();
    root_ = gateway_.RootAt(kept_);
  }
  v1::Recovery Document() { return test::RecoveryOf(kept_, root_, held_, lost_head_, next_); }
  void Recover(const v1::Recovery& recovery, const std::vector<size_t>& administrators = {0, 1},
               const std::vector<uint32_t>& approvers = {1, 2}) {
    v1::LogRecovered body;
    *body.mutable_document() = test::Signed(recovery, administrators);
    for (const uint32_t ordinal : approvers) body.add_approvers(ordinal);
    gateway_.Recover(kept_, body, test::TestLogSigner(test::kSecondOrigin));
  }
  std::string Accepting() { return WhyNot(desk_->AcceptRecovery(gateway_)); }

  StandingClock clock_{Monday()};
  CountedEntropy entropy_;
  OrderBuilder builder_{clock_, entropy_};
  TempFolder folder_;
  journal::Ed25519NoteSigner old_ = test::TestLogSigner(kFirstOrigin, 's'),
                             next_ = test::TestLogSigner(test::kSecondOrigin);
  FakeGateway gateway_;
  trust::PublicKeyChecker checker_{64};
  trust::Ed25519Signer handler_ = KeyOf('h');
  DeskOptions options_;
  std::unique_ptr<Desk> desk_;
  uint64_t kept_ = 0;
  std::string held_, lost_head_, root_;
};

TEST_F(RecoveryTest, AnotherOriginIsNeverTakenForTheOldLog) {
  LoseOne();
  Recover(Document());
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.Checkpoint(), gateway_)), "LOG_OTHER_ORIGIN");
  Reopen();
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.Checkpoint(), gateway_)), "LOG_OTHER_ORIGIN");
}

TEST_F(RecoveryTest, OnProofItIsBelievedAndTheLostOrderGoesOutAgain) {
  LoseOne();
  Recover(Document());
  EXPECT_TRUE(desk_->Lost()->empty()) << "nothing is known to be lost before it is proved";
  const auto proved = desk_->AcceptRecovery(gateway_);
  ASSERT_TRUE(proved.ok()) << proved.status();
  EXPECT_EQ(proved->recoveries[0].index, kept_);
  Reopen();
  gateway_.Grow();
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
  const auto lost = desk_->Lost();
  ASSERT_EQ(lost->size(), 1u);
  EXPECT_EQ((*lost)[0].first_index, kept_);
  const auto resent = desk_->Resend((*lost)[0], gateway_);
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_TRUE(resent->orders->answers[0].accepted.has_value());
  // The same bytes; and the old promise is kept beside the new one.
  EXPECT_EQ(gateway_.order_batches.back().SerializeAsString(), gateway_.order_batches[1].SerializeAsString());
  const auto kept = FilesIn(folder_ / "state/outbox", ".lost");
  ASSERT_EQ(kept->size(), 1u);
  EXPECT_THAT(*ReadFile(folder_ / ("state/outbox/" + (*kept)[0])), HasSubstr(kFirstOrigin));
  EXPECT_TRUE(desk_->Lost()->empty());
  EXPECT_EQ(Accepting(), "RECOVERY_NOT_NEEDED");
  // The old origin's last head stays as it was.
  EXPECT_EQ(*ReadFile(folder_ / "state/checkpoint"), lost_head_);
}

TEST_F(RecoveryTest, APinThatWasRenewedByHandGoesOn) {
  LoseOne();
  Recover(Document());
  ASSERT_TRUE(desk_->AcceptRecovery(gateway_).ok());
  options_.log_key = next_.VerifierKey();
  Reopen();
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
  EXPECT_EQ(desk_->Lost()->size(), 1u);
}

TEST_F(RecoveryTest, NothingIsBelievedThatTwoAdministratorsDidNotSign) {
  LoseOne();
  Recover(Document(), {0}, {1});
  EXPECT_EQ(Accepting(), "RECOVERY_NOT_APPROVED");
}

TEST_F(RecoveryTest, NothingIsBelievedOfAStranger) {
  LoseOne();
  Recover(Document(), {0, 7}, {1, 2});
  EXPECT_EQ(Accepting(), "RECOVERY_MALFORMED");
}

TEST_F(RecoveryTest, NothingIsBelievedThatDoesNotBeginWithTheRestoredData) {
  LoseOne();
  root_ = std::string(32, 'r');
  Recover(Document());
  EXPECT_EQ(Accepting(), "PROOF_INVALID");
}

TEST_F(RecoveryTest, NothingIsBelievedThatTheOldKeyDidNotBegin) {
  LoseOne();
  held_ = *journal::SignCheckpoint({old_.name(), 1, {}}, old_);
  Recover(Document());
  EXPECT_EQ(Accepting(), "PROOF_INVALID");
}

TEST_F(RecoveryTest, MoreThanWasGivenUpIsAFork) {
  LoseOne();
  gateway_.Grow(3);
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());  // the administrators never heard of it
  Recover(Document());
  EXPECT_EQ(Accepting(), "LOG_FORKED");
  Reopen();
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.Checkpoint(), gateway_)), "LOG_OTHER_ORIGIN");
}

TEST_F(RecoveryTest, AnotherBeginningIsAFork) {
  LoseOne();
  // This desk saw a beginning that the restored data don't have.
  ASSERT_TRUE(WriteDurably(folder_ / "state/checkpoint", *journal::SignCheckpoint({old_.name(), 2, {}}, old_)).ok());
  Recover(Document());
  EXPECT_EQ(Accepting(), "LOG_FORKED");
}

TEST_F(RecoveryTest, AnotherLogAltogetherIsNotBelieved) {
  LoseOne();
  Recover(Document());
  options_.log_key = test::TestLogSigner("elsewhere.example/log", 'e').VerifierKey();
  options_.state_folder = folder_ / "other";
  Reopen();
  EXPECT_EQ(Accepting(), "LOG_OTHER_ORIGIN");
}

TEST_F(RecoveryTest, WhatTheGatewayWouldNowRefuseIsNotSentFor) {
  LoseOne();
  Recover(Document());
  ASSERT_TRUE(desk_->AcceptRecovery(gateway_).ok());
  Reopen();
  v1::Refusal refusal;
  refusal.set_reason("CAP_EXCEEDED");
  gateway_.refusals[PlainOrder().case_number] = refusal;
  const size_t before = gateway_.order_batches.size();
  EXPECT_EQ(WhyNot(desk_->Resend((*desk_->Lost())[0], gateway_)), "RECOVERY_MISMATCH");
  EXPECT_EQ(gateway_.order_batches.size(), before) << "a refusal would use the id up";
  gateway_.refusals.clear();
  EXPECT_TRUE(desk_->Resend((*desk_->Lost())[0], gateway_).ok());
}

TEST_F(RecoveryTest, WhatHadBeenRefusedIsRefusedAgainAndItsBatchGoesOut) {
  OrderCommon other = PlainOrder();
  other.case_number = "（2026）辽9901执2号";
  gateway_.refusals[other.case_number].set_reason("CAP_EXCEEDED");
  LoseOne({PlainOrder(), other});
  gateway_.refusals.clear();  // its room is free again
  Recover(Document());
  ASSERT_TRUE(desk_->AcceptRecovery(gateway_).ok());
  Reopen();
  const auto resent = desk_->Resend((*desk_->Lost())[0], gateway_);
  ASSERT_TRUE(resent.ok()) << resent.status();
  EXPECT_TRUE(resent->orders->answers[0].accepted.has_value());
  EXPECT_EQ(resent->orders->answers[1].refusal.reason(), "REFUSED_BEFORE");
}

TEST_F(RecoveryTest, ALostBatchWhoseSignersKeyWasRevokedGoesOutSignedAnewUnderItsHead) {
  LoseOne();
  Recover(Document());
  ASSERT_TRUE(desk_->AcceptRecovery(gateway_).ok());
  Reopen();
  v1::SignedBatch anew = (*desk_->Lost())[0].item.batch;
  const std::string old_signature = anew.head().signatures(0).sig();
  anew.mutable_head()->clear_signatures();
  trust::Ed25519Signer second = KeyOf('n');
  ASSERT_TRUE(trust::AddSignature(anew, second).ok());
  const auto lost = desk_->SignedAnew(anew);
  ASSERT_TRUE(lost.ok()) << lost.status();
  ASSERT_TRUE(desk_->Resend(*lost, gateway_).ok());
  const v1::Envelope& sent = gateway_.order_batches.back().head();
  EXPECT_EQ(sent.payload(), anew.head().payload());
  ASSERT_EQ(sent.signatures_size(), 1);
  EXPECT_NE(sent.signatures(0).sig(), old_signature);
  EXPECT_TRUE(desk_->Lost()->empty());
  anew.mutable_head()->mutable_payload()->append("x");
  EXPECT_EQ(WhyNot(desk_->SignedAnew(anew)), "ORDER_UNKNOWN");
}

}  // namespace
}  // namespace eagle::client
