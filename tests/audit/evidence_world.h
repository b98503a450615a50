// A gateway with real keys, the demo's people in it, evidence out of it, and what a liar can do to a file: with the
// file alone, or with the whole log in his hands.
//
// Threads: one.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "client/audit/evidence.h"
#include "goldeneagle/v1/evidence.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/multiproof.h"
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
    *request.mutable_officer_ticket() = gateway.Ticket(demo.court, reader, kCourt, kCaseNumber);
    for (const std::string& agency : agencies) request.add_agencies(agency);
    return request;
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
  v1::Order freeze;
  std::string reader = kHandler;  // of the court
  bool granted = false;           // the auditor may read the case

  void GrantTheAuditor() {
    if (!granted) demo.Grant("system/auditor-1", kCourt);
    granted = true;
  }
};

}  // namespace eagle::test
