#include "client/lib/channel.h"

#include <deque>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "client/lib/channel_grpc.h"
#include "client/lib/errors.h"
#include "goldeneagle/v1/admin_service.grpc.pb.h"
#include "goldeneagle/v1/audit_service.grpc.pb.h"
#include "goldeneagle/v1/blob_service.grpc.pb.h"
#include "goldeneagle/v1/case_service.grpc.pb.h"
#include "goldeneagle/v1/directory_service.grpc.pb.h"
#include "goldeneagle/v1/objection_service.grpc.pb.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_order_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_service.grpc.pb.h"
#include "goldeneagle/v1/witness_service.grpc.pb.h"
#include "grpc/support/log.h"
#include "grpc/support/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/base/reason.h"
#include "server/trust/identity.h"

namespace eagle::client {

class PeerComplaint {
 public:
  void Set(const std::string& text) {
    absl::MutexLock lock(&mu_);
    text_ = text;
  }
  std::string Get() {
    absl::MutexLock lock(&mu_);
    return text_;
  }

 private:
  absl::Mutex mu_;
  std::string text_ ABSL_GUARDED_BY(mu_);
};

namespace {

constexpr int kReceiveBytesMax = 16 * 1024 * 1024;
constexpr size_t kWatchQueueMax = 64;
// gRPC goes on with a connection only while somebody polls, else every five seconds: a handshake that is begun while a
// caller waits to repeat its call would be given up by the gateway. So a repeated call first waits, polling, for this.
constexpr absl::Duration kConnectPatience = absl::Milliseconds(500);

gpr_timespec After(absl::Duration limit) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(absl::ToInt64Milliseconds(limit), GPR_TIMESPAN));
}

// A refused certificate looks like "unavailable" to gRPC; it is not.
absl::Status StatusOf(const grpc::Status& status, PeerComplaint* complaint) {
  if (status.ok()) return absl::OkStatus();
  const std::string why = complaint == nullptr ? "" : complaint->Get();
  if (!why.empty() && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return AsVerification(Fail(Reason::kUnauthenticated, "the other side isn't the gateway: " + why));
  }
  return DecodeWireStatus(status.error_code(), status.error_message(), status.error_details());
}

// Looks at the certificate that the gateway showed; its chain was verified by TLS.
class PeerCheck : public grpc::experimental::ExternalCertificateVerifier {
 public:
  PeerCheck(std::string spiffe_id, std::string server_name, std::shared_ptr<PeerComplaint> complaint,
            std::shared_ptr<PeerCertificate> seen)
      : spiffe_id_(std::move(spiffe_id)),
        server_name_(std::move(server_name)),
        complaint_(std::move(complaint)),
        seen_(std::move(seen)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    if (seen_ != nullptr) seen_->Set({request->peer_cert().data(), request->peer_cert().size()});
    const std::string why = Complaint(*request);
    complaint_->Set(why);
    if (!why.empty()) *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, why);
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  static bool Has(const std::vector<grpc::string_ref>& names, const std::string& name) {
    for (const grpc::string_ref& one : names) {
      if (std::string_view(one.data(), one.size()) == name) return true;
    }
    return false;
  }

  std::string Complaint(const grpc::experimental::TlsCustomVerificationCheckRequest& request) const {
    if (!spiffe_id_.empty()) {
      const auto expected = trust::ParseSpiffeId(spiffe_id_);
      const grpc::string_ref pem = request.peer_cert();
      const auto peer = trust::ReadPeer(std::string_view(pem.data(), pem.size()), expected->trust_domain);
      if (!peer.ok()) return FailureOf(peer.status()).message;
      if (peer->spiffe_id != spiffe_id_) return "its certificate names " + peer->spiffe_id;
    }
    if (!server_name_.empty() && !Has(request.dns_names(), server_name_) && !Has(request.ip_names(), server_name_)) {
      return "its certificate doesn't name " + server_name_;
    }
    return "";
  }

  std::string spiffe_id_, server_name_;
  std::shared_ptr<PeerComplaint> complaint_;
  std::shared_ptr<PeerCertificate> seen_;
};

