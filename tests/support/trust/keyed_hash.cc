#include "tests/support/trust/keyed_hash.h"

#include "server/journal/hash.h"

namespace eagle {
namespace {

std::string SignatureOf(std::string_view public_key, std::string_view message) {
  const journal::Hash key = journal::Sha256(std::string("ge/test/keyed-hash") + '\0' + std::string(public_key));
  std::string signature;
  for (const char half : {'\0', '\1'}) {
    const journal::Hash hash = journal::HmacSha256(journal::View(key), half + std::string(message));
    signature += journal::View(hash);
  }
  return signature;
}

}  // namespace

KeyedHashSigner::KeyedHashSigner(std::string_view name) {
  const journal::Hash hash = journal::Sha256(std::string("ge/test/key") + '\0' + std::string(name));
  public_key_ = journal::View(hash);
}

std::string KeyedHashSigner::Sign(std::string_view message) { return SignatureOf(public_key_, message); }

bool KeyedHashChecker::Check(trust::KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
                             std::string_view signature) const {
  return algorithm == goldeneagle::v1::KEY_ALGORITHM_ED25519 && public_key.size() == journal::kPublicKeySize &&
         signature == SignatureOf(public_key, message);
}

}  // namespace eagle
