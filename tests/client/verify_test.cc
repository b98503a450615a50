// A court trusts nobody: acceptances, checkpoints, receipts and the whole log, each good one taken and each tampered
// part refused.
#include <fstream>

#include "client/common/files.h"
#include "client/lib/acceptance.h"
#include "client/lib/checkpoints.h"
#include "client/lib/desk.h"
#include "client/lib/draft.h"
#include "client/lib/errors.h"
#include "client/lib/journal_check.h"
#include "client/lib/receipts.h"
#include "gmock/gmock.h"
#include "goldeneagle/v1/entry.pb.h"
#include "gtest/gtest.h"
#include "server/base/uuid.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {
namespace {

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    options_ = {.state_folder = folder_ / "state",
                .organisation = "辽9901",
                .environment = v1::ENVIRONMENT_TEST,
                .log_key = gateway_.verifier_key()};
    for (const char letter : {'1', '2', '3'}) options_.registrar_keys.push_back(KeyOf(letter).public_key());
    Reopen();
  }
  void Reopen() { desk_ = std::move(Desk::Open(options_, {clock_, entropy_, checker_})).value(); }

  v1::SignedBatch Orders(int count = 1) {
    std::vector<std::string> members;
    for (int i = 0; i < count; ++i) members.push_back(Serialize(builder_.Inquire(PlainOrder(), {})));
    Draft draft = *Draft::Begin(*desk_->NewHead(v1::MEMBER_TYPE_ORDER), std::move(members));
    EXPECT_TRUE(draft.Sign(handler_).ok());
    return draft.batch();
  }

  // Statements: the agency's key by two registrars, as the gateway would list them.
  void StateAgency(const std::string& code, const std::string& key, uint64_t sequence = 1,
                   const std::string& previous = "", int registrars = 2) {
    v1::Statement statement;
    statement.set_subject("agency/" + code);
    statement.set_sequence(sequence);
    statement.set_previous_digest(previous);
    statement.set_kind(v1::STATEMENT_KIND_KEY);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    statement.set_key(key);
    statement.set_environment(v1::ENVIRONMENT_TEST);
    *statement.mutable_valid_from() = trust::TimestampOf(Monday() - absl::Hours(24));
    *statement.mutable_valid_until() = trust::TimestampOf(Monday() + absl::Hours(24 * 365));
    trust::Ed25519Signer one = KeyOf('1'), two = KeyOf('2');
    std::vector<trust::Signer*> signers = {&one};
    if (registrars > 1) signers.push_back(&two);
    const v1::SignedBatch batch = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_STATEMENT,
                                                    .environment = v1::ENVIRONMENT_TEST,
                                                    .signer = "registrar",
                                                    .sequence = sequence,
                                                    .signed_at = Monday()},
                                                   {Serialize(statement)}, signers);
    v1::DirectoryChange change;
    change.set_position(gateway_.statements.size() + 1);
    *change.mutable_statement() = trust::TravelForm(batch, 0);
    gateway_.statements.push_back(change);
  }

  v1::Receipt ReceiptFor(const std::string& order_bytes) {
    v1::Order order;
    order.ParseFromString(order_bytes);
    v1::Receipt receipt;
    receipt.set_order_digest(std::string(journal::View(journal::LeafHash(order_bytes))));
    receipt.set_order_id(order.order_id());
    receipt.set_agency("9900010");
    receipt.set_sequence(1);
    receipt.set_kind(v1::RECEIPT_KIND_FINAL);
    *receipt.mutable_answered_at() = trust::TimestampOf(Monday());
    return receipt;
  }
  v1::SignedMember SignedReceipt(const v1::Receipt& receipt, char key = 'a', const std::string& signer = "9900010",
                                 v1::Environment environment = v1::ENVIRONMENT_TEST) {
    trust::Ed25519Signer agency = KeyOf(key);
    return trust::TravelForm(trust::MakeBatch({.member_type = v1::MEMBER_TYPE_RECEIPT,
                                               .environment = environment,
                                               .signer = signer,
                                               .sequence = 1,
                                               .signed_at = Monday()},
                                              {Serialize(receipt)}, {&agency}),
                             0);
  }

  StandingClock clock_{Monday()};
  CountedEntropy entropy_;
  OrderBuilder builder_{clock_, entropy_};
  TempFolder folder_;
  FakeGateway gateway_{Monday()};
  trust::PublicKeyChecker checker_{64};
  trust::Ed25519Signer handler_ = KeyOf('h');
  DeskOptions options_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(VerifyTest, AnAcceptanceIsProvedDownToMyBytes) {
  gateway_.Grow(5);
  const auto sent = desk_->SendOrders(Orders(3), gateway_);
  ASSERT_TRUE(sent.ok()) << sent.status();
  ASSERT_EQ(sent->answers.size(), 3u);
  for (const OrderAnswer& answer : sent->answers) {
    ASSERT_TRUE(answer.accepted.has_value());
    EXPECT_EQ(answer.accepted->accepted_at, Monday());
    EXPECT_EQ(answer.accepted->due, Monday() + absl::Hours(24));
    EXPECT_EQ(answer.accepted->deadline_row, "ANSWER_URGENT");
  }
  EXPECT_EQ(sent->answers[2].accepted->order_seq, sent->answers[0].accepted->order_seq + 2);
}

