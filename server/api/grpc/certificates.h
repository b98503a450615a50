// The gateway's own certificate, its key and the authorities that its clients' certificates come from: read from the
// operator's files, checked together, and swapped into a private folder with one rename, which is all that the TLS
// library watches. A pair that doesn't fit never gets there, so handshakes go on with the old one.
//
// Life:    StagedCertificates::Make at the start, Publish then and at each reload. Threads: one at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(Certificates checked, ReadCertificates(files, "eagle.example", clock.WallNow()));
//   EAGLE_RETURN_IF_ERROR(staged->Publish(checked));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace eagle::api {

struct CertificateFiles {
  std::string certificate;  // PEM: the gateway's own first, then those between it and its authority
  std::string key;          // PEM, PKCS#8, not encrypted, mode 0600 or 0400
  std::string authorities;  // PEM: the authorities of courts, agencies and other systems
};

struct Certificates {
  std::string certificate_pem, key_pem, authorities_pem;
  absl::Time until;              // the gateway's own certificate
  absl::Time authorities_until;  // the first of the authorities to end
};

// Reads and checks. `now` decides validity.
// Errors: KEY_UNUSABLE, naming the file: it can't be read, or others may read the key; key and certificate don't belong
// together; the key isn't
//         ECDSA on P-256 or P-384 (with an RSA key TLS 1.2 could not be kept out); the certificate isn't valid now,
//         isn't for servers, is an authority's, isn't named spiffe://<trust domain>/gateway/<code> or has no DNS name
//         or address; a link of the chain doesn't fit; an authority in the bundle is none, or isn't valid now.
absl::StatusOr<Certificates> ReadCertificates(const CertificateFiles& files, std::string_view trust_domain,
                                              absl::Time now);

class StagedCertificates {
 public:
  // Makes `folder` (mode 0700; emptied) for this process alone. Errors: KEY_UNUSABLE.
  static absl::StatusOr<std::unique_ptr<StagedCertificates>> Make(const std::string& folder);
  // All three files at once, or none. Errors: KEY_UNUSABLE: the folder can't be written; what was published stays.
  absl::Status Publish(const Certificates& certificates);

  // What the TLS library watches; there after the first Publish.
  std::string certificate_path() const { return folder_ + "/current/certificate.pem"; }
  std::string key_path() const { return folder_ + "/current/key.pem"; }
  std::string authorities_path() const { return folder_ + "/current/authorities.pem"; }

 private:
  explicit StagedCertificates(std::string folder) : folder_(std::move(folder)) {}
  const std::string folder_;
  uint64_t generation_ = 0;
};

}  // namespace eagle::api
