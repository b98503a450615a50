// What a person wants to know about certificates: whose they are and until when. Decides nothing; who connects is
// decided in identity.h.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::vector<CertificateFacts> chain, CertificatesIn(pem));   // chain[0].until
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle::trust {

struct CertificateFacts {
  std::string name;  // its first URI name, else its common name; for people
  absl::Time from, until;
};

// All certificates of a PEM text, in order, 1 to 64. Errors: KEY_UNUSABLE for a text without any.
absl::StatusOr<std::vector<CertificateFacts>> CertificatesIn(std::string_view pem);

// Whether the first certificate of the one text holds the key of the other. Errors: KEY_UNUSABLE.
absl::Status KeyBelongsTo(std::string_view certificate_pem, std::string_view key_pem);

}  // namespace eagle::trust
