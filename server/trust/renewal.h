// The next certificate of a system: the same names and uses, other dates, and the same key or a new one.
//
// With the same key nothing else has to change: the registry pins keys, not certificates. A new key is registered
// beside the old one first (SystemIdentity.spki_sha256 holds several), then the certificate is replaced, then the old
// pin goes.
//
// Threads: pure.
//
//   EAGLE_ASSIGN_OR_RETURN(LeafRequest request, RequestLike(certificate_pem));
//   request.from = now, request.until = now + year, request.key_pem = key_pem;
//   EAGLE_ASSIGN_OR_RETURN(IssuedCertificate next, authority.Issue(request, entropy));
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "server/trust/pki.h"

namespace eagle::trust {

// What would have to be asked for to get this certificate again; without dates and key.
// Errors: KEY_UNUSABLE for what isn't exactly one certificate of a system: one URI name of a system, CA false, at least
// one of the two uses, names of hosts and addresses only.
absl::StatusOr<LeafRequest> RequestLike(std::string_view certificate_pem);

}  // namespace eagle::trust
