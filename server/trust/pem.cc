#include "server/trust/pem.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/ed25519.h"
#include "server/journal/sm2.h"
#include "server/trust/openssl_handles.h"
#include "server/trust/signature.h"

namespace eagle::trust {
namespace {

namespace v1 = ::goldeneagle::v1;

const unsigned char* Raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

absl::Status Unusable(std::string_view what) {
  ERR_clear_error();
  return Fail(Reason::kKeyUnusable, what);
}

}  // namespace

std::string PemOfSeed(std::string_view seed) {
  GATEWAY_ASSERT(seed.size() == journal::kSeedSize, "a seed has 32 bytes");
  const PkeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Raw(seed), seed.size()));
  const BioPtr out = Writing();
  const int done = PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  GATEWAY_ASSERT(done == 1, "a key in memory can be written as PEM");
  return Written(out.get());
}

absl::StatusOr<std::string> SeedFromPem(std::string_view pem) {
  const PkeyPtr key(PEM_read_bio_PrivateKey(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Unusable("no private key in PEM (PKCS#8, not encrypted)");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) return Unusable("the private key isn't an Ed25519 key");
  std::string seed(journal::kSeedSize, '\0');
  size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(seed.data()), &size) != 1 ||
      size != journal::kSeedSize) {
    return Unusable("the private key has no seed");
  }
  return seed;
}

std::string PemOfSm2Secret(std::string_view secret) {
  const PkeyPtr key(journal::NewSm2Key(secret));
  GATEWAY_ASSERT(key != nullptr, "a secret of 32 bytes within its bounds");
  const BioPtr out = Writing();
  const int done = PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  GATEWAY_ASSERT(done == 1, "a key in memory can be written as PEM");
  return Written(out.get());
}

absl::StatusOr<std::string> Sm2SecretFromPem(std::string_view pem) {
  const PkeyPtr key(PEM_read_bio_PrivateKey(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Unusable("no private key in PEM (PKCS#8, not encrypted)");
  if (EVP_PKEY_is_a(key.get(), "SM2") != 1) return Unusable("the private key isn't an SM2 key");
  BIGNUM* number = nullptr;
  const int got = EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number);
  std::string secret(journal::kSm2SecretSize, '\0');
  const bool fits = got == 1 && BN_bn2binpad(number, reinterpret_cast<unsigned char*>(secret.data()),
                                             static_cast<int>(secret.size())) == static_cast<int>(secret.size());
  BN_clear_free(number);
  if (!fits) return Unusable("the private key has no secret");
  return secret;
}

bool IsSm2Pem(std::string_view pem) {
  const PkeyPtr key(PEM_read_bio_PrivateKey(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key != nullptr && EVP_PKEY_is_a(key.get(), "SM2") == 1;
}

std::string PemOfPublicKey(const PublicKeyBytes& bytes) {
  const PkeyPtr key(bytes.algorithm == v1::KEY_ALGORITHM_SM2
                        ? journal::NewSm2PublicKey(bytes.raw)
                        : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Raw(bytes.raw), bytes.raw.size()));
  GATEWAY_ASSERT(key != nullptr, "a public key of its algorithm");
  const BioPtr out = Writing();
  const int done = PEM_write_bio_PUBKEY(out.get(), key.get());
  GATEWAY_ASSERT(done == 1, "a key in memory can be written as PEM");
  return Written(out.get());
}

absl::StatusOr<PublicKeyBytes> PublicKeyFromPem(std::string_view pem) {
  const PkeyPtr key(PEM_read_bio_PUBKEY(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Unusable("no public key in PEM");
  PublicKeyBytes out;
  size_t size = 0;
  if (EVP_PKEY_is_a(key.get(), "SM2") == 1) {
    out.algorithm = v1::KEY_ALGORITHM_SM2;
    out.raw.resize(journal::kSm2PublicKeySize);
    // As it was written: the compressed form is refused with the rest.
    if (EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                        reinterpret_cast<unsigned char*>(out.raw.data()), out.raw.size(), &size) != 1 ||
        !IsPublicKey(out.algorithm, out.raw.substr(0, size))) {
      return Unusable("the public key isn't an uncompressed point of SM2's curve");
    }
    return out;
  }
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    return Unusable("the public key is neither an Ed25519 nor an SM2 key");
  out.algorithm = v1::KEY_ALGORITHM_ED25519;
  out.raw.resize(journal::kPublicKeySize);
  size = out.raw.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(out.raw.data()), &size) != 1 ||
      !IsPublicKey(out.algorithm, out.raw)) {
    return Unusable("the public key is of small order");
  }
  return out;
}

}  // namespace eagle::trust
