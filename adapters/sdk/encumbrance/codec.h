// Encumbrances and assets as bytes, for adapters that keep them in the inbox (or in any table of bytes).
//
// Times are kept to the microsecond. Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/sdk/encumbrance/encumbrance.h"

namespace eagle::sdk {

std::string EncodeEncumbrance(const Encumbrance& row);
std::optional<Encumbrance> DecodeEncumbrance(std::string_view bytes);  // absent: damaged, or of another version
std::string EncodeAsset(const Asset& asset);
std::optional<Asset> DecodeAsset(std::string_view bytes);

}  // namespace eagle::sdk
