#include "server/journal/ed25519.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/openssl_bytes.h"

namespace eagle::journal {
namespace {

struct DigestContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, DigestContextDeleter>;

// y coordinates, little-endian, of the eight points whose order divides 8, with the encodings that are not reduced
// modulo p = 2^255 - 19. The sign of x is the top bit of the last byte and is ignored.
constexpr uint8_t kSmallOrder[][kPublicKeySize] = {
    {0},  // order 4
    {1},  // order 1, the neutral point
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},  // order 8
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},  // order 8
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // p - 1, order 2
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // p = 0
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // p + 1 = 1
};

bool IsSmallOrder(const std::array<uint8_t, kPublicKeySize>& key) {
  auto y = key;
  y.back() &= 0x7f;
  return std::any_of(std::begin(kSmallOrder), std::end(kSmallOrder),
                     [&](const auto& row) { return std::memcmp(row, y.data(), y.size()) == 0; });
}

}  // namespace

void PkeyDeleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::optional<PublicKey> PublicKey::FromBytes(std::string_view raw) {
  if (raw.size() != kPublicKeySize) return std::nullopt;
  PublicKey key;
  std::memcpy(key.bytes.data(), raw.data(), raw.size());
  if (IsSmallOrder(key.bytes)) return std::nullopt;
  return key;
}

absl::StatusOr<PrivateKey> PrivateKey::FromSeed(std::string_view seed) {
  if (seed.size() != kSeedSize) {
    return Fail(Reason::kKeyUnusable, "the seed of an Ed25519 key has 32 bytes")
        .With("size", static_cast<int64_t>(seed.size()));
  }
  PkeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Raw(seed), seed.size()));
  GATEWAY_ASSERT(key != nullptr, "every 32 bytes are a seed");
  PublicKey public_key;
  size_t size = public_key.bytes.size();
  const int got = EVP_PKEY_get_raw_public_key(key.get(), public_key.bytes.data(), &size);
  GATEWAY_ASSERT(got == 1 && size == kPublicKeySize, "a private key has its public half");
  return PrivateKey(std::move(key), public_key);
}

std::string PrivateKey::Sign(std::string_view message) const {
  DigestContextPtr context(EVP_MD_CTX_new());
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  const bool done = context != nullptr &&
                    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   Raw(message), message.size()) == 1;
  GATEWAY_ASSERT(done && size == kSignatureSize, "signing with a key in memory can't fail");
  return signature;
}

Verifier::Verifier(const PublicKey& key) : public_key_(key) {
  if (IsSmallOrder(key.bytes)) return;
  key_.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  GATEWAY_ASSERT(key_ != nullptr, "32 bytes are taken as a public key; whether they are a point shows when verifying");
}

bool Verifier::Verify(std::string_view message, std::string_view signature) const {
  if (key_ == nullptr || signature.size() != kSignatureSize) return false;
  DigestContextPtr context(EVP_MD_CTX_new());
  const int ready = context == nullptr ? 0 : EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get());
  GATEWAY_ASSERT(ready == 1, "verification can always begin");
  return EVP_DigestVerify(context.get(), Raw(signature), signature.size(), Raw(message), message.size()) == 1;
}

bool Verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  return Verifier(key).Verify(message, signature);
}

}  // namespace eagle::journal
