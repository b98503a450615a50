#include "server/api/grpc/certificates.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "server/base/reason.h"
#include "server/trust/identity.h"
#include "server/trust/secret_file.h"

namespace eagle::api {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileBytesMax = 256 * 1024;
constexpr int kCertificatesMax = 64;

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using X509Ptr = std::unique_ptr<X509, FreeX509>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, FreePkey>;
using BioPtr = std::unique_ptr<BIO, FreeBio>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeNames>;

absl::Status Unusable(const std::string& path, std::string_view why) {
  ERR_clear_error();
  return Fail(Reason::kKeyUnusable, why).With("path", path);
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || in.gcount() <= 0) return Unusable(path, "the file can't be read, or is empty");
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kFileBytesMax) return Unusable(path, "the file is too large");
  return text;
}

BioPtr Reading(const std::string& text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
int NoPassphrase(char*, int, int, void*) { return -1; }

std::vector<X509Ptr> ReadAll(const std::string& pem) {
  std::vector<X509Ptr> out;
  const BioPtr in = Reading(pem);
  while (out.size() < kCertificatesMax) {
    X509Ptr next(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
    if (next == nullptr) break;
    out.push_back(std::move(next));
  }
  ERR_clear_error();
  return out;
}

std::string PemOf(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

absl::Time TimeOf(const ASN1_TIME* time) {
  tm broken{};
  if (ASN1_TIME_to_tm(time, &broken) != 1) return absl::InfinitePast();
  return absl::FromTM(broken, absl::UTCTimeZone());
}
absl::Time EndOf(X509* certificate) { return TimeOf(X509_get0_notAfter(certificate)); }
bool ValidAt(X509* certificate, absl::Time now) {
  return TimeOf(X509_get0_notBefore(certificate)) <= now && now < EndOf(certificate);
}

bool IsNistCurve(EVP_PKEY* key) {
  char name[32] = {};
  size_t size = 0;
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, name, sizeof(name), &size) != 1)
    return false;
  const std::string_view group(name, size);
  return group == "prime256v1" || group == "secp384r1";
}

bool HasHostName(X509* certificate) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
    if (type == GEN_DNS || type == GEN_IPADD) return true;
  }
  return false;
}

bool IsAuthority(X509* certificate) { return X509_check_ca(certificate) == 1; }

absl::Status CheckOwn(const std::string& path, const std::vector<X509Ptr>& chain, EVP_PKEY* key,
                      std::string_view trust_domain, absl::Time now) {
  if (chain.empty()) return Unusable(path, "no certificate in PEM");
  X509* const own = chain.front().get();
  if (X509_check_private_key(own, key) != 1) return Unusable(path, "key and certificate don't belong together");
  if (!ValidAt(own, now)) return Unusable(path, "the certificate isn't valid now");
  if (IsAuthority(own)) return Unusable(path, "an authority's own certificate can't serve");
  if (X509_check_purpose(own, X509_PURPOSE_SSL_SERVER, 0) != 1)
    return Unusable(path, "the certificate isn't for servers");
  const auto peer = trust::ReadPeer(PemOf(own), trust_domain);
  if (!peer.ok()) return Unusable(path, FailureOf(peer.status()).message);
  if (peer->name.role != trust::SystemRole::kGateway)
    return Unusable(path, "the certificate's URI name isn't that of a gateway");
  if (!HasHostName(own)) return Unusable(path, "the certificate has no DNS name and no address");
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    X509* const issuer = chain[i + 1].get();
    const bool fits = X509_check_issued(issuer, chain[i].get()) == X509_V_OK &&
                      X509_verify(chain[i].get(), X509_get0_pubkey(issuer)) == 1;
    if (!fits || !IsAuthority(issuer) || !ValidAt(issuer, now)) {
      return Unusable(
          path, "certificate " + std::to_string(i + 2) + " of the chain isn't the valid issuer of the one before it");
    }
  }
  return absl::OkStatus();
}

bool WriteFile(const std::string& path, const std::string& content, int64_t mark) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool written = write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  // The watcher takes key and certificate in two reads and compares times of modification, in whole seconds, before and
  // after: each generation has a second of its own, so that it never puts together halves of two.
  const timespec times[2] = {{mark, 0}, {mark, 0}};
  written = futimens(file, times) == 0 && written;
  return close(file) == 0 && written;
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const CertificateFiles& files, std::string_view trust_domain,
                                              absl::Time now) {
  Certificates out;
  EAGLE_ASSIGN_OR_RETURN(out.key_pem, trust::ReadSecretFile(files.key));
  EAGLE_ASSIGN_OR_RETURN(out.certificate_pem, ReadText(files.certificate));
  EAGLE_ASSIGN_OR_RETURN(out.authorities_pem, ReadText(files.authorities));

  const PkeyPtr key(PEM_read_bio_PrivateKey(Reading(out.key_pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Unusable(files.key, "no private key in PEM (PKCS#8, not encrypted)");
  if (!IsNistCurve(key.get())) return Unusable(files.key, "the key must be ECDSA on P-256 or P-384");
  const std::vector<X509Ptr> chain = ReadAll(out.certificate_pem);
  EAGLE_RETURN_IF_ERROR(CheckOwn(files.certificate, chain, key.get(), trust_domain, now));
  out.until = EndOf(chain.front().get());

  const std::vector<X509Ptr> authorities = ReadAll(out.authorities_pem);
  if (authorities.empty()) return Unusable(files.authorities, "no certificate in PEM");
  out.authorities_until = absl::InfiniteFuture();
  for (size_t i = 0; i < authorities.size(); ++i) {
    X509* const authority = authorities[i].get();
    const std::string which = "certificate " + std::to_string(i + 1) + " of the bundle ";
    if (!IsAuthority(authority)) return Unusable(files.authorities, which + "isn't an authority's");
    if (!ValidAt(authority, now)) return Unusable(files.authorities, which + "isn't valid now");
    out.authorities_until = std::min(out.authorities_until, EndOf(authority));
  }
  ERR_clear_error();
  return out;
}

absl::StatusOr<std::unique_ptr<StagedCertificates>> StagedCertificates::Make(const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (mkdir(folder.c_str(), 0700) != 0) return Unusable(folder, "the folder for certificates in use can't be made");
  return std::unique_ptr<StagedCertificates>(new StagedCertificates(folder));
}

absl::Status StagedCertificates::Publish(const Certificates& certificates) {
  const uint64_t next = generation_ + 1;
  const std::string name = "generation-" + std::to_string(next), staged = folder_ + "/" + name,
                    link = folder_ + "/next";
  const auto mark = static_cast<int64_t>(next);
  std::error_code error;
  fs::remove_all(staged, error);
  fs::remove(link, error);
  const bool done =
      mkdir(staged.c_str(), 0700) == 0 && WriteFile(staged + "/certificate.pem", certificates.certificate_pem, mark) &&
      WriteFile(staged + "/key.pem", certificates.key_pem, mark) &&
      WriteFile(staged + "/authorities.pem", certificates.authorities_pem, mark) &&
      symlink(name.c_str(), link.c_str()) == 0 && rename(link.c_str(), (folder_ + "/current").c_str()) == 0;
  if (!done) {
    fs::remove_all(staged, error);
    return Unusable(folder_, "the certificates can't be written");
  }
  // The one before may be in the middle of being read; the one before that isn't.
  if (generation_ >= 2) fs::remove_all(folder_ + "/generation-" + std::to_string(generation_ - 1), error);
  generation_ = next;
  return absl::OkStatus();
}

}  // namespace eagle::api
