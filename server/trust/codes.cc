#include "server/trust/codes.h"

#include "server/base/bytes.h"

namespace eagle::trust {
namespace {

// Whether valid UTF-8 begins with white space, a control or a mark of direction.
bool BeginsInvisible(std::string_view text) {
  const auto byte = [text](size_t at) { return static_cast<unsigned char>(text[at]); };
  if (byte(0) <= 0x20 || byte(0) == 0x7f) return true;
  if (byte(0) == 0xc2) return byte(1) <= 0xa0;  // U+0080 to U+00A0
  const std::string_view three = text.substr(0, 3);
  if (three.substr(0, 2) == "\xe2\x80") {
    return byte(2) <= 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xaf);  // U+2000-200F, U+2028-202F
  }
  return three == "\xe3\x80\x80" || three == "\xef\xbb\xbf";  // ideographic space, byte order mark
}

}  // namespace

bool IsCode(std::string_view text) {
  if (text.empty() || text.size() > kCodeBytesMax || text == "." || text == ".." || !IsValidUtf8(text)) return false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '/' || text[at] == '%' || BeginsInvisible(text.substr(at))) return false;
  }
  return true;
}

}  // namespace eagle::trust
