#include "server/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "server/base/reason.h"

namespace eagle::storage {
namespace {

absl::Status Unusable(const std::string& path, int error) {
  return Fail(Reason::kStorageUnusable, "the data folder can't be locked")
      .With("path", path)
      .With("cause", std::strerror(error));
}

std::string OwnerText(int descriptor) {
  char text[32];
  const ssize_t length = pread(descriptor, text, sizeof(text), 0);
  std::string pid;
  for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) pid.push_back(text[i]);
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

absl::StatusOr<FolderLock> FolderLock::Acquire(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Unusable(path, errno);
  FolderLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Unusable(path, errno);
    return Fail(Reason::kFolderLocked, "another process works on this data folder")
        .With("path", path)
        .With("pid", OwnerText(descriptor));
  }
  // The text is a courtesy: a full disk must not keep us from starting, so its failure is not an error.
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, pid.data(), pid.size(), 0) < 0) errno = 0;
  return lock;
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace eagle::storage
