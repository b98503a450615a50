// Ed25519 keys as text files: PKCS#8 and SubjectPublicKeyInfo in PEM, as `openssl genpkey -algorithm ed25519` writes
// them.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(std::string seed, SeedFromPem(pem));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace eagle::trust {

// "-----BEGIN PRIVATE KEY-----", not encrypted. Pre: 32 bytes.
std::string PemOfSeed(std::string_view seed);
// 32 bytes. Errors: KEY_UNUSABLE for anything but exactly such a key; encrypted files are refused, never asked for.
absl::StatusOr<std::string> SeedFromPem(std::string_view pem);

// "-----BEGIN PUBLIC KEY-----". Pre: 32 bytes.
std::string PemOfPublicKey(std::string_view public_key);
// 32 bytes that PublicKey::FromBytes takes. Errors: KEY_UNUSABLE.
absl::StatusOr<std::string> PublicKeyFromPem(std::string_view pem);

}  // namespace eagle::trust
