#include "adapters/conformance/folder.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/codes.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"

namespace eagle::conformance {
namespace {

constexpr absl::Duration kCertificatesHold = absl::Hours(24 * 3653);

std::string HostOf(const std::string& address) { return address.substr(0, address.rfind(':')); }

absl::Status WriteTls(const std::string& folder, const std::string& agency, const std::string& address, absl::Time now,
                      Entropy& entropy) {
  const absl::Time from = now - absl::Hours(24), until = now + kCertificatesHold;
  const auto authority = trust::CertificateAuthority::Make("Golden Eagle conformance", {from, until}, entropy);
  const bool by_name = HostOf(address).find_first_not_of("0123456789.") != std::string::npos;
  trust::LeafRequest gateway{.name = {kTrustDomain, trust::SystemRole::kGateway, "gateway"},
                             .dns_names = {by_name ? HostOf(address) : "localhost"},
                             .server = true,
                             .from = from,
                             .until = until};
  gateway.addresses = {by_name ? "127.0.0.1" : HostOf(address)};
  trust::LeafRequest client{
      .name = {kTrustDomain, trust::SystemRole::kAgency, agency}, .client = true, .from = from, .until = until};
  EAGLE_RETURN_IF_ERROR(WriteText(folder + "/tls/ca.pem", authority.certificate_pem()));
  const std::pair<const char*, const trust::LeafRequest*> leaves[] = {{"gateway", &gateway}, {"agency", &client}};
  for (const auto& [name, request] : leaves) {
    EAGLE_ASSIGN_OR_RETURN(const trust::IssuedCertificate leaf, authority.Issue(*request, entropy));
    EAGLE_RETURN_IF_ERROR(WriteText(absl::StrCat(folder, "/tls/", name, ".pem"), leaf.certificate_pem));
    EAGLE_RETURN_IF_ERROR(trust::WriteSecretFile(absl::StrCat(folder, "/tls/", name, ".key"), leaf.key_pem));
  }
  return absl::OkStatus();
}

std::string AdapterToml(const World& world, const std::string& address) {
  std::string keys;
  for (const std::string& key : world.RegistrarKeys())
    absl::StrAppend(&keys, keys.empty() ? "" : ", ", "\"", Base64Encode(key), "\"");
  return absl::StrCat(
      "# What an adapter of the SDK pins to be examined; the samples read it too. Add the section of your kind.\n"
      "[gateway]\naddress = \"",
      address, "\"\nauthority = \"tls/ca.pem\"\nspiffe_id = \"spiffe://", kTrustDomain,
      "/gateway/gateway\"\n[system]\nagency = \"", world.agency(),
      "\"\ncertificate = \"tls/agency.pem\"\nkey = \"tls/agency.key\"\nreceipt_key = \"keys/agency.pem\"\n"
      "data = \"data\"\n[trust]\nenvironment = \"test\"\nregistrars = [",
      keys, "]\n[contact]\nname = \"值班员\"\nphone = \"0990-110000\"\n[limits]\nbackoff_seconds_max = 2\n");
}

}  // namespace

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return Fail(Reason::kStorageUnusable, "a file can't be read").With("path", path);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

absl::Status WriteText(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << ToAbsl(content);
  file.close();
  if (!file) return Fail(Reason::kStorageUnusable, "a file can't be written").With("path", path);
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& folder, const std::string& agency, const std::string& address,
                        absl::Time now, Entropy& entropy) {
  if (!trust::IsCode(agency)) return Fail(Reason::kFieldInvalid, "this is no code of an agency").With("agency", agency);
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size())
    return Fail(Reason::kFieldInvalid, "the address must be host:port").With("address", address);
  std::error_code failed;
  if (std::filesystem::exists(folder + "/address", failed))
    return Fail(Reason::kStorageUnusable, "a test world lies there already: take another folder, or remove this one")
        .With("path", folder);
  for (const char* part : {"/tls", "/data"}) std::filesystem::create_directories(folder + part, failed);
  if (failed) return Fail(Reason::kStorageUnusable, "the folder can't be made").With("path", folder);
  World world = World::Make(agency, now, entropy);
  EAGLE_RETURN_IF_ERROR(world.Save(folder));
  EAGLE_RETURN_IF_ERROR(WriteTls(folder, agency, address, now, entropy));
  EAGLE_RETURN_IF_ERROR(WriteText(folder + "/address", address));
  EAGLE_RETURN_IF_ERROR(WriteText(folder + "/examiner.pub", Base64Encode(world.KeyOf("examiner").public_key()) + "\n"));
  return WriteText(folder + "/adapter.toml", AdapterToml(world, address));
}

absl::StatusOr<OpenedFolder> OpenFolder(const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(World world, World::Load(folder));
  OpenedFolder out{.world = std::move(world)};
  EAGLE_ASSIGN_OR_RETURN(out.address, ReadText(folder + "/address"));
  EAGLE_ASSIGN_OR_RETURN(out.tls.authority_pem, ReadText(folder + "/tls/ca.pem"));
  EAGLE_ASSIGN_OR_RETURN(out.tls.certificate_pem, ReadText(folder + "/tls/gateway.pem"));
  EAGLE_ASSIGN_OR_RETURN(out.tls.key_pem, trust::ReadSecretFile(folder + "/tls/gateway.key"));
  return out;
}

}  // namespace eagle::conformance
