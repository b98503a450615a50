// Text in an HTML page.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace eagle {

// As HTML has it, in text and in attributes; a control character becomes a blank.
std::string HtmlText(std::string_view text);

}  // namespace eagle
