#include "server/trust/signature.h"

#include <algorithm>
#include <optional>

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

Ed25519Checker::Ed25519Checker(size_t keys_max) : shard_keys_max_(std::max<size_t>(1, keys_max / kShards)) {}

bool Ed25519Checker::Check(KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
                           std::string_view signature) const {
  if (algorithm != goldeneagle::v1::KEY_ALGORITHM_ED25519) return false;
  const std::optional<journal::PublicKey> key = journal::PublicKey::FromBytes(public_key);
  return key.has_value() && VerifierOf(*key)->Verify(message, signature);
}

std::shared_ptr<const journal::Verifier> Ed25519Checker::VerifierOf(const journal::PublicKey& key) const {
  Shard& shard = shards_[key.bytes.front() % kShards];
  const std::string name(key.View());
  absl::MutexLock lock(&shard.mu);
  const auto found = shard.verifiers.find(name);
  if (found != shard.verifiers.end()) return found->second;
  if (shard.verifiers.size() >= shard_keys_max_) shard.verifiers.erase(shard.verifiers.begin());
  auto verifier = std::make_shared<const journal::Verifier>(key);
  shard.verifiers.emplace(name, verifier);
  return verifier;
}

}  // namespace eagle::trust
