#include "server/api/grpc/server.h"

#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "server/api/grpc/probe.h"
#include "server/api/grpc/services.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::api {
namespace {

constexpr int kFileWatchSeconds = 1;
constexpr size_t kMessageSlack =
    64 * 1024;  // so much above the limit we answer with details ourselves, beyond it the library cuts off
constexpr absl::Duration kProbeWait = absl::Seconds(5);
constexpr char kUnixPrefix[] = "unix:";

// Plugins are registered for every server of a process; a listener keeps those that are named.
class OnlyPlugins final : public grpc::ServerBuilderOption {
 public:
  explicit OnlyPlugins(std::vector<std::string> names) : names_(std::move(names)) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [this](const auto& plugin) {
      return std::find(names_.begin(), names_.end(), plugin->name()) == names_.end();
    });
  }

 private:
  const std::vector<std::string> names_;
};

// The library's log lines have no context of ours: one sink for the process, the newest server's.
std::atomic<const std::function<void(const TransportEvent&)>*> library_log{nullptr};

std::atomic<uint64_t> handshakes_failed{0};

void OnLibraryLine(gpr_log_func_args* line) {
  const std::string_view message(line->message);
  const bool handshake = message.find("Handshake failed") != std::string_view::npos;
  if (handshake) ++handshakes_failed;
  const auto* sink = library_log.load();
  // Strangers without a certificate, our own probe among them, are counted only.
  if (sink == nullptr || (handshake && message.find("did not return a certificate") != std::string_view::npos)) return;
  const auto level =
      line->severity == GPR_LOG_SEVERITY_ERROR ? TransportEvent::Level::kWarning : TransportEvent::Level::kInfo;
  (*sink)({level, "grpc", {{"message", line->message}}});
}

// Once a process: these are the library's own globals.
bool SetUpLibrary() {
  // With an ECDSA certificate, a cipher list that knows only RSA leaves TLS 1.2 nothing to agree on; TLS 1.3 has its
  // own ciphers. There is no other switch in this version. Start() looks whether it worked.
  setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();
  // Reflection finds what is linked in: without this the health service would be listed and then not be found.
  GATEWAY_ASSERT(grpc::health::v1::HealthCheckRequest::descriptor() != nullptr, "the health service is described");
  gpr_set_log_function(OnLibraryLine);
  return true;
}

// What each limit is for: server/docs/operations.md, "Limits".
void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max + kMessageSlack));
  builder.SetMaxSendMessageSize(4 << 20);
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP})
    builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
  grpc::ResourceQuota quota("api");
  quota.Resize(options.memory_bytes_max);
  quota.SetMaxThreads(2 * cores + 8);
  builder.SetResourceQuota(quota);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0},
      {GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, 100},
      {GRPC_ARG_MAX_METADATA_SIZE, 8 * 1024},
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000},
      {GRPC_ARG_KEEPALIVE_TIME_MS, 30'000},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, 12 * 3600 * 1000},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 5 * 60 * 1000},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, 10 * 60 * 1000},
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);  // reflection and channelz
}

void SetHealth(grpc::Server* server, bool serving) {
  grpc::HealthCheckServiceInterface* health = server == nullptr ? nullptr : server->GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus(serving);
  for (const char* name : {"OrderService", "CaseService", "AdapterService", "ObjectionService", "SupervisionService",
                           "SupervisionOrderService", "DirectoryService", "AdminService", "AuditService"}) {
    health->SetServingStatus(std::string("goldeneagle.v1.") + name, serving);
  }
}

gpr_timespec In(absl::Duration wait) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(absl::ToInt64Milliseconds(wait), GPR_TIMESPAN));
}

std::string TextOf(const SocketAddress& address) {
  return (address.v6 ? "[" + address.host + "]:" : address.host + ":") + std::to_string(address.port);
}

