#include "server/journal/hash.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

// The low-level functions are deprecated since OpenSSL 3.0, and nevertheless right here: the EVP interface costs a
// third of the speed on 65-byte inputs, the one-shot SHA256() looks its algorithm up on every call and costs five
// sixths. The warning is silenced in this file alone; should the functions go away, this file alone changes.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace eagle::journal {
namespace {

constexpr size_t kBlockSize = 64;

static_assert(sizeof(SHA256_CTX) == sizeof(Sha256Stream) && alignof(SHA256_CTX) <= alignof(Sha256Stream));

Hash Finished(SHA256_CTX& context) {
  Hash out;
  SHA256_Final(out.data(), &context);
  return out;
}

}  // namespace

std::optional<Hash> HashFrom(std::string_view bytes) {
  if (bytes.size() != kHashSize) return std::nullopt;
  Hash hash;
  std::memcpy(hash.data(), bytes.data(), kHashSize);
  return hash;
}

Hash Sha256(std::string_view bytes) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  return Finished(context);
}

Hash LeafHash(std::string_view bytes) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, "\x00", 1);
  SHA256_Update(&context, bytes.data(), bytes.size());
  return Finished(context);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  unsigned char input[1 + 2 * kHashSize];
  input[0] = 1;
  std::memcpy(input + 1, left.data(), kHashSize);
  std::memcpy(input + 1 + kHashSize, right.data(), kHashSize);
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, input, sizeof(input));
  return Finished(context);
}

Hash HmacSha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, kBlockSize> pad{};
  if (key.size() > kBlockSize) {
    const Hash short_key = Sha256(key);
    std::memcpy(pad.data(), short_key.data(), short_key.size());
  } else if (!key.empty()) {
    std::memcpy(pad.data(), key.data(), key.size());
  }
  const std::string_view pad_view(reinterpret_cast<const char*>(pad.data()), pad.size());
  for (unsigned char& c : pad) c ^= 0x36;
  Sha256Stream inner;
  inner.Update(pad_view).Update(data);
  const Hash digest = inner.Finish();
  for (unsigned char& c : pad) c ^= 0x36 ^ 0x5c;
  Sha256Stream outer;
  outer.Update(pad_view).Update(View(digest));
  OPENSSL_cleanse(pad.data(), pad.size());
  return outer.Finish();
}

Sha256Stream::Sha256Stream() { SHA256_Init(reinterpret_cast<SHA256_CTX*>(state_.data())); }

Sha256Stream& Sha256Stream::Update(std::string_view bytes) {
  SHA256_Update(reinterpret_cast<SHA256_CTX*>(state_.data()), bytes.data(), bytes.size());
  return *this;
}

Hash Sha256Stream::Finish() { return Finished(*reinterpret_cast<SHA256_CTX*>(state_.data())); }

}  // namespace eagle::journal
