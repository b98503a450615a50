#include "adapters/file/encoding.h"

#include <iconv.h>

#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

constexpr char kInside[] = "UTF-8";

struct Converted {
  std::string text;
  std::optional<size_t> wrong_at;  // offset in the input
};

// The whole of `in`, or where it stops. Conversions that iconv calls irreversible count as wrong.
Converted Convert(const std::string& from, const std::string& to, std::string_view in) {
  const iconv_t converter = iconv_open(to.c_str(), from.c_str());
  GATEWAY_ASSERT(converter != reinterpret_cast<iconv_t>(-1), "the C library knows the three encodings");
  Converted out;
  std::string buffer(in.size() * 4 + 16, '\0');
  char* source = const_cast<char*>(in.data());  // iconv's signature; it doesn't write there
  size_t source_left = in.size();
  char* target = buffer.data();
  size_t target_left = buffer.size();
  const size_t irreversible = iconv(converter, &source, &source_left, &target, &target_left);
  iconv_close(converter);
  if (irreversible != 0 || source_left != 0) {
    out.wrong_at = in.size() - source_left;
  } else {
    buffer.resize(buffer.size() - target_left);
    out.text = std::move(buffer);
  }
  return out;
}

// The character that begins at `at` of valid UTF-8.
uint32_t CharacterAt(std::string_view utf8, size_t at) {
  const auto byte = [&](size_t i) { return i < utf8.size() ? static_cast<uint8_t>(utf8[i]) : 0u; };
  const uint32_t first = byte(at);
  const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  uint32_t value = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 1; i <= more; ++i) value = value << 6 | (byte(at + static_cast<size_t>(i)) & 0x3fu);
  return value;
}

}  // namespace

absl::StatusOr<Encoding> Encoding::Named(std::string_view name) {
  for (const std::string_view known : {"GB18030", "GBK", "UTF-8"}) {
    if (name == known) return Encoding(std::string(name));
  }
  return Fail(Reason::kConfigurationInvalid, "the encoding must be GB18030, GBK or UTF-8").With("encoding", name);
}

absl::StatusOr<std::string> Encoding::Encode(std::string_view utf8) const {
  if (!IsValidUtf8(utf8)) return Fail(Reason::kTextInvalid, "the text is no UTF-8");
  if (name_ == kInside) return std::string(utf8);
  Converted out = Convert(kInside, name_, utf8);
  if (!out.wrong_at && Convert(name_, kInside, out.text).text != utf8) out.wrong_at = 0;
  if (!out.wrong_at) return std::move(out.text);
  return Fail(Reason::kTextInvalid, "the agency's encoding can't carry a character")
      .With("encoding", name_)
      .With("character", absl::StrFormat("U+%04X", CharacterAt(utf8, *out.wrong_at)));
}

absl::StatusOr<std::string> Encoding::Decode(std::string_view bytes) const {
  Converted out;
  if (name_ == kInside) {
    if (!IsValidUtf8(bytes)) return Fail(Reason::kTextInvalid, "the bytes are no UTF-8");
    return std::string(bytes);
  }
  out = Convert(name_, kInside, bytes);
  if (!out.wrong_at && Convert(kInside, name_, out.text).text != bytes) out.wrong_at = 0;
  if (!out.wrong_at) return std::move(out.text);
  return Fail(Reason::kTextInvalid, "the bytes are no text of the agency's encoding")
      .With("encoding", name_)
      .With("offset", static_cast<int64_t>(*out.wrong_at));
}

bool Encoding::Fits(std::string_view declared) const {
  const std::string upper = absl::AsciiStrToUpper(ToAbsl(declared));
  if (upper == name_) return true;
  if (name_ == kInside) return upper == "UTF8";
  return upper == "GB2312" || (name_ == "GB18030" && upper == "GBK");
}

}  // namespace eagle::file
