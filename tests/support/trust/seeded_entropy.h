// Randomness that a seed decides: SHA-256 of seed and counter. For tests and the simulation.
#pragma once

#include <cstdint>
#include <string>

#include "absl/synchronization/mutex.h"
#include "server/base/bytes.h"
#include "server/base/entropy.h"
#include "server/journal/hash.h"

namespace eagle {

// Threads: any; who gets which bytes then depends on who comes first.
class SeededEntropy : public Entropy {
 public:
  explicit SeededEntropy(uint64_t seed) : seed_(seed) {}
  std::string Bytes(size_t count) override {
    absl::MutexLock lock(&mu_);
    std::string bytes;
    while (bytes.size() < count) {
      const journal::Hash block = journal::Sha256(BigEndian(seed_) + BigEndian(counter_++));
      bytes += journal::View(block);
    }
    bytes.resize(count);
    return bytes;
  }

 private:
  absl::Mutex mu_;
  const uint64_t seed_;
  uint64_t counter_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace eagle
