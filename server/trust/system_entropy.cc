#include "server/trust/system_entropy.h"

#include <openssl/rand.h>

#include <climits>

#include "server/base/assert.h"

namespace eagle::trust {

std::string SystemEntropy::Bytes(size_t count) {
  GATEWAY_ASSERT(count <= INT_MAX, "OpenSSL counts in int");
  std::string bytes(count, '\0');
  const int done = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  GATEWAY_ASSERT(done == 1, "without randomness there is nothing safe left to do");
  return bytes;
}

}  // namespace eagle::trust
