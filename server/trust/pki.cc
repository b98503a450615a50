#include "server/trust/pki.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/openssl_handles.h"

namespace eagle::trust {
namespace {

constexpr size_t kSerialBytes = 16, kNamesMax = 32;
constexpr long kVersion3 = 2;

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

PkeyPtr NewKey() {
  PkeyPtr key(EVP_EC_gen("P-256"));
  GATEWAY_ASSERT(key != nullptr, "without randomness there is nothing safe left to do");
  return key;
}

// Null when it isn't one that NewKey could have made.
PkeyPtr ReadKey(std::string_view pem) {
  PkeyPtr key(PEM_read_bio_PrivateKey(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  char group[32] = "";
  size_t size = 0;
  const bool fits = key != nullptr && EVP_PKEY_is_a(key.get(), "EC") == 1 &&
                    EVP_PKEY_get_group_name(key.get(), group, sizeof group, &size) == 1 &&
                    std::string_view(group, size) == "prime256v1";
  ERR_clear_error();
  return fits ? std::move(key) : nullptr;
}

std::string PemOf(X509* certificate) {
  const BioPtr out = Writing();
  const int done = PEM_write_bio_X509(out.get(), certificate);
  GATEWAY_ASSERT(done == 1, "a certificate in memory can be written");
  return Written(out.get());
}

std::string PemOf(EVP_PKEY* key) {
  const BioPtr out = Writing();
  const int done = PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  GATEWAY_ASSERT(done == 1, "a key in memory can be written");
  return Written(out.get());
}

// Positive, at most 16 bytes, never zero (RFC 5280 section 4.1.2.2).
void SetSerial(X509* certificate, Entropy& entropy) {
  std::string bytes = entropy.Bytes(kSerialBytes);
  bytes.front() = static_cast<char>((static_cast<unsigned char>(bytes.front()) & 0x3f) | 0x40);
  const BignumPtr number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
  const bool done =
      number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
  GATEWAY_ASSERT(done, "a serial of 16 bytes fits");
}

bool SetDates(X509* certificate, absl::Time from, absl::Time until) {
  return from < until && ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(until)) != nullptr;
}

void SetSubject(X509* certificate, std::string_view common_name) {
  const std::string text(common_name.substr(0, 64));
  const int done = X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                              reinterpret_cast<const unsigned char*>(text.data()),
                                              static_cast<int>(text.size()), -1, 0);
  GATEWAY_ASSERT(done == 1, "a common name of 1 to 64 characters");
}

// `value` in OpenSSL's configuration syntax.
bool Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

CertificatePtr NewCertificate(EVP_PKEY* key, Entropy& entropy) {
  CertificatePtr certificate(X509_new());
  const bool done = certificate != nullptr && X509_set_version(certificate.get(), kVersion3) == 1 &&
                    X509_set_pubkey(certificate.get(), key) == 1;
  GATEWAY_ASSERT(done, "an empty certificate can be made");
  SetSerial(certificate.get(), entropy);
  return certificate;
}

void SignWith(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  const bool done = X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
                    X509_sign(certificate, issuer_key, EVP_sha256()) > 0;
  GATEWAY_ASSERT(done, "a certificate in memory can be signed");
}

// Letters, digits, '-', '.', and '*' as a whole first label; so nothing in it is syntax.
bool IsDnsName(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  if (name.substr(0, 2) == "*.") name.remove_prefix(2);
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!plain) return false;
  }
  return !name.empty() && name.front() != '.' && name.find("..") == std::string_view::npos;
}

bool IsAddress(const std::string& text) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
  const bool is = address != nullptr && text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
  ASN1_OCTET_STRING_free(address);
  return is;
}

absl::Status CheckRequest(const LeafRequest& request) {
  Violations wrong;
  if (!request.server && !request.client)
    wrong.Add("server", Reason::kFieldInvalid, "a certificate is for a server, a client or both");
  if (request.dns_names.size() > kNamesMax) wrong.Add("dns_names", Reason::kFieldInvalid, "at most 32");
  if (request.addresses.size() > kNamesMax) wrong.Add("addresses", Reason::kFieldInvalid, "at most 32");
  for (const std::string& name : request.dns_names) {
    if (!IsDnsName(name)) wrong.Add("dns_names", Reason::kFieldInvalid, "isn't a name of a host");
  }
  for (const std::string& address : request.addresses) {
    if (!IsAddress(address)) wrong.Add("addresses", Reason::kFieldInvalid, "isn't an address");
  }
  if (request.from >= request.until) wrong.Add("until", Reason::kFieldInvalid, "must lie after the first day");
  if (!ParseSpiffeId(SpiffeId(request.name)).ok()) wrong.Add("name", Reason::kFieldInvalid, "is too long");
  ERR_clear_error();
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the certificate can't be issued");
}

