// What every call is held to: deadlines, sizes, errors with details, long calls that end well, health and reflection.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <process_service.pb.h>

#include <fstream>
#include <map>
#include <thread>

#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "goldeneagle/v1/admin_service.pb.h"
#include "goldeneagle/v1/audit_service.pb.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "server/base/uuid.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

namespace v1 = ::goldeneagle::v1;

constexpr char kGetCheckpoint[] = "/goldeneagle.v1.AuditService/GetCheckpoint";
constexpr char kPullTasks[] = "/goldeneagle.v1.AdapterService/PullTasks";
constexpr char kSubmitOrders[] = "/goldeneagle.v1.OrderService/SubmitOrders";

void SayHello(const std::shared_ptr<grpc::Channel>& agency, const std::string& instance) {
  v1::HelloRequest hello;
  hello.add_contract_versions(1);
  hello.set_adapter("test.adapter");
  hello.set_version("1");
  hello.set_instance(instance);
  hello.set_inbox(std::string(16, 'i'));
  hello.set_most_in_flight(10);
  v1::Capability* capability = hello.add_capabilities();
  capability->set_asset_kind("DEPOSIT");
  capability->set_action(v1::ACTION_INQUIRE);
  const Answer answer = Call(agency, "/goldeneagle.v1.AdapterService/Hello", hello.SerializeAsString());
  ASSERT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
}

std::string Poll(const std::string& instance, uint32_t seconds) {
  v1::PullTasksRequest poll;
  poll.set_instance(instance);
  poll.set_most_tasks(10);
  poll.set_wait_seconds(seconds);
  return poll.SerializeAsString();
}

double MetricOf(GatewayWorld& world, const std::string& name) {
  for (const api::MetricRow& row : world.gateway().Metrics()) {
    if (row.name == name) return row.value;
  }
  return -1;
}
// A poll's arrival shows in the metrics; then it is parked or about to be.
void AwaitPoll(GatewayWorld& world) {
  while (MetricOf(world, "ge_polls_open") < 1) std::this_thread::yield();
}

// An open WatchOrders. Read gives false at its end; Finish the status.
class Watching {
 public:
  Watching(const std::shared_ptr<grpc::Channel>& channel, const std::string& token = "")
      : stub_(v1::OrderService::NewStub(channel)) {
    v1::WatchOrdersRequest request;
    request.set_resume_token(token);
    reader_ = stub_->WatchOrders(&context_, request);
  }
  ~Watching() {
    context_.TryCancel();
    if (!finished_) Finish();
  }
  bool Read(v1::WatchOrdersResponse& page) { return reader_->Read(&page); }
  Answer Finish() {
    finished_ = true;
    v1::WatchOrdersResponse rest;
    while (reader_->Read(&rest)) {
    }
    return AnswerOf(reader_->Finish());
  }

 private:
  std::unique_ptr<v1::OrderService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchOrdersResponse>> reader_;
  bool finished_ = false;
};