absl::Status CannotServe(std::string_view what, const std::string& address) {
  return Fail(Reason::kConfigurationInvalid, what).With("address", address);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions o, ServerPorts p)
      : options(std::move(o)), ports(std::move(p)), services(options, ports, [this]() -> absl::StatusOr<Certificates> {
          EAGLE_RETURN_IF_ERROR(Reload());
          return Facts();
        }) {}

  absl::Status Reload() {
    absl::MutexLock lock(&mu);
    EAGLE_ASSIGN_OR_RETURN(Certificates read,
                           ReadCertificates(options.certificates, options.trust_domain, ports.real.WallNow()));
    EAGLE_RETURN_IF_ERROR(staged->Publish(read));
    read.key_pem.clear();
    facts = std::move(read);
    return absl::OkStatus();
  }
  Certificates Facts() {
    absl::MutexLock lock(&mu);
    return facts;
  }

  absl::Status StartApi();
  absl::Status StartAdmin();
  // Refuses to serve when strangers would be served, or in an old version.
  absl::Status LookFromOutside();

  const ServerOptions options;
  const ServerPorts ports;
  absl::Mutex mu;
  std::unique_ptr<StagedCertificates> staged;
  Certificates facts ABSL_GUARDED_BY(mu);
  std::unique_ptr<Connections> connections;
  Services services;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> api, admin;
  std::string admin_address;
};

absl::Status Server::Impl::StartApi() {
  namespace tls = grpc::experimental;
  auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(staged->key_path(), staged->certificate_path(),
                                                                        staged->authorities_path(), kFileWatchSeconds);
  tls::TlsServerCredentialsOptions credentials(std::move(provider));
  credentials.watch_root_certs();
  credentials.watch_identity_key_cert_pairs();
  credentials.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  const std::shared_ptr<grpc::ServerCredentials> secure = tls::TlsServerCredentials(credentials);
  GATEWAY_ASSERT(secure != nullptr, "the credentials' options are complete");
  secure->SetAuthMetadataProcessor(services.guard());

  grpc::ServerBuilder builder;
  SetLimits(options, builder);
  builder.SetOption(std::make_unique<OnlyPlugins>(
      options.reflection ? std::vector<std::string>{"proto_server_reflection"} : std::vector<std::string>{}));
  for (grpc::Service* service : services.api()) builder.RegisterService(service);
  builder.RegisterCallbackGenericService(services.unknown());
  using FromOutside = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  acceptor = builder.experimental().AddExternalConnectionAcceptor(FromOutside::FROM_FD, secure);
  api = builder.BuildAndStart();
  if (api == nullptr) return CannotServe("the API can't be served", "");
  connections->Start([this](int listener, int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listener;
    connection.fd = descriptor;
    acceptor->HandleNewConnection(&connection);
  });
  return absl::OkStatus();
}

absl::Status Server::Impl::StartAdmin() {
  const std::string& address = options.admin_listen;
  const bool by_file = address.rfind(kUnixPrefix, 0) == 0;
  std::string host;
  if (!by_file) {
    EAGLE_ASSIGN_OR_RETURN(const SocketAddress parsed, ParseSocketAddress(address));
    if (!IsLoopback(parsed))
      return CannotServe("the admin listener knows no callers: only loopback or a unix socket", address);
    host = address.substr(0, address.rfind(':') + 1);
  }
  grpc::ServerBuilder builder;
  builder.SetOption(
      std::make_unique<OnlyPlugins>(std::vector<std::string>{"proto_server_reflection", "channelz_service"}));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services.admin()) builder.RegisterService(service);
  admin = builder.BuildAndStart();
  if (admin == nullptr || (!by_file && port == 0)) return CannotServe("the admin address can't be bound", address);
  if (by_file && chmod(address.c_str() + sizeof(kUnixPrefix) - 1, 0600) != 0)
    return CannotServe("the admin socket can't be kept to its owner", address);
  admin_address = by_file ? address : host + std::to_string(port);
  return absl::OkStatus();
}

