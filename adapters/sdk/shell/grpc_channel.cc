#include "adapters/sdk/shell/grpc_channel.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "adapters/sdk/shell/gateway_name.h"
#include "adapters/sdk/shell/wire_status.h"
#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "goldeneagle/v1/blob_service.grpc.pb.h"
#include "goldeneagle/v1/objection_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_order_service.grpc.pb.h"
#include "grpc/support/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

constexpr int kMessageBytesMax = 16 * 1024 * 1024;

gpr_timespec After(absl::Duration limit) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(absl::ToInt64Milliseconds(limit), GPR_TIMESPAN));
}

// Why the last certificate was refused; empty when it was taken. gRPC itself only says "unavailable" then.
class Complaint {
 public:
  void Set(std::string text) {
    const absl::MutexLock lock(&mu_);
    text_ = std::move(text);
  }
  std::string Get() {
    const absl::MutexLock lock(&mu_);
    return text_;
  }

 private:
  absl::Mutex mu_;
  std::string text_ ABSL_GUARDED_BY(mu_);
};

// Looks at the certificate that the other side showed; its chain and dates were verified by TLS.
class GatewayCheck : public grpc::experimental::ExternalCertificateVerifier {
 public:
  GatewayCheck(std::string spiffe_id, std::string server_name, std::shared_ptr<Complaint> complaint)
      : spiffe_id_(std::move(spiffe_id)), server_name_(std::move(server_name)), complaint_(std::move(complaint)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const std::string why = WhatIsWrong(*request);
    if (!why.empty()) *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, why);
    complaint_->Set(why);
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  std::string WhatIsWrong(const grpc::experimental::TlsCustomVerificationCheckRequest& request) const {
    std::vector<std::string_view> names;
    for (const grpc::string_ref& one : request.dns_names()) names.emplace_back(one.data(), one.size());
    for (const grpc::string_ref& one : request.ip_names()) names.emplace_back(one.data(), one.size());
    const grpc::string_ref pem = request.peer_cert();
    return WrongGateway(std::string_view(pem.data(), pem.size()), names, spiffe_id_, server_name_);
  }

  const std::string spiffe_id_, server_name_;
  const std::shared_ptr<Complaint> complaint_;
};

std::shared_ptr<grpc::Channel> Dial(const GrpcChannelOptions& options, const std::shared_ptr<Complaint>& complaint) {
  std::string name = options.server_name;
  if (name.empty() && options.spiffe_id.empty()) name = options.address.substr(0, options.address.rfind(':'));
  grpc::experimental::TlsChannelCredentialsOptions tls;
  tls.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      options.authority_pem,
      std::vector<grpc::experimental::IdentityKeyCertPair>{{options.key_pem, options.certificate_pem}}));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  tls.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<GatewayCheck>(options.spiffe_id, name, complaint));
  tls.set_check_call_host(false);  // GatewayCheck has looked, once a connection
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // The agent backs off by itself; a connection is tried whenever it calls.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetMaxSendMessageSize(kMessageBytesMax);
  return grpc::CreateCustomChannel(options.address, grpc::experimental::TlsCredentials(tls), arguments);
}

}  // namespace

class GrpcChannel::Connection {
 public:
  Connection(std::shared_ptr<grpc::Channel> channel, std::shared_ptr<Complaint> complaint, Mailbox& mailbox)
      : complaint_(std::move(complaint)),
        mailbox_(mailbox),
        stub_(v1::AdapterService::NewStub(channel)),
        blobs_(v1::BlobService::NewStub(channel)),
        objections_(v1::ObjectionService::NewStub(channel)),
        supervision_(v1::SupervisionOrderService::NewStub(channel)) {}