TEST(Calls, NeedADeadlineOfAtMostAMinute) {
  GatewayWorld world;
  const auto court = world.Channel(world.court());
  EXPECT_EQ(Call(court, kGetCheckpoint, "", absl::Seconds(60)).code, grpc::StatusCode::OK);
  for (const absl::Duration deadline : {absl::InfiniteDuration(), absl::Seconds(120)}) {
    const Answer answer = Call(court, kGetCheckpoint, "", deadline);
    EXPECT_EQ(answer.code, grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(answer.reason, "DEADLINE_MISSING");
    EXPECT_EQ(answer.info.domain(), "goldeneagle.v1");
  }
  // Permission comes first: who may not call isn't told how to.
  EXPECT_EQ(Call(court, "/goldeneagle.v1.AuditService/ListEntries", "", absl::InfiniteDuration()).reason,
            "PERMISSION_DENIED");
}

TEST(Calls, PollsAndWatchesNeedNoDeadline) {
  GatewayWorld world;
  const auto agency = world.Channel(world.agency());
  SayHello(agency, "one");
  const Answer answer = Call(agency, kPullTasks, Poll("one", 0), absl::InfiniteDuration());
  EXPECT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
  Watching watch(world.Channel(world.court()));
  v1::WatchOrdersResponse page;
  EXPECT_TRUE(watch.Read(page));
  EXPECT_FALSE(page.resume_token().empty());
}

TEST(Calls, ErrorsCarryEveryViolation) {
  GatewayWorld world;
  const Answer answer =
      Call(world.Channel(world.court()), kSubmitOrders, v1::SubmitOrdersRequest().SerializeAsString());
  EXPECT_EQ(answer.code, grpc::StatusCode::INVALID_ARGUMENT) << answer.message;
  EXPECT_FALSE(answer.reason.empty());
  EXPECT_EQ(answer.info.domain(), "goldeneagle.v1");
  EXPECT_FALSE(answer.info.metadata().at("who").empty());
  EXPECT_LT(answer.detail_bytes, 1024u);
}

TEST(Calls, AMessageAboveTheLimitIsRefused) {
  GatewayWorld world;
  const auto court = world.Channel(world.court());
  v1::SubmitOrdersRequest request;
  // A little above: our own answer, with its reason.
  request.mutable_batch()->add_members(std::string((1 << 20) + 1000, 'x'));
  const Answer above = Call(court, kSubmitOrders, request.SerializeAsString());
  EXPECT_EQ(above.reason, "TOO_LARGE");
  EXPECT_EQ(above.code, grpc::StatusCode::INVALID_ARGUMENT);
  // Far above: the transport doesn't even take it in.
  request.mutable_batch()->add_members(std::string(4 << 20, 'x'));
  EXPECT_EQ(Call(court, kSubmitOrders, request.SerializeAsString()).code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Call(court, kGetCheckpoint).code, grpc::StatusCode::OK);
}

TEST(Calls, ABrokenMessageIsAnErrorAndNothingMore) {
  GatewayWorld world;
  const auto court = world.Channel(world.court());
  EXPECT_NE(Call(court, kSubmitOrders, "\x0a\xff\xff\xff\xff\x7fnonsense").code, grpc::StatusCode::OK);
  EXPECT_EQ(Call(court, kGetCheckpoint).code, grpc::StatusCode::OK);
}

TEST(Calls, CompressedMessagesAreRefused) {
  GatewayWorld world;
  const auto stub = v1::OrderService::NewStub(world.Channel(world.court()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::SubmitOrdersRequest request;
  request.mutable_batch()->add_members(std::string(100'000, 'x'));
  v1::SubmitOrdersResponse response;
  EXPECT_EQ(stub->SubmitOrders(&context, request, &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(Polls, AreAnsweredWhenTheProcessDrains) {
  GatewayWorld world;
  const auto agency = world.Channel(world.agency());
  SayHello(agency, "one");
  Answer answer;
  std::thread poll([&] { answer = Call(agency, kPullTasks, Poll("one", 30), absl::Seconds(60)); });
  AwaitPoll(world);
  world.Stop();
  poll.join();
  EXPECT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
  EXPECT_TRUE(Parsed<v1::PullTasksResponse>(answer).draining());
}

TEST(Polls, OneThatIsGivenUpLeavesTheNextAlone) {
  GatewayWorld world;
  const auto agency = world.Channel(world.agency());
  SayHello(agency, "one");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Call(agency, kPullTasks, Poll("one", 30), absl::Milliseconds(20)).code,
              grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  const Answer answer = Call(agency, kPullTasks, Poll("one", 1), absl::Seconds(30));
  EXPECT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
  EXPECT_TRUE(Parsed<v1::PullTasksResponse>(answer).tasks().empty());
}

TEST(Polls, EndWhenTheCallersRightsEnd) {
  GatewayWorld world;
  const auto agency = world.Channel(world.agency());
  SayHello(agency, "one");
  Answer answer;
  std::thread poll([&] { answer = Call(agency, kPullTasks, Poll("one", 30), absl::Seconds(60)); });
  AwaitPoll(world);
  v1::Proposal proposal;
  const auto other = world.Issue(trust::SystemRole::kAgency, kAgencyCode);
  auto* row = proposal.mutable_agency();
  row->set_code(kAgencyCode), row->set_name("北陵商业银行"), row->set_kind("BANK"), row->set_region("990101");
  auto* capability = row->add_capabilities();
  capability->set_asset_kind("DEPOSIT"), capability->set_action(v1::ACTION_INQUIRE);
  *row->mutable_system() = world.IdentityOf(other, trust::SystemRole::kAgency, kAgencyCode);
  world.Adopt({proposal});
  poll.join();
  EXPECT_EQ(answer.code, grpc::StatusCode::UNAUTHENTICATED) << answer.message;
}

TEST(Watches, BeginWithAPageAndGoOnFromItsToken) {
  GatewayWorld world;
  const auto court = world.Channel(world.court());
  std::string token;
  {
    Watching watch(court);
    v1::WatchOrdersResponse page;
    ASSERT_TRUE(watch.Read(page));
    EXPECT_TRUE(page.events().empty());
    token = page.resume_token();
  }
  Watching again(court, token);
  v1::WatchOrdersResponse page;
  ASSERT_TRUE(again.Read(page));
  EXPECT_FALSE(page.resume_token().empty());
}

TEST(Watches, AnInventedTokenIsRefused) {
  GatewayWorld world;
  Watching watch(world.Channel(world.court()), "nonsense");
  const Answer answer = watch.Finish();
  EXPECT_EQ(answer.code, grpc::StatusCode::INVALID_ARGUMENT) << answer.message;
  EXPECT_EQ(answer.reason, "PAGE_TOKEN_INVALID");
}

TEST(Watches, EndWithTheProcess) {
  GatewayWorld world;
  Watching watch(world.Channel(world.court()));
  v1::WatchOrdersResponse page;
  ASSERT_TRUE(watch.Read(page));
  world.Stop();
  const Answer answer = watch.Finish();
  EXPECT_EQ(answer.code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(answer.reason, "DRAINING");
  EXPECT_GT(answer.retry.retry_delay().seconds(), 0);
}

TEST(Watches, EndWhenTheCallersRightsEnd) {
  GatewayWorld world;
  Watching watch(world.Channel(world.court()));
  v1::WatchOrdersResponse page;
  ASSERT_TRUE(watch.Read(page));
  world.RegisterCourt(world.Issue(trust::SystemRole::kCourt, kCourtCode), kCourtCode);
  EXPECT_EQ(watch.Finish().code, grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Draining, StopsAcceptingAndAnswersWhatIsOpen) {
  GatewayWorld world;
  const auto court = world.Channel(world.court());
  EXPECT_EQ(Call(court, kGetCheckpoint).code, grpc::StatusCode::OK);
  world.Stop();
  EXPECT_EQ(Call(court, kGetCheckpoint, "", absl::Seconds(5)).code, grpc::StatusCode::UNAVAILABLE);
}

TEST(Admin, DrainIsAskedForOnTheAdminListenerOnly) {
  GatewayWorld world;
  EXPECT_EQ(Call(world.AdminChannel(), "/goldeneagle.process.v1.ProcessService/Drain").code, grpc::StatusCode::OK);
  EXPECT_EQ(Call(world.Channel(world.operator_system()), "/goldeneagle.process.v1.ProcessService/Drain").code,
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST(Admin, MetricsAreNumbersWithNames) {
  GatewayWorld world;
  for (const auto& channel : {world.AdminChannel(), world.Channel(world.operator_system())}) {
    const Answer answer = Call(channel, "/goldeneagle.v1.AdminService/GetMetrics");
    ASSERT_EQ(answer.code, grpc::StatusCode::OK) << answer.message;
    const auto metrics = Parsed<v1::GetMetricsResponse>(answer);
    std::map<std::string, double> values;
    for (const v1::Metric& metric : metrics.metrics()) {
      EXPECT_TRUE(values.emplace(metric.name(), metric.value()).second) << metric.name();
      EXPECT_FALSE(metric.help().empty()) << metric.name();
    }
    EXPECT_GT(values["ge_process_resident_bytes"], 1e6);
    EXPECT_GT(values["ge_certificate_end_seconds{of=\"gateway\"}"], 4e9);
    EXPECT_GT(values["ge_calls_total{method=\"AdminService/SubmitAdministration\",code=\"OK\"}"], 0);
  }
}

TEST(Admin, CertificatesAreReplacedWholeOrNotAtAll) {
  GatewayWorld world;
  const auto admin = world.AdminChannel();
  const char* reload = "/goldeneagle.process.v1.ProcessService/ReloadCertificates";
  const Answer before = Call(admin, reload);
  ASSERT_EQ(before.code, grpc::StatusCode::OK) << before.message;
  // A certificate without its key: refused, and the old pair goes on serving.
  trust::SystemEntropy entropy;
  const auto other = world.authority().Issue({.name = {kTrustDomain, trust::SystemRole::kGateway, "gateway-1"},
                                              .addresses = {"127.0.0.1"},
                                              .server = true,
                                              .from = LongAgo(),
                                              .until = FarAhead() - absl::Hours(24)},
                                             entropy);
  std::ofstream(world.config().api_certificate, std::ios::trunc) << other->certificate_pem;
  const Answer refused = Call(admin, reload);
  EXPECT_EQ(refused.code, grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason, "KEY_UNUSABLE");
  EXPECT_EQ(Call(world.Channel(world.court()), kGetCheckpoint).code, grpc::StatusCode::OK);
  // With its key: taken.
  std::ofstream(world.config().api_key, std::ios::trunc) << other->key_pem;
  const Answer taken = Call(admin, reload);
  ASSERT_EQ(taken.code, grpc::StatusCode::OK) << taken.message;
  using Reloaded = goldeneagle::process::v1::ReloadCertificatesResponse;
  EXPECT_EQ(Parsed<Reloaded>(before).until().seconds() - Parsed<Reloaded>(taken).until().seconds(), 24 * 3600);
  EXPECT_EQ(Call(world.Channel(world.court()), kGetCheckpoint).code, grpc::StatusCode::OK);
}

}  // namespace
}  // namespace eagle
