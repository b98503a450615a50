// How many columns a text takes on a terminal: Chinese, Japanese and Korean characters two, combining marks none.
//
// Source: Unicode's EastAsianWidth.txt (W and F are wide) and the general categories Mn, Me and Cf for width zero;
// ranges as of Unicode 15, neighbours joined where what lies between is unassigned.
//
// Threads: pure functions.
//
//   DisplayWidth("（2026）辽9901执1024号") == 22
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eagle::client {

// Bytes that aren't UTF-8 count as one column each.
size_t DisplayWidth(std::string_view text);
// `text` with spaces behind (or before, `right`) up to `width` columns; as it is when it is wider.
std::string Padded(std::string_view text, size_t width, bool right = false);
// Without what could move a terminal's cursor or forge a line: control characters and broken bytes become '?'.
std::string ForTerminal(std::string_view text);

}  // namespace eagle::client
