// Where this build lies: the source tree and the build folder, for tests that read committed files or start programs.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace eagle::test {

// The absolute path of `relative` ("deploy/policy/cn-2026.txtpb") in the source tree; "" is the tree itself.
std::string SourcePath(std::string_view relative);
// The same in the build folder ("bin/golden-eagle").
std::string BuildPath(std::string_view relative);

}  // namespace eagle::test