  ~Connection() {
    std::vector<std::shared_ptr<grpc::ClientContext>> open;
    {
      const absl::MutexLock lock(&mu_);
      for (const auto& [call, context] : open_) open.push_back(context);
    }
    for (const auto& context : open) context->TryCancel();
    {
      const absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &Connection::IsQuiet));
    }
    BuryContexts();
  }

  auto& adapters() { return *stub_->async(); }
  auto& blobs() { return *blobs_->async(); }
  auto& objections() { return *objections_->async(); }
  auto& supervision() { return *supervision_->async(); }

  // `Start`: (stub, context, request, response, callback) for one method of the callback interface.
  template <class Request, class Response, class Stub, class Start>
  void Call(Stub& stub, CallId call, const Request& message, absl::Duration limit, const Start& start) {
    struct OneCall {
      Request request;
      Response response;
    };
    auto one = std::make_shared<OneCall>();
    auto context = std::make_shared<grpc::ClientContext>();
    one->request = message;
    context->set_deadline(After(limit));
    BuryContexts();
    {
      const absl::MutexLock lock(&mu_);
      open_.emplace(call, context);
    }
    start(stub, context.get(), &one->request, &one->response, [this, call, one](grpc::Status status) {
      if (status.ok()) {
        Done(call, Reply(std::move(one->response)));
      } else {
        Done(call, Refusal(status));
      }
    });
  }

  absl::Status Refusal(const grpc::Status& status) const {
    const std::string why = status.error_code() == grpc::StatusCode::UNAVAILABLE ? complaint_->Get() : "";
    if (!why.empty()) return Fail(Reason::kUnauthenticated, "the other side isn't the gateway: " + why);
    return StatusFromWire(status.error_code(), status.error_message(), status.error_details());
  }
  void Done(CallId call, absl::StatusOr<Reply> reply) {
    mailbox_.PutReply(call, std::move(reply));
    const absl::MutexLock lock(&mu_);
    finished_.push_back(std::move(open_.extract(call).mapped()));
  }
  // Contexts keep the channel alive, and whoever lets go of a channel last joins gRPC's threads: never one of these
  // themselves.
  void BuryContexts() {
    std::vector<std::shared_ptr<grpc::ClientContext>> finished;
    const absl::MutexLock lock(&mu_);
    finished.swap(finished_);
  }
  bool IsQuiet() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return open_.empty(); }

  const std::shared_ptr<Complaint> complaint_;
  Mailbox& mailbox_;
  const std::unique_ptr<v1::AdapterService::Stub> stub_;
  const std::unique_ptr<v1::BlobService::Stub> blobs_;
  const std::unique_ptr<v1::ObjectionService::Stub> objections_;
  const std::unique_ptr<v1::SupervisionOrderService::Stub> supervision_;
  absl::Mutex mu_;
  std::map<CallId, std::shared_ptr<grpc::ClientContext>> open_ ABSL_GUARDED_BY(mu_);
  std::vector<std::shared_ptr<grpc::ClientContext>> finished_ ABSL_GUARDED_BY(mu_);
};

GrpcChannel::GrpcChannel(std::unique_ptr<Connection> connection, GrpcChannelOptions options)
    : options_(std::move(options)), connection_(std::move(connection)) {}
GrpcChannel::~GrpcChannel() = default;

absl::StatusOr<std::unique_ptr<GrpcChannel>> GrpcChannel::Connect(const GrpcChannelOptions& options, Mailbox& mailbox) {
  EAGLE_RETURN_IF_ERROR(
      CheckDialling(options.address, options.spiffe_id, options.certificate_pem, options.authority_pem));
  auto complaint = std::make_shared<Complaint>();
  auto channel = Dial(options, complaint);
  auto connection = std::make_unique<Connection>(std::move(channel), std::move(complaint), mailbox);
  return std::unique_ptr<GrpcChannel>(new GrpcChannel(std::move(connection), options));
}

// One method of the port is one call of the stub.
#define EAGLE_START(Method)                                                                      \
  [](auto& stub, grpc::ClientContext* context, const auto* message, auto* response, auto done) { \
    stub.Method(context, message, response, std::move(done));                                    \
  }

