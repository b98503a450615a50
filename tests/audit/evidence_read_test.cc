// Who may ask for evidence, what is recorded of it, how much one answer holds; and what a court's desk makes of it.
#include <gmock/gmock.h>

#include <fstream>

#include "client/lib/errors.h"
#include "client/lib/evidence.h"
#include "server/trust/signature.h"
#include "tests/audit/evidence_world.h"
#include "tests/support/temp_folder.h"

namespace eagle::test {
namespace {

using ::testing::HasSubstr;

TEST(GetEvidence, IsAnAuditedReadByTheOrdersCourtAndByWhomItIsGrantedTo) {
  EvidenceWorld world;
  const v1::Order inquiry = world.OverdueInquiry();
  const size_t reads = world.gateway.Count("ACCESS_RECORDED");
  const auto begun = world.gateway.Begin(&api::Handlers::GetEvidence, world.demo.court, world.Request(inquiry));
  EXPECT_FALSE(begun->has_value()) << "not before the read is durable";
  world.gateway.Run();
  ASSERT_TRUE(begun->has_value() && (*begun)->ok());
  EXPECT_EQ(world.gateway.Count("ACCESS_RECORDED"), reads + 1);
  ASSERT_TRUE(world.AskAsAuditor(world.Request(inquiry)).ok());
  EXPECT_EQ(world.gateway.Count("ACCESS_RECORDED"), reads + 2);

  const auto reason = [&](const api::Caller& caller, const v1::GetEvidenceRequest& request) {
    return ReasonOf(world.gateway.Call(&api::Handlers::GetEvidence, caller, request).status());
  };
  v1::GetEvidenceRequest request_of_others = world.Request(inquiry);
  *request_of_others.mutable_officer_ticket() =
      world.gateway.Ticket(world.demo.other_court, "court/辽9902/officer/001", kCourt, kCaseNumber);
  EXPECT_EQ(reason(world.demo.other_court, request_of_others), Reason::kNotFound);
  EXPECT_EQ(reason(world.gateway.Agency(kBeiling), world.Request(inquiry)), Reason::kPermissionDenied);
  EXPECT_EQ(reason(GatewayFixture::Operator(), world.Request(inquiry)), Reason::kPermissionDenied);
  v1::GetEvidenceRequest request = world.Request(inquiry);
  request.clear_officer_ticket();
  EXPECT_EQ(reason(world.demo.court, request), Reason::kTicketMissing);
  request = world.Request(inquiry);
  request.set_complete(true);
  EXPECT_EQ(reason(world.demo.court, request), Reason::kPermissionDenied) << "leaves are for who audits";
  EXPECT_EQ(reason(world.demo.court, world.Request(inquiry, {kLand})), Reason::kAgencyUnknown);
  EXPECT_EQ(reason(world.demo.court, world.Request(inquiry, {"nobody"})), Reason::kAgencyUnknown);
  EXPECT_EQ(reason(world.demo.court, world.Request(world.demo.Inquire({kBeiling}))), Reason::kNotFound);
  request = world.Request(world.demo.Inquire({kBeiling}));
  *request.mutable_officer_ticket() = world.AuditorsTicket();
  EXPECT_EQ(reason(GatewayFixture::Auditor(), request), Reason::kNotFound);
  EXPECT_EQ(world.gateway.Count("ACCESS_RECORDED"), reads + 2) << "what was refused was not read";
}

TEST(GetEvidence, SurvivesARestartWithTheSameFacts) {
  EvidenceWorld world;
  const v1::Order deduct = world.Deduction();
  const auto before = world.Verify(world.Of(deduct));
  world.gateway.Restart();
  const auto after = world.Verify(world.Of(deduct));
  ASSERT_TRUE(before.ok() && after.ok()) << EvidenceWorld::Why(after.status());
  EXPECT_EQ(before->order_digest, after->order_digest);
  EXPECT_EQ(before->receipts.size(), after->receipts.size());
  EXPECT_GT(after->size, before->size);
}

TEST(GetEvidence, SaysWhenItIsMoreThanOneAnswerHolds) {
  EvidenceWorld world;
  const v1::Order inquiry = world.demo.Inquire({kBeiling, kSongyue});
  ASSERT_TRUE(world.demo.Submit({inquiry}).ok());
  world.demo.Pull(kBeiling);
  for (int batch = 0; batch < 5; ++batch) {
    std::vector<v1::Receipt> receipts;
    for (int i = 0; i < 14; ++i) {
      v1::Receipt receipt = world.demo.Receipt(inquiry, kBeiling, v1::RECEIPT_KIND_PROGRESS);
      receipt.set_searched_scope("core banking");
      for (int item = 0; item < 29; ++item) {
        receipt.add_items()->set_outcome(v1::OUTCOME_UNDER_REVIEW);
        receipt.mutable_items(item)->set_remark(std::string(1900, 'x'));
      }
      receipts.push_back(std::move(receipt));
    }
    const auto reported = world.demo.Report(kBeiling, receipts);
    ASSERT_TRUE(reported.ok()) << reported.status();
    ASSERT_EQ(reported->results(13).verdict(), v1::RECEIPT_VERDICT_RECORDED) << reported->results(13).DebugString();
  }
  EXPECT_EQ(ReasonOf(world.Ask(world.Request(inquiry)).status()), Reason::kEvidenceTooLarge);
  EXPECT_EQ(world.Why(world.Of(inquiry, {kSongyue})), "verified") << "the other agency's part fits";
}

// A court's way to that gateway, as far as evidence needs it; the gateway may lie.
class Wire : public client::Gateway {
 public:
  explicit Wire(EvidenceWorld& world) : world_(world) {}
  std::function<void(v1::GetEvidenceResponse&)> tamper;
  std::function<void(v1::ListEntriesResponse&)> tamper_entries;
  bool auditor = false;

