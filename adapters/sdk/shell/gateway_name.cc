#include "adapters/sdk/shell/gateway_name.h"

#include <algorithm>

#include "server/base/reason.h"
#include "server/trust/identity.h"

namespace eagle::sdk {

std::string WrongGateway(std::string_view certificate_pem, const std::vector<std::string_view>& names,
                         const std::string& spiffe_id, const std::string& server_name) {
  if (!spiffe_id.empty()) {
    const auto expected = trust::ParseSpiffeId(spiffe_id);
    if (!expected.ok()) return "the pinned id is none";
    const auto peer = trust::ReadPeer(certificate_pem, expected->trust_domain);
    if (!peer.ok()) return FailureOf(peer.status()).message;
    if (peer->spiffe_id != spiffe_id) return "its certificate names " + peer->spiffe_id;
  }
  if (!server_name.empty() && std::find(names.begin(), names.end(), server_name) == names.end()) {
    return "its certificate doesn't name " + server_name;
  }
  return "";
}

absl::Status CheckDialling(std::string_view address, const std::string& spiffe_id, std::string_view certificate_pem,
                           std::string_view authority_pem) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == address.size()) {
    return Fail(Reason::kConfigurationInvalid, "the gateway's address is host:port").With("address", address);
  }
  if (!spiffe_id.empty() && !trust::ParseSpiffeId(spiffe_id).ok()) {
    return Fail(Reason::kConfigurationInvalid, "the gateway's spiffe_id isn't one").With("spiffe_id", spiffe_id);
  }
  EAGLE_RETURN_IF_ERROR(trust::SpkiSha256FromPem(certificate_pem).status());
  return trust::SpkiSha256FromPem(authority_pem).status();
}

}  // namespace eagle::sdk
