// SHA-256 and the three ways the journal uses it: leaf, node and keyed hash (RFC 6962 section 2.1, RFC 2104).
//
// Everything here runs without an allocation and without a look-up of the algorithm: millions of hashes a second on one
// core. No other file of the gateway calls SHA-256 itself.
//
// Threads: pure functions; a Sha256Stream belongs to one thread at a time.
//
//   Hash root = NodeHash(LeafHash(first), LeafHash(second));
//   Sha256Stream stream;  stream.Update("a").Update("b");  Hash digest = stream.Finish();
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace eagle::journal {

inline constexpr size_t kHashSize = 32;
using Hash = std::array<uint8_t, kHashSize>;

// The bytes of `hash`, which must outlive the view.
inline std::string_view View(const Hash& hash) {
  return std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size());
}
// Absent unless `bytes` has exactly 32.
std::optional<Hash> HashFrom(std::string_view bytes);

Hash Sha256(std::string_view bytes);
// SHA-256(00 || bytes).
Hash LeafHash(std::string_view bytes);
// SHA-256(01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);
// RFC 2104 with SHA-256; a key of any length.
Hash HmacSha256(std::string_view key, std::string_view data);

// SHA-256 over pieces. A copy goes on from where the original stands.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream& Update(std::string_view bytes);
  // The digest of everything given to Update. The stream may not be used afterwards.
  Hash Finish();

 private:
  alignas(8) std::array<unsigned char, 112> state_;
};

}  // namespace eagle::journal