  absl::StatusOr<v1::GetEvidenceResponse> GetEvidence(const v1::GetEvidenceRequest& request) override {
    EAGLE_ASSIGN_OR_RETURN(v1::GetEvidenceResponse response,
                           world_.gateway.Call(&api::Handlers::GetEvidence,
                                               auditor ? GatewayFixture::Auditor() : world_.demo.court, request));
    if (tamper) tamper(response);
    return response;
  }
  absl::StatusOr<v1::ListEntriesResponse> ListEntries(const v1::ListEntriesRequest& request) override {
    EAGLE_ASSIGN_OR_RETURN(v1::ListEntriesResponse response,
                           world_.gateway.Call(&api::Handlers::ListEntries, GatewayFixture::Auditor(), request));
    if (tamper_entries) tamper_entries(response);
    return response;
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) override {
    return world_.gateway.Call(&api::Handlers::GetConsistencyProof, world_.demo.court, request);
  }
  std::unique_ptr<client::WatchStream> WatchOrders(const v1::WatchOrdersRequest&) override { return nullptr; }
  std::unique_ptr<client::AlertStream> WatchAlerts(const v1::WatchAlertsRequest&) override { return nullptr; }
#define NOT_HERE(Method, Request, Response)                               \
  absl::StatusOr<v1::Response> Method(const v1::Request&) override {      \
    return Fail(Reason::kUnavailable, "this wire carries evidence only"); \
  }
  NOT_HERE(SubmitOrders, SubmitOrdersRequest, SubmitOrdersResponse)
  NOT_HERE(ValidateOrders, SubmitOrdersRequest, ValidateOrdersResponse)
  NOT_HERE(GetOrder, GetOrderRequest, GetOrderResponse)
  NOT_HERE(ListOrders, ListOrdersRequest, ListOrdersResponse)
  NOT_HERE(ListFindings, ListFindingsRequest, ListFindingsResponse)
  NOT_HERE(WithdrawOrder, WithdrawOrderRequest, WithdrawOrderResponse)
  NOT_HERE(ListOrdersOfKey, ListOrdersOfKeyRequest, ListOrdersOfKeyResponse)
  NOT_HERE(ResumeOrders, ResumeOrdersRequest, ResumeOrdersResponse)
  NOT_HERE(SubmitCaseActs, SubmitCaseActsRequest, SubmitCaseActsResponse)
  NOT_HERE(SearchAccess, SearchAccessRequest, SearchAccessResponse)
  NOT_HERE(PutBlobPart, PutBlobPartRequest, PutBlobPartResponse)
  NOT_HERE(GetBlobPart, GetBlobPartRequest, GetBlobPartResponse)
  NOT_HERE(GetCase, GetCaseRequest, GetCaseResponse)
  NOT_HERE(ListMeasures, ListMeasuresRequest, ListMeasuresResponse)
  NOT_HERE(AnswerObjection, SubmitObjectionsRequest, SubmitObjectionsResponse)
  NOT_HERE(ListObjections, ListObjectionsRequest, ListObjectionsResponse)
  NOT_HERE(ReadObjection, ReadObjectionRequest, ReadObjectionResponse)
  NOT_HERE(SubmitSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse)
  NOT_HERE(ListSupervision, ListSupervisionRequest, ListSupervisionResponse)
  NOT_HERE(ReadSupervision, ReadSupervisionRequest, ReadSupervisionResponse)
  NOT_HERE(ListIncidents, ListIncidentsRequest, ListIncidentsResponse)
  NOT_HERE(ListDue, ListDueRequest, ListDueResponse)
  NOT_HERE(GetCoverage, GetCoverageRequest, GetCoverageResponse)
  NOT_HERE(GetCaseInventory, GetCaseInventoryRequest, GetCaseInventoryResponse)
  NOT_HERE(ListUndecidedFreezes, ListUndecidedFreezesRequest, ListUndecidedFreezesResponse)
  NOT_HERE(SubmitStatements, SubmitStatementsRequest, SubmitStatementsResponse)
  NOT_HERE(ListStatements, ListStatementsRequest, ListStatementsResponse)
  NOT_HERE(ListAgencies, ListAgenciesRequest, ListAgenciesResponse)
  NOT_HERE(GetPolicy, GetPolicyRequest, GetPolicyResponse)
  NOT_HERE(SubmitAdministration, SubmitAdministrationRequest, SubmitAdministrationResponse)
  NOT_HERE(ListProposals, ListProposalsRequest, ListProposalsResponse)
  NOT_HERE(MakeBackup, MakeBackupRequest, MakeBackupResponse)
  NOT_HERE(GetMetrics, GetMetricsRequest, GetMetricsResponse)
  NOT_HERE(GetCheckpoint, GetCheckpointRequest, GetCheckpointResponse)
  NOT_HERE(GetInclusionProof, GetInclusionProofRequest, GetInclusionProofResponse)
  NOT_HERE(WaitCheckpoint, WaitCheckpointRequest, WaitCheckpointResponse)
  NOT_HERE(AddCosignature, AddCosignatureRequest, AddCosignatureResponse)
#undef NOT_HERE

