#include "client/audit/cli/live_log.h"

#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <atomic>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "goldeneagle/v1/audit_service.grpc.pb.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/tile.h"

namespace eagle::audit {
namespace {

namespace v1 = ::goldeneagle::v1;

constexpr int kReceiveBytesMax = 8 << 20;
constexpr int kSecondsACall = 30;
constexpr int kAttempts = 8;

// Looks at the names in the certificate that the other side showed; its chain and dates were verified by TLS.
class NameCheck : public grpc::experimental::ExternalCertificateVerifier {
 public:
  NameCheck(std::string gateway_id, std::string host, std::shared_ptr<std::atomic<bool>> stranger)
      : gateway_id_(std::move(gateway_id)), host_(std::move(host)), stranger_(std::move(stranger)) {}
  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const bool named = gateway_id_.empty() ? Has(request->dns_names(), host_) || Has(request->ip_names(), host_)
                                           : request->uri_names().size() == 1 && Has(request->uri_names(), gateway_id_);
    *stranger_ = !named;
    if (!named) *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "another name in its certificate");
    return true;
  }
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  static bool Has(const std::vector<grpc::string_ref>& names, std::string_view name) {
    for (const grpc::string_ref& one : names) {
      if (std::string_view(one.data(), one.size()) == name) return true;
    }
    return false;
  }
  const std::string gateway_id_, host_;
  const std::shared_ptr<std::atomic<bool>> stranger_;  // gRPC itself only says "unavailable" then
};

absl::Status StatusOf(const grpc::Status& status, bool stranger) {
  if (status.ok()) return absl::OkStatus();
  if (stranger) return Fail(Reason::kUnauthenticated, "the other side's certificate doesn't name the gateway");
  const std::string said = "the gateway: " + status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return Fail(Reason::kUnauthenticated, said);
    case grpc::StatusCode::PERMISSION_DENIED:
      return Fail(Reason::kPermissionDenied, said);
    case grpc::StatusCode::INVALID_ARGUMENT:
      return Fail(Reason::kFieldInvalid, said);
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Fail(Reason::kUnavailable, said);
    default:
      return Fail(Reason::kInternal, said);
  }
}

class LiveLog : public LogSource {
 public:
  LiveLog(const std::shared_ptr<grpc::Channel>& channel, std::shared_ptr<std::atomic<bool>> stranger)
      : stub_(v1::AuditService::NewStub(channel)), stranger_(std::move(stranger)) {}

  absl::StatusOr<std::string> Checkpoint() override {
    EAGLE_ASSIGN_OR_RETURN(const auto answer, Head());
    return answer.checkpoint();
  }
  absl::StatusOr<std::string> CosignedCheckpoint() override {
    EAGLE_ASSIGN_OR_RETURN(const auto answer, Head());
    return answer.cosigned().empty() ? answer.checkpoint() : answer.cosigned();
  }
  absl::StatusOr<std::string> Tile(unsigned level, uint64_t n, unsigned width) override {
    v1::GetTileRequest request;
    request.set_level(level);
    request.set_index(n);
    request.set_width(width);
    EAGLE_ASSIGN_OR_RETURN(const auto answer, Ask(&v1::AuditService::Stub::GetTile, request));
    return answer.tile();
  }
  absl::StatusOr<std::string> Entries(uint64_t n, unsigned width) override {
    v1::GetEntryBundleRequest request;
    request.set_index(n);
    request.set_width(width);
    EAGLE_ASSIGN_OR_RETURN(const auto answer, Ask(&v1::AuditService::Stub::GetEntryBundle, request));
    return answer.bundle();
  }
  // In as many calls as the bytes need.
  absl::StatusOr<std::string> Payloads(uint64_t n, unsigned width) override {
    const uint64_t first = n * journal::kTileWidth, end = first + width;
    ByteWriter bundle;
    for (uint64_t next = first; next < end;) {
      v1::ListEntriesRequest request;
      request.set_first(next);
      request.set_limit(static_cast<uint32_t>(end - next));
      request.set_with_payloads(true);
      EAGLE_ASSIGN_OR_RETURN(const auto answer, Ask(&v1::AuditService::Stub::ListEntries, request));
      if (answer.entries().empty())
        return Fail(Reason::kJournalBroken, "the gateway gives fewer entries than it signed");
      for (const v1::JournalEntry& entry : answer.entries()) {
        if (next == end) break;
        bundle.U32(static_cast<uint32_t>(entry.sealed().size())).Bytes(entry.sealed());
        ++next;
      }
    }
    return bundle.bytes();
  }

 private:
  absl::StatusOr<v1::GetCheckpointResponse> Head() {
    return Ask(&v1::AuditService::Stub::GetCheckpoint, v1::GetCheckpointRequest());
  }
  // One call, again after 0.1 s, 0.2 s, ... while nobody answers or too much is asked.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (v1::AuditService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                              Response*),
                               const Request& request) {
    for (int attempt = 1;; ++attempt) {
      Response answer;
      grpc::ClientContext context;
      context.set_deadline(In(gpr_time_from_seconds(kSecondsACall, GPR_TIMESPAN)));
      const absl::Status status = StatusOf((*stub_.*method)(&context, request, &answer), *stranger_);
      if (status.ok()) return answer;
      if (ReasonOf(status) != Reason::kUnavailable || attempt == kAttempts) return status;
      gpr_sleep_until(In(gpr_time_from_millis(100 << (attempt - 1), GPR_TIMESPAN)));
    }
  }
  static gpr_timespec In(gpr_timespec span) { return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span); }

  const std::unique_ptr<v1::AuditService::Stub> stub_;
  const std::shared_ptr<std::atomic<bool>> stranger_;
};

void Silence(gpr_log_func_args*) {}

}  // namespace

absl::StatusOr<std::unique_ptr<LogSource>> OpenLiveLog(const LiveLogOptions& options) {
  const size_t colon = options.address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == options.address.size())
    return Fail(Reason::kConfigurationInvalid, "the gateway's address is host:port").With("address", options.address);
  gpr_set_log_function(Silence);
  auto stranger = std::make_shared<std::atomic<bool>>(false);
  grpc::experimental::TlsChannelCredentialsOptions tls;
  tls.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      options.authority_pem,
      std::vector<grpc::experimental::IdentityKeyCertPair>{{options.key_pem, options.certificate_pem}}));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  tls.set_certificate_verifier(grpc::experimental::ExternalCertificateVerifier::Create<NameCheck>(
      options.gateway_id, options.address.substr(0, colon), stranger));
  tls.set_check_call_host(false);  // NameCheck has looked, once a connection
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // Ask does them
  return std::make_unique<LiveLog>(
      grpc::CreateCustomChannel(options.address, grpc::experimental::TlsCredentials(tls), arguments),
      std::move(stranger));
}

}  // namespace eagle::audit
