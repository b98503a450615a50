// Bytes in and out: big-endian integers, hexadecimal, base64, and the bridge to Abseil's own string_view.
//
// Threads: everything here is a pure function or a value.
//
//   ByteWriter w;  w.U8(1).U16(7).U64(index).Bytes(commitment);  Store(w.Take());
//   ByteReader r(stored);  uint16_t type = r.U16();  if (!r.Done()) return Fail(Reason::kEntryMalformed, "...");
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace eagle {

// Debian's Abseil has a string_view of its own that doesn't convert to or from std::string_view; this is the one
// bridge.
inline absl::string_view ToAbsl(std::string_view text) { return absl::string_view(text.data(), text.size()); }
inline std::string_view FromAbsl(absl::string_view text) { return std::string_view(text.data(), text.size()); }

// Appends big-endian integers and raw bytes to a string. Never fails.
class ByteWriter {
 public:
  ByteWriter& U8(uint8_t value);
  ByteWriter& U16(uint16_t value);
  ByteWriter& U32(uint32_t value);
  ByteWriter& U64(uint64_t value);
  ByteWriter& I64(int64_t value) { return U64(static_cast<uint64_t>(value)); }
  ByteWriter& Bytes(std::string_view bytes);
  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what ByteWriter wrote. A read past the end gives zeros and makes ok() false for ever: check once, at the end.
// The views returned point into the string given to the constructor, which a temporary would not outlive.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  template <std::same_as<std::string> Temporary>
  explicit ByteReader(Temporary&&) = delete;
  uint8_t U8();
  uint16_t U16();
  uint32_t U32();
  uint64_t U64();
  int64_t I64() { return static_cast<int64_t>(U64()); }
  std::string_view Bytes(size_t count);
  std::string_view Rest() { return Bytes(rest_.size()); }
  size_t remaining() const { return rest_.size(); }
  bool ok() const { return ok_; }
  // True when everything was read and nothing was missing.
  bool Done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Eight big-endian bytes: sorts as the number does, so it is the key of every table that is keyed by a number.
std::string BigEndian(uint64_t value);

std::string HexEncode(std::string_view bytes);                   // lower case
std::optional<std::string> HexDecode(std::string_view text);     // either case; absent when it is not hexadecimal
std::string Base64Encode(std::string_view bytes);                // RFC 4648 section 4, with padding
std::optional<std::string> Base64Decode(std::string_view text);  // exactly that alphabet and padding; else absent
bool IsValidUtf8(std::string_view text);                         // no surrogates, no overlong forms, <= U+10FFFF

}  // namespace eagle
