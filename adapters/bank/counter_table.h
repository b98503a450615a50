// The counter's answers as tables for people: columns in their order, amounts with commas and to the right, wide
// characters counted as two.
//
//   account              holder  kind    ...  balance    available  controlled  measures
//   9900010000000001016  林远舟  DEMAND  ...  81,350.27   1,350.27   80,000.00  1
//
// Threads: pure functions.
#pragma once

#include <string>

#include "adapters/sdk/shell/json.h"

namespace eagle::bank {

// "none" for an empty list; figures that are no list as "name: value".
std::string TableOf(const sdk::Json& answer);

}  // namespace eagle::bank
