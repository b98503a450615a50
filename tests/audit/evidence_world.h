// A gateway with real keys, the demo's people in it, evidence out of it, and what a liar can do to a file: with the
// file alone, or with the whole log in his hands.
//
// Threads: one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "client/audit/evidence.h"
#include "goldeneagle/v1/evidence.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/multiproof.h"
#include "server/journal/payload.h"
#include "server/trust/make_batch.h"
#include "server/trust/ticket.h"
#include "tests/support/demo_world.h"

namespace eagle::test {

class EvidenceWorld {
 public:
  EvidenceWorld() : gateway({.real_keys = true}), demo(gateway) {}

  GatewayFixture gateway;
  DemoWorld demo;

  audit::PinOptions PinTexts() {
    audit::PinOptions options{.log_key = gateway.log_signer->VerifierKey()};
    for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
      options.registrar_keys.push_back(Base64Encode(gateway.Key(name).public_key()));
    return options;
  }
  audit::EvidencePins Pins() { return *audit::ParsePins(PinTexts()); }

  // --- asking
  v1::GetEvidenceRequest Request(const v1::Order& order, const std::vector<std::string>& agencies = {}) {
    v1::GetEvidenceRequest request;
    request.set_order_id(order.order_id());
    *request.mutable_officer_ticket() = Ticket();
    for (const std::string& agency : agencies) request.add_agencies(agency);
    return request;
  }
  v1::SignedMember Ticket() {
    return trust::MakeTicket({.environment = gateway.founding.environment(),
                              .officer = reader,
                              .officers_of = kCourt,
                              .court = kCourt,
                              .case_number = kCaseNumber,
                              .purpose = "EXECUTION",
                              .certificate_sha256 = demo.court.certificate_sha256,
                              .issued_at = gateway.clock.wall,
                              .lifetime = absl::Minutes(10)},
                             gateway.Key(reader_key.empty() ? reader : reader_key));
  }
  absl::StatusOr<v1::GetEvidenceResponse> Ask(const v1::GetEvidenceRequest& request) {
    return gateway.Call(&api::Handlers::GetEvidence, demo.court, request);
  }
  absl::StatusOr<v1::GetEvidenceResponse> AskAsAuditor(v1::GetEvidenceRequest request, bool complete = true) {
    request.set_complete(complete);
    GrantTheAuditor();
    *request.mutable_officer_ticket() = AuditorsTicket();
    return gateway.Call(&api::Handlers::GetEvidence, GatewayFixture::Auditor(), request);
  }
  v1::Evidence Of(const v1::Order& order, const std::vector<std::string>& agencies = {}) {
    const auto response = Ask(Request(order, agencies));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->evidence() : v1::Evidence();
  }
  v1::Evidence SilenceOf(const v1::Order& order, const std::string& agency) {
    v1::GetEvidenceRequest request = Request(order, {agency});
    request.set_silence(true);
    const auto response = Ask(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->evidence() : v1::Evidence();
  }
  // With the run of leaves that was asked for.
  v1::Evidence Filled(const v1::GetEvidenceResponse& response) {
    v1::Evidence evidence = response.evidence();
    std::map<uint64_t, v1::EvidenceEntry> entries;
    for (const v1::EvidenceEntry& entry : evidence.entries()) entries[IndexOf(entry)] = entry;
    const uint64_t size = SizeOf(evidence);
    for (uint64_t index = response.run_first(); index != 0 && index < size; ++index)
      entries[index].set_leaf(Leaf(index));
    evidence.clear_entries();
    for (const auto& [index, entry] : entries) *evidence.add_entries() = entry;
    return evidence;
  }

  // Of the court's leader, for the auditor's connection.
  v1::SignedMember AuditorsTicket() { return gateway.Ticket(GatewayFixture::Auditor(), kLeader, kCourt, kCaseNumber); }

  // --- verifying
  static std::string Bytes(const v1::Evidence& evidence) { return evidence.SerializeAsString(); }
  absl::StatusOr<audit::EvidenceReport> Verify(const v1::Evidence& evidence) {
    return audit::VerifyEvidence(Bytes(evidence), Pins());
  }
  // "part: message" of the refusal; "verified" when there was none.
  std::string Why(const v1::Evidence& evidence) { return Why(Verify(evidence).status()); }
  static std::string Why(const absl::Status& status) {
    if (status.ok()) return "verified";
    const Failure failure = FailureOf(status);
    for (const auto& [key, value] : failure.metadata) {
      if (key == "part") return value + ": " + failure.message;
    }
    return failure.message;
  }

  // --- what a liar does
  static uint64_t IndexOf(const v1::EvidenceEntry& entry) { return journal::DecodeLeaf(entry.leaf())->index.value(); }
  static uint16_t TypeOf(const v1::EvidenceEntry& entry) { return journal::DecodeLeaf(entry.leaf())->type; }
  static int PlaceOf(const v1::Evidence& evidence, v1::EntryType type, int nth = 0) {
    for (int i = 0; i < evidence.entries_size(); ++i) {
      if (TypeOf(evidence.entries(i)) == type && nth-- == 0) return i;
    }
    ADD_FAILURE() << "no such entry";
    return 0;
  }
  uint64_t SizeOf(const v1::Evidence& evidence) {
    return journal::OpenCheckpoint(evidence.checkpoint(), *gateway.log_verifier)->size;
  }
  std::string Leaf(uint64_t index) {
    v1::ListEntriesRequest request;
    request.set_first(index);
    request.set_limit(1);
    return gateway.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request)->entries(0).leaf();
  }
  // The proof that the tree of `size` gives for the entries that are there now: he has the whole log.
  v1::Evidence Reproved(v1::Evidence evidence) {
    const uint64_t size = SizeOf(evidence);
    std::vector<journal::Hash> leaves;
    for (uint64_t index = 0; index < size; ++index) leaves.push_back(journal::LeafHash(Leaf(index)));
    std::vector<uint64_t> indexes;
    for (const v1::EvidenceEntry& entry : evidence.entries()) indexes.push_back(IndexOf(entry));
    evidence.clear_proof();
    const auto proof =
        journal::MultiProof(indexes, size, [&](uint64_t index) { return journal::PathOf(leaves, index); });
    for (const journal::Hash& hash : *proof) evidence.add_proof(std::string(journal::View(hash)));
    return evidence;
  }
  // The gateway writes another history: the entry at `place` says something else, under a checkpoint of the log's own
  // key. The payload's commitment follows.
  v1::Evidence Forged(v1::Evidence evidence, int place, const std::function<void(journal::Leaf&)>& change,
                      const std::function<void(std::string&)>& change_payload = nullptr) {
    v1::EvidenceEntry& entry = *evidence.mutable_entries(place);
    journal::Leaf leaf = *journal::DecodeLeaf(entry.leaf());
    if (change_payload) {
      change_payload(*entry.mutable_payload());
      leaf.commitment = journal::Commitment(entry.salt(), entry.payload());
    }
    if (change) change(leaf);
    entry.set_leaf(journal::EncodeLeaf(leaf));
    const uint64_t size = SizeOf(evidence);
    std::vector<journal::Hash> leaves;
    for (uint64_t index = 0; index < size; ++index)
      leaves.push_back(journal::LeafHash(index == leaf.index.value() ? entry.leaf() : Leaf(index)));
    std::vector<uint64_t> indexes;
    for (const v1::EvidenceEntry& other : evidence.entries()) indexes.push_back(IndexOf(other));
    evidence.clear_proof();
    const auto proof =
        journal::MultiProof(indexes, size, [&](uint64_t index) { return journal::PathOf(leaves, index); });
    for (const journal::Hash& hash : *proof) evidence.add_proof(std::string(journal::View(hash)));
    evidence.set_checkpoint(*journal::SignCheckpoint({gateway.founding.origin(), size, journal::RootOfLeaves(leaves)},
                                                     *gateway.log_signer));
    return evidence;
  }
  // Its body says something else.
  template <class Body>
  v1::Evidence ForgedBody(const v1::Evidence& evidence, v1::EntryType type, const std::function<void(Body&)>& change) {
    return Forged(evidence, PlaceOf(evidence, type), [&](journal::Leaf& leaf) {
      Body body;
      EXPECT_TRUE(body.ParseFromString(leaf.body));
      change(body);
      leaf.body = body.SerializeAsString();
    });
  }
  v1::Evidence Without(v1::Evidence evidence, int place) {
    evidence.mutable_entries()->DeleteSubrange(place, 1);
    return Reproved(std::move(evidence));
  }
  v1::Evidence Without(const v1::Evidence& evidence, v1::EntryType type, int nth = 0) {
    return Without(evidence, PlaceOf(evidence, type, nth));
  }

