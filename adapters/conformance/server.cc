#include "adapters/conformance/server.h"

#include <limits>

#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "goldeneagle/v1/objection_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/base/reason.h"
#include "server/trust/identity.h"

namespace eagle::conformance {
namespace {

constexpr char kLeafProperty[] = "x509_pem_cert";

grpc::Status ToWire(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Failure failure = FailureOf(status);
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(failure.message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(RowOf(failure.reason).name));
  info.set_domain("goldeneagle.v1");
  details.add_details()->PackFrom(info);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), failure.message, details.SerializeAsString());
}

}  // namespace

class GatewayServer::Service : public v1::AdapterService::Service {
 public:
  Service(GatewayServer& server, std::string agency) : server_(server), agency_(std::move(agency)) {}

  grpc::Status Hello(grpc::ServerContext* context, const v1::HelloRequest* request,
                     v1::HelloResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.Hello(*request); });
  }
  grpc::Status RenewLease(grpc::ServerContext* context, const v1::RenewLeaseRequest* request,
                          v1::RenewLeaseResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.RenewLease(*request); });
  }
  grpc::Status ReportResults(grpc::ServerContext* context, const v1::ReportResultsRequest* request,
                             v1::ReportResultsResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.Report(*request, false); });
  }
  grpc::Status ReportEvents(grpc::ServerContext* context, const v1::ReportResultsRequest* request,
                            v1::ReportResultsResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.Report(*request, true); });
  }
  grpc::Status ReportStatus(grpc::ServerContext* context, const v1::ReportStatusRequest* request,
                            v1::ReportStatusResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.ReportStatus(*request); });
  }
  grpc::Status ReportPosition(grpc::ServerContext* context, const v1::ReportResultsRequest* request,
                              v1::ReportResultsResponse* response) override {
    return Serve(*context, *response, [&] { return server_.gateway_.ReportPosition(*request); });
  }
  grpc::Status PullTasks(grpc::ServerContext* context, const v1::PullTasksRequest* request,
                         v1::PullTasksResponse* response) override {
    if (const absl::Status allowed = Allow(*context); !allowed.ok()) return ToWire(allowed);
    const absl::MutexLock lock(&server_.mu_);
    server_.gateway_.CountPoll(*request);
    const uint64_t sessions = server_.gateway_.sessions();
    ++server_.events_;
    absl::Duration left = absl::Seconds(std::min(request->wait_seconds(), 30u));
    constexpr absl::Duration kLookAgain = absl::Milliseconds(250);  // leases end without an event
    for (;;) {
      if (server_.stopping_ || context->IsCancelled()) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
      // Another call may have brought a new Hello before this poll was told of it: its session is over all the same.
      if (server_.gateway_.sessions() != sessions && server_.gateway_.IsKnown(request->instance()))
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the session has ended");
      auto answer = server_.gateway_.PullTasks(*request, left <= absl::ZeroDuration());
      if (answer) return Late(*std::move(answer), *response);
      seen_ = server_.events_;
      const absl::Duration wait = std::min(left, kLookAgain);
      ++server_.gateway_.open_polls;
      const bool news = server_.mu_.AwaitWithTimeout(absl::Condition(this, &Service::HasNews), wait);
      --server_.gateway_.open_polls;
      if (news) continue;
      left -= wait;
    }
  }

 private:
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(server_.mu_) {
    return server_.stopping_ || server_.events_ != seen_;
  }
  bool Stops() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(server_.mu_) { return server_.stopping_; }

  // Holds an answer with tasks back as the case says.
  grpc::Status Late(absl::StatusOr<v1::PullTasksResponse> answer, v1::PullTasksResponse& response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(server_.mu_) {
    ++server_.events_;
    if (!answer.ok()) return ToWire(answer.status());
    response = *std::move(answer);
    if (!response.tasks().empty())
      server_.mu_.AwaitWithTimeout(absl::Condition(this, &Service::Stops), server_.gateway_.bent.poll_reply_late);
    return grpc::Status::OK;
  }

  friend class GatewayServer::Objections;
  // As the real gateway: the certificate names the agency, and every call has a deadline.
  absl::Status Allow(const grpc::ServerContext& context) const {
    const auto leaf = context.auth_context()->FindPropertyValues(kLeafProperty);
    const auto peer = trust::ReadPeer(leaf.empty() ? "" : std::string(leaf[0].data(), leaf[0].size()), kTrustDomain);
    if (!peer.ok() || peer->name.role != trust::SystemRole::kAgency || peer->name.code != agency_)
      return Fail(Reason::kUnauthenticated, "the certificate doesn't name the agency of this test world");
    if (context.raw_deadline().tv_sec == std::numeric_limits<int64_t>::max())
      return Fail(Reason::kDeadlineMissing, "set a deadline on every call");
    return absl::OkStatus();
  }

  template <class Response, class Work>
  grpc::Status Serve(const grpc::ServerContext& context, Response& response, const Work& work) {
    if (const absl::Status allowed = Allow(context); !allowed.ok()) return ToWire(allowed);
    const absl::MutexLock lock(&server_.mu_);
    ++server_.events_;
    absl::StatusOr<Response> answer = work();
    if (!answer.ok()) return ToWire(answer.status());
    response = *std::move(answer);
    return grpc::Status::OK;
  }

  GatewayServer& server_;
  const std::string agency_;
  uint64_t seen_ ABSL_GUARDED_BY(server_.mu_) = 0;
};

