// Keys as text files: PKCS#8 and SubjectPublicKeyInfo in PEM, as `openssl genpkey -algorithm ed25519` (or
// `-algorithm SM2`) writes them.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::string seed, SeedFromPem(pem));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/statement.pb.h"

namespace eagle::trust {

// "-----BEGIN PRIVATE KEY-----", not encrypted. Pre: 32 bytes.
std::string PemOfSeed(std::string_view seed);
// 32 bytes. Errors: KEY_UNUSABLE for anything but exactly such a key; encrypted files are refused, never asked for.
absl::StatusOr<std::string> SeedFromPem(std::string_view pem);

// The same for SM2: 32 bytes, the secret number. IsSm2Pem: whether `pem` holds a private SM2 key.
std::string PemOfSm2Secret(std::string_view secret);
absl::StatusOr<std::string> Sm2SecretFromPem(std::string_view pem);
bool IsSm2Pem(std::string_view pem);

// A public key with the algorithm that its file names.
struct PublicKeyBytes {
  goldeneagle::v1::KeyAlgorithm algorithm = goldeneagle::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string raw;  // 32 bytes (Ed25519), 65 (SM2)
  friend bool operator==(const PublicKeyBytes&, const PublicKeyBytes&) = default;
};
// "-----BEGIN PUBLIC KEY-----". Pre: IsPublicKey(algorithm, raw).
std::string PemOfPublicKey(const PublicKeyBytes& key);
// Errors: KEY_UNUSABLE, also for a key of small order.
absl::StatusOr<PublicKeyBytes> PublicKeyFromPem(std::string_view pem);

}  // namespace eagle::trust
