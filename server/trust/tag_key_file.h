// The tag key in a file: what the log's keeper hands to an auditor who may find people in leaves, and open nothing.
//
//   golden-eagle-tag-key-v1
//   <32 bytes in base64>
//
// Threads: any; one path by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/trust/tag.h"

namespace eagle::trust {

// Errors: KEY_UNUSABLE when the file can't be read, isn't its owner's alone (ReadSecretFile), or has another form.
absl::StatusOr<std::unique_ptr<TagKey>> ReadTagKeyFile(const std::string& path);
// Pre: `key` has 32 bytes. Errors: KEY_UNUSABLE when the path exists already, or can't be written.
absl::Status WriteTagKeyFile(const std::string& path, std::string_view key);

}  // namespace eagle::trust
