// A court's day and its certificate, against the gateway itself: its own lists, its own watch, its own evidence.
#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

#include "client/lib/completeness.h"
#include "client/lib/errors.h"
#include "client/lib/today.h"
#include "client/lib/words.h"
#include "tests/audit/evidence_world.h"

namespace eagle::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// The watch as a stream: page by page, then quiet.
class PagedWatch : public client::WatchStream {
 public:
  PagedWatch(EvidenceWorld& world, v1::WatchOrdersRequest request) : world_(world), request_(std::move(request)) {}
  absl::StatusOr<std::optional<v1::WatchOrdersResponse>> Next(absl::Duration) override {
    EAGLE_ASSIGN_OR_RETURN(v1::WatchOrdersResponse page,
                           world_.gateway.handlers->ReadWatch(world_.demo.court, request_, 4));
    const bool moved = page.resume_token() != request_.resume_token();
    request_.set_resume_token(page.resume_token());
    if (!moved && !std::exchange(first_, false)) return std::optional<v1::WatchOrdersResponse>();
    first_ = false;
    return std::optional<v1::WatchOrdersResponse>(std::move(page));
  }

 private:
  EvidenceWorld& world_;
  v1::WatchOrdersRequest request_;
  bool first_ = true;
};

// A court's way to that gateway, as far as its day needs it.
class CourtsWire : public client::Gateway {
 public:
  explicit CourtsWire(EvidenceWorld& world) : world_(world) {}
#define TO_THE_GATEWAY(Method, Request, Response)                                   \
  absl::StatusOr<v1::Response> Method(const v1::Request& request) override {        \
    return world_.gateway.Call(&api::Handlers::Method, world_.demo.court, request); \
  }
  TO_THE_GATEWAY(GetOrder, GetOrderRequest, GetOrderResponse)
  TO_THE_GATEWAY(ListOrders, ListOrdersRequest, ListOrdersResponse)
  TO_THE_GATEWAY(ListMeasures, ListMeasuresRequest, ListMeasuresResponse)
  TO_THE_GATEWAY(ListObjections, ListObjectionsRequest, ListObjectionsResponse)
  TO_THE_GATEWAY(ListIncidents, ListIncidentsRequest, ListIncidentsResponse)
  TO_THE_GATEWAY(ListAgencies, ListAgenciesRequest, ListAgenciesResponse)
#undef TO_THE_GATEWAY
  std::unique_ptr<client::WatchStream> WatchOrders(const v1::WatchOrdersRequest& request) override {
    return std::make_unique<PagedWatch>(world_, request);
  }
#define NOT_HERE(Method, Request, Response)                          \
  absl::StatusOr<v1::Response> Method(const v1::Request&) override { \
    return Fail(Reason::kUnavailable, "a day needs no such call");   \
  }
  NOT_HERE(SubmitOrders, SubmitOrdersRequest, SubmitOrdersResponse)
  NOT_HERE(ValidateOrders, SubmitOrdersRequest, ValidateOrdersResponse)
  NOT_HERE(ListFindings, ListFindingsRequest, ListFindingsResponse)
  NOT_HERE(WithdrawOrder, WithdrawOrderRequest, WithdrawOrderResponse)
  NOT_HERE(GetEvidence, GetEvidenceRequest, GetEvidenceResponse)
  NOT_HERE(ListOrdersOfKey, ListOrdersOfKeyRequest, ListOrdersOfKeyResponse)
  NOT_HERE(ResumeOrders, ResumeOrdersRequest, ResumeOrdersResponse)
  NOT_HERE(SubmitCaseActs, SubmitCaseActsRequest, SubmitCaseActsResponse)
  NOT_HERE(GetCase, GetCaseRequest, GetCaseResponse)
  NOT_HERE(SearchAccess, SearchAccessRequest, SearchAccessResponse)
  NOT_HERE(PutBlobPart, PutBlobPartRequest, PutBlobPartResponse)
  NOT_HERE(GetBlobPart, GetBlobPartRequest, GetBlobPartResponse)
  NOT_HERE(AnswerObjection, SubmitObjectionsRequest, SubmitObjectionsResponse)
  NOT_HERE(ReadObjection, ReadObjectionRequest, ReadObjectionResponse)
  NOT_HERE(SubmitStatements, SubmitStatementsRequest, SubmitStatementsResponse)
  NOT_HERE(ListStatements, ListStatementsRequest, ListStatementsResponse)
  NOT_HERE(GetPolicy, GetPolicyRequest, GetPolicyResponse)
  NOT_HERE(SubmitAdministration, SubmitAdministrationRequest, SubmitAdministrationResponse)
  NOT_HERE(ListProposals, ListProposalsRequest, ListProposalsResponse)
  NOT_HERE(MakeBackup, MakeBackupRequest, MakeBackupResponse)
  NOT_HERE(GetMetrics, GetMetricsRequest, GetMetricsResponse)
  NOT_HERE(GetCheckpoint, GetCheckpointRequest, GetCheckpointResponse)
  NOT_HERE(ListEntries, ListEntriesRequest, ListEntriesResponse)
  NOT_HERE(GetInclusionProof, GetInclusionProofRequest, GetInclusionProofResponse)
  NOT_HERE(GetConsistencyProof, GetConsistencyProofRequest, GetConsistencyProofResponse)
  NOT_HERE(WaitCheckpoint, WaitCheckpointRequest, WaitCheckpointResponse)
  NOT_HERE(AddCosignature, AddCosignatureRequest, AddCosignatureResponse)
  NOT_HERE(SubmitSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse)
  NOT_HERE(ListSupervision, ListSupervisionRequest, ListSupervisionResponse)
  NOT_HERE(ReadSupervision, ReadSupervisionRequest, ReadSupervisionResponse)
  NOT_HERE(ListDue, ListDueRequest, ListDueResponse)
  NOT_HERE(GetCoverage, GetCoverageRequest, GetCoverageResponse)
  NOT_HERE(GetCaseInventory, GetCaseInventoryRequest, GetCaseInventoryResponse)
  NOT_HERE(ListUndecidedFreezes, ListUndecidedFreezesRequest, ListUndecidedFreezesResponse)
#undef NOT_HERE
  std::unique_ptr<client::StreamOf<v1::WatchAlertsResponse>> WatchAlerts(const v1::WatchAlertsRequest&) override {
    return nullptr;  // a day needs no such call
  }

