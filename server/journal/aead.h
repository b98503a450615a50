// AES-256-GCM with an explicit nonce: what seals payloads and wraps keys.
//
// A nonce must never be used twice with one key: take it from Entropy, with the batch. No key outlives the call.
//
// Threads: pure functions.
//
//   std::string sealed = AeadSeal(key, nonce, plaintext, "ge/thing/v1");
//   EAGLE_ASSIGN_OR_RETURN(std::string plaintext, AeadOpen(key, nonce, sealed, "ge/thing/v1"));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace eagle::journal {

inline constexpr size_t kAeadKeySize = 32;
inline constexpr size_t kAeadNonceSize = 12;
inline constexpr size_t kAeadTagSize = 16;

// Ciphertext || tag: 16 bytes more than `plaintext`. `aad` is bound to it but not contained.
// Pre: a key of 32 and a nonce of 12 bytes.
std::string AeadSeal(std::string_view key, std::string_view nonce, std::string_view plaintext, std::string_view aad);

// What was sealed. Pre: a key of 32 and a nonce of 12 bytes.
// Errors: ENTRY_MALFORMED when `sealed` is shorter than a tag, or isn't what this key sealed with this nonce and `aad`.
absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view nonce, std::string_view sealed,
                                     std::string_view aad);

}  // namespace eagle::journal
