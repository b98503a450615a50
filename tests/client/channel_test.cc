// The connection itself: mutual TLS on a real socket, whom it talks to and whom it refuses, and errors as they come
// over the wire.
#include "client/lib/channel.h"

#include "client/common/files.h"
#include "client/lib/errors.h"
#include "client/lib/pki_set.h"
#include "goldeneagle/v1/admin_service.grpc.pb.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "server/base/system_clock.h"
#include "tests/client/support.h"
#include "tests/support/temp_folder.h"

namespace eagle::client {
namespace {

class OrderServer final : public v1::OrderService::Service {
 public:
  grpc::Status GetOrder(grpc::ServerContext* context, const v1::GetOrderRequest* request,
                        v1::GetOrderResponse* response) override {
    ++calls;
    seconds_left = static_cast<int>(
        gpr_time_to_millis(gpr_time_sub(context->raw_deadline(), gpr_now(context->raw_deadline().clock_type))) / 1000);
    const auto names = context->auth_context()->FindPropertyValues("peer_spiffe_id");
    peer = names.empty() ? "" : std::string(names[0].data(), names[0].size());
    if (failures-- > 0) return failure;
    response->mutable_order()->set_order_id(request->order_id());
    return grpc::Status::OK;
  }
  grpc::Status WatchOrders(grpc::ServerContext* context, const v1::WatchOrdersRequest*,
                           grpc::ServerWriter<v1::WatchOrdersResponse>* writer) override {
    v1::WatchOrdersResponse message;
    for (const char* token : {"t1", "t2"}) {
      message.set_resume_token(token);
      writer->Write(message);
    }
    if (hold_watch) {
      while (!context->IsCancelled()) std::this_thread::yield();
    }
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no more");
  }

  std::atomic<int> calls = 0, failures = 0, seconds_left = 0;
  std::atomic<bool> hold_watch = false;
  grpc::Status failure;
  std::string peer;
};

class AdminServer final : public v1::AdminService::Service {
 public:
  grpc::Status GetMetrics(grpc::ServerContext*, const v1::GetMetricsRequest*,
                          v1::GetMetricsResponse* response) override {
    response->add_metrics()->set_name("up");
    return grpc::Status::OK;
  }
};

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    MakeSet("pki");
    StartServer();
  }
  ~ChannelTest() override { server_->Shutdown(); }

  // The second time on the same port.
  void StartServer() {
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = Read("pki/tls/ca.pem");
    tls.pem_key_cert_pairs.push_back({Read("pki/tls/gateway-gateway.key"), Read("pki/tls/gateway-gateway.pem")});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::SslServerCredentials(tls), &port_);
    builder.RegisterService(&orders_);
    server_ = builder.BuildAndStart();
  }

  void MakeSet(const std::string& name) {
    PkiSpec spec{.trust_domain = "test.example", .origin = "test.example/log1", .environment = v1::ENVIRONMENT_TEST};
    spec.administrators = {"a", "b"};
    spec.registrars = {"1", "2"};
    PkiCourt court;
    court.row.set_code("辽9901");
    court.row.set_name("x");
    spec.courts = {court};
    // Certificates are valid by the real clock, in tests too: TLS has no other.
    const auto made = MakePkiSet(spec, folder_ / name, SystemClock().WallNow(), Monday(), entropy_);
    ASSERT_TRUE(made.ok()) << made;
  }
  std::string Read(const std::string& name) { return *ReadFile(folder_ / name); }

  ChannelOptions Options() {
    ChannelOptions options{.address = "127.0.0.1:" + std::to_string(port_)};
    options.authority_pem = Read("pki/tls/ca.pem");
    options.certificate_pem = Read("pki/tls/court-辽9901.pem");
    options.key_pem = Read("pki/tls/court-辽9901.key");
    options.spiffe_id = "spiffe://test.example/gateway/gateway";
    return options;
  }
  absl::StatusOr<v1::GetOrderResponse> Ask(const ChannelOptions& options) {
    auto gateway = Connect(options, waiter_, entropy_);
    if (!gateway.ok()) return gateway.status();
    v1::GetOrderRequest request;
    request.set_order_id("id");
    return (*gateway)->GetOrder(request);
  }

  TempFolder folder_;
  CountedEntropy entropy_;
  RecordedWaiter waiter_;
  OrderServer orders_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(ChannelTest, BothSidesNameThemselves) {
  const auto answer = Ask(Options());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->order().order_id(), "id");
  EXPECT_EQ(orders_.peer, "spiffe://test.example/court/%E8%BE%BD9901");
  EXPECT_GT(orders_.seconds_left, 20);
  EXPECT_LE(orders_.seconds_left, 30);
}