absl::Status Server::Impl::LookFromOutside() {
  for (const SocketAddress& address : connections->addresses()) {
    const auto expect = [this](uint16_t port) { connections->Expect(port); };
    switch (ProbeAsStranger(address, kProbeWait, expect)) {
      case Probed::kTurnedAway:
        break;
      case Probed::kNoAnswer:
        return CannotServe("nothing answers at our own address", TextOf(address));
      case Probed::kOldTls:
        return CannotServe("a handshake didn't end in TLS 1.3", TextOf(address));
      case Probed::kLetIn:
        return CannotServe("a caller without a certificate was let in", TextOf(address));
    }
    if (TakesTls12(address, kProbeWait)) return CannotServe("TLS 1.2 is taken", TextOf(address));
  }
  return absl::OkStatus();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Make(ServerOptions options, ServerPorts ports) {
  static const bool kSetUp = SetUpLibrary();
  GATEWAY_ASSERT(kSetUp, "the library is set up before it is used");
  auto impl = std::make_unique<Impl>(std::move(options), std::move(ports));
  const ServerOptions& made = impl->options;
  EAGLE_ASSIGN_OR_RETURN(impl->connections,
                         Connections::Bind({.listen = made.listen,
                                            .open_max = made.connections_max,
                                            .open_per_address_max = made.connections_per_address_max},
                                           impl->ports.real));
  EAGLE_ASSIGN_OR_RETURN(impl->staged, StagedCertificates::Make(made.staging_folder));
  EAGLE_RETURN_IF_ERROR(impl->Reload());
  library_log = &impl->ports.log;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  Shutdown(absl::ZeroDuration());
  const auto* mine = &impl_->ports.log;
  library_log.compare_exchange_strong(mine, nullptr);
}

core::Listener* Server::listener() { return &impl_->services.watches(); }

absl::Status Server::Start() {
  EAGLE_RETURN_IF_ERROR(impl_->StartAdmin());
  SetHealth(impl_->admin.get(), false);
  EAGLE_RETURN_IF_ERROR(impl_->StartApi());
  return impl_->LookFromOutside();
}

std::vector<std::string> Server::api_addresses() const {
  std::vector<std::string> out;
  for (const SocketAddress& address : impl_->connections->addresses()) out.push_back(TextOf(address));
  return out;
}
std::string Server::admin_address() const { return impl_->admin_address; }

void Server::SetServing(bool serving) {
  SetHealth(impl_->api.get(), serving);
  SetHealth(impl_->admin.get(), serving);
}

void Server::Tick() { impl_->services.Tick(); }
void Server::Later(std::function<void()> work) { impl_->services.Later(std::move(work)); }
absl::Status Server::ReloadCertificates() { return impl_->Reload(); }
Certificates Server::certificates() const { return impl_->Facts(); }

bool Server::Probe(absl::Duration wait) {
  const auto expect = [this](uint16_t port) { impl_->connections->Expect(port); };
  return ProbeAsStranger(impl_->connections->addresses().front(), wait, expect) == Probed::kTurnedAway;
}

void Server::Shutdown(absl::Duration grace) {
  impl_->services.Drain();
  impl_->connections->Stop();
  if (impl_->api != nullptr) impl_->api->Shutdown(In(grace));
  if (impl_->admin != nullptr) impl_->admin->Shutdown(In(std::min(grace, absl::Seconds(1))));
  impl_->services.Stop();
  impl_->api.reset();
  impl_->admin.reset();
  impl_->acceptor.reset();
}

void Server::AddMetrics(std::vector<MetricRow>& rows) const {
  const Connections::Counters open = impl_->connections->counters();
  const auto number = [](auto value) { return static_cast<double>(value); };
  rows.push_back({"ge_connections", number(open.open), "1", "open connections to the API"});
  rows.push_back({"ge_connections_accepted_total", number(open.accepted), "1", "connections accepted"});
  rows.push_back({"ge_connections_refused_total{why=\"total\"}", number(open.refused_total), "1",
                  "closed at once: too many in all"});
  rows.push_back({"ge_connections_refused_total{why=\"address\"}", number(open.refused_address), "1",
                  "closed at once: too many from there"});
  rows.push_back({"ge_connections_refused_total{why=\"descriptors\"}", number(open.out_of_descriptors), "1",
                  "closed at once: no descriptor left"});
  rows.push_back({"ge_handshakes_failed_total", number(handshakes_failed.load()), "1",
                  "TLS handshakes that failed, of strangers and of our own probe too"});
  const Certificates facts = impl_->Facts();
  rows.push_back({"ge_certificate_end_seconds{of=\"gateway\"}", absl::ToDoubleSeconds(facts.until - absl::UnixEpoch()),
                  "s", "end of the gateway's certificate, since 1970"});
  rows.push_back({"ge_certificate_end_seconds{of=\"authorities\"}",
                  absl::ToDoubleSeconds(facts.authorities_until - absl::UnixEpoch()), "s",
                  "end of the first of the clients' authorities to end, since 1970"});
  impl_->services.AddMetrics(rows);
}

}  // namespace eagle::api
