// The table of vehicle registries 车辆管理所: motor vehicles, by identification number; the whole vehicle is sealed.
#pragma once

#include <string_view>

#include "adapters/register/kind.h"

namespace eagle::vehicle {

// 车辆识别代号: 17 letters and digits without I, O and Q. Of a vehicle made in China, "L...", the ninth is a check
// character over the others; not everybody abroad keeps that rule. In the test range the second and third are "99".
// Source: GB 16735.
bool IsVin(std::string_view text);

extern const registry::Kind kVehicle;

}  // namespace eagle::vehicle
