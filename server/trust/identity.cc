#include "server/trust/identity.h"

#include <openssl/err.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/codes.h"
#include "server/trust/openssl_handles.h"

namespace eagle::trust {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr size_t kIdBytesMax = 2048;
constexpr std::pair<SystemRole, std::string_view> kRoles[] = {{SystemRole::kCourt, "court"},
                                                              {SystemRole::kAgency, "agency"},
                                                              {SystemRole::kAuditor, "auditor"},
                                                              {SystemRole::kOperator, "operator"},
                                                              {SystemRole::kWitness, "witness"},
                                                              {SystemRole::kGateway, "gateway"},
                                                              {SystemRole::kAdministrator, "administrator"}};

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsUnreserved(c)) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

// Tolerant; the caller compares with what PercentEncode makes of it.
std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const std::optional<std::string> byte = HexDecode(text.substr(at + 1, 2));
    if (!byte.has_value() || byte->size() != 1) return std::nullopt;
    out += *byte;
    at += 2;
  }
  return out;
}

absl::Status NotAnId(std::string_view what) {
  return Fail(Reason::kFieldInvalid, "no name of a system").At("spiffe_id", what);
}

absl::Status Stranger(std::string_view what) {
  ERR_clear_error();
  return Fail(Reason::kUnauthenticated, what);
}

// Null unless `pem` holds exactly one certificate.
CertificatePtr ReadCertificate(std::string_view pem) {
  const BioPtr in = ReadingFrom(pem);
  CertificatePtr certificate(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
  const CertificatePtr second(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return second == nullptr ? std::move(certificate) : nullptr;
}

journal::Hash SpkiOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  GATEWAY_ASSERT(size > 0, "a certificate that was read has a key that can be written");
  const journal::Hash hash = journal::Sha256({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return hash;
}

journal::Hash FingerprintOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  GATEWAY_ASSERT(size > 0, "a certificate that was read can be written");
  const journal::Hash hash = journal::Sha256({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return hash;
}

// All URI names of the certificate; absent when it has names that can't be read.
std::optional<std::vector<std::string>> UriNamesOf(X509* certificate) {
  int critical = -1;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  if (names == nullptr && critical != -1) return std::nullopt;  // given twice, or broken
  std::vector<std::string> uris;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

}  // namespace

std::string_view RoleText(SystemRole role) {
  for (const auto& [known, text] : kRoles) {
    if (known == role) return text;
  }
  GATEWAY_ASSERT(false, "every role has a word");
}

std::optional<SystemRole> ParseRole(std::string_view text) {
  for (const auto& [role, known] : kRoles) {
    if (known == text) return role;
  }
  return std::nullopt;
}

bool IsTrustDomain(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  for (const char c : text) {
    if (!IsUnreserved(c) || (c >= 'A' && c <= 'Z') || c == '~') return false;
  }
  return true;
}

absl::StatusOr<SystemName> ParseSpiffeId(std::string_view id) {
  if (id.size() > kIdBytesMax) return NotAnId("at most 2,048 bytes");
  if (id.substr(0, kScheme.size()) != kScheme) return NotAnId("must begin with spiffe://");
  const std::string_view rest = id.substr(kScheme.size());
  const size_t first = rest.find('/'), second = first == std::string_view::npos ? first : rest.find('/', first + 1);
  if (second == std::string_view::npos) return NotAnId("must name a trust domain, a role and a code");
  SystemName name;
  name.trust_domain = rest.substr(0, first);
  if (!IsTrustDomain(name.trust_domain)) return NotAnId("the trust domain has characters a-z 0-9 . - _ only");
  const std::optional<SystemRole> role = ParseRole(rest.substr(first + 1, second - first - 1));
  if (!role.has_value()) return NotAnId("the role isn't one of this version");
  name.role = *role;
  const std::optional<std::string> code = PercentDecode(rest.substr(second + 1));
  if (!code.has_value() || !IsCode(*code)) return NotAnId("the last part isn't a code");
  name.code = *code;
  if (SpiffeId(name) != id) return NotAnId("the code must be percent-encoded in its one spelling");
  return name;
}

std::string SpiffeId(const SystemName& name) {
  GATEWAY_ASSERT(IsTrustDomain(name.trust_domain) && IsCode(name.code), "a trust domain and a code");
  return absl::StrCat(ToAbsl(kScheme), name.trust_domain, "/", ToAbsl(RoleText(name.role)), "/",
                      PercentEncode(name.code));
}

absl::StatusOr<Peer> ReadPeer(std::string_view certificate_pem, std::string_view trust_domain) {
  const CertificatePtr certificate = ReadCertificate(certificate_pem);
  if (certificate == nullptr) return Stranger("the certificate can't be read");
  const uint32_t flags = X509_get_extension_flags(certificate.get());
  if ((flags & EXFLAG_INVALID) != 0) return Stranger("the certificate's extensions can't be read");
  if ((flags & EXFLAG_CA) != 0) return Stranger("an authority's own certificate names no system");
  if ((flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(certificate.get()) & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0) {
    return Stranger("the certificate may sign others");
  }
  const auto uris = UriNamesOf(certificate.get());
  if (!uris.has_value() || uris->size() != 1) return Stranger("the certificate must have exactly one URI name");
  absl::StatusOr<SystemName> name = ParseSpiffeId(uris->front());
  if (!name.ok()) return Stranger("the certificate's URI name isn't that of a system");
  if (name->trust_domain != trust_domain) return Stranger("the certificate is of another trust domain");
  return Peer{*std::move(name), uris->front(), SpkiOf(certificate.get()), FingerprintOf(certificate.get())};
}

absl::StatusOr<journal::Hash> SpkiSha256FromPem(std::string_view certificate_pem) {
  const CertificatePtr certificate = ReadCertificate(certificate_pem);
  if (certificate == nullptr) return Fail(Reason::kKeyUnusable, "not exactly one certificate in PEM");
  return SpkiOf(certificate.get());
}

absl::StatusOr<journal::Hash> CertificateSha256FromPem(std::string_view certificate_pem) {
  const CertificatePtr certificate = ReadCertificate(certificate_pem);
  if (certificate == nullptr) return Fail(Reason::kKeyUnusable, "not exactly one certificate in PEM");
  return FingerprintOf(certificate.get());
}

}  // namespace eagle::trust
