#include "server/base/uuid.h"

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle {

std::string NewUuidV7(absl::Time now, Entropy& entropy) {
  std::string id = entropy.Bytes(kUuidBytes);
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (size_t i = 0; i < 6; ++i) id[i] = static_cast<char>(milliseconds >> (8 * (5 - i)));
  id[6] = static_cast<char>((id[6] & 0x0F) | 0x70);
  id[8] = static_cast<char>((id[8] & 0x3F) | 0x80);
  return id;
}

std::string UuidText(std::string_view bytes) {
  GATEWAY_ASSERT(bytes.size() == kUuidBytes, "a UUID has sixteen bytes");
  const std::string hex = HexEncode(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

std::optional<std::string> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex.push_back(text[i]);
  }
  return HexDecode(hex);
}

bool IsUuidV7(std::string_view bytes) {
  return bytes.size() == kUuidBytes && (bytes[6] & 0xF0) == 0x70 && (static_cast<uint8_t>(bytes[8]) & 0xC0) == 0x80;
}

}  // namespace eagle