// One stream of the gateway: its messages, as many as wait to be asked for.
template <class Response>
class GrpcWatch : public StreamOf<Response> {
 public:
  // `start` begins the call on the context.
  template <class Start>
  GrpcWatch(const Start& start, std::shared_ptr<PeerComplaint> complaint)
      : complaint_(std::move(complaint)), reader_(start(&context_)), thread_([this] { ReadAll(); }) {}
  ~GrpcWatch() override {
    context_.TryCancel();
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
    }
    thread_.join();
  }

  absl::StatusOr<std::optional<Response>> Next(absl::Duration wait) override {
    absl::MutexLock lock(&mu_);
    mu_.AwaitWithTimeout(absl::Condition(this, &GrpcWatch::HasNews), wait);
    if (!queue_.empty()) {
      std::optional<Response> message(std::move(queue_.front()));
      queue_.pop_front();
      return message;
    }
    if (!ended_) return std::optional<Response>();
    return end_;
  }

 private:
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return ended_ || !queue_.empty(); }
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_ || queue_.size() < kWatchQueueMax; }

  void ReadAll() {
    Response message;
    while (reader_->Read(&message)) {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &GrpcWatch::HasRoom));
      if (stopping_) break;
      queue_.push_back(std::move(message));
      message.Clear();
    }
    const absl::Status end = StatusOf(reader_->Finish(), complaint_.get());
    absl::MutexLock lock(&mu_);
    ended_ = true;
    end_ = end.ok() ? absl::Status(Fail(Reason::kUnavailable, "the gateway ended the watch")) : end;
  }

  grpc::ClientContext context_;
  std::shared_ptr<PeerComplaint> complaint_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
  absl::Mutex mu_;
  std::deque<Response> queue_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false, stopping_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status end_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;  // last: it uses all the others
};