// Every part of the answer that a lying gateway could change, one at a time.
TEST_F(VerifyTest, EachTamperedPartOfAnAcceptanceIsFoundOut) {
  gateway_.Grow(6);
  struct Lie {
    const char* reason;
    std::function<void(v1::SubmitOrdersResponse&)> tell;
  };
  const auto acceptance = [](v1::SubmitOrdersResponse& response) {
    return response.mutable_results(0)->mutable_acceptance();
  };
  const auto flip = [](std::string* bytes, size_t at) { (*bytes)[at] = static_cast<char>((*bytes)[at] ^ 1); };
  const std::vector<Lie> lies = {
      {"PROOF_INVALID", [&](auto& r) { flip(acceptance(r)->mutable_leaf(), acceptance(r)->leaf().size() - 1); }},
      {"PROOF_INVALID", [&](auto& r) { flip(acceptance(r)->mutable_leaf(), 11); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->clear_leaf(); }},
      {"PROOF_INVALID", [&](auto& r) { flip(acceptance(r)->mutable_proof()->mutable_hashes(0), 0); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->mutable_proof()->mutable_hashes()->RemoveLast(); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->mutable_proof()->add_hashes(std::string(32, 'x')); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->mutable_proof()->set_hashes(0, "short"); }},
      {"PROOF_INVALID",
       [&](auto& r) { acceptance(r)->mutable_proof()->set_index(acceptance(r)->proof().index() - 1); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->mutable_proof()->set_size(acceptance(r)->proof().size() - 1); }},
      {"PROOF_INVALID", [&](auto& r) { acceptance(r)->clear_proof(); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->set_order_seq(acceptance(r)->order_seq() + 1); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->mutable_deadline()->mutable_due_at()->set_seconds(1); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->mutable_deadline()->set_row("ANSWER_NORMAL"); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->mutable_deadline()->mutable_marks(0)->set_seconds(1); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->mutable_deadline()->clear_marks(); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->set_agencies(0, "9900020"); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { acceptance(r)->add_agencies("9900020"); }},
      // The acceptance of another order of the same batch.
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { *r.mutable_results(0) = r.results(1); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { r.mutable_results()->RemoveLast(); }},
      {"ACCEPTANCE_MISMATCH", [&](auto& r) { r.mutable_results(0)->clear_result(); }},
      {"NOTE_MALFORMED", [&](auto& r) { r.set_checkpoint("no note"); }},
      {"LOG_OTHER_ORIGIN", [&](auto& r) { r.mutable_checkpoint()->replace(0, 4, "fakf"); }},
      {"NOTE_UNTRUSTED",
       [&](auto& r) {
         std::string* note = r.mutable_checkpoint();
         (*note)[note->size() - 10] = note->at(note->size() - 10) == 'A' ? 'B' : 'A';
       }},
      {"PROOF_INVALID", [&](auto& r) { r.clear_checkpoint(); }},
  };
  for (size_t i = 0; i < lies.size(); ++i) {
    gateway_.tamper_orders = lies[i].tell;
    const auto sent = desk_->SendOrders(Orders(2), gateway_);
    EXPECT_EQ(WhyNot(sent), lies[i].reason) << "lie " << i;
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(OriginOf(sent.status()), Origin::kVerification) << "lie " << i;
  }
  gateway_.tamper_orders = nullptr;
  EXPECT_TRUE(desk_->SendOrders(Orders(2), gateway_).ok());
}

// Entries of other kinds, and of other orders, that are really in the log.
TEST_F(VerifyTest, AnotherEntryOfTheLogIsNoAcceptance) {
  const auto sent = desk_->SendOrders(Orders(2), gateway_);
  ASSERT_TRUE(sent.ok());
  const v1::SignedBatch other = Orders();
  const auto& acceptance = sent->response.results(0).acceptance();
  EXPECT_EQ(WhyNot(VerifyAcceptance(other.members(0), acceptance, sent->checkpoint)), "ACCEPTANCE_MISMATCH");
  v1::GetInclusionProofRequest founding;
  const auto entry = gateway_.GetInclusionProof(founding);
  v1::Acceptance lie = acceptance;
  *lie.mutable_proof() = entry->proof();
  lie.set_leaf(entry->leaf());
  lie.set_order_seq(0);
  EXPECT_EQ(WhyNot(VerifyAcceptance(
                desk_->outbox().Read(*FilesIn(folder_ / "state/outbox", ".batch")->begin())->batch.members(0), lie,
                sent->checkpoint)),
            "ACCEPTANCE_MISMATCH");
}

TEST_F(VerifyTest, ACaseActIsProvedLikewise) {
  const v1::CaseAct act = builder_.Open("辽9901", {});
  Draft draft = *Draft::Begin(*desk_->NewHead(v1::MEMBER_TYPE_CASE), {Serialize(act)});
  ASSERT_TRUE(draft.Sign(handler_).ok());
  const auto sent = desk_->SendCases(draft.batch(), gateway_);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_TRUE(sent->answers[0].accepted.has_value());
  const auto head = gateway_.GetCheckpoint({});
  const auto checkpoint = desk_->Observe(head->checkpoint(), gateway_);
  const auto& acceptance = sent->response.results(0).acceptance();
  EXPECT_TRUE(VerifyCaseAct(draft.batch().members(0), acceptance, *checkpoint).ok());
  EXPECT_EQ(WhyNot(VerifyCaseAct(Serialize(builder_.Open("辽9901", {})), acceptance, *checkpoint)),
            "ACCEPTANCE_MISMATCH");
  EXPECT_EQ(WhyNot(VerifyCaseAct(Serialize(builder_.ChangeStage("辽9901", {})), acceptance, *checkpoint)),
            "ACCEPTANCE_MISMATCH");
}

TEST_F(VerifyTest, ARefusalIsAResultAndKeepsEveryProblem) {
  v1::Refusal& refusal = gateway_.refusals["（2026）辽9901执1024号"];
  refusal.set_reason("NOT_RESPONDENT");
  refusal.set_message("no third parties");
  v1::FieldProblem* problem = refusal.add_problems();
  problem->set_field("subject");
  problem->set_reason("NOT_RESPONDENT");
  const auto sent = desk_->SendOrders(Orders(), gateway_);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_FALSE(sent->answers[0].accepted.has_value());
  const absl::Status status = StatusOfRefusal(sent->answers[0].refusal);
  EXPECT_EQ(ReasonOf(status), Reason::kNotRespondent);
  EXPECT_EQ(OriginOf(status), Origin::kGateway);
  EXPECT_EQ(FailureOf(status).violations.size(), 1u);
}

// The process dies between the answer that never came and the next start: the same bytes go out, the same facts come
// back.
TEST_F(VerifyTest, ALostAnswerIsRepeatedWithTheSameBytesAfterACrash) {
  gateway_.LoseAnswers(1);
  const auto lost = desk_->SendOrders(Orders(2), gateway_);
  EXPECT_EQ(WhyNot(lost), "UNAVAILABLE");
  Reopen();
  const auto resent = desk_->ResendPending(gateway_);
  ASSERT_TRUE(resent.ok()) << resent.status();
  ASSERT_EQ(resent->size(), 1u);
  EXPECT_TRUE((*resent)[0].status.ok()) << (*resent)[0].status;
  ASSERT_EQ(gateway_.order_batches.size(), 2u);
  EXPECT_EQ(gateway_.order_batches[0].SerializeAsString(), gateway_.order_batches[1].SerializeAsString());
  EXPECT_TRUE(desk_->ResendPending(gateway_)->empty());
}

TEST_F(VerifyTest, OnlyTheGatewaysOwnNoEndsABatch) {
  gateway_.FailWith(Fail(Reason::kUnavailable, "down").With("origin", "gateway"));
  ASSERT_FALSE(desk_->SendOrders(Orders(), gateway_).ok());
  EXPECT_EQ(desk_->outbox().Pending()->size(), 1u);
  gateway_.FailWith(Fail(Reason::kBusy, "full").With("origin", "gateway"));
  ASSERT_FALSE(desk_->SendOrders(Orders(), gateway_).ok());
  EXPECT_EQ(desk_->outbox().Pending()->size(), 2u);
  gateway_.FailWith(Fail(Reason::kSequenceReused, "no").With("origin", "gateway"));
  ASSERT_FALSE(desk_->SendOrders(Orders(), gateway_).ok());
  EXPECT_EQ(desk_->outbox().Pending()->size(), 2u);
  gateway_.FailWith(absl::OkStatus());
  EXPECT_EQ(desk_->ResendPending(gateway_)->size(), 2u);
}

TEST_F(VerifyTest, EachNewCheckpointMustContinueTheLast) {
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
  gateway_.Grow(7);
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
  EXPECT_EQ(gateway_.consistency_proofs, 1);
  EXPECT_EQ((*desk_->checkpoints().Newest())->checkpoint.size, 8u);
  // An older one is proved to be a beginning, and doesn't replace the newer.
  ASSERT_TRUE(desk_->Observe(gateway_.CheckpointAt(3), gateway_).ok());
  EXPECT_EQ((*desk_->checkpoints().Newest())->checkpoint.size, 8u);
}

TEST_F(VerifyTest, AForkIsRefusedAndBothNotesAreKept) {
  gateway_.Grow(7);
  const std::string honest = gateway_.Checkpoint();
  ASSERT_TRUE(desk_->Observe(honest, gateway_).ok());
  gateway_.Fork(4);
  const std::string same_size = gateway_.Checkpoint();
  EXPECT_EQ(WhyNot(desk_->Observe(same_size, gateway_)), "LOG_FORKED");
  gateway_.Grow(3);
  Reopen();  // what was seen survives the process
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.Checkpoint(), gateway_)), "LOG_FORKED");
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.CheckpointAt(6), gateway_)), "LOG_FORKED");
  EXPECT_EQ((*desk_->checkpoints().Newest())->note, honest);
  const auto kept = FilesIn(folder_ / "state", ".notes");
  ASSERT_EQ(kept->size(), 3u);
  EXPECT_EQ(*ReadFile(folder_ / "state/forked-8-8.notes"), honest + "\n" + same_size);
}

