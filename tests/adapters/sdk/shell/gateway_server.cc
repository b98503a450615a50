#include "tests/adapters/sdk/shell/gateway_server.h"

#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr char kTrustDomain[] = "eagle.example";
constexpr absl::Duration kPatience = absl::Seconds(30);

// By the machine's clock, which no test reads: valid long before and after.
trust::CertificateAuthority::Validity Valid() {
  return {absl::FromUnixSeconds(1'600'000'000), absl::FromUnixSeconds(3'600'000'000)};
}

grpc::Status ToWire(const absl::Status& status) {
  // As gRPC itself says it where a call is missing: neither words nor details.
  if (status.code() == absl::StatusCode::kUnimplemented) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
  const Failure failure = FailureOf(status);
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(RowOf(failure.reason).name));
  details.add_details()->PackFrom(info);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), failure.message, details.SerializeAsString());
}

}  // namespace

class GatewayServer::Service : public v1::AdapterService::Service {
 public:
  explicit Service(GatewayServer& server) : server_(server) {}

  grpc::Status Hello(grpc::ServerContext*, const v1::HelloRequest* request, v1::HelloResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    const grpc::Status status = Call(&TestGateway::Hello, *request, *response);
    response->set_renew_seconds(server_.renew_seconds);
    response->set_poll_wait_seconds(server_.poll_wait_seconds);
    return status;
  }
  grpc::Status PullTasks(grpc::ServerContext*, const v1::PullTasksRequest* request,
                         v1::PullTasksResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    const grpc::Status status = Call(&TestGateway::PullTasks, *request, *response);
    const bool empty = response->tasks().empty() && response->directory().empty() && response->withdrawn().empty();
    if (!status.ok() || !empty || request->wait_seconds() == 0) return status;
    // A long poll: until something happens, and then once more.
    seen_ = server_.events_;
    server_.mu_.AwaitWithTimeout(absl::Condition(this, &Service::HasNews), absl::Seconds(request->wait_seconds()));
    if (server_.stopping_) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
    return Call(&TestGateway::PullTasks, *request, *response);
  }
  grpc::Status RenewLease(grpc::ServerContext*, const v1::RenewLeaseRequest* request,
                          v1::RenewLeaseResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    return Call(&TestGateway::RenewLease, *request, *response);
  }
  grpc::Status ReportResults(grpc::ServerContext*, const v1::ReportResultsRequest* request,
                             v1::ReportResultsResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    return Call(&TestGateway::ReportResults, *request, *response);
  }
  grpc::Status ReportEvents(grpc::ServerContext*, const v1::ReportResultsRequest* request,
                            v1::ReportResultsResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    return Call(&TestGateway::ReportEvents, *request, *response);
  }
  grpc::Status ReportStatus(grpc::ServerContext*, const v1::ReportStatusRequest* request,
                            v1::ReportStatusResponse* response) override {
    const absl::MutexLock lock(&server_.mu_);
    return Call(&TestGateway::ReportStatus, *request, *response);
  }

 private:
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(server_.mu_) {
    return server_.stopping_ || server_.events_ != seen_;
  }

  template <class Request, class Response>
  grpc::Status Call(void (TestGateway::*method)(CallId, const Request&), const Request& request, Response& response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(server_.mu_) {
    const CallId call = ++server_.last_call_;
    ++server_.events_;
    (server_.gateway_.*method)(call, request);
    grpc::Status status(grpc::StatusCode::INTERNAL, "no reply");
    for (int round = 0; round < 3 && status.error_code() == grpc::StatusCode::INTERNAL; ++round) {
      server_.gateway_.Round([&](CallId id, absl::StatusOr<Reply> reply) {
        if (id != call) return;
        if (!reply.ok()) {
          status = ToWire(reply.status());
        } else {
          response = std::get<Response>(*std::move(reply));
          status = grpc::Status::OK;
        }
      });
    }
    return status;
  }

  GatewayServer& server_;
  uint64_t seen_ ABSL_GUARDED_BY(server_.mu_) = 0;
};

GatewayServer::GatewayServer(TestGateway& gateway)
    : gateway_(gateway), authority_(trust::CertificateAuthority::Make("Golden Eagle test", Valid(), entropy_)) {
  auto issued = authority_.Issue({.name = {kTrustDomain, trust::SystemRole::kGateway, "gateway"},
                                  .dns_names = {"localhost"},
                                  .addresses = {"127.0.0.1"},
                                  .server = true,
                                  .from = Valid().from,
                                  .until = Valid().until},
                                 entropy_);
  GATEWAY_ASSERT(issued.ok(), "a certificate can be issued");
  certificate_ = *std::move(issued);
  Start();
}

GatewayServer::~GatewayServer() { Stop(); }

void GatewayServer::Start() {
  {
    const absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  service_ = std::make_unique<Service>(*this);
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = authority_.certificate_pem();
  tls.pem_key_cert_pairs = {{certificate_.key_pem, certificate_.certificate_pem}};
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), grpc::SslServerCredentials(tls), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  GATEWAY_ASSERT(server_ != nullptr && port != 0, "a port can be had");
  port_ = port;
}

void GatewayServer::Stop() {
  if (server_ == nullptr) return;
  {
    const absl::MutexLock lock(&mu_);
    stopping_ = true;
    ++events_;
  }
  server_->Shutdown();
  server_->Wait();
  server_.reset();
  service_.reset();
}

std::string GatewayServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

GrpcChannelOptions GatewayServer::ChannelOptions(const std::string& agency) {
  const auto leaf = authority_.Issue({.name = {kTrustDomain, trust::SystemRole::kAgency, agency},
                                      .client = true,
                                      .from = Valid().from,
                                      .until = Valid().until},
                                     entropy_);
  return {.address = address(),
          .authority_pem = authority_.certificate_pem(),
          .certificate_pem = leaf->certificate_pem,
          .key_pem = leaf->key_pem,
          .spiffe_id = trust::SpiffeId({kTrustDomain, trust::SystemRole::kGateway, "gateway"})};
}

void GatewayServer::Locked(const std::function<void()>& work) {
  const absl::MutexLock lock(&mu_);
  work();
  ++events_;
}

bool GatewayServer::Await(const std::function<bool()>& condition) {
  const absl::MutexLock lock(&mu_);
  return mu_.AwaitWithTimeout(absl::Condition(&condition), kPatience);
}

}  // namespace eagle::sdk