class GrpcGateway : public Gateway {
 public:
  GrpcGateway(std::shared_ptr<grpc::Channel> channel, const CallOptions& options, Waiter& waiter, Entropy& entropy,
              std::shared_ptr<PeerComplaint> complaint)
      : options_(options),
        waiter_(waiter),
        entropy_(entropy),
        complaint_(std::move(complaint)),
        channel_(channel),
        orders_(v1::OrderService::NewStub(channel)),
        cases_(v1::CaseService::NewStub(channel)),
        blobs_(v1::BlobService::NewStub(channel)),
        objections_(v1::ObjectionService::NewStub(channel)),
        supervision_(v1::SupervisionService::NewStub(channel)),
        supervision_orders_(v1::SupervisionOrderService::NewStub(channel)),
        directory_(v1::DirectoryService::NewStub(channel)),
        admin_(v1::AdminService::NewStub(channel)),
        audit_(v1::AuditService::NewStub(channel)),
        witness_(v1::WitnessService::NewStub(channel)) {}

// One method of the port is one call of one stub.
#define EAGLE_CALL(Method, Request, Response, stub)                                        \
  absl::StatusOr<v1::Response> Method(const v1::Request& request) override {               \
    return Unary<v1::Response>([&](grpc::ClientContext* context, v1::Response* response) { \
      return stub->Method(context, request, response);                                     \
    });                                                                                    \
  }
  EAGLE_CALL(SubmitOrders, SubmitOrdersRequest, SubmitOrdersResponse, orders_)
  EAGLE_CALL(ValidateOrders, SubmitOrdersRequest, ValidateOrdersResponse, orders_)
  EAGLE_CALL(GetOrder, GetOrderRequest, GetOrderResponse, orders_)
  EAGLE_CALL(ListOrders, ListOrdersRequest, ListOrdersResponse, orders_)
  EAGLE_CALL(ListFindings, ListFindingsRequest, ListFindingsResponse, orders_)
  EAGLE_CALL(WithdrawOrder, WithdrawOrderRequest, WithdrawOrderResponse, orders_)
  EAGLE_CALL(GetEvidence, GetEvidenceRequest, GetEvidenceResponse, orders_)
  EAGLE_CALL(ListOrdersOfKey, ListOrdersOfKeyRequest, ListOrdersOfKeyResponse, orders_)
  EAGLE_CALL(ResumeOrders, ResumeOrdersRequest, ResumeOrdersResponse, orders_)
  EAGLE_CALL(SubmitCaseActs, SubmitCaseActsRequest, SubmitCaseActsResponse, cases_)
  EAGLE_CALL(GetCase, GetCaseRequest, GetCaseResponse, cases_)
  EAGLE_CALL(ListMeasures, ListMeasuresRequest, ListMeasuresResponse, cases_)
  EAGLE_CALL(PutBlobPart, PutBlobPartRequest, PutBlobPartResponse, blobs_)
  EAGLE_CALL(GetBlobPart, GetBlobPartRequest, GetBlobPartResponse, blobs_)
  EAGLE_CALL(AnswerObjection, SubmitObjectionsRequest, SubmitObjectionsResponse, objections_)
  EAGLE_CALL(ListObjections, ListObjectionsRequest, ListObjectionsResponse, objections_)
  EAGLE_CALL(ReadObjection, ReadObjectionRequest, ReadObjectionResponse, objections_)
  EAGLE_CALL(SubmitSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse, supervision_orders_)
  EAGLE_CALL(ListSupervision, ListSupervisionRequest, ListSupervisionResponse, supervision_orders_)
  EAGLE_CALL(ReadSupervision, ReadSupervisionRequest, ReadSupervisionResponse, supervision_orders_)
  EAGLE_CALL(ListIncidents, ListIncidentsRequest, ListIncidentsResponse, supervision_)
  EAGLE_CALL(ListDue, ListDueRequest, ListDueResponse, supervision_)
  EAGLE_CALL(GetCoverage, GetCoverageRequest, GetCoverageResponse, supervision_)
  EAGLE_CALL(GetCaseInventory, GetCaseInventoryRequest, GetCaseInventoryResponse, supervision_)
  EAGLE_CALL(ListUndecidedFreezes, ListUndecidedFreezesRequest, ListUndecidedFreezesResponse, supervision_)
  EAGLE_CALL(SubmitStatements, SubmitStatementsRequest, SubmitStatementsResponse, directory_)
  EAGLE_CALL(ListStatements, ListStatementsRequest, ListStatementsResponse, directory_)
  EAGLE_CALL(ListAgencies, ListAgenciesRequest, ListAgenciesResponse, directory_)
  EAGLE_CALL(GetPolicy, GetPolicyRequest, GetPolicyResponse, directory_)
  EAGLE_CALL(SubmitAdministration, SubmitAdministrationRequest, SubmitAdministrationResponse, admin_)
  EAGLE_CALL(ListProposals, ListProposalsRequest, ListProposalsResponse, admin_)
  EAGLE_CALL(MakeBackup, MakeBackupRequest, MakeBackupResponse, admin_)
  EAGLE_CALL(GetMetrics, GetMetricsRequest, GetMetricsResponse, admin_)
  EAGLE_CALL(GetCheckpoint, GetCheckpointRequest, GetCheckpointResponse, audit_)
  EAGLE_CALL(ListEntries, ListEntriesRequest, ListEntriesResponse, audit_)
  EAGLE_CALL(GetInclusionProof, GetInclusionProofRequest, GetInclusionProofResponse, audit_)
  EAGLE_CALL(GetConsistencyProof, GetConsistencyProofRequest, GetConsistencyProofResponse, audit_)
  EAGLE_CALL(SearchAccess, SearchAccessRequest, SearchAccessResponse, audit_)
  EAGLE_CALL(WaitCheckpoint, WaitCheckpointRequest, WaitCheckpointResponse, witness_)
  EAGLE_CALL(AddCosignature, AddCosignatureRequest, AddCosignatureResponse, witness_)
#undef EAGLE_CALL

  std::unique_ptr<WatchStream> WatchOrders(const v1::WatchOrdersRequest& request) override {
    return std::make_unique<GrpcWatch<v1::WatchOrdersResponse>>(
        [&](grpc::ClientContext* context) { return orders_->WatchOrders(context, request); }, complaint_);
  }
  std::unique_ptr<AlertStream> WatchAlerts(const v1::WatchAlertsRequest& request) override {
    return std::make_unique<GrpcWatch<v1::WatchAlertsResponse>>(
        [&](grpc::ClientContext* context) { return supervision_->WatchAlerts(context, request); }, complaint_);
  }

 private:
  template <class Response, class Call>
  absl::StatusOr<Response> Unary(const Call& call) {
    Response response;
    bool repeated = false;
    const absl::Status status = Retry(options_.retry, waiter_, entropy_, [&] {
      if (std::exchange(repeated, true)) channel_->WaitForConnected(After(kConnectPatience));
      grpc::ClientContext context;
      context.set_deadline(After(options_.time_limit));
      return StatusOf(call(&context, &response), complaint_.get());
    });
    if (!status.ok()) return status;
    return response;
  }

