#include "tests/support/paths.h"

namespace eagle::test {
namespace {

std::string Joined(const char* top, std::string_view relative) {
  return relative.empty() ? std::string(top) : std::string(top) + "/" + std::string(relative);
}

}  // namespace

std::string SourcePath(std::string_view relative) { return Joined(GATEWAY_SOURCE_DIR, relative); }
std::string BuildPath(std::string_view relative) { return Joined(GATEWAY_BINARY_DIR, relative); }

}  // namespace eagle::test
