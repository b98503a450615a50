#include "tests/bench/pipeline/channels.h"

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace eagle::bench {

std::shared_ptr<grpc::Channel> Connect(const World& world, const Party& party, const std::string& address) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = world.authority_pem;
  options.pem_cert_chain = party.certificate_pem;
  options.pem_private_key = party.key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetSslTargetNameOverride(kGatewayHost);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
}

std::shared_ptr<grpc::Channel> ConnectPlain(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status FromGrpc(const grpc::Status& status, const std::string& what) {
  std::string text = absl::StrCat(what, ": ", status.error_message());
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest wrong;
      if (detail.UnpackTo(&info)) absl::StrAppend(&text, " [", info.reason(), "]");
      if (!detail.UnpackTo(&wrong)) continue;
      for (const auto& one : wrong.field_violations())
        absl::StrAppend(&text, " ", one.field(), ": ", one.description(), ";");
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), text);
}

}  // namespace eagle::bench