TEST_F(VerifyTest, ABadConsistencyProofIsAFork) {
  ASSERT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
  gateway_.Grow(9);
  gateway_.tamper_consistency = [](v1::GetConsistencyProofResponse& response) { response.set_hashes(0, "short"); };
  EXPECT_EQ(WhyNot(desk_->Observe(gateway_.Checkpoint(), gateway_)), "LOG_FORKED");
  // No answer is not a lie.
  gateway_.tamper_consistency = nullptr;
  gateway_.LoseAnswers(1);
  const auto lost = desk_->Observe(gateway_.Checkpoint(), gateway_);
  EXPECT_EQ(OriginOf(lost.status()), Origin::kUnavailable);
  EXPECT_TRUE(desk_->Observe(gateway_.Checkpoint(), gateway_).ok());
}

TEST_F(VerifyTest, TheBookIsFilledWithPinnedKeysOnly) {
  StateAgency("9900010", KeyOf('a').public_key());
  StateAgency("9900020", KeyOf('b').public_key(), 1, "", /*registrars=*/1);
  StateAgency("9900030", KeyOf('c').public_key());
  const auto report = desk_->SyncBook(gateway_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->taken, 2u);
  ASSERT_EQ(report->refused.size(), 1u);
  EXPECT_THAT(report->refused[0], testing::HasSubstr("SIGNATURES_MISSING"));
  EXPECT_TRUE(desk_->book()->KeyOf("agency/9900010", Monday()).has_value());
  EXPECT_FALSE(desk_->book()->KeyOf("agency/9900020", Monday()).has_value());
  // After a start the file is read through the same rules, and only what is new is fetched.
  Reopen();
  EXPECT_TRUE(desk_->book()->KeyOf("agency/9900030", Monday()).has_value());
  const auto again = desk_->SyncBook(gateway_);
  EXPECT_EQ(again->taken, 0u);
  // Under other pins the file counts for nothing.
  options_.registrar_keys = {KeyOf('7').public_key(), KeyOf('8').public_key()};
  Reopen();
  EXPECT_FALSE(desk_->book()->KeyOf("agency/9900010", Monday()).has_value());
}

