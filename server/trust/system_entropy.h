// Randomness of the machine, for everything but tests.
#pragma once

#include <string>

#include "server/base/entropy.h"

namespace eagle::trust {

// OpenSSL's generator, seeded by the kernel. Aborts when it fails. Threads: any, at the same time.
class SystemEntropy : public Entropy {
 public:
  std::string Bytes(size_t count) override;
};

}  // namespace eagle::trust