 private:
  EvidenceWorld& world_;
};

class DeskEvidence : public ::testing::Test {
 protected:
  DeskEvidence() {
    client::DeskOptions options{.state_folder = folder_ / "state",
                                .organisation = kCourt,
                                .environment = v1::ENVIRONMENT_TEST,
                                .log_key = world_.gateway.log_signer->VerifierKey()};
    for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
      options.registrar_keys.push_back(world_.gateway.Key(name).public_key());
    desk_ = *client::Desk::Open(options, {world_.gateway.clock, world_.gateway.entropy, world_.gateway.real_checker});
  }
  absl::StatusOr<client::FetchedEvidence> Fetch(const v1::Order& order, bool complete = false,
                                                const std::string& silent = "") {
    client::EvidenceAsked asked{.order_id = order.order_id(),
                                .ticket = wire_.auditor ? world_.AuditorsTicket() : world_.demo.Ticket(),
                                .complete = complete};
    asked.silence = !silent.empty();
    if (asked.silence) asked.agencies = {silent};
    return client::FetchEvidence(asked, *desk_, wire_);
  }

  TempFolder folder_;
  EvidenceWorld world_;
  Wire wire_{world_};
  std::unique_ptr<client::Desk> desk_;
};

TEST_F(DeskEvidence, WhatItGivesIsAFileThatAStrangerVerifies) {
  const v1::Order deduct = world_.Deduction();
  const auto fetched = Fetch(deduct);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_TRUE(audit::VerifyEvidence(fetched->bytes, world_.Pins()).ok());
  EXPECT_EQ(fetched->report.receipts.size(), 2u);
}

TEST_F(DeskEvidence, FillsInTheRunThatAnAuditorAsksFor) {
  const v1::Order inquiry = world_.OverdueInquiry();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(world_.Ask(world_.Request(inquiry)).ok());  // each is an entry
  wire_.auditor = true;
  world_.GrantTheAuditor();
  const auto fetched = Fetch(inquiry, true, kYunfan);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->report.run, audit::Run::kSinceAcceptance);
  EXPECT_GT(fetched->report.leaves, 300u) << "more than one page of leaves";

