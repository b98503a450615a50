#include "server/journal/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <memory>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/openssl_bytes.h"

namespace eagle::journal {
namespace {

struct CipherContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

// Looked up once for the process: a look-up on every call would cost more than sealing does.
const EVP_CIPHER* Cipher() {
  static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  GATEWAY_ASSERT(kCipher != nullptr, "OpenSSL comes with AES-256-GCM");
  return kCipher;
}

void CheckSizes(std::string_view key, std::string_view nonce, std::string_view data, std::string_view aad) {
  GATEWAY_ASSERT(key.size() == kAeadKeySize && nonce.size() == kAeadNonceSize, "AES-256-GCM takes 32 and 12 bytes");
  GATEWAY_ASSERT(data.size() < INT_MAX - kAeadTagSize && aad.size() < INT_MAX, "OpenSSL counts in int");
}

}  // namespace

std::string AeadSeal(std::string_view key, std::string_view nonce, std::string_view plaintext, std::string_view aad) {
  CheckSizes(key, nonce, plaintext, aad);
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  std::string out(plaintext.size() + kAeadTagSize, '\0');
  int aad_done = 0, done = 0, last = 0;
  const bool sealed =
      context != nullptr && EVP_EncryptInit_ex2(context.get(), Cipher(), Raw(key), Raw(nonce), nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &aad_done, Raw(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), Raw(out), &done, Raw(plaintext), static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), Raw(out) + done, &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, Raw(out) + plaintext.size()) == 1;
  GATEWAY_ASSERT(sealed && static_cast<size_t>(done) == plaintext.size(), "sealing in memory can't fail");
  return out;
}

absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view nonce, std::string_view sealed,
                                     std::string_view aad) {
  CheckSizes(key, nonce, sealed, aad);
  if (sealed.size() < kAeadTagSize) return Fail(Reason::kEntryMalformed, "sealed bytes are shorter than their tag");
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kAeadTagSize);
  std::string tag(sealed.substr(ciphertext.size()));
  std::string out(ciphertext.size(), '\0');
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  int aad_done = 0, done = 0, last = 0;
  const bool ready =
      context != nullptr && EVP_DecryptInit_ex2(context.get(), Cipher(), Raw(key), Raw(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &aad_done, Raw(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Raw(out), &done, Raw(ciphertext), static_cast<int>(ciphertext.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, tag.data()) == 1;
  GATEWAY_ASSERT(ready && static_cast<size_t>(done) == out.size(), "deciphering in memory can't fail before the tag");
  if (EVP_DecryptFinal_ex(context.get(), Raw(out) + done, &last) != 1) {
    OPENSSL_cleanse(out.data(), out.size());  // unverified plaintext goes nowhere
    return Fail(Reason::kEntryMalformed, "sealed under another key, for another place, or altered since");
  }
  return out;
}

}  // namespace eagle::journal
