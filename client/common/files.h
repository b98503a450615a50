// Small files of a court's own: read whole, replaced whole, durable when written.
//
// Threads: any; two writers of one path, in this process or another, take a FolderGuard first.
//
//   EAGLE_ASSIGN_OR_RETURN(auto guard, FolderGuard::Take("state"));
//   EAGLE_RETURN_IF_ERROR(WriteDurably("state/checkpoint", note));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::client {

inline constexpr size_t kFileBytesMax = 64 * 1024 * 1024;

// Errors of all: STORAGE_UNUSABLE with the path, and the system's word for what was wrong.

// The content; TOO_LARGE above kFileBytesMax.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// Absent when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadFileIfThere(const std::string& path);
// Who may read what is made: its owner, or everybody.
enum class Readers { kOwner, kEverybody };
// The file has its old content or, when this returns OK, durably the new one; never a part. Mode 0600, or 0644.
absl::Status WriteDurably(const std::string& path, std::string_view content, Readers readers = Readers::kOwner);
// Adds to the end of a file, made (mode 0600) when it isn't there; durable when this returns OK. After a crash a part
// of `content` may be there: whoever reads the file ends what was cut.
absl::Status AppendDurably(const std::string& path, std::string_view content);
// The folder and those above it, mode 0700, or 0755. OK when they are there.
absl::Status MakeFolder(const std::string& path, Readers readers = Readers::kOwner);
// Makes durable which files are in the folder: after a rename of one's own.
absl::Status SyncFolder(const std::string& path);
// Names of the plain files in `path` that end in `ending`, ascending; none when the folder isn't there.
absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& path, std::string_view ending);
// "dir/name" -> "dir"; "name" -> ".".
std::string FolderOf(const std::string& path);

// Keeps other processes (and other guards of this one) out of a folder while it lives; waits for them. Held for moments
// only.
class FolderGuard {
 public:
  // Makes the folder when it isn't there.
  static absl::StatusOr<std::unique_ptr<FolderGuard>> Take(const std::string& folder);
  // For a life, beside Take: whoever works in the folder all the time holds it under `name`, and isn't waited for.
  // Errors: FOLDER_LOCKED when another one has it.
  static absl::StatusOr<std::unique_ptr<FolderGuard>> Occupy(const std::string& folder, const std::string& name);
  ~FolderGuard();
  FolderGuard(const FolderGuard&) = delete;
  FolderGuard& operator=(const FolderGuard&) = delete;

 private:
  explicit FolderGuard(int file) : file_(file) {}
  int file_;
};

}  // namespace eagle::client
