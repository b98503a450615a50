// Is it the gateway? What is said about the certificate that the other side of the connection showed; its chain and
// dates were verified by TLS before.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace eagle::sdk {

// Empty when the certificate (PEM) is the gateway's; else what is wrong, as "its certificate names spiffe://...".
// `spiffe_id` must be its only URI name, `server_name` one of its DNS names or addresses; an empty one isn't looked at.
std::string WrongGateway(std::string_view certificate_pem, const std::vector<std::string_view>& names,
                         const std::string& spiffe_id, const std::string& server_name);

// Errors: CONFIGURATION_INVALID when `address` isn't host:port or `spiffe_id`, if any, isn't one; KEY_UNUSABLE for what
// isn't one certificate each.
absl::Status CheckDialling(std::string_view address, const std::string& spiffe_id, std::string_view certificate_pem,
                           std::string_view authority_pem);

}  // namespace eagle::sdk
