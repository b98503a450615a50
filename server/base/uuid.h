// 128-bit ids as courts make them: UUIDv7 (RFC 9562 section 5.7), time first, so that they sort by birth.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/base/entropy.h"

namespace eagle {

inline constexpr size_t kUuidBytes = 16;

// Sixteen bytes: 48 bits of `now` in milliseconds, version 7, variant 10, the rest from `entropy`.
std::string NewUuidV7(absl::Time now, Entropy& entropy);

// The usual 8-4-4-4-12 text, lower case. `bytes` must be 16 long.
std::string UuidText(std::string_view bytes);

// Sixteen bytes from the usual text, any case; absent when it is no UUID.
std::optional<std::string> ParseUuid(std::string_view text);

// True for sixteen bytes that say version 7 and variant 10.
bool IsUuidV7(std::string_view bytes);

}  // namespace eagle