  wire_.tamper_entries = [](v1::ListEntriesResponse& page) {
    page.mutable_entries(page.entries_size() / 2)->mutable_leaf()->back() ^= 1;
  };
  EXPECT_EQ(client::OriginOf(Fetch(inquiry, true, kYunfan).status()), client::Origin::kVerification);
  wire_.tamper_entries = [](v1::ListEntriesResponse& page) { page.mutable_entries()->DeleteSubrange(0, 1); };
  EXPECT_EQ(client::OriginOf(Fetch(inquiry, true, kYunfan).status()), client::Origin::kVerification);
}

TEST_F(DeskEvidence, ALyingGatewayGivesNoFile) {
  const v1::Order deduct = world_.Deduction();
  const v1::Evidence of_freeze = world_.Of(world_.freeze);
  wire_.tamper = [](v1::GetEvidenceResponse& response) {
    response.mutable_evidence()->mutable_entries(3)->mutable_leaf()->back() ^= 1;
  };
  EXPECT_EQ(client::OriginOf(Fetch(deduct).status()), client::Origin::kVerification);
  wire_.tamper = [&](v1::GetEvidenceResponse& response) { *response.mutable_evidence() = of_freeze; };
  const auto another = Fetch(deduct);
  EXPECT_EQ(client::OriginOf(another.status()), client::Origin::kVerification);
  EXPECT_THAT(FailureOf(another.status()).message, HasSubstr("evidence of something else"));
  wire_.tamper = [](v1::GetEvidenceResponse& response) { response.mutable_evidence()->set_checkpoint("x"); };
  EXPECT_EQ(client::OriginOf(Fetch(deduct).status()), client::Origin::kVerification);
}

TEST_F(DeskEvidence, OtherBytesThanThisDeskSignedAreNoEvidence) {
  const v1::Order deduct = world_.Deduction();
  v1::Order other = deduct;
  other.set_legal_basis("something that this court never signed");
  ASSERT_TRUE(desk_->outbox().Put(world_.demo.OrderBatch({other}).batch()).ok());
  const auto fetched = Fetch(deduct);
  EXPECT_EQ(ReasonOf(fetched.status()), Reason::kAcceptanceMismatch);
}

TEST(DeskPins, WithoutRegistrarsThereIsNothingToVerifyWith) {
  EXPECT_EQ(ReasonOf(client::PinsOf({}).status()), Reason::kConfigurationInvalid);
}

}  // namespace
}  // namespace eagle::test