 private:
  EvidenceWorld& world_;
};

using client::TodayFound;
using client::TodayKind;
using client::TodayReader;

class TodayGatewayTest : public ::testing::Test {
 protected:
  TodayFound Look(const std::string& token, absl::Time since, absl::Duration undecided = absl::Hours(24 * 30)) {
    client::TodayAsked asked;
    asked.now = world_.gateway.clock.wall, asked.court = kCourt, asked.undecided = undecided;
    TodayReader reader(wire_, std::move(asked), [](const std::string&) {});
    EXPECT_TRUE(reader.ReadLists().ok());
    const absl::Status news = token.empty() ? reader.ReadNewsWithoutToken(since) : reader.ReadNews(token, since);
    EXPECT_TRUE(news.ok()) << news;
    return reader.Take();
  }
  static std::vector<TodayKind> KindsAbout(const TodayFound& found, const std::string& order_id) {
    std::vector<TodayKind> kinds;
    for (const client::TodayItem& item : found.items) {
      if (item.order_id == order_id) kinds.push_back(item.kind);
    }
    return kinds;
  }
  EvidenceWorld world_;
  CourtsWire wire_{world_};
};

TEST_F(TodayGatewayTest, WhatHappenedSinceTheTokenIsNewAndOnlyOnce) {
  const absl::Time morning = world_.gateway.clock.wall;
  const std::string token = Look("", morning).resume_token;
  ASSERT_FALSE(token.empty());
  const v1::Order inquiry = world_.OverdueInquiry();
  const TodayFound first = Look(token, morning);
  // One agency is late, two have answered: both are said, the answers as news.
  EXPECT_THAT(KindsAbout(first, inquiry.order_id()), ElementsAre(TodayKind::kOverdue, TodayKind::kAnswer));
  const auto answer = std::find_if(first.items.begin(), first.items.end(),
                                   [](const auto& item) { return item.kind == TodayKind::kAnswer; });
  EXPECT_THAT(answer->detail, ::testing::HasSubstr("FOUND 1, NIL 1; 2 of 3 answered"));
  EXPECT_EQ(answer->case_number, kCaseNumber);
  const TodayFound second = Look(first.resume_token, world_.gateway.clock.wall);
  EXPECT_THAT(KindsAbout(second, inquiry.order_id()), ElementsAre(TodayKind::kOverdue));
  // Without a token the lists tell the same.
  EXPECT_THAT(KindsAbout(Look("", morning), inquiry.order_id()), ElementsAre(TodayKind::kOverdue, TodayKind::kAnswer));
}

