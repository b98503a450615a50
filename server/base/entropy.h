// The port through which randomness comes in: salts, nonces, key ids, keys.
#pragma once

#include <cstddef>
#include <string>

namespace eagle {

// Threads: an implementation says; the production one (trust) may be called from any.
class Entropy {
 public:
  virtual ~Entropy() = default;
  // `count` bytes nobody can guess. Never fails: without randomness there is nothing safe left to do, so it aborts.
  virtual std::string Bytes(size_t count) = 0;
};

}  // namespace eagle
