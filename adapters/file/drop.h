// The directory drop: two folders between two owners. Each side writes, replaces and removes files in its own folder
// only, and only reads the other's, so the file permissions can say the same.
//
// A file becomes visible under its name only whole: written under a name that begins with a dot, synced, renamed, the
// folder synced. A reader never follows a link and never reads more than it is willing to hold.
//
// Threads: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/file/steps.h"

namespace eagle::file {

// Most files that are looked at in one folder; more is an error, never a part.
inline constexpr size_t kFilesMax = 20'000;

// What tells that a file is another one than before.
struct FileMark {
  uint64_t inode = 0;
  int64_t bytes = 0;
  int64_t changed_ns = 0;
  friend bool operator==(const FileMark&, const FileMark&) = default;
};

class Drop {
 public:
  // Both folders must be there. `steps` outlives it. Error: STORAGE_UNUSABLE.
  static absl::StatusOr<Drop> Open(const std::string& ours, const std::string& theirs, Steps& steps);

  // Durable and whole under `name` when it returns; replaces one of that name. Error: STORAGE_UNUSABLE.
  absl::Status Place(const std::string& name, std::string_view bytes);
  // Nothing when there is none. Error: STORAGE_UNUSABLE.
  absl::Status Remove(const std::string& name);
  bool IsPlaced(const std::string& name) const;

  // Regular files of the other side by name, without those that begin with a dot. Errors: STORAGE_UNUSABLE, TOO_LARGE.
  absl::StatusOr<std::map<std::string, FileMark>> Theirs() const;
  absl::StatusOr<std::map<std::string, FileMark>> Ours() const;
  // Errors: NOT_FOUND (none, or no regular file), TOO_LARGE, STORAGE_UNUSABLE.
  absl::StatusOr<std::string> ReadTheirs(const std::string& name, size_t bytes_max) const;

 private:
  Drop(std::string ours, std::string theirs, Steps& steps)
      : ours_(std::move(ours)), theirs_(std::move(theirs)), steps_(&steps) {}
  std::string ours_, theirs_;
  Steps* steps_;
};

// The same way of writing for any folder: whole, durable, by rename.
absl::Status WriteWhole(const std::string& folder, const std::string& name, std::string_view bytes, Steps& steps);

}  // namespace eagle::file