TEST_F(VerifyTest, AReceiptIsTheAgencysAnswerToMyBytesOrNothing) {
  StateAgency("9900010", KeyOf('a').public_key());
  StateAgency("9900020", KeyOf('b').public_key());
  ASSERT_TRUE(desk_->SyncBook(gateway_).ok());
  const std::string order = Orders().members(0), other = Orders().members(0);
  const v1::Receipt receipt = ReceiptFor(order);
  const auto verify = [&](const v1::SignedMember& member, const std::string& agency = "9900010") {
    return VerifyReceipt(member, agency, order, *desk_->book(), checker_);
  };
  const auto good = verify(SignedReceipt(receipt));
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->receipt.agency(), "9900010");

  EXPECT_EQ(WhyNot(verify(SignedReceipt(ReceiptFor(other)))), "RECEIPT_FOR_ANOTHER_ORDER");
  v1::Receipt wrong_id = receipt;
  wrong_id.set_order_id(ReceiptFor(other).order_id());
  EXPECT_EQ(WhyNot(verify(SignedReceipt(wrong_id))), "RECEIPT_FOR_ANOTHER_ORDER");
  v1::Receipt other_agency = receipt;
  other_agency.set_agency("9900020");
  EXPECT_EQ(WhyNot(verify(SignedReceipt(other_agency))), "RECEIPT_FOR_ANOTHER_ORDER");
  // Another agency's own receipt, shown as the first one's; and the other way round.
  EXPECT_EQ(WhyNot(verify(SignedReceipt(other_agency, 'b', "9900020"))), "RECEIPT_FOR_ANOTHER_ORDER");
  EXPECT_EQ(WhyNot(verify(SignedReceipt(receipt), "9900020")), "RECEIPT_FOR_ANOTHER_ORDER");
  EXPECT_EQ(WhyNot(verify(SignedReceipt(receipt, 'b'))), "SIGNATURE_INVALID");
  EXPECT_EQ(WhyNot(verify(SignedReceipt(receipt, 'a', "9900010", v1::ENVIRONMENT_PRODUCTION))), "ENVIRONMENT_MISMATCH");
  EXPECT_EQ(WhyNot(verify(SignedReceipt(receipt, 'a', "9900030"), "9900030")), "SIGNER_UNKNOWN");
  v1::SignedMember altered = SignedReceipt(receipt);
  altered.mutable_member()->back() ^= 1;
  EXPECT_EQ(WhyNot(verify(altered)), "MEMBER_NOT_IN_ROOT");
  v1::SignedMember unsigned_member = SignedReceipt(receipt);
  unsigned_member.mutable_head()->clear_signatures();
  EXPECT_EQ(WhyNot(verify(unsigned_member)), "SIGNATURE_INVALID");
  EXPECT_EQ(OriginOf(verify(altered).status()), Origin::kVerification);
}