  // --- stories
  // An urgent inquiry at three banks: two answer in time, 云帆 gets it and says nothing. An hour after the due instant.
  v1::Order OverdueInquiry() {
    const v1::Order inquiry = demo.Inquire({kBeiling, kSongyue, kYunfan});
    EXPECT_TRUE(demo.Submit({inquiry}).ok());
    for (const char* agency : {kBeiling, kSongyue, kYunfan}) EXPECT_EQ(demo.Pull(agency).size(), 1u);
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Found(inquiry, kBeiling, "9900010000000001016", 61'350'27)}).ok());
    EXPECT_TRUE(demo.Report(kSongyue, {demo.Nil(inquiry, kSongyue)}).ok());
    gateway.Advance(absl::Hours(25));
    return inquiry;
  }
  // A freeze with inflow behind it, and the whole amount deducted. The deduction.
  v1::Order Deduction() {
    freeze = demo.Freeze(kBeiling, 80'000'00);
    EXPECT_TRUE(demo.Submit({freeze}).ok());
    demo.Pull(kBeiling);
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Controlled(freeze, 61'350'27, 18'649'73)}).ok());
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Event(freeze, v1::MEASURE_CHANGE_INFLOW, 80'000'00, 0)}).ok());
    const v1::Order deduct = demo.Deduct(freeze, 80'000'00);
    EXPECT_EQ(DemoWorld::Reasons(demo.Submit({deduct})), std::vector<std::string>{""});
    demo.Pull(kBeiling);
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Deducted(deduct, false, 0)}).ok());
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Deducted(deduct, true, 0)}).ok());
    return deduct;
  }
  // --- stolen keys
  // By the court itself, or by two registrars about the court.
  void Revoke(const std::string& subject, absl::Time since) {
    v1::Statement revoked = demo.StatementAbout(subject, v1::STATEMENT_KIND_REVOKED);
    *revoked.mutable_compromised_since() = domain::ToProto(since);
    const bool officer = subject.find("/officer/") != std::string::npos;
    Stated(officer ? demo.State(kCourt, {revoked}, {court_key})
                   : demo.State("registrar", {revoked}, {"registrar-1", "registrar-2"}));
  }
  // The court with the key of another name.
  void StateCourtAnew(const std::string& key) {
    v1::Statement court = demo.StatementAbout("court/辽9901", v1::STATEMENT_KIND_KEY);
    court.set_algorithm(v1::KEY_ALGORITHM_ED25519), court.set_key(gateway.Key(key).public_key());
    Stated(demo.State("registrar", {court}, {"registrar-1", "registrar-2"}));
    court_key = key;
  }
  // The officer with the key of another name.
  void StateAnew(const std::string& subject, v1::OfficerRole role, const std::string& key) {
    v1::Statement officer = demo.StatementAbout(subject, v1::STATEMENT_KIND_OFFICER);
    const std::string code = subject.substr(subject.rfind('/') + 1);
    officer.set_algorithm(v1::KEY_ALGORITHM_ED25519), officer.set_key(gateway.Key(key).public_key());
    officer.add_roles(role);
    officer.mutable_officer()->set_name("officer " + code), officer.mutable_officer()->set_work_id_no("W" + code);
    officer.mutable_officer()->set_duty_card_no("D" + code);
    Stated(demo.State(kCourt, {officer}, {court_key}));
  }
  static void Stated(const absl::StatusOr<v1::SubmitStatementsResponse>& answer) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_FALSE(answer->results(0).has_refusal()) << answer->DebugString();
  }
  // Submits one batch and keeps it, so that it can be signed anew.
  void SubmitKept(const std::vector<v1::Order>& orders, const std::vector<std::string>& keys = {kHandler, kCosigner}) {
    sent = demo.OrderBatch(orders, keys).batch();
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() = sent;
    const auto answer = gateway.Call(&api::Handlers::SubmitOrders, demo.court, request);
    ASSERT_THAT(DemoWorld::Reasons(answer), testing::Each(""));
  }
  v1::Envelope SignedAnew(const std::vector<std::string>& keys) {
    v1::SignedBatch anew = sent;
    anew.mutable_head()->clear_signatures();
    for (const std::string& key : keys) EXPECT_TRUE(trust::AddSignature(anew, gateway.Key(key)).ok());
    return anew.head();
  }
  void Resume(const v1::Order& order, const std::vector<std::string>& keys) {
    v1::ResumeOrdersRequest request;
    *request.mutable_head() = SignedAnew(keys);
    request.add_order_ids(order.order_id());
    const auto answer = gateway.Call(&api::Handlers::ResumeOrders, demo.court, request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_FALSE(answer->results(0).has_refusal()) << answer->DebugString();
  }
  // An inquiry at two banks. 北陵 has it when the handler's key is revoked, stolen an hour before the acceptance; at
  // 松月 it stands still.
  v1::Order PausedInquiry() {
    const v1::Order inquiry = demo.Inquire({kBeiling, kSongyue});
    SubmitKept({inquiry});
    EXPECT_EQ(demo.Pull(kBeiling).size(), 1u);
    theft = gateway.clock.wall - absl::Hours(1);
    Revoke(kHandler, theft);
    reader = kLeader;
    return inquiry;
  }
  // Signed anew with the handler's second card; 松月 gets it and both answer.
  v1::Order ResumedInquiry() {
    const v1::Order inquiry = PausedInquiry();
    StateAnew(kHandler, v1::OFFICER_ROLE_HANDLER, "card 1");
    gateway.Advance(absl::Minutes(5));
    Resume(inquiry, {"card 1", kCosigner});
    EXPECT_EQ(demo.Pull(kSongyue).size(), 1u);
    EXPECT_TRUE(demo.Report(kSongyue, {demo.Nil(inquiry, kSongyue)}).ok());
    EXPECT_TRUE(demo.Report(kBeiling, {demo.Nil(inquiry, kBeiling)}).ok());
    return inquiry;
  }
  v1::SignedBatch sent;
  absl::Time theft;
  std::string court_key = "court/辽9901";

  v1::Order freeze;
  std::string reader = kHandler;  // of the court
  std::string reader_key;         // the name of his key, when it isn't his first one
  bool granted = false;           // the auditor may read the case

  void GrantTheAuditor() {
    if (!granted) demo.Grant("system/auditor-1", kCourt);
    granted = true;
  }
};

}  // namespace eagle::test
