// What the configuration names on disk: read once, at the start, and checked together.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/shell/adapter_config.h"
#include "server/base/reason.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/identity.h"
#include "server/trust/secret_file.h"
#include "server/trust/signature.h"

namespace eagle::sdk {
namespace {

class Files {
 public:
  explicit Files(const AdapterConfig& config) : config_(config) {}

  void Wrong(std::string_view field, const std::string& why) {
    wrong_.Add(field, Reason::kConfigurationInvalid, absl::StrCat(config_.path, ": ", why));
  }
  // A path that is missing in the configuration was noted there.
  std::string Read(std::string_view field, const std::string& path) {
    if (path.empty()) return "";
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!content.empty()) return content;
    Wrong(field, "can't be read, or is empty: " + path);
    return "";
  }
  std::string ReadSecret(std::string_view field, const std::string& path) {
    if (path.empty()) return "";
    absl::StatusOr<std::string> content = trust::ReadSecretFile(path);
    if (content.ok()) return *std::move(content);
    Wrong(field, FailureOf(content.status()).message + ": " + path);
    return "";
  }
  const Violations& wrong() const { return wrong_; }

 private:
  const AdapterConfig& config_;
  Violations wrong_;
};

void CheckName(const AdapterConfig& config, Files& files) {
  // The trust domain of the gateway is ours, too; without its id any domain will do.
  const auto gateway = trust::ParseSpiffeId(config.gateway_spiffe_id);
  if (!gateway.ok()) return;
  const auto peer = trust::ReadPeer(config.certificate_pem, gateway->trust_domain);
  if (!peer.ok()) return files.Wrong("system.certificate", FailureOf(peer.status()).message);
  if (peer->name.role != trust::SystemRole::kAgency || peer->name.code != config.agent.agency) {
    files.Wrong("system.certificate", "names " + peer->spiffe_id + ", which isn't agency " + config.agent.agency);
  }
}

}  // namespace

absl::Status ReadFiles(AdapterConfig& config) {
  Files files(config);
  config.authority_pem = files.Read("gateway.authority", config.authority_file);
  if (!config.authority_pem.empty() && !trust::SpkiSha256FromPem(config.authority_pem).ok()) {
    files.Wrong("gateway.authority", "isn't exactly one certificate in PEM: " + config.authority_file);
  }
  config.certificate_pem = files.Read("system.certificate", config.certificate_file);
  config.key_pem = files.ReadSecret("system.key", config.key_file);
  if (!config.certificate_pem.empty()) {
    if (!config.key_pem.empty() && !trust::KeyBelongsTo(config.certificate_pem, config.key_pem).ok()) {
      files.Wrong("system.key", "isn't the key of the certificate: " + config.key_file);
    }
    CheckName(config, files);
  }
  if (const auto signer = trust::SignerFromPemFile(config.receipt_key_file);
      !config.receipt_key_file.empty() && !signer.ok()) {
    files.Wrong("system.receipt_key", FailureOf(signer.status()).message + ": " + config.receipt_key_file);
  }
  struct stat folder {};
  const bool there = stat(config.data_folder.c_str(), &folder) == 0 && S_ISDIR(folder.st_mode) &&
                     access(config.data_folder.c_str(), W_OK | X_OK) == 0;
  if (!config.data_folder.empty() && !there) {
    files.Wrong("system.data", "isn't a folder that this user may write: " + config.data_folder);
  }
  if (files.wrong().empty()) return absl::OkStatus();
  Fail fail(Reason::kConfigurationInvalid,
            absl::StrCat("the configuration ", config.path, " is refused: ", files.wrong().list().size(), " problems"));
  for (const Violation& violation : files.wrong().list())
    fail.At(violation.field, violation.reason, violation.description);
  return fail;
}

}  // namespace eagle::sdk
