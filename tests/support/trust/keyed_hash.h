// The signatures of the simulation: fast, and worth nothing. Whoever knows the public key can sign.
//
//   signature (64 bytes) = HMAC-SHA256(k, 00 || message) || HMAC-SHA256(k, 01 || message)
//   k = SHA-256("ge/test/keyed-hash" 00 || public key)
//
// It passes under the name of Ed25519, so that everything around it runs as in production: a world has one kind of
// checker.
//
// Threads: any, at the same time.
//
//   KeyedHashSigner handler("court 1, officer 1");
//   KeyedHashChecker().Check(handler.algorithm(), handler.public_key(), message, handler.Sign(message)) == true;
#pragma once

#ifndef GATEWAY_TEST_SUPPORT
#error "keyed hashes are no signatures: only tests, which link gateway::test_support_trust, may use them"
#endif

#include <string>
#include <string_view>

#include "server/trust/signature.h"

namespace eagle {

class KeyedHashSigner : public trust::Signer {
 public:
  // The same name gives the same key.
  explicit KeyedHashSigner(std::string_view name);
  trust::KeyAlgorithm algorithm() const override { return goldeneagle::v1::KEY_ALGORITHM_ED25519; }
  const std::string& public_key() const override { return public_key_; }
  std::string Sign(std::string_view message) override;

 private:
  std::string public_key_;
};

class KeyedHashChecker : public trust::SignatureChecker {
 public:
  bool Check(trust::KeyAlgorithm algorithm, std::string_view public_key, std::string_view message,
             std::string_view signature) const override;
};

}  // namespace eagle
