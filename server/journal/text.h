// Small pieces of text that the public log formats share: lines, decimals and hashes in base64.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::journal {

// The number that `text` is in ASCII decimal; absent for anything but digits, for a leading zero and above 2^64 - 1.
std::optional<uint64_t> ParseDecimal(std::string_view text);

// The refusal of every text of these formats: NOTE_MALFORMED and what is wrong with it.
Fail NoteMalformed(std::string_view why);

// Takes the first line off `text` and gives it without its 0A; absent, and `text` unchanged, when no 0A is left.
std::optional<std::string_view> TakeLine(std::string_view& text);

// The 32 bytes that `text` is in base64.
std::optional<Hash> ParseHash(std::string_view text);

}  // namespace eagle::journal
