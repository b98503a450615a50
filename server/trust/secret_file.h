// Files that hold secrets: readable by their owner only, never overwritten by accident.
//
// Threads: any; one path by one thread at a time.
//
//   EAGLE_ASSIGN_OR_RETURN(std::string pem, ReadSecretFile("keys/court.pem"));
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::trust {

// The file's content, at most 64 KiB.
// Errors: KEY_UNUSABLE when it can't be read, isn't a plain file, is larger, or when anybody but its owner has a right
// to it (chmod 600). The failure names the path and never the content.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Makes a new file with mode 0600 that is durable, with its name, when this returns.
// Errors: KEY_UNUSABLE when the path exists already, or can't be written; nothing is left behind then.
absl::Status WriteSecretFile(const std::string& path, std::string_view content);

// Puts another content in place of a file's: the path holds the old one or, durably when this returns OK, the new one.
// The old bytes are overwritten with zeros (what the medium keeps beside them is out of reach). `path`.new is used.
// Errors: KEY_UNUSABLE; after one the old content may have stayed in place, whole.
absl::Status ReplaceSecretFile(const std::string& path, std::string_view content);

}  // namespace eagle::trust