TEST_F(TodayGatewayTest, AFreezeInEffectIsUndecidedUntilSomethingIsOrderedAboutIt) {
  const v1::Order freeze = world_.demo.Freeze(kBeiling, 80'000'00);
  ASSERT_TRUE(world_.demo.Submit({freeze}).ok());
  world_.demo.Pull(kBeiling);
  ASSERT_TRUE(world_.demo.Report(kBeiling, {world_.demo.Controlled(freeze, 61'350'27, 18'649'73)}).ok());
  world_.gateway.Advance(absl::Hours(3));
  const absl::Time now = world_.gateway.clock.wall;
  EXPECT_THAT(KindsAbout(Look("", now, absl::Hours(1)), freeze.order_id()), ElementsAre(TodayKind::kUndecided));
  EXPECT_THAT(KindsAbout(Look("", now, absl::Hours(24)), freeze.order_id()), ::testing::IsEmpty());
  client::OutboxItem sent;
  sent.member_type = v1::MEMBER_TYPE_ORDER;
  sent.batch.add_members(world_.demo.Renew(freeze).SerializeAsString());
  EXPECT_THAT(client::DecidedIn({sent}), ElementsAre(freeze.order_id()));
}

TEST_F(TodayGatewayTest, AnObjectionWaitsUntilItIsAnswered) {
  const v1::Order freeze = world_.demo.Freeze(kBeiling, 80'000'00);
  ASSERT_TRUE(world_.demo.Submit({freeze}).ok());
  world_.demo.Pull(kBeiling);
  const v1::ObjectionAct raised = world_.demo.Raise(freeze, kBeiling);
  ASSERT_TRUE(world_.demo.Object(kBeiling, {raised}).ok());
  const absl::Time now = world_.gateway.clock.wall;
  const TodayFound found = Look("", now);
  EXPECT_THAT(KindsAbout(found, freeze.order_id()), Contains(TodayKind::kObjection));
  EXPECT_EQ(client::InOrder(found.items, now).front().kind, TodayKind::kObjection);
  ASSERT_TRUE(world_.demo.AnswerObjections({world_.demo.Answer(raised, v1::OBJECTION_DECISION_REJECTED)}).ok());
  EXPECT_THAT(KindsAbout(Look("", now), freeze.order_id()), Not(Contains(TodayKind::kObjection)));
}

// The certificate over what real evidence proves, and the gateway's own directory.
TEST_F(TodayGatewayTest, ACertificateSaysWhoAnsweredAndWhoIsMissing) {
  const v1::Order inquiry = world_.OverdueInquiry();
  const auto report = world_.Verify(world_.Of(inquiry));
  ASSERT_TRUE(report.ok()) << EvidenceWorld::Why(report.status());
  v1::ListOrdersRequest orders;
  orders.set_case_number(kCaseNumber);
  const std::string subject = wire_.ListOrders(orders).value().orders(0).subject_masked();
  const auto agencies = wire_.ListAgencies({}).value().agencies();
  absl::TimeZone zone;
  absl::LoadTimeZone("Asia/Shanghai", &zone);
  const client::Completeness found =
      client::CompletenessOf({.court = kCourt,
                              .case_number = kCaseNumber,
                              .respondents = {subject},
                              .as_of = world_.gateway.clock.wall,
                              .months = 3},
                             {{subject, "i.evidence", "00", *report}}, {agencies.begin(), agencies.end()}, zone);
  const auto of = [&](const std::string& agency) {
    for (const client::RegisterSearched& row : found.rows) {
      if (row.agency == agency) return row;
    }
    return client::RegisterSearched();
  };
  EXPECT_EQ(of(kBeiling).searched, client::Searched::kFound);
  EXPECT_EQ(of(kSongyue).searched, client::Searched::kNil);
  EXPECT_EQ(of(kYunfan).searched, client::Searched::kNoAnswerYet);
  EXPECT_EQ(of(kYunfan).note, "overdue");
  EXPECT_EQ(of(kLand).searched, client::Searched::kNotAsked);
  EXPECT_EQ(of(kBeiling).order_index, report->order_index);
  EXPECT_FALSE(found.complete());
}

}  // namespace
}  // namespace eagle::test
