#include "server/base/person_name.h"

namespace eagle {

std::string FoldName(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size();) {
    const std::string_view two = name.substr(i, 2), three = name.substr(i, 3);
    if (two == "\xC2\xB7") {
      out += "\xC2\xB7", i += 2;
    } else if (three == "\xE2\x80\xA2" || three == "\xE2\x80\xA7" || three == "\xE3\x83\xBB" ||
               three == "\xEF\xBD\xA5" || three == "\xE2\x8B\x85") {
      out += "\xC2\xB7", i += 3;  // U+2022, U+2027, U+30FB, U+FF65, U+22C5
    } else if (three == "\xE3\x80\x80") {
      out += ' ', i += 3;  // U+3000
    } else if (three.size() == 3 && three[0] == '\xEF' && (three[1] == '\xBC' || three[1] == '\xBD')) {
      // U+FF01 to U+FF5E are the full-width twins of U+0021 to U+007E.
      const int point = 0xF000 | (three[1] & 0x3F) << 6 | (three[2] & 0x3F);
      if (point >= 0xFF01 && point <= 0xFF5E) {
        out += static_cast<char>(point - 0xFEE0);
      } else {
        out += three;
      }
      i += 3;
    } else {
      out += name[i++];
    }
  }
  const size_t first = out.find_first_not_of(' ');
  return first == std::string::npos ? "" : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

}  // namespace eagle
