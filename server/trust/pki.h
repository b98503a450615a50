// A small certificate authority: the mutual TLS of a demonstration, of tests, and of an installation without one of its
// own.
//
// Certificates are ECDSA P-256 with SHA-256, version 3. A leaf has exactly one URI name (identity.h), CA false, and the
// uses that were asked for; names in its subject are for people and mean nothing. Keys come from OpenSSL's generator,
// serials from Entropy, dates from the caller: nothing here reads a clock. Files are the caller's: certificates
// anywhere, keys by WriteSecretFile.
//
// Threads: a value that is only read; any.
//
//   auto ca = CertificateAuthority::Make("Golden Eagle test", {from, until}, entropy);
//   LeafRequest request = {.name = court, .client = true, .from = from, .until = until};
//   EAGLE_ASSIGN_OR_RETURN(IssuedCertificate leaf, ca.Issue(request, entropy));
//   EAGLE_RETURN_IF_ERROR(WriteSecretFile("court.key", leaf.key_pem));
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/entropy.h"
#include "server/trust/identity.h"

struct evp_pkey_st;
struct x509_st;

namespace eagle::trust {

struct LeafRequest {
  SystemName name;                     // becomes the one URI name
  std::vector<std::string> dns_names;  // of a server, at most 32
  std::vector<std::string> addresses;  // IPv4 or IPv6 of a server, at most 32
  bool server = false;                 // extended key usage; at least one of the two
  bool client = false;
  absl::Time from;
  absl::Time until;
  std::string key_pem;  // whose certificate it will be, PKCS#8, ECDSA P-256; empty: a new key is made
};

struct IssuedCertificate {
  std::string certificate_pem;
  std::string key_pem;  // PKCS#8, not encrypted
};

class CertificateAuthority {
 public:
  struct Validity {
    absl::Time from;
    absl::Time until;
  };
  // A new key and its self-signed certificate, path length 0. `name` is its common name, 1 to 64 bytes.
  // Pre: from < until, years 1950 to 9999.
  static CertificateAuthority Make(std::string_view name, Validity validity, Entropy& entropy);
  // Errors: KEY_UNUSABLE when either can't be read, they don't belong together, or the certificate isn't an authority's
  // (CA flag, right to sign).
  static absl::StatusOr<CertificateAuthority> FromPem(std::string_view certificate_pem, std::string_view key_pem);

  // Errors: FIELD_INVALID for a request without use, with bad names or addresses, or dates that aren't in order;
  // KEY_UNUSABLE for a key that isn't of ECDSA P-256.
  absl::StatusOr<IssuedCertificate> Issue(const LeafRequest& request, Entropy& entropy) const;

  const std::string& certificate_pem() const { return certificate_pem_; }
  std::string key_pem() const;

 private:
  CertificateAuthority(std::shared_ptr<x509_st> certificate, std::shared_ptr<evp_pkey_st> key);
  std::shared_ptr<x509_st> certificate_;
  std::shared_ptr<evp_pkey_st> key_;
  std::string certificate_pem_;
};

// Whether `leaf_pem` was signed by `authority_pem`, which is an authority's, and both are valid at `now` for `server`
// or client use.
// Errors: KEY_UNUSABLE for what can't be read; UNAUTHENTICATED with OpenSSL's word for what doesn't verify.
absl::Status VerifyLeaf(std::string_view leaf_pem, std::string_view authority_pem, bool server, absl::Time now);

}  // namespace eagle::trust
