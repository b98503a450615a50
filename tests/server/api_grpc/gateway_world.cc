#include "tests/server/api_grpc/gateway_world.h"

#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "goldeneagle/v1/admin_service.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/assert.h"
#include "server/base/uuid.h"
#include "server/journal/hash.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "server/trust/secret_file.h"

namespace eagle {
namespace {

namespace v1 = ::goldeneagle::v1;

void Must(const absl::Status& status, const char* what) {
  if (!status.ok()) std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  GATEWAY_ASSERT(status.ok(), "the world of a test can be made");
}

void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

v1::FoundingKey KeyRow(const std::string& name, const std::string& key) {
  v1::FoundingKey row;
  row.set_name(name);
  row.set_algorithm(v1::KEY_ALGORITHM_ED25519);
  row.set_key(key);
  return row;
}

grpc::ByteBuffer Buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}
std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (buffer.Valid() && buffer.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

}  // namespace

GatewayWorld::GatewayWorld(Options options)
    : authority_(trust::CertificateAuthority::Make("Golden Eagle test", {LongAgo(), FarAhead()}, entropy_)) {
  court_ = Issue(trust::SystemRole::kCourt, kCourtCode);
  agency_ = Issue(trust::SystemRole::kAgency, kAgencyCode);
  auditor_ = Issue(trust::SystemRole::kAuditor, "auditor-1");
  operator_ = Issue(trust::SystemRole::kOperator, "operator-1");
  witness_ = Issue(trust::SystemRole::kWitness, "witness-1");
  const auto server = authority_.Issue({.name = {kTrustDomain, trust::SystemRole::kGateway, "gateway-1"},
                                        .addresses = {"127.0.0.1"},
                                        .server = true,
                                        .from = LongAgo(),
                                        .until = FarAhead()},
                                       entropy_);
  Must(server.status(), "the gateway's certificate");
  WriteFile(folder_ / "gateway.pem", server->certificate_pem);
  WriteFile(folder_ / "authorities.pem", authority_.certificate_pem());
  Must(trust::WriteSecretFile(folder_ / "gateway.key", server->key_pem), "the gateway's key");

  v1::LogFounded founded;
  founded.set_origin("eagle.test/log1");
  founded.set_partition(1);
  founded.set_format_version(1);
  founded.set_environment(v1::ENVIRONMENT_TEST);
  founded.set_approvals(2);
  founded.set_registrar_threshold(2);
  for (int i = 0; i < 2; ++i) {
    administrators_.push_back(*trust::Ed25519Signer::FromSeed(std::string(32, static_cast<char>('a' + i))));
    *founded.add_administrators() =
        KeyRow("administrator-" + std::to_string(i + 1), administrators_.back().public_key());
  }
  for (int i = 0; i < 3; ++i) {
    const auto registrar = trust::Ed25519Signer::FromSeed(std::string(32, static_cast<char>('r' + i)));
    *founded.add_registrars() = KeyRow("registrar-" + std::to_string(i + 1), registrar->public_key());
  }
  Must(FoundLog({.data_folder = folder_ / "data", .founded = founded}, clock_.WallNow(), entropy_).status(),
       "founding");

  const std::string text = "environment = \"test\"\ntrust_domain = \"eagle.test\"\n[data]\nfolder = \"" +
                           (folder_ / "data") + "\"\n[api]\nlisten = [\"127.0.0.1:0\"]\ncertificate = \"" +
                           (folder_ / "gateway.pem") + "\"\nkey = \"" + (folder_ / "gateway.key") +
                           "\"\nauthorities = \"" + (folder_ / "authorities.pem") + "\"\nself_probe = false\n";
  auto config = ops::ParseConfig(text, "test.toml", [](const char*) { return static_cast<const char*>(nullptr); });
  Must(config.status(), "configuration");
  config_ = *std::move(config);
  config_.api_reflection = options.reflection;
  config_.api_connections_max = options.connections_max;
  config_.api_connections_per_address_max = options.connections_per_address_max;
  config_.drain_grace_seconds = options.drain_grace_seconds;

  log_file_ = open((folder_ / "log.jsonl").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  log_ = std::make_unique<ops::Log>(real_, ops::Log::Options{.descriptor = log_file_});
  if (options.started) Restart();
  if (options.started && options.registered) RegisterEverybody();
}

GatewayWorld::~GatewayWorld() {
  gateway_.reset();
  close(log_file_);
}

GatewayPorts GatewayWorld::ports() {
  return {.clock = clock_,
          .real = real_,
          .entropy = entropy_,
          .log = *log_,
          .notifier = ops::Notifier("", absl::ZeroDuration()),
          .request_stop = [] {}};
}

void GatewayWorld::Restart() {
  gateway_.reset();
  auto started = Gateway::Start(config_, ports());
  Must(started.status(), "restart");
  gateway_ = *std::move(started);
}

trust::IssuedCertificate GatewayWorld::Issue(trust::SystemRole role, const std::string& code) {
  auto issued = authority_.Issue(
      {.name = {kTrustDomain, role, code}, .client = true, .from = LongAgo(), .until = FarAhead()}, entropy_);
  Must(issued.status(), "a client's certificate");
  return *std::move(issued);
}

uint16_t GatewayWorld::api_port() const {
  const std::string address = api_address();
  return static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

const std::string& GatewayWorld::log_text() {
  std::ifstream in(folder_ / "log.jsonl", std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return log_text_ = all.str();
}

std::string GatewayWorld::WriteConfig() {
  const std::string path = folder_ / "gateway.toml";
  WriteFile(path, ops::ShowConfig(config_));
  return path;
}

std::shared_ptr<grpc::Channel> GatewayWorld::Channel(const trust::IssuedCertificate& system,
                                                     const std::string& address) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.certificate_pem();
  options.pem_cert_chain = system.certificate_pem;
  options.pem_private_key = system.key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt("grpc.enable_http_proxy", 0);
  return grpc::CreateCustomChannel(address.empty() ? api_address() : address, grpc::SslCredentials(options), arguments);
}

std::shared_ptr<grpc::Channel> GatewayWorld::AdminChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const std::string address = gateway_ != nullptr ? gateway_->admin_address() : config_.admin_listen;
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void GatewayWorld::Adopt(const std::vector<v1::Proposal>& proposals) {
  const auto channel = AdminChannel();
  const auto submit = [&](trust::Signer& administrator, const std::vector<std::string>& members) {
    v1::SubmitAdministrationRequest request;
    *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_ADMINISTRATION,
                                                 .environment = v1::ENVIRONMENT_TEST,
                                                 .signer = "administrator",
                                                 .sequence = ++sequence_,
                                                 .signed_at = clock_.WallNow()},
                                                members, {&administrator});
    const Answer answer =
        Call(channel, "/goldeneagle.v1.AdminService/SubmitAdministration", request.SerializeAsString());
    if (answer.code != grpc::StatusCode::OK) std::fprintf(stderr, "%s\n", answer.message.c_str());
    GATEWAY_ASSERT(answer.code == grpc::StatusCode::OK, "administration is taken");
    return Parsed<v1::SubmitAdministrationResponse>(answer);
  };
  std::vector<std::string> proposed, approved;
  for (const v1::Proposal& proposal : proposals) {
    v1::Administration act;
    act.set_request_id(NewUuidV7(clock_.WallNow(), entropy_));
    *act.mutable_proposal() = proposal;
    act.mutable_proposal()->set_ground("a test");
    proposed.push_back(act.SerializeAsString());
  }
  const v1::SubmitAdministrationResponse made = submit(administrators_[0], proposed);
  for (int i = 0; i < made.results_size(); ++i) {
    v1::Administration act;
    act.set_request_id(NewUuidV7(clock_.WallNow(), entropy_));
    act.mutable_approval()->set_proposal_index(made.results(i).journal_index());
    act.mutable_approval()->set_proposal_digest(
        std::string(journal::View(journal::LeafHash(proposed[static_cast<size_t>(i)]))));
    approved.push_back(act.SerializeAsString());
  }
  const v1::SubmitAdministrationResponse adopted = submit(administrators_[1], approved);
  for (const v1::AdministrationResult& result : adopted.results()) {
    if (!result.in_effect()) std::fprintf(stderr, "%s\n", result.ShortDebugString().c_str());
    GATEWAY_ASSERT(result.in_effect(), "two administrators suffice");
  }
}

v1::SystemIdentity GatewayWorld::IdentityOf(const trust::IssuedCertificate& system, trust::SystemRole role,
                                            const std::string& code) {
  v1::SystemIdentity out;
  out.set_spiffe_id(trust::SpiffeId({kTrustDomain, role, code}));
  const auto pin = trust::SpkiSha256FromPem(system.certificate_pem);
  out.add_spki_sha256(std::string(journal::View(*pin)));
  return out;
}

void GatewayWorld::RegisterCourt(const trust::IssuedCertificate& system, const std::string& code) {
  v1::Proposal proposal;
  proposal.mutable_court()->set_code(code);
  proposal.mutable_court()->set_name("北陵市松月区人民法院");
  *proposal.mutable_court()->mutable_system() = IdentityOf(system, trust::SystemRole::kCourt, code);
  Adopt({proposal});
}

void GatewayWorld::RegisterEverybody() {
  v1::Proposal court, agency, auditor, operators, witness;
  court.mutable_court()->set_code(kCourtCode);
  court.mutable_court()->set_name("北陵市松月区人民法院");
  *court.mutable_court()->mutable_system() = IdentityOf(court_, trust::SystemRole::kCourt, kCourtCode);
  agency.mutable_agency()->set_code(kAgencyCode);
  agency.mutable_agency()->set_name("北陵商业银行");
  agency.mutable_agency()->set_kind("BANK");
  agency.mutable_agency()->set_region("990101");
  v1::Capability* capability = agency.mutable_agency()->add_capabilities();
  capability->set_asset_kind("DEPOSIT");
  capability->set_action(v1::ACTION_INQUIRE);
  *agency.mutable_agency()->mutable_system() = IdentityOf(agency_, trust::SystemRole::kAgency, kAgencyCode);
  const auto system = [&](v1::Proposal& proposal, const trust::IssuedCertificate& certificate, trust::SystemRole role,
                          const char* name, const char* word) {
    proposal.mutable_system()->set_name(name);
    proposal.mutable_system()->set_role(word);
    *proposal.mutable_system()->mutable_system() = IdentityOf(certificate, role, name);
  };
  system(auditor, auditor_, trust::SystemRole::kAuditor, "auditor-1", "AUDITOR");
  system(operators, operator_, trust::SystemRole::kOperator, "operator-1", "OPERATOR");
  system(witness, witness_, trust::SystemRole::kWitness, "witness-1", "WITNESS");
  Adopt({court, agency, auditor, operators, witness});
}

Answer AnswerOf(const grpc::Status& status) {
  Answer out;
  out.code = status.error_code();
  out.message = status.error_message();
  out.detail_bytes = status.error_details().size();
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& any : details.details()) {
    any.UnpackTo(&out.info) || any.UnpackTo(&out.bad_request) || any.UnpackTo(&out.retry);
  }
  out.reason = out.info.reason();
  return out;
}

Answer Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request,
            absl::Duration deadline, bool patient) {
  grpc::ClientContext context;
  context.set_wait_for_ready(patient);
  if (deadline != absl::InfiniteDuration()) context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::ByteBuffer sent = Buffer(request);
  grpc::ByteBuffer received;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), rpc, &context, sent, &received);
  Answer out = AnswerOf(status);
  out.bytes = Text(received);
  return out;
}

}  // namespace eagle
