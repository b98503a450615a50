#include "server/trust/pem.h"

#include <openssl/err.h>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/ed25519.h"
#include "server/trust/openssl_handles.h"

namespace eagle::trust {
namespace {

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

std::string PemOfPublicKey(std::string_view public_key) {
  GATEWAY_ASSERT(public_key.size() == journal::kPublicKeySize, "a public key has 32 bytes");
  const PkeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Raw(public_key), public_key.size()));
  const BioPtr out = Writing();
  const int done = PEM_write_bio_PUBKEY(out.get(), key.get());
  GATEWAY_ASSERT(done == 1, "a key in memory can be written as PEM");
  return Written(out.get());
}

absl::StatusOr<std::string> PublicKeyFromPem(std::string_view pem) {
  const PkeyPtr key(PEM_read_bio_PUBKEY(ReadingFrom(pem).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Unusable("no public key in PEM");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) return Unusable("the public key isn't an Ed25519 key");
  std::string raw(journal::kPublicKeySize, '\0');
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(raw.data()), &size) != 1 ||
      !journal::PublicKey::FromBytes(std::string_view(raw.data(), size)).has_value()) {
    return Unusable("the public key is of small order");
  }
  return raw;
}

}  // namespace eagle::trust
