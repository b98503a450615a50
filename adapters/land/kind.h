// The table of land registries 不动产登记机构: land and buildings, by unit number; a holder's part is sealed.
#pragma once

#include <string_view>

#include "adapters/register/kind.h"

namespace eagle::land {

// 不动产单元号: 28 characters, "990101001002GB00123F00010012": region (6), cadastral area and sub-area (3 + 3), kind of
// right (2 letters), parcel (5), kind of thing on it (F building, L forest, Q other, W none: then zeros follow), number
// of that thing (8).
bool IsUnitNumber(std::string_view text);

extern const registry::Kind kLand;

}  // namespace eagle::land
