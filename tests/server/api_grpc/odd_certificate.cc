#include "tests/server/api_grpc/odd_certificate.h"

#include "server/base/assert.h"
#include "server/trust/openssl_handles.h"

namespace eagle {
namespace {

using namespace trust;  // NOLINT: owners of OpenSSL objects

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  GATEWAY_ASSERT(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "a test knows its extensions");
  X509_EXTENSION_free(extension);
}

template <typename Write>
std::string Text(Write write) {
  const BioPtr out = Writing();
  GATEWAY_ASSERT(write(out.get()) == 1, "what was made can be written");
  return Written(out.get());
}

}  // namespace

IssuedCertificate IssueOdd(const CertificateAuthority& authority, const OddRequest& request) {
  const CertificatePtr issuer(
      PEM_read_bio_X509(ReadingFrom(authority.certificate_pem()).get(), nullptr, NoPassphrase, nullptr));
  const PkeyPtr issuer_key(
      PEM_read_bio_PrivateKey(ReadingFrom(authority.key_pem()).get(), nullptr, NoPassphrase, nullptr));
  const PkeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr out(X509_new());
  X509* const raw = out.get();
  X509_set_version(raw, 2);
  X509_set_pubkey(raw, key.get());
  ASN1_INTEGER_set(X509_get_serialNumber(raw), 4711);
  ASN1_TIME_set(X509_getm_notBefore(raw), absl::ToTimeT(request.from));
  ASN1_TIME_set(X509_getm_notAfter(raw), absl::ToTimeT(request.until));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1, 0);
  X509* const by = request.self_signed ? raw : issuer.get();
  X509_set_issuer_name(raw, X509_get_subject_name(by));
  Extend(raw, by, NID_basic_constraints, request.constraints);
  Extend(raw, by, NID_key_usage, request.key_usage);
  Extend(raw, by, NID_ext_key_usage, request.extended_key_usage);
  Extend(raw, by, NID_subject_alt_name, request.alternative_names);
  GATEWAY_ASSERT(X509_sign(raw, request.self_signed ? key.get() : issuer_key.get(), EVP_sha256()) > 0,
                 "a certificate can be signed");
  return {Text([&](BIO* bio) { return PEM_write_bio_X509(bio, raw); }), Text([&](BIO* bio) {
            return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace eagle