void GrpcChannel::Hello(CallId call, const v1::HelloRequest& request) {
  connection_->Call<v1::HelloRequest, v1::HelloResponse>(connection_->adapters(), call, request, options_.call_timeout,
                                                         EAGLE_START(Hello));
}
void GrpcChannel::PullTasks(CallId call, const v1::PullTasksRequest& request) {
  v1::PullTasksRequest poll = request;
  if (!options_.wait_for_work) poll.set_wait_seconds(0);
  const absl::Duration limit = absl::Seconds(poll.wait_seconds()) + options_.poll_slack;
  connection_->Call<v1::PullTasksRequest, v1::PullTasksResponse>(connection_->adapters(), call, poll, limit,
                                                                 EAGLE_START(PullTasks));
}
void GrpcChannel::RenewLease(CallId call, const v1::RenewLeaseRequest& request) {
  connection_->Call<v1::RenewLeaseRequest, v1::RenewLeaseResponse>(connection_->adapters(), call, request,
                                                                   options_.call_timeout, EAGLE_START(RenewLease));
}
void GrpcChannel::ReportResults(CallId call, const v1::ReportResultsRequest& request) {
  connection_->Call<v1::ReportResultsRequest, v1::ReportResultsResponse>(
      connection_->adapters(), call, request, options_.call_timeout, EAGLE_START(ReportResults));
}
void GrpcChannel::ReportEvents(CallId call, const v1::ReportResultsRequest& request) {
  connection_->Call<v1::ReportResultsRequest, v1::ReportResultsResponse>(
      connection_->adapters(), call, request, options_.call_timeout, EAGLE_START(ReportEvents));
}
void GrpcChannel::ReportPosition(CallId call, const v1::ReportResultsRequest& request) {
  connection_->Call<v1::ReportResultsRequest, v1::ReportResultsResponse>(
      connection_->adapters(), call, request, options_.call_timeout, EAGLE_START(ReportPosition));
}
void GrpcChannel::ReportStatus(CallId call, const v1::ReportStatusRequest& request) {
  connection_->Call<v1::ReportStatusRequest, v1::ReportStatusResponse>(
      connection_->adapters(), call, request, options_.call_timeout, EAGLE_START(ReportStatus));
}
void GrpcChannel::PullBlobPart(CallId call, const v1::PullBlobPartRequest& request) {
  connection_->Call<v1::PullBlobPartRequest, v1::PullBlobPartResponse>(
      connection_->blobs(), call, request, options_.call_timeout, EAGLE_START(PullBlobPart));
}
void GrpcChannel::PutBlobPart(CallId call, const v1::PutBlobPartRequest& request) {
  connection_->Call<v1::PutBlobPartRequest, v1::PutBlobPartResponse>(connection_->blobs(), call, request,
                                                                     options_.call_timeout, EAGLE_START(PutBlobPart));
}
void GrpcChannel::AnswerSupervision(CallId call, const v1::SubmitSupervisionRequest& request) {
  connection_->Call<v1::SubmitSupervisionRequest, v1::SubmitSupervisionResponse>(
      connection_->supervision(), call, request, options_.call_timeout, EAGLE_START(AnswerSupervision));
}
void GrpcChannel::PullSupervision(CallId call, const v1::PullSupervisionRequest& request) {
  connection_->Call<v1::PullSupervisionRequest, v1::PullSupervisionResponse>(
      connection_->supervision(), call, request, options_.call_timeout, EAGLE_START(PullSupervision));
}
void GrpcChannel::RaiseObjection(CallId call, const v1::SubmitObjectionsRequest& request) {
  connection_->Call<v1::SubmitObjectionsRequest, v1::SubmitObjectionsResponse>(
      connection_->objections(), call, request, options_.call_timeout, EAGLE_START(RaiseObjection));
}
void GrpcChannel::PullObjections(CallId call, const v1::PullObjectionsRequest& request) {
  connection_->Call<v1::PullObjectionsRequest, v1::PullObjectionsResponse>(
      connection_->objections(), call, request, options_.call_timeout, EAGLE_START(PullObjections));
}
#undef EAGLE_START

}  // namespace eagle::sdk
