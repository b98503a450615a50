// What the codes of a policy table and of the agencies are called in Chinese, for people who read no codes. The code
// always stands beside the name, so that an unknown one, or one that an installation gave another sense, is still what
// was written.
//
// Threads: pure functions.
//
//   CodeText("RULING")     "裁定书 RULING"
//   CodeText("SOMETHING")  "SOMETHING"
#pragma once

#include <string>
#include <string_view>

namespace eagle::audit {

std::string CodeText(std::string_view code);
// Why an agency didn't do something, or sent an order back. A code that nobody here knows stays as it came, beside
// UNKNOWN 未知代码.
std::string AgencyReasonText(std::string_view code);

}  // namespace eagle::audit
