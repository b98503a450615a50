// The ports through which signatures are made and checked, and their implementations: Ed25519, and SM2 with SM3.
//
//   Signer            one key that signs: an officer's, an organisation's. Behind it may be a file or a device.
//   SignatureChecker  whether a signature is right. The algorithm is the registered key's, never the message's choice.
//
// What is signed is always a DSSE pre-authentication encoding (journal/dsse.h), so no signature fits two kinds of
// thing. The simulation has a keyed hash behind both ports (tests/support/trust/keyed_hash.h).
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<Signer> officer, SignerFromPemFile("officer.pem"));
//   std::string signature = officer->Sign(message);
//   PublicKeyChecker checker;
//   checker.Check(officer->algorithm(), officer->public_key(), message, signature) == true;
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "goldeneagle/v1/statement.pb.h"
#include "server/base/entropy.h"
#include "server/journal/ed25519.h"
#include "server/journal/sm2.h"

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

// With SM3, under the id of journal/sm2.h. Threads: any, at the same time.
class Sm2Signer : public Signer {
 public:
  // Errors of all: KEY_UNUSABLE. A secret has 32 bytes.
  static absl::StatusOr<Sm2Signer> FromSecret(std::string_view secret);
  static absl::StatusOr<Sm2Signer> FromPem(std::string_view pem);
  // As Ed25519Signer has it.
  static absl::StatusOr<Sm2Signer> MakePemFile(const std::string& path, Entropy& entropy);

  KeyAlgorithm algorithm() const override { return goldeneagle::v1::KEY_ALGORITHM_SM2; }
  const std::string& public_key() const override { return key_.public_key(); }
  std::string Sign(std::string_view message) override { return key_.Sign(message); }

 private:
  explicit Sm2Signer(journal::Sm2PrivateKey key) : key_(std::move(key)) {}
  journal::Sm2PrivateKey key_;
};

// The signer that a file holds, of either algorithm. Errors: KEY_UNUSABLE, as above.
absl::StatusOr<std::unique_ptr<Signer>> SignerFromPem(std::string_view pem);
absl::StatusOr<std::unique_ptr<Signer>> SignerFromPemFile(const std::string& path);
// A new key in a new file, as MakePemFile. Pre: a known algorithm.
absl::StatusOr<std::unique_ptr<Signer>> MakeSignerFile(KeyAlgorithm algorithm, const std::string& path,
                                                       Entropy& entropy);

// Whether `raw` is a public key of `algorithm` that may be registered: 32 bytes of full order (Ed25519), 65 bytes on
// the curve (SM2). False for unknown algorithms.
bool IsPublicKey(KeyAlgorithm algorithm, std::string_view raw);

// Keeps the keys it has met ready, at most about `keys_max`; which one gives way to a new one is left unspecified.
class PublicKeyChecker : public SignatureChecker {
 public:
  explicit PublicKeyChecker(size_t keys_max = 4096);
  bool Check(KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
             std::string_view signature) const override;

 private:
  static constexpr size_t kShards = 16;
  // One of the two; neither for bytes that are no key.
  struct Ready {
    std::optional<journal::Verifier> ed25519;
    std::optional<journal::Sm2Verifier> sm2;
  };
  struct Shard {
    absl::Mutex mu;
    absl::flat_hash_map<std::string, std::shared_ptr<const Ready>> keys ABSL_GUARDED_BY(mu);
  };
  std::shared_ptr<const Ready> ReadyKey(KeyAlgorithm algorithm, std::string_view public_key) const;

  const size_t shard_keys_max_;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace eagle::trust
