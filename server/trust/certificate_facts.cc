#include "server/trust/certificate_facts.h"

#include <openssl/err.h>

#include <utility>

#include "server/base/reason.h"
#include "server/trust/openssl_handles.h"

namespace eagle::trust {
namespace {

constexpr size_t kCertificatesMax = 64;

absl::Time TimeOf(const ASN1_TIME* time) {
  tm broken{};
  return ASN1_TIME_to_tm(time, &broken) == 1 ? absl::FromTM(broken, absl::UTCTimeZone()) : absl::InfinitePast();
}

std::string NameOf(X509* certificate) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) return TextOf(name->d.uniformResourceIdentifier);
  }
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  return at < 0 ? "" : TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

}  // namespace

absl::StatusOr<std::vector<CertificateFacts>> CertificatesIn(std::string_view pem) {
  std::vector<CertificateFacts> out;
  const BioPtr in = ReadingFrom(pem);
  while (out.size() < kCertificatesMax) {
    const CertificatePtr next(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
    if (next == nullptr) break;
    out.push_back(
        {NameOf(next.get()), TimeOf(X509_get0_notBefore(next.get())), TimeOf(X509_get0_notAfter(next.get()))});
  }
  ERR_clear_error();
  if (out.empty()) return Fail(Reason::kKeyUnusable, "no certificate in PEM");
  return out;
}

absl::Status KeyBelongsTo(std::string_view certificate_pem, std::string_view key_pem) {
  const BioPtr in = ReadingFrom(certificate_pem), key_in = ReadingFrom(key_pem);
  const CertificatePtr certificate(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
  const PkeyPtr key(PEM_read_bio_PrivateKey(key_in.get(), nullptr, NoPassphrase, nullptr));
  const bool fits =
      certificate != nullptr && key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (fits) return absl::OkStatus();
  if (certificate == nullptr) return Fail(Reason::kKeyUnusable, "no certificate in PEM");
  if (key == nullptr) return Fail(Reason::kKeyUnusable, "no private key in PEM (PKCS#8, not encrypted)");
  return Fail(Reason::kKeyUnusable, "key and certificate don't belong together");
}

}  // namespace eagle::trust
