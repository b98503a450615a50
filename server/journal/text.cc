#include "server/journal/text.h"

#include "server/base/bytes.h"

namespace eagle::journal {

std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Fail NoteMalformed(std::string_view why) { return Fail(Reason::kNoteMalformed, why); }

std::optional<Hash> ParseHash(std::string_view text) {
  const std::optional<std::string> bytes = Base64Decode(text);
  return bytes ? HashFrom(*bytes) : std::nullopt;
}

}  // namespace eagle::journal
