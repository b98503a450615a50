// Names of persons and organisations as they are compared: the same name is typed with different middle dots and
// widths.
//
// Threads: pure function.
#pragma once

#include <string>
#include <string_view>

namespace eagle {

// Middle-dot variants become U+00B7, full-width ASCII becomes ASCII, ideographic spaces become spaces, outer spaces go.
// For comparison only: what is stored, signed and shown is the name as it was given.
std::string FoldName(std::string_view name);

}  // namespace eagle
