#include "tests/bench/pipeline/gateway.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "server/found.h"

namespace eagle::bench {
namespace {

constexpr int kStartSeconds = 20;

void AddKey(const Person& person, goldeneagle::v1::FoundingKey* key) {
  key->set_name(person.code);
  key->set_algorithm(person.signer->algorithm());
  key->set_key(person.signer->public_key());
}

std::string Configuration(const std::string& folder) {
  return absl::StrCat("environment = \"test\"\ntrust_domain = \"", kTrustDomain, "\"\n", "[data]\nfolder = \"", folder,
                      "/data\"\nlog_key = \"", folder, "/keys/log.key\"\nmaster_key = \"", folder,
                      "/keys/master.key\"\n[api]\nlisten = [\"127.0.0.1:0\"]\ncertificate = \"", folder,
                      "/tls/gateway.pem\"\nkey = \"", folder, "/tls/gateway.key\"\nauthorities = \"", folder,
                      "/tls/authority.pem\"\nconnections_per_address_max = 8192\n", "[admin]\nlisten = \"unix:", folder,
                      "/admin.sock\"\n");
}

}  // namespace

absl::Status FoundGateway(const World& world, Clock& clock, Entropy& entropy) {
  FoundingOptions options{.data_folder = world.folder + "/data",
                          .log_key_file = world.folder + "/keys/log.key",
                          .master_key_file = world.folder + "/keys/master.key"};
  options.founded.set_origin(kOrigin);
  options.founded.set_partition(1);
  options.founded.set_format_version(1);
  options.founded.set_environment(goldeneagle::v1::ENVIRONMENT_TEST);
  for (const Person& person : world.administrators) AddKey(person, options.founded.add_administrators());
  for (const Person& person : world.registrars) AddKey(person, options.founded.add_registrars());
  options.founded.set_registrar_threshold(2);
  options.founded.set_approvals(2);
  EAGLE_RETURN_IF_ERROR(FoundLog(std::move(options), clock.WallNow(), entropy).status());
  return WriteFile(world.folder + "/gateway.toml", Configuration(world.folder));
}

absl::StatusOr<RunningGateway> StartGateway(const std::string& folder, const std::string& program) {
  const std::string ports = folder + "/ports.json";
  std::filesystem::remove(ports);
  RunningGateway gateway;
  EAGLE_ASSIGN_OR_RETURN(
      gateway.process,
      Child::Start({program, "--config", folder + "/gateway.toml", "--port-file", ports}, folder + "/gateway.log"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(kStartSeconds);
  while (access(ports.c_str(), R_OK) != 0) {
    if (!gateway.process.Runs() || std::chrono::steady_clock::now() > until) {
      return Fail(Reason::kUnavailable, absl::StrCat("the gateway doesn't serve: ", gateway.process.LastWords()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::string bound = ReadFile(ports);
  gateway.api = JsonField(bound, "api");
  gateway.admin = JsonField(bound, "admin");
  return gateway;
}

std::string JsonField(const std::string& json, const std::string& key) {
  const std::string opening = "\"" + key + "\":\"";
  const size_t at = json.find(opening);
  if (at == std::string::npos) return "";
  const size_t from = at + opening.size();
  return json.substr(from, json.find('"', from) - from);
}

}  // namespace eagle::bench
