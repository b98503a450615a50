// The calls after a recovery: what is sent again is taken as it was, and nobody misses what came instead.
#include "server/core/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "server/base/bytes.h"
#include "server/domain/instant.h"
#include "server/journal/dsse.h"
#include "tests/support/demo_world.h"
#include "tests/support/recovery.h"

namespace eagle::test {
namespace {

using testing::ElementsAre;

class AfterRecovery : public testing::Test {
 protected:
  AfterRecovery() {
    const v1::Order before = demo_.Freeze(kBeiling, 100);
    EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({before})), ElementsAre(""));
    (void)demo_.Pull(kBeiling);
    Watch(early_);
    kept_ = gateway_.disk.Head().next_index;
    held_ = *gateway_.signed_disk.Read();
    lost_ = demo_.Freeze(kBeiling, 200);
    *batch_.mutable_batch() = demo_.OrderBatch({lost_}).batch();
    EXPECT_THAT(DemoWorld::Reasons(Send()), ElementsAre(""));
    Watch(late_);
    (void)demo_.Pull(kBeiling);
    receipts_.set_instance("i");
    *receipts_.mutable_batch() =
        gateway_.Sign(v1::MEMBER_TYPE_RECEIPT, kBeiling, std::vector<v1::Receipt>{demo_.Controlled(lost_, 200, 0)},
                      {"agency/" + std::string(kBeiling)});
    EXPECT_EQ(Verdict(), v1::RECEIPT_VERDICT_RECORDED);
  }

  absl::StatusOr<v1::SubmitOrdersResponse> Send() {
    return gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, batch_);
  }
  v1::ReceiptVerdict Verdict() {
    const auto answer = gateway_.Call(&api::Handlers::ReportResults, gateway_.Agency(kBeiling), receipts_);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer->results(0).verdict();
  }
  // The types of the court's events past the token, which moves on.
  std::vector<std::string> Watch(std::string& token) {
    std::vector<std::string> types;
    for (bool moved = true; moved;) {
      v1::WatchOrdersRequest request;
      request.set_resume_token(token);
      const auto page = gateway_.handlers->ReadWatch(demo_.court, request, 10);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return types;
      for (const auto& event : page->events()) types.push_back(event.type());
      moved = page->resume_token() != token;
      token = page->resume_token();
    }
    return types;
  }

  void Recover() {
    const storage::SignedHead last = **gateway_.signed_disk.Read();
    gateway_.Stop();
    gateway_.disk.RestoreOlder(kept_);
    v1::Recovery recovery = RecoveryOf(kept_, std::string(held_->root.begin(), held_->root.end()), held_->note,
                                       last.note, TestLogSigner(kSecondOrigin));
    *recovery.mutable_proposed_at() = domain::ToProto(gateway_.clock.wall);
    v1::Envelope document;
    document.set_payload_type(std::string(core::kRecoveryPayloadType));
    document.set_payload(recovery.SerializeAsString());
    for (const char* name : {"administrator-1", "administrator-2"})
      document.add_signatures()->set_sig(
          gateway_.Key(name).Sign(journal::Pae(core::kRecoveryPayloadType, document.payload())));
    gateway_.log_signer = std::make_unique<journal::Ed25519NoteSigner>(TestLogSigner(kSecondOrigin));
    gateway_.log_verifier = *journal::ParseVerifierKey(gateway_.log_signer->VerifierKey());
    auto ring = trust::KeyRing::Open(gateway_.key_disk, gateway_.wrapper, gateway_.entropy);
    RingKeys keys(**ring);
    const auto opened = core::Recover(document, gateway_.disk, gateway_.signed_disk, *gateway_.log_signer, keys);
    ASSERT_TRUE(opened.ok()) << opened.status();
    ring->reset();
    gateway_.Start();
    demo_.sessions.clear();
  }

  GatewayFixture gateway_{{.real_keys = true}};
  DemoWorld demo_{gateway_};
  std::string early_, late_;  // tokens of the old log: within the restored entries, past them
  uint64_t kept_ = 0;
  std::optional<storage::SignedHead> held_;
  v1::Order lost_;
  v1::SubmitOrdersRequest batch_;
  v1::ReportResultsRequest receipts_;
};

