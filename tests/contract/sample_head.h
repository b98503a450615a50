// Signed heads for tests.
#pragma once

#include <cstdint>
#include <string>

#include "server/storage/last_signed.h"

namespace eagle::storage {

// A head whose root and note follow from its size; `variant` makes another one of the same size.
inline SignedHead SampleHead(uint64_t size, uint8_t variant = 0) {
  SignedHead head{.size = size};
  head.root.fill(static_cast<uint8_t>(size * 31 + variant));
  head.note =
      "log.example\n" + std::to_string(size) + "\nroot\n\n- log.example signature" + std::to_string(variant) + "\n";
  return head;
}

}  // namespace eagle::storage
