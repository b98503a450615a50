#include "server/trust/renewal.h"

#include <openssl/err.h>

#include <optional>
#include <string>

#include "server/base/reason.h"
#include "server/trust/openssl_handles.h"

namespace eagle::trust {
namespace {

// IPv4 or IPv6 as Issue takes it; empty for another length.
std::string AddressText(const std::string& bytes) {
  std::string out;
  constexpr char kHex[] = "0123456789abcdef";
  if (bytes.size() == 4) {
    for (const char c : bytes) out += (out.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(c));
  } else if (bytes.size() == 16) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      if (i > 0 && i % 2 == 0) out += ':';
      out += kHex[byte >> 4], out += kHex[byte & 15];
    }
  }
  return out;
}

// False for a name that a system's certificate doesn't have.
bool Take(const GENERAL_NAME& name, LeafRequest& request, std::string& uri) {
  switch (name.type) {
    case GEN_URI:
      if (!uri.empty()) return false;
      uri = TextOf(name.d.uniformResourceIdentifier);
      return true;
    case GEN_DNS:
      request.dns_names.push_back(TextOf(name.d.dNSName));
      return true;
    case GEN_IPADD:
      request.addresses.push_back(AddressText(TextOf(name.d.iPAddress)));
      return true;
    default:
      return false;
  }
}

Fail NoSystem(std::string_view why) { return Fail(Reason::kKeyUnusable, why); }

}  // namespace

absl::StatusOr<LeafRequest> RequestLike(std::string_view certificate_pem) {
  EAGLE_RETURN_IF_ERROR(SpkiSha256FromPem(certificate_pem).status());  // exactly one
  const CertificatePtr certificate(
      PEM_read_bio_X509(ReadingFrom(certificate_pem).get(), nullptr, NoPassphrase, nullptr));
  const uint32_t flags = X509_get_extension_flags(certificate.get());
  if ((flags & EXFLAG_CA) != 0) return NoSystem("an authority's own certificate is renewed by whoever runs it");
  LeafRequest request;
  const uint32_t uses = (flags & EXFLAG_XKUSAGE) != 0 ? X509_get_extended_key_usage(certificate.get()) : 0;
  request.server = (uses & XKU_SSL_SERVER) != 0;
  request.client = (uses & XKU_SSL_CLIENT) != 0;
  if (!request.server && !request.client) return NoSystem("the certificate is neither for a server nor for a client");
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  std::string uri;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (!Take(*sk_GENERAL_NAME_value(names.get(), i), request, uri))
      return NoSystem("the certificate has a name of another kind, or two of a system");
  }
  absl::StatusOr<SystemName> name = ParseSpiffeId(uri);
  if (!name.ok()) return NoSystem("the certificate names no system (spiffe://...)");
  request.name = *std::move(name);
  return request;
}

}  // namespace eagle::trust