// The court never answers here: an agency's own words are recorded, and there are no others to fetch.
class GatewayServer::Objections : public v1::ObjectionService::Service {
 public:
  Objections(GatewayServer& server, GatewayServer::Service& calls) : server_(server), calls_(calls) {}

  grpc::Status RaiseObjection(grpc::ServerContext* context, const v1::SubmitObjectionsRequest* request,
                              v1::SubmitObjectionsResponse* response) override {
    return calls_.Serve(*context, *response, [&] { return server_.gateway_.SubmitObjections(*request); });
  }
  grpc::Status PullObjections(grpc::ServerContext* context, const v1::PullObjectionsRequest* request,
                              v1::PullObjectionsResponse* response) override {
    return calls_.Serve(*context, *response, [&]() -> absl::StatusOr<v1::PullObjectionsResponse> {
      v1::PullObjectionsResponse none;
      none.set_newest(request->after());
      return none;
    });
  }

 private:
  GatewayServer& server_;
  GatewayServer::Service& calls_;
};

absl::StatusOr<std::unique_ptr<GatewayServer>> GatewayServer::Start(FakeGateway& gateway, const std::string& address,
                                                                    const ServerFiles& files,
                                                                    const std::string& agency) {
  std::unique_ptr<GatewayServer> out(new GatewayServer(gateway));
  out->service_ = std::make_unique<Service>(*out, agency);
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = files.authority_pem;
  tls.pem_key_cert_pairs = {{files.key_pem, files.certificate_pem}};
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::SslServerCredentials(tls), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  out->objections_ = std::make_unique<Objections>(*out, *out->service_);
  builder.RegisterService(out->service_.get());
  builder.RegisterService(out->objections_.get());
  out->server_ = builder.BuildAndStart();
  if (out->server_ == nullptr || port == 0)
    return Fail(Reason::kUnavailable, "the address can't be listened on").With("address", address);
  return out;
}

GatewayServer::GatewayServer(FakeGateway& gateway) : gateway_(gateway) {}

GatewayServer::~GatewayServer() {
  if (server_ == nullptr) return;
  {
    const absl::MutexLock lock(&mu_);
    stopping_ = true;
    ++events_;
  }
  server_->Shutdown();
  server_->Wait();
}

void GatewayServer::Locked(const std::function<void()>& work) {
  const absl::MutexLock lock(&mu_);
  work();
  ++events_;
}

bool GatewayServer::Wait(const std::function<bool()>& condition, absl::Duration limit) {
  const absl::MutexLock lock(&mu_);
  return mu_.AwaitWithTimeout(absl::Condition(&condition), limit);
}

}  // namespace eagle::conformance