TEST_F(ChannelTest, AnotherServerOfTheSameAuthorityIsRefusedBeforeAnythingIsSent) {
  ChannelOptions options = Options();
  options.spiffe_id = "spiffe://test.example/gateway/other";
  const auto answer = Ask(options);
  EXPECT_EQ(WhyNot(answer), "UNAUTHENTICATED");
  EXPECT_EQ(OriginOf(answer.status()), Origin::kVerification);
  options.spiffe_id = "";
  options.server_name = "elsewhere.example";
  EXPECT_EQ(WhyNot(Ask(options)), "UNAUTHENTICATED");
  EXPECT_EQ(orders_.calls, 0);
}

TEST_F(ChannelTest, NamesAreCheckedInsteadOfOrBesideTheId) {
  ChannelOptions options = Options();
  options.server_name = "localhost";
  EXPECT_TRUE(Ask(options).ok());
  options.spiffe_id = "";
  EXPECT_TRUE(Ask(options).ok());
  options.server_name = "";  // the host of the address: 127.0.0.1 is in the certificate
  EXPECT_TRUE(Ask(options).ok());
}

TEST_F(ChannelTest, StrangersOfAnotherAuthorityNeverConnect) {
  MakeSet("stranger");
  ChannelOptions deceived = Options();
  deceived.authority_pem = Read("stranger/tls/ca.pem");
  EXPECT_EQ(WhyNot(Ask(deceived)), "UNAVAILABLE");
  ChannelOptions intruder = Options();
  intruder.certificate_pem = Read("stranger/tls/court-辽9901.pem");
  intruder.key_pem = Read("stranger/tls/court-辽9901.key");
  EXPECT_EQ(WhyNot(Ask(intruder)), "UNAVAILABLE");
  EXPECT_EQ(orders_.calls, 0);
}

TEST_F(ChannelTest, ErrorDetailsComeThroughTheTrailer) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason("CAP_EXCEEDED");
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest request;
  request.add_field_violations()->set_field("members[0]");
  status.add_details()->PackFrom(request);
  orders_.failure = grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "over the cap", status.SerializeAsString());
  orders_.failures = 1;
  const auto answer = Ask(Options());
  EXPECT_EQ(WhyNot(answer), "CAP_EXCEEDED");
  EXPECT_EQ(FailureOf(answer.status()).violations.size(), 1u);
  EXPECT_EQ(OriginOf(answer.status()), Origin::kGateway);
  EXPECT_EQ(orders_.calls, 1);
}

TEST_F(ChannelTest, UnavailableIsRepeatedNothingElse) {
  orders_.failure = grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
  orders_.failures = 2;
  EXPECT_TRUE(Ask(Options()).ok());
  EXPECT_EQ(orders_.calls, 3);
  EXPECT_EQ(waiter_.waits.size(), 2u);
  orders_.failure = grpc::Status(grpc::StatusCode::INTERNAL, "bug");
  orders_.failures = 2;
  EXPECT_EQ(WhyNot(Ask(Options())), "INTERNAL");
  EXPECT_EQ(orders_.calls, 4);
}

