#include "server/trust/signature.h"

#include <algorithm>
#include <optional>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"
#include "server/trust/pem.h"
#include "server/trust/secret_file.h"
#include "server/trust/wiped.h"

namespace eagle::trust {
std::string KeyIdOf(std::string_view public_key) {
  return HexEncode(journal::View(journal::Sha256(public_key)).substr(0, 8));
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::FromSeed(std::string_view seed) {
  EAGLE_ASSIGN_OR_RETURN(journal::PrivateKey key, journal::PrivateKey::FromSeed(seed));
  return Ed25519Signer(std::move(key));
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::FromPem(std::string_view pem) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, SeedFromPem(pem));
  const Wiped seed(std::move(read));
  return FromSeed(seed.get());
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::FromPemFile(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, ReadSecretFile(path));
  const Wiped pem(std::move(read));
  absl::StatusOr<Ed25519Signer> signer = FromPem(pem.get());
  if (!signer.ok()) return Fail(Reason::kKeyUnusable, FailureOf(signer.status()).message).With("path", path);
  return signer;
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::MakePemFile(const std::string& path, Entropy& entropy) {
  const Wiped seed(entropy.Bytes(journal::kSeedSize));
  const Wiped pem(PemOfSeed(seed.get()));
  EAGLE_RETURN_IF_ERROR(WriteSecretFile(path, pem.get()));
  return FromSeed(seed.get());
}

absl::StatusOr<Sm2Signer> Sm2Signer::FromSecret(std::string_view secret) {
  EAGLE_ASSIGN_OR_RETURN(journal::Sm2PrivateKey key, journal::Sm2PrivateKey::FromSecret(secret));
  return Sm2Signer(std::move(key));
}

absl::StatusOr<Sm2Signer> Sm2Signer::FromPem(std::string_view pem) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, Sm2SecretFromPem(pem));
  const Wiped secret(std::move(read));
  return FromSecret(secret.get());
}

absl::StatusOr<Sm2Signer> Sm2Signer::MakePemFile(const std::string& path, Entropy& entropy) {
  while (true) {  // of random numbers one in 2^32 isn't below the order
    const Wiped secret(entropy.Bytes(journal::kSm2SecretSize));
    absl::StatusOr<Sm2Signer> signer = FromSecret(secret.get());
    if (!signer.ok()) continue;
    const Wiped pem(PemOfSm2Secret(secret.get()));
    EAGLE_RETURN_IF_ERROR(WriteSecretFile(path, pem.get()));
    return signer;
  }
}

absl::StatusOr<std::unique_ptr<Signer>> SignerFromPem(std::string_view pem) {
  if (IsSm2Pem(pem)) {
    EAGLE_ASSIGN_OR_RETURN(Sm2Signer signer, Sm2Signer::FromPem(pem));
    return std::make_unique<Sm2Signer>(std::move(signer));
  }
  EAGLE_ASSIGN_OR_RETURN(Ed25519Signer signer, Ed25519Signer::FromPem(pem));
  return std::make_unique<Ed25519Signer>(std::move(signer));
}

absl::StatusOr<std::unique_ptr<Signer>> SignerFromPemFile(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::string read, ReadSecretFile(path));
  const Wiped pem(std::move(read));
  absl::StatusOr<std::unique_ptr<Signer>> signer = SignerFromPem(pem.get());
  if (!signer.ok()) return Fail(Reason::kKeyUnusable, FailureOf(signer.status()).message).With("path", path);
  return signer;
}

absl::StatusOr<std::unique_ptr<Signer>> MakeSignerFile(KeyAlgorithm algorithm, const std::string& path,
                                                       Entropy& entropy) {
  if (algorithm == goldeneagle::v1::KEY_ALGORITHM_SM2) {
    EAGLE_ASSIGN_OR_RETURN(Sm2Signer signer, Sm2Signer::MakePemFile(path, entropy));
    return std::make_unique<Sm2Signer>(std::move(signer));
  }
  GATEWAY_ASSERT(algorithm == goldeneagle::v1::KEY_ALGORITHM_ED25519, "a known algorithm");
  EAGLE_ASSIGN_OR_RETURN(Ed25519Signer signer, Ed25519Signer::MakePemFile(path, entropy));
  return std::make_unique<Ed25519Signer>(std::move(signer));
}

bool IsPublicKey(KeyAlgorithm algorithm, std::string_view raw) {
  switch (algorithm) {
    case goldeneagle::v1::KEY_ALGORITHM_ED25519:
      return journal::PublicKey::FromBytes(raw).has_value();
    case goldeneagle::v1::KEY_ALGORITHM_SM2:
      return journal::Sm2Verifier::FromBytes(raw).has_value();
    default:
      return false;
  }
}

PublicKeyChecker::PublicKeyChecker(size_t keys_max) : shard_keys_max_(std::max<size_t>(1, keys_max / kShards)) {}

bool PublicKeyChecker::Check(KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
                             std::string_view signature) const {
  const std::shared_ptr<const Ready> key = ReadyKey(algorithm, public_key);
  if (key == nullptr) return false;
  return key->ed25519 ? key->ed25519->Verify(message, signature) : key->sm2->Verify(message, signature);
}

// Lengths differ, so no key of one algorithm is found as one of the other.
std::shared_ptr<const PublicKeyChecker::Ready> PublicKeyChecker::ReadyKey(KeyAlgorithm algorithm,
                                                                          std::string_view public_key) const {
  const bool sm2 = algorithm == goldeneagle::v1::KEY_ALGORITHM_SM2;
  if (!sm2 && algorithm != goldeneagle::v1::KEY_ALGORITHM_ED25519) return nullptr;
  if (public_key.size() != (sm2 ? journal::kSm2PublicKeySize : journal::kPublicKeySize)) return nullptr;
  Shard& shard = shards_[static_cast<uint8_t>(public_key.back()) % kShards];
  std::string name(public_key);
  absl::MutexLock lock(&shard.mu);
  const auto found = shard.keys.find(name);
  if (found != shard.keys.end()) return found->second;
  Ready ready;
  if (sm2) {
    ready.sm2 = journal::Sm2Verifier::FromBytes(public_key);
    if (!ready.sm2) return nullptr;
  } else {
    const std::optional<journal::PublicKey> key = journal::PublicKey::FromBytes(public_key);
    if (!key) return nullptr;
    ready.ed25519.emplace(*key);
  }
  if (shard.keys.size() >= shard_keys_max_) shard.keys.erase(shard.keys.begin());
  auto kept = std::make_shared<const Ready>(std::move(ready));
  shard.keys.emplace(std::move(name), kept);
  return kept;
}

}  // namespace eagle::trust
