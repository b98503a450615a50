// Where watches of the journal go on: the token counts entries, and knows of recoveries.
//
// Threads: pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/api/page_token.h"
#include "server/domain/directory.h"

namespace eagle::api {

// The filter of a watch's token. A token counts entries of one origin's log: what came after a recovery isn't what the
// old log had there.
std::string WatchFilter(const std::string& filter, const domain::Directory& directory);

// Where to go on; `none` without a token. A token from before a recovery goes on where the restored data end, if it was
// past that. `scope`: with WatchFilter(filter). Errors: PAGE_TOKEN_INVALID.
absl::StatusOr<uint64_t> OpenWatchToken(const trust::KeyRing& ring, const TokenScope& scope, const std::string& filter,
                                        const std::string& token, uint64_t none, const domain::Directory& directory);

}  // namespace eagle::api