TEST_F(AfterRecovery, WhatIsSentAgainIsTakenAsItWasAndTheFirstAnswerFits) {
  Recover();
  const auto hello = demo_.Hello(kBeiling);
  ASSERT_TRUE(hello.ok());
  EXPECT_EQ(hello->origin(), kSecondOrigin);
  EXPECT_EQ(hello->recovered_at(), kept_);
  // The agency is earlier than the court: nothing is known of the order, and nothing is written about it.
  const size_t entries = gateway_.Types().size();
  EXPECT_EQ(Verdict(), v1::RECEIPT_VERDICT_REFUSED);
  EXPECT_EQ(gateway_.Types().size(), entries);
  // The same bytes under the same ids and sequence numbers.
  const auto again = Send();
  ASSERT_THAT(DemoWorld::Reasons(again), ElementsAre(""));
  const v1::Acceptance& accepted = again->results(0).acceptance();
  EXPECT_TRUE(gateway_.Proves(accepted.proof(), accepted.leaf(), again->checkpoint()));
  EXPECT_EQ(Verdict(), v1::RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(Verdict(), v1::RECEIPT_VERDICT_DUPLICATE);
}

// A deduction that was carried out is judged anew, and the measure that it took from shows that already: the agency has
// told of a later change. It is the court's money all the same, and counts.
TEST_F(AfterRecovery, ADeductionThatWasCarriedOutIsTakenAgainThoughItsMoneyIsGone) {
  v1::SubmitOrdersRequest deduction;
  const v1::Order taken = demo_.Deduct(lost_, 150);
  *deduction.mutable_batch() = demo_.OrderBatch({taken}).batch();
  const auto submit = [&] { return gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, deduction); };
  ASSERT_THAT(DemoWorld::Reasons(submit()), ElementsAre(""));
  Recover();
  ASSERT_TRUE(demo_.Hello(kBeiling).ok());
  ASSERT_THAT(DemoWorld::Reasons(Send()), ElementsAre(""));
  ASSERT_EQ(Verdict(), v1::RECEIPT_VERDICT_RECORDED);
  v1::Receipt later = demo_.Controlled(lost_, 40, 0);
  later.set_kind(v1::RECEIPT_KIND_EVENT), later.set_change(v1::MEASURE_CHANGE_REDUCED), later.set_sequence(2);
  ASSERT_TRUE(demo_.Report(kBeiling, {later}).ok());
  ASSERT_THAT(DemoWorld::Reasons(submit()), ElementsAre("")) << "whether there is enough is the bank's to say";
  const domain::Case& of = gateway_.state().cases.begin()->second;
  EXPECT_EQ(of.ledger.Sum().D(), 150);
  EXPECT_EQ(of.ledger.Sum().controlled, 40) << "nothing of what is still there is taken for it";
  // What is signed from now on is judged by what is there.
  gateway_.Advance(absl::Seconds(1));
  EXPECT_THAT(DemoWorld::Reasons(demo_.Submit({demo_.Deduct(lost_, 150)})), ElementsAre("AMOUNT_ABOVE_MEASURE"));
}

// A batch is sent whole: what had been refused of it stays refused, though it would be accepted now.
TEST_F(AfterRecovery, WhatTheEndedOriginHadRefusedIsRefusedOnceMoreUnjudged) {
  v1::SubmitOrdersRequest both;
  const v1::Order first = demo_.Inquire({kBeiling}), second = demo_.Inquire({kBeiling});
  *both.mutable_batch() = demo_.OrderBatch({first, second}).batch();
  both.add_refused_before(second.order_id());
  const auto validate = [&] { return gateway_.Call(&api::Handlers::ValidateOrders, demo_.court, both); };
  EXPECT_EQ(ReasonOf(validate().status()), Reason::kFieldInvalid) << "nothing was recovered yet";
  Recover();
  const auto dry = validate();
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(dry->results(1).refusal().reason(), "REFUSED_BEFORE");
  EXPECT_THAT(DemoWorld::Reasons(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, both)),
              ElementsAre("", "REFUSED_BEFORE"));
  // It is a decision like others: kept, and the same for whoever asks again.
  both.clear_refused_before();
  EXPECT_THAT(DemoWorld::Reasons(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, both)),
              ElementsAre("", "REFUSED_BEFORE"));
  gateway_.Advance(absl::Seconds(1));
  v1::SubmitOrdersRequest later;
  *later.mutable_batch() = demo_.OrderBatch({demo_.Inquire({kBeiling})}).batch();
  later.add_refused_before(second.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, later).status()), Reason::kFieldInvalid);
  later.add_refused_before(second.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, later).status()), Reason::kTooLarge);
  later.mutable_refused_before()->RemoveLast();
  v1::Order member;
  member.ParseFromString(later.batch().members(0));
  later.set_refused_before(0, member.order_id());
  EXPECT_EQ(ReasonOf(gateway_.Call(&api::Handlers::SubmitOrders, demo_.court, later).status()), Reason::kFieldInvalid)
      << "it was signed after the recovery";
}

TEST_F(AfterRecovery, AWatchGoesOnWhereTheRestoredEntriesEndAndMissesNothing) {
  Recover();
  ASSERT_THAT(DemoWorld::Reasons(Send()), ElementsAre(""));
  std::string late = late_, early = early_;
  EXPECT_THAT(Watch(late), ElementsAre("ORDER_ACCEPTED"));
  EXPECT_THAT(Watch(early), ElementsAre("ORDER_ACCEPTED"));
  EXPECT_THAT(Watch(late), ElementsAre());
  v1::WatchOrdersRequest strange;
  strange.set_resume_token(late_ + "x");
  EXPECT_EQ(ReasonOf(gateway_.handlers->ReadWatch(demo_.court, strange, 10).status()), Reason::kPageTokenInvalid);
}

TEST_F(AfterRecovery, EverybodyIsShownWhatProvesTheNewOriginAndNothingElse) {
  Recover();
  const auto head = gateway_.Call(&api::Handlers::GetCheckpoint, demo_.court, v1::GetCheckpointRequest());
  ASSERT_TRUE(head.ok());
  EXPECT_THAT(head->recoveries(), ElementsAre(kept_));
  const auto leaf = [&](uint64_t index) {
    v1::GetInclusionProofRequest request;
    request.set_index(index);
    return gateway_.Call(&api::Handlers::GetInclusionProof, demo_.court, request)->leaf();
  };
  EXPECT_FALSE(leaf(0).empty());
  EXPECT_FALSE(leaf(kept_).empty());
  EXPECT_TRUE(leaf(1).empty()) << "an administrator's act is for auditors";
}

}  // namespace
}  // namespace eagle::test
