// Ed25519 signatures (RFC 8032): 32-byte keys, 64-byte signatures, no pre-hash.
//
// Threads: const methods may be called from any thread at the same time.
//
//   StatusOr<PrivateKey> key = PrivateKey::FromSeed(entropy.Bytes(32));
//   std::string signature = key->Sign(message);
//   Verifier verifier(key->PublicKeyOf());            // keep it where many signatures of one signer arrive
//   if (!verifier.Verify(message, signature)) ...
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_pkey_st;

namespace eagle::journal {

inline constexpr size_t kPublicKeySize = 32;
inline constexpr size_t kSeedSize = 32;
inline constexpr size_t kSignatureSize = 64;

// A public key as it travels and is stored: 32 raw bytes.
struct PublicKey {
  std::array<uint8_t, kPublicKeySize> bytes{};

  // Absent unless `raw` has exactly 32 bytes and is no point of small order: with such a key one signature would fit
  // any message, so its owner could deny everything.
  static std::optional<PublicKey> FromBytes(std::string_view raw);
  std::string_view View() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

struct PkeyDeleter {
  void operator()(evp_pkey_st* key) const;
};
using PkeyPtr = std::unique_ptr<evp_pkey_st, PkeyDeleter>;

// Move-only; the seed is wiped with the object.
class PrivateKey {
 public:
  // Errors: KEY_UNUSABLE unless `seed` has exactly 32 bytes.
  static absl::StatusOr<PrivateKey> FromSeed(std::string_view seed);

  // 64 bytes; the same for the same message.
  std::string Sign(std::string_view message) const;
  const PublicKey& PublicKeyOf() const { return public_key_; }

 private:
  PrivateKey(PkeyPtr key, const PublicKey& public_key) : key_(std::move(key)), public_key_(public_key) {}
  PkeyPtr key_;
  PublicKey public_key_;
};

// One public key made ready once, for many signatures.
class Verifier {
 public:
  explicit Verifier(const PublicKey& key);
  // False also for a signature that has not exactly 64 bytes, and for a key of small order.
  bool Verify(std::string_view message, std::string_view signature) const;
  const PublicKey& key() const { return public_key_; }

 private:
  PkeyPtr key_;  // null: of small order
  PublicKey public_key_;
};

// As Verifier(key).Verify(message, signature), for a key that is seen once.
bool Verify(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace eagle::journal
