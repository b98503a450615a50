#include "server/storage/sha256.h"

#include <openssl/evp.h>

#include "server/base/assert.h"

namespace eagle::storage {
namespace {

// Fetched once: fetching costs several times what hashing a row does.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  GATEWAY_ASSERT(kSha256 != nullptr, "OpenSSL has SHA-256");
  return kSha256;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  GATEWAY_ASSERT(EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_), Algorithm(), nullptr) == 1, "SHA-256 starts");
}
Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

Sha256& Sha256::Update(std::string_view bytes) {
  GATEWAY_ASSERT(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1,
                 "SHA-256 goes on");
  return *this;
}

std::array<uint8_t, 32> Sha256::Finish() {
  std::array<uint8_t, 32> digest;
  auto* context = static_cast<EVP_MD_CTX*>(context_);
  GATEWAY_ASSERT(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1, "SHA-256 ends");
  GATEWAY_ASSERT(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1, "SHA-256 starts again");
  return digest;
}

}  // namespace eagle::storage
