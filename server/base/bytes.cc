#include "server/base/bytes.h"

#include "absl/strings/escaping.h"

namespace eagle {

ByteWriter& ByteWriter::U8(uint8_t value) {
  bytes_.push_back(static_cast<char>(value));
  return *this;
}
ByteWriter& ByteWriter::U16(uint16_t value) {
  return U8(static_cast<uint8_t>(value >> 8)).U8(static_cast<uint8_t>(value));
}
ByteWriter& ByteWriter::U32(uint32_t value) {
  return U16(static_cast<uint16_t>(value >> 16)).U16(static_cast<uint16_t>(value));
}
ByteWriter& ByteWriter::U64(uint64_t value) {
  char out[8];
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = static_cast<char>(value);
  bytes_.append(out, 8);
  return *this;
}
ByteWriter& ByteWriter::Bytes(std::string_view bytes) {
  bytes_.append(bytes);
  return *this;
}

std::string_view ByteReader::Bytes(size_t count) {
  if (count > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::string_view out = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return out;
}
namespace {
uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}
}  // namespace
uint8_t ByteReader::U8() { return static_cast<uint8_t>(FromBigEndian(Bytes(1))); }
uint16_t ByteReader::U16() { return static_cast<uint16_t>(FromBigEndian(Bytes(2))); }
uint32_t ByteReader::U32() { return static_cast<uint32_t>(FromBigEndian(Bytes(4))); }
uint64_t ByteReader::U64() { return FromBigEndian(Bytes(8)); }

std::string BigEndian(uint64_t value) { return ByteWriter().U64(value).Take(); }

std::string HexEncode(std::string_view bytes) { return absl::BytesToHexString(ToAbsl(bytes)); }

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  for (char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  return absl::HexStringToBytes(ToAbsl(text));
}

std::string Base64Encode(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

std::optional<std::string> Base64Decode(std::string_view text) {
  std::string out;
  // Abseil also takes missing padding and white space: a second spelling of the same bytes. Only the first one counts.
  if (!absl::Base64Unescape(ToAbsl(text), &out) || Base64Encode(out) != text) return std::nullopt;
  return out;
}

bool IsValidUtf8(std::string_view text) {
  static constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 0x3Fu);
    }
    if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

}  // namespace eagle
