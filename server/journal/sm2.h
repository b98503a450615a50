// SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905): the second algorithm, where a regulation asks for it.
//
// The distinguishing id goes into what is signed; both sides must set the same one, and one that is not set is not the
// default one. Ours is always kSm2Id (GB/T 35276 section 10). A signature is r || s, 64 bytes: one spelling, where DER
// has several.
//
// Threads: const methods may be called from any thread at the same time.
//
//   StatusOr<Sm2PrivateKey> key = Sm2PrivateKey::FromSecret(secret);
//   std::string signature = key->Sign(message);
//   std::optional<Sm2Verifier> verifier = Sm2Verifier::FromBytes(key->public_key());
//   if (!verifier || !verifier->Verify(message, signature)) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/journal/ed25519.h"

namespace eagle::journal {

inline constexpr std::string_view kSm2Id = "1234567812345678";
inline constexpr size_t kSm2SecretSize = 32;
inline constexpr size_t kSm2PublicKeySize = 65;  // 04 || X || Y
inline constexpr size_t kSm2SignatureSize = 64;  // r || s

// OpenSSL's own objects, for who writes keys to files; null for a secret or point that is none. The caller frees them.
evp_pkey_st* NewSm2Key(std::string_view secret);
evp_pkey_st* NewSm2PublicKey(std::string_view raw);

// Move-only. The secret number is wiped with the object.
class Sm2PrivateKey {
 public:
  // `secret`: the number d, 32 bytes, big-endian, from 1 to the group's order less 2.
  // Errors: KEY_UNUSABLE for any other; of random bytes one in 2^32 is.
  static absl::StatusOr<Sm2PrivateKey> FromSecret(std::string_view secret);

  // 64 bytes, different ones each time (the nonce is OpenSSL's own).
  std::string Sign(std::string_view message) const;
  const std::string& public_key() const { return public_key_; }

 private:
  Sm2PrivateKey(PkeyPtr key, std::string public_key) : key_(std::move(key)), public_key_(std::move(public_key)) {}
  PkeyPtr key_;
  std::string public_key_;
};

// One public key made ready once, for many signatures. Move-only.
class Sm2Verifier {
 public:
  // Absent unless `raw` is a point of the curve in its uncompressed form, 65 bytes, and not the point at infinity.
  static std::optional<Sm2Verifier> FromBytes(std::string_view raw);
  // False also for a signature that has not exactly 64 bytes.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  explicit Sm2Verifier(PkeyPtr key) : key_(std::move(key)) {}
  PkeyPtr key_;
};

}  // namespace eagle::journal