  CallOptions options_;
  Waiter& waiter_;
  Entropy& entropy_;
  std::shared_ptr<PeerComplaint> complaint_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::OrderService::Stub> orders_;
  std::unique_ptr<v1::CaseService::Stub> cases_;
  std::unique_ptr<v1::BlobService::Stub> blobs_;
  std::unique_ptr<v1::ObjectionService::Stub> objections_;
  std::unique_ptr<v1::SupervisionService::Stub> supervision_;
  std::unique_ptr<v1::SupervisionOrderService::Stub> supervision_orders_;
  std::unique_ptr<v1::DirectoryService::Stub> directory_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
  std::unique_ptr<v1::WitnessService::Stub> witness_;
};

absl::Status CheckCalls(const CallOptions& calls) {
  if (calls.time_limit > absl::ZeroDuration() && calls.time_limit <= absl::Seconds(60)) return absl::OkStatus();
  return Fail(Reason::kConfigurationInvalid, "the time limit of a call is above zero and at most 60 s");
}

absl::Status CheckOptions(const ChannelOptions& options) {
  const size_t colon = options.address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == options.address.size()) {
    return Fail(Reason::kConfigurationInvalid, "the gateway's address is host:port").With("address", options.address);
  }
  EAGLE_RETURN_IF_ERROR(CheckCalls(options.calls));
  if (!options.spiffe_id.empty() && !trust::ParseSpiffeId(options.spiffe_id).ok()) {
    return Fail(Reason::kConfigurationInvalid, "the gateway's spiffe_id isn't one")
        .With("spiffe_id", options.spiffe_id);
  }
  EAGLE_RETURN_IF_ERROR(trust::SpkiSha256FromPem(options.certificate_pem).status());
  return trust::SpkiSha256FromPem(options.authority_pem).status();
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // retry.h does them, by reason
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  return arguments;
}

void Silence(gpr_log_func_args*) {}

}  // namespace

std::unique_ptr<Gateway> GatewayOver(std::shared_ptr<grpc::Channel> channel, const CallOptions& options, Waiter& waiter,
                                     Entropy& entropy, std::shared_ptr<PeerComplaint> complaint) {
  return std::make_unique<GrpcGateway>(std::move(channel), options, waiter, entropy, std::move(complaint));
}

void PeerCertificate::Set(std::string_view pem) {
  absl::MutexLock lock(&mu_);
  pem_ = pem;
}

std::string PeerCertificate::Get() const {
  absl::MutexLock lock(&mu_);
  return pem_;
}

absl::StatusOr<std::unique_ptr<Gateway>> Connect(const ChannelOptions& options, Waiter& waiter, Entropy& entropy) {
  EAGLE_RETURN_IF_ERROR(CheckOptions(options));
  if (!options.verbose) gpr_set_log_function(Silence);
  auto complaint = std::make_shared<PeerComplaint>();
  std::string name = options.server_name;
  if (name.empty() && options.spiffe_id.empty()) name = options.address.substr(0, options.address.rfind(':'));

  grpc::experimental::TlsChannelCredentialsOptions tls;
  tls.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      options.authority_pem,
      std::vector<grpc::experimental::IdentityKeyCertPair>{{options.key_pem, options.certificate_pem}}));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  tls.set_certificate_verifier(grpc::experimental::ExternalCertificateVerifier::Create<PeerCheck>(
      options.spiffe_id, name, complaint, options.seen));
  tls.set_check_call_host(false);  // PeerCheck has looked, once a connection

  auto channel = grpc::CreateCustomChannel(options.address, grpc::experimental::TlsCredentials(tls), Arguments());
  return GatewayOver(std::move(channel), options.calls, waiter, entropy, std::move(complaint));
}

absl::StatusOr<std::unique_ptr<Gateway>> ConnectAdmin(const std::string& address, bool verbose,
                                                      const CallOptions& calls, Waiter& waiter, Entropy& entropy) {
  EAGLE_RETURN_IF_ERROR(CheckCalls(calls));
  const bool local = address.starts_with("unix:") || address.starts_with("127.0.0.1:") || address.starts_with("[::1]:");
  if (!local)
    return Fail(Reason::kConfigurationInvalid,
                "the admin listener is on this machine: unix:PATH, 127.0.0.1:PORT or [::1]:PORT")
        .With("admin", address);
  if (!verbose) gpr_set_log_function(Silence);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), Arguments());
  return GatewayOver(std::move(channel), calls, waiter, entropy);
}

}  // namespace eagle::client
