// A secret in memory that is overwritten when it goes. Copies that callers take are theirs to wipe.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace eagle::trust {

inline void Wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

class Wiped {
 public:
  explicit Wiped(std::string secret) : secret_(std::move(secret)) {}
  ~Wiped() { Wipe(secret_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  std::string_view get() const { return secret_; }

 private:
  std::string secret_;
};

}  // namespace eagle::trust