// Nobody polls between two attempts: without a wait that does, none of these would see the connection come back.
TEST_F(ChannelTest, AGatewayThatWasAwayIsReachedAgainByACallThatIsRepeated) {
  ChannelOptions options = Options();
  options.calls.retry.attempts = 20;
  const auto gateway = Connect(options, waiter_, entropy_);
  ASSERT_TRUE((*gateway)->GetOrder({}).ok());
  server_->Shutdown();
  server_.reset();
  waiter_.give_up_after = 3;
  EXPECT_EQ(WhyNot((*gateway)->GetOrder({})), "UNAVAILABLE");
  StartServer();
  ASSERT_NE(server_, nullptr);
  waiter_.give_up_after = 1000;
  const auto answer = (*gateway)->GetOrder({});
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST_F(ChannelTest, AWatchGivesItsMessagesThenItsEnd) {
  const auto gateway = Connect(Options(), waiter_, entropy_);
  ASSERT_TRUE(gateway.ok());
  const auto stream = (*gateway)->WatchOrders({});
  EXPECT_EQ((*stream->Next(absl::Seconds(20)))->resume_token(), "t1");
  EXPECT_EQ((*stream->Next(absl::Seconds(20)))->resume_token(), "t2");
  EXPECT_EQ(WhyNot(stream->Next(absl::Seconds(20))), "PERMISSION_DENIED");
}

TEST_F(ChannelTest, AWatchThatIsSilentGivesNothingAndCanBeDropped) {
  orders_.hold_watch = true;
  const auto gateway = Connect(Options(), waiter_, entropy_);
  auto stream = (*gateway)->WatchOrders({});
  EXPECT_TRUE(stream->Next(absl::Seconds(20))->has_value());
  EXPECT_TRUE(stream->Next(absl::Seconds(20))->has_value());
  EXPECT_FALSE(stream->Next(absl::Milliseconds(1))->has_value());
  stream.reset();  // ends the call, or this never returns
}

TEST_F(ChannelTest, TheAdminListenerIsLocalOnly) {
  AdminServer admin;
  grpc::ServerBuilder builder;
  const std::string address = "unix:" + (folder_ / "admin.sock");
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&admin);
  const auto server = builder.BuildAndStart();
  const auto gateway = ConnectAdmin(address, false, {}, waiter_, entropy_);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  EXPECT_EQ((*gateway)->GetMetrics({})->metrics(0).name(), "up");
  for (const char* remote : {"10.0.0.1:9443", "gateway.example:9443", "127.0.0.2:1", "localhost:1"}) {
    EXPECT_EQ(WhyNot(ConnectAdmin(remote, false, {}, waiter_, entropy_)), "CONFIGURATION_INVALID") << remote;
  }
  server->Shutdown();
}

TEST_F(ChannelTest, OptionsAreCheckedBeforeAnythingIsTried) {
  const auto why = [&](auto change) {
    ChannelOptions options = Options();
    change(options);
    return WhyNot(Connect(options, waiter_, entropy_));
  };
  EXPECT_EQ(why([](ChannelOptions& o) { o.address = "gateway"; }), "CONFIGURATION_INVALID");
  EXPECT_EQ(why([](ChannelOptions& o) { o.calls.time_limit = absl::Seconds(61); }), "CONFIGURATION_INVALID");
  EXPECT_EQ(why([](ChannelOptions& o) { o.spiffe_id = "gateway"; }), "CONFIGURATION_INVALID");
  EXPECT_EQ(why([](ChannelOptions& o) { o.certificate_pem = "x"; }), "KEY_UNUSABLE");
  EXPECT_EQ(why([](ChannelOptions& o) { o.authority_pem = ""; }), "KEY_UNUSABLE");
}

TEST(StepClockTest, StandsUntilItIsMoved) {
  TempFolder folder;
  const std::string path = folder / "clock";
  ASSERT_TRUE(StepClock::Move(path, Monday(), absl::Seconds(5)).ok());
  const auto clock = StepClock::Open(path);
  ASSERT_TRUE(clock.ok()) << clock.status();
  EXPECT_EQ((*clock)->WallNow(), Monday());
  EXPECT_EQ((*clock)->MonotonicNow(), absl::Seconds(5));
  ASSERT_TRUE(StepClock::Move(path, Monday() + absl::Hours(1), absl::Seconds(6)).ok());
  EXPECT_EQ((*clock)->WallNow(), Monday() + absl::Hours(1));
  EXPECT_EQ((*clock)->MonotonicNow(), absl::Seconds(6));
  EXPECT_EQ(WhyNot(StepClock::Open(folder / "none")), "CONFIGURATION_INVALID");
  ASSERT_TRUE(WriteDurably(folder / "short", "15 bytes, short").ok());
  EXPECT_EQ(WhyNot(StepClock::Open(folder / "short")), "CONFIGURATION_INVALID");
}

}  // namespace
}  // namespace eagle::client
