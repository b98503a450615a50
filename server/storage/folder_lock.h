// One process a data folder: an exclusive lock on `<folder>/lock`, held for the life of the object and given back by
// the kernel however the process ends. The file stays and holds the last owner's process id, for people.
//
// Threads: a value with one owner.
//
//   EAGLE_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire("/var/lib/goldeneagle"));
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace eagle::storage {

class FolderLock {
 public:
  // Never waits.
  // Errors: FOLDER_LOCKED     another process (or another lock of this one) holds it; metadata `pid` says which.
  //         STORAGE_UNUSABLE  there is no such folder, or it can't be written.
  // A child made by fork() without exec shares the lock: both must be gone before it is free.
  static absl::StatusOr<FolderLock> Acquire(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace eagle::storage
