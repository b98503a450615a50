// The ports through which signatures are made and checked, and their Ed25519 implementations.
//
//   Signer            one key that signs: an officer's, an organisation's. Behind it may be a file or a device.
//   SignatureChecker  whether a signature is right. The algorithm is the registered key's, never the message's choice.
//
// What is signed is always a DSSE pre-authentication encoding (journal/dsse.h), so no signature fits two kinds of
// thing. The simulation has a keyed hash behind both ports (tests/support/trust/keyed_hash.h).
//
//   EAGLE_ASSIGN_OR_RETURN(Ed25519Signer officer, Ed25519Signer::FromPemFile("officer.pem"));
//   std::string signature = officer.Sign(message);
//   Ed25519Checker checker;
//   checker.Check(officer.algorithm(), officer.public_key(), message, signature) == true;
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/entropy.h"
#include "server/journal/ed25519.h"

namespace eagle::trust {

using goldeneagle::v1::KeyAlgorithm;

// Threads: one at a time, unless the implementation says otherwise.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual KeyAlgorithm algorithm() const = 0;
  // The raw public key; constant for the life of the signer.
  virtual const std::string& public_key() const = 0;
  // A signature that SignatureChecker::Check takes for this key and `message`.
  virtual std::string Sign(std::string_view message) = 0;
};

// Threads: any, at the same time.
class SignatureChecker {
 public:
  virtual ~SignatureChecker() = default;
  // False for anything that isn't a right signature: wrong lengths, unknown algorithms, keys that can't be read.
  virtual bool Check(KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
                     std::string_view signature) const = 0;
};

// The hint of DSSE's `keyid`: lower-case hexadecimal of the first 8 bytes of SHA-256 of the raw public key.
std::string KeyIdOf(std::string_view public_key);

// Threads: any, at the same time.
class Ed25519Signer : public Signer {
 public:
  // Errors of all: KEY_UNUSABLE. A seed has 32 bytes; a file is PKCS#8 in PEM, not encrypted, readable by its owner
  // only.
  static absl::StatusOr<Ed25519Signer> FromSeed(std::string_view seed);
  static absl::StatusOr<Ed25519Signer> FromPem(std::string_view pem);
  static absl::StatusOr<Ed25519Signer> FromPemFile(const std::string& path);
  // A new key, in a new file with mode 0600 that is durable when this returns. KEY_UNUSABLE when the path exists.
  static absl::StatusOr<Ed25519Signer> MakePemFile(const std::string& path, Entropy& entropy);

  KeyAlgorithm algorithm() const override { return goldeneagle::v1::KEY_ALGORITHM_ED25519; }
  const std::string& public_key() const override { return public_key_; }
  std::string Sign(std::string_view message) override { return key_.Sign(message); }

 private:
  explicit Ed25519Signer(journal::PrivateKey key) : key_(std::move(key)), public_key_(key_.PublicKeyOf().View()) {}
  journal::PrivateKey key_;
  std::string public_key_;
};

// Keeps the keys it has met ready, at most about `keys_max`; which one gives way to a new one is left unspecified.
class Ed25519Checker : public SignatureChecker {
 public:
  explicit Ed25519Checker(size_t keys_max = 4096);
  bool Check(KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
             std::string_view signature) const override;

 private:
  static constexpr size_t kShards = 16;
  struct Shard {
    absl::Mutex mu;
    absl::flat_hash_map<std::string, std::shared_ptr<const journal::Verifier>> verifiers ABSL_GUARDED_BY(mu);
  };
  std::shared_ptr<const journal::Verifier> VerifierOf(const journal::PublicKey& key) const;

  const size_t shard_keys_max_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace eagle::trust