std::string AlternativeNames(const LeafRequest& request) {
  // A SPIFFE id holds neither commas nor line breaks, so it can't become syntax; its percent signs mean nothing here.
  std::vector<std::string> names = {"URI:" + SpiffeId(request.name)};
  for (const std::string& name : request.dns_names) names.push_back("DNS:" + name);
  for (const std::string& address : request.addresses) names.push_back("IP:" + address);
  return absl::StrJoin(names, ",");
}

CertificatePtr ReadCertificate(std::string_view pem) {
  CertificatePtr certificate(PEM_read_bio_X509(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return certificate;
}

bool IsAuthority(X509* certificate) {
  return X509_check_ca(certificate) == 1 && (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
}

}  // namespace

CertificateAuthority::CertificateAuthority(std::shared_ptr<x509_st> certificate, std::shared_ptr<evp_pkey_st> key)
    : certificate_(std::move(certificate)), key_(std::move(key)), certificate_pem_(PemOf(certificate_.get())) {}

std::string CertificateAuthority::key_pem() const { return PemOf(key_.get()); }

CertificateAuthority CertificateAuthority::Make(std::string_view name, Validity validity, Entropy& entropy) {
  PkeyPtr key = NewKey();
  CertificatePtr certificate = NewCertificate(key.get(), entropy);
  X509* const raw = certificate.get();
  SetSubject(raw, name);
  const bool done = SetDates(raw, validity.from, validity.until) &&
                    Extend(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    Extend(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    Extend(raw, raw, NID_subject_key_identifier, "hash");
  GATEWAY_ASSERT(done, "dates in order, and extensions that OpenSSL knows");
  SignWith(raw, raw, key.get());
  return CertificateAuthority({certificate.release(), X509_free}, {key.release(), EVP_PKEY_free});
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::FromPem(std::string_view certificate_pem,
                                                                   std::string_view key_pem) {
  CertificatePtr certificate = ReadCertificate(certificate_pem);
  PkeyPtr key(PEM_read_bio_PrivateKey(ReadingFrom(key_pem).get(), nullptr, NoPassphrase, nullptr));
  const bool match =
      certificate != nullptr && key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!match) return Fail(Reason::kKeyUnusable, "no certificate and private key in PEM that belong together");
  if (!IsAuthority(certificate.get())) return Fail(Reason::kKeyUnusable, "the certificate isn't an authority's");
  return CertificateAuthority({certificate.release(), X509_free}, {key.release(), EVP_PKEY_free});
}

absl::StatusOr<IssuedCertificate> CertificateAuthority::Issue(const LeafRequest& request, Entropy& entropy) const {
  EAGLE_RETURN_IF_ERROR(CheckRequest(request));
  const PkeyPtr key = request.key_pem.empty() ? NewKey() : ReadKey(request.key_pem);
  if (key == nullptr) return Fail(Reason::kKeyUnusable, "the key isn't one of ECDSA P-256");
  const CertificatePtr certificate = NewCertificate(key.get(), entropy);
  X509* const raw = certificate.get();
  X509* const issuer = certificate_.get();
  SetSubject(raw, RoleText(request.name.role));
  const std::string uses = absl::StrCat(request.server ? "serverAuth" : "", request.server && request.client ? "," : "",
                                        request.client ? "clientAuth" : "");
  const bool done =
      SetDates(raw, request.from, request.until) && Extend(raw, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      Extend(raw, issuer, NID_key_usage, "critical,digitalSignature") && Extend(raw, issuer, NID_ext_key_usage, uses) &&
      Extend(raw, issuer, NID_subject_alt_name, AlternativeNames(request)) &&
      Extend(raw, issuer, NID_subject_key_identifier, "hash") &&
      Extend(raw, issuer, NID_authority_key_identifier, "keyid:always");
  ERR_clear_error();
  if (!done) return Fail(Reason::kFieldInvalid, "the certificate can't be issued");
  SignWith(raw, issuer, key_.get());
  return IssuedCertificate{PemOf(raw), PemOf(key.get())};
}

absl::Status VerifyLeaf(std::string_view leaf_pem, std::string_view authority_pem, bool server, absl::Time now) {
  const CertificatePtr leaf = ReadCertificate(leaf_pem), authority = ReadCertificate(authority_pem);
  if (leaf == nullptr || authority == nullptr) return Fail(Reason::kKeyUnusable, "no certificate in PEM");
  const StorePtr store(X509_STORE_new());
  const StoreContextPtr context(X509_STORE_CTX_new());
  const bool ready = store != nullptr && context != nullptr && X509_STORE_add_cert(store.get(), authority.get()) == 1 &&
                     X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr) == 1;
  GATEWAY_ASSERT(ready, "verification can always begin");
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_STORE_CTX_set_purpose(context.get(), server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
  const bool verified = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (verified && (X509_get_extension_flags(leaf.get()) & EXFLAG_CA) == 0) return absl::OkStatus();
  if (verified) return Fail(Reason::kUnauthenticated, "an authority's own certificate is no leaf");
  return Fail(Reason::kUnauthenticated, "the certificate doesn't verify")
      .With("why", X509_verify_cert_error_string(error));
}

}  // namespace eagle::trust
