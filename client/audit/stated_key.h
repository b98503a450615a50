// A public key with the algorithm that a statement gave it, and whether a signature is by it. The audit's own check: it
// shares the algorithms with the gateway (server/journal), not the decision which of them counts.
//
// Threads: pure functions.
//
//   if (!IsBy({statement.algorithm(), statement.key()}, journal::Pae(type, payload), signature)) ...
#pragma once

#include <string>
#include <string_view>

#include "goldeneagle/v1/statement.pb.h"

namespace eagle::audit {

struct StatedKey {
  goldeneagle::v1::KeyAlgorithm algorithm = goldeneagle::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string bytes;  // 32 (Ed25519), 65 (SM2)
};

// False also for an unknown algorithm, and for a key that is none of its algorithm.
bool IsBy(const StatedKey& key, std::string_view message, std::string_view signature);

}  // namespace eagle::audit
