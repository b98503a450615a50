// Codes that name organisations and officers: "辽9901", "9900001", "001".
//
// Threads: pure functions.
#pragma once

#include <string_view>

namespace eagle::trust {

inline constexpr size_t kCodeBytesMax = 128;

// 1 to 128 bytes of valid UTF-8 without '/', '%', white space (the ideographic space included) and control characters,
// and neither "." nor "..": so a code stands unchanged in a statement's subject and between the slashes of a URI.
bool IsCode(std::string_view text);

}  // namespace eagle::trust