TEST_F(VerifyTest, TheWholeLogHashesToItsCheckpoint) {
  gateway_.Grow(40);
  std::vector<uint64_t> progress;
  const auto report =
      CheckJournal(gateway_, desk_->checkpoints(), [&](uint64_t done, uint64_t) { progress.push_back(done); });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->checkpoint.size, 41u);
  EXPECT_EQ(report->entries.at("ACCESS_RECORDED"), 41u);
  EXPECT_EQ(progress.back(), 41u);
  // Each kind of damage to what is listed.
  struct Damage {
    const char* reason;
    std::function<void(v1::ListEntriesResponse&)> make;
  };
  const std::vector<Damage> damages = {
      {"JOURNAL_BROKEN",
       [](auto& r) {
         r.mutable_entries(0)->mutable_leaf()->append("x");
         (*r.mutable_entries(0)->mutable_leaf())[87] = 1;
       }},
      {"JOURNAL_BROKEN",
       [](auto& r) {
         r.mutable_entries()->RemoveLast();
         r.mutable_entries(0)->set_index(99);
       }},
      {"JOURNAL_BROKEN", [](auto& r) { r.clear_entries(); }},
      {"JOURNAL_BROKEN",
       [](auto& r) {
         if (r.entries_size() > 1) r.mutable_entries()->SwapElements(0, 1);
       }},
      {"ENTRY_MALFORMED", [](auto& r) { r.mutable_entries(0)->set_leaf("x"); }},
  };
  for (const Damage& damage : damages) {
    gateway_.tamper_entries = damage.make;
    EXPECT_EQ(WhyNot(CheckJournal(gateway_, desk_->checkpoints(), nullptr)), damage.reason);
  }
}

TEST_F(VerifyTest, ADeskNeedsACodeAnEnvironmentAndAPinnedKey) {
  const auto open = [&](auto change) {
    DeskOptions options = options_;
    change(options);
    return WhyNot(Desk::Open(options, {clock_, entropy_, checker_}));
  };
  EXPECT_EQ(open([](DeskOptions& o) { o.organisation = "a/b"; }), "CONFIGURATION_INVALID");
  EXPECT_EQ(open([](DeskOptions& o) { o.environment = v1::ENVIRONMENT_UNSPECIFIED; }), "CONFIGURATION_INVALID");
  EXPECT_EQ(open([](DeskOptions& o) { o.log_key = "nobody"; }), "NOTE_MALFORMED");
  EXPECT_EQ(open([](DeskOptions& o) { o.registrar_keys = {"short", "keys"}; }), "KEY_UNUSABLE");
}

}  // namespace
}  // namespace eagle::client
