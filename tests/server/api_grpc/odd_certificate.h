// Certificates as nobody should issue them, signed by a test authority.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "server/trust/pki.h"

namespace eagle {

struct OddRequest {
  std::string alternative_names;  // in OpenSSL's syntax: "URI:spiffe://...,URI:spiffe://..."; empty: none
  std::string common_name = "odd";
  std::string constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  std::string extended_key_usage = "clientAuth";
  absl::Time from, until;
  bool self_signed = false;
};

trust::IssuedCertificate IssueOdd(const trust::CertificateAuthority& authority, const OddRequest& request);

}  // namespace eagle
