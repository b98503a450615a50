// Check digits of the numbers that name people, organisations and accounts in China.
//
// Sources: GB 11643-1999 (citizen number, ISO 7064 MOD 11-2), GB 32100-2015 (unified social credit code, MOD 31-3),
// ISO/IEC 7812-1 Annex B (Luhn, used by the account numbers of the test range).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eagle {

// 18 characters, digits but for a last 'X', a real calendar date of birth, the check character right.
bool IsCitizenNumber(std::string_view number);
// The old 15-digit form of a valid 18-digit citizen number born in the 1900s (two-digit year, no check character);
// absent for all others, a mistyped number included: it must not become somebody else's.
std::optional<std::string> OldCitizenNumber(std::string_view number);
// 18 characters of the code's own alphabet (no I, O, S, V, Z), the check character right.
bool IsUnifiedCreditCode(std::string_view code);
// 8 to 30 digits whose Luhn sum is a multiple of ten.
bool IsAccountNumber(std::string_view number);

// "9901**********0017": the first four and last four characters, as lists, logs and errors may show it; shorter than
// nine: all stars.
std::string MaskNumber(std::string_view number);

}  // namespace eagle
