#include "server/api/watch_token.h"

#include <algorithm>
#include <vector>

namespace eagle::api {
namespace {

std::string FilterOf(const std::string& filter, const std::string& recovered_origin) {
  return recovered_origin.empty() ? filter : filter + "\n" + recovered_origin;
}

}  // namespace

std::string WatchFilter(const std::string& filter, const domain::Directory& directory) {
  return FilterOf(filter, directory.recoveries().empty() ? "" : directory.origin());
}

absl::StatusOr<uint64_t> OpenWatchToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& filter,
                                        const std::string& token, uint64_t none, const domain::Directory& directory) {
  const std::vector<domain::Recovered>& recoveries = directory.recoveries();
  absl::StatusOr<uint64_t> next = OpenNumberToken(ring, scope, token, none);
  uint64_t most = ~uint64_t{0};
  for (auto at = recoveries.rbegin(); !next.ok() && at != recoveries.rend(); ++at) {
    most = std::min(most, at->index);
    const std::string before = at + 1 == recoveries.rend() ? "" : (at + 1)->recovery.new_log_key().name();
    const absl::StatusOr<uint64_t> old =
        OpenNumberToken(ring, {scope.method, scope.caller, FilterOf(filter, before)}, token, none);
    if (old.ok()) next = std::min(*old, most);
  }
  return next;
}

}  // namespace eagle::api
