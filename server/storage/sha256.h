// SHA-256 in pieces, for this room alone: journal lies above it and has its own, which hashes all that is journalled.
//
// Threads: a value with one owner.
//
//   std::array<uint8_t, 32> digest = Sha256().Update(head).Update(body).Finish();
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace eagle::storage {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& Update(std::string_view bytes);
  // The digest of what was added; the object is as new afterwards.
  std::array<uint8_t, 32> Finish();

 private:
  void* context_;
};

}  // namespace eagle::storage
