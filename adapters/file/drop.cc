#include "adapters/file/drop.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

constexpr mode_t kFileMode = 0640;  // the agency's system reads as the folder's group

absl::Status Unusable(std::string_view what, const std::string& path) {
  return Fail(Reason::kStorageUnusable, what).With("path", path).With("cause", std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

absl::Status SyncFolder(const std::string& folder) {
  const Descriptor open_folder(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder.ok() || fsync(open_folder.fd()) != 0) return Unusable("the folder can't be synced", folder);
  return absl::OkStatus();
}

FileMark MarkOf(const struct stat& facts) {
  constexpr int64_t kNanoseconds = 1'000'000'000;
  return {facts.st_ino, facts.st_size, facts.st_mtim.tv_sec * kNanoseconds + facts.st_mtim.tv_nsec};
}

absl::StatusOr<std::map<std::string, FileMark>> FilesOf(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  if (listing == nullptr) return Unusable("the folder can't be read", folder);
  std::map<std::string, FileMark> out;
  while (const dirent* entry = readdir(listing.get())) {
    if (entry->d_name[0] == '.') continue;
    struct stat facts;
    if (fstatat(dirfd(listing.get()), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(facts.st_mode))
      continue;
    if (out.size() == kFilesMax)
      return Fail(Reason::kTooLarge, "more files than are looked at: take away what was answered")
          .With("path", folder)
          .With("most", static_cast<int64_t>(kFilesMax));
    out.emplace(entry->d_name, MarkOf(facts));
  }
  return out;
}

}  // namespace

absl::Status WriteWhole(const std::string& folder, const std::string& name, std::string_view bytes, Steps& steps) {
  const std::string path = folder + "/" + name, part = folder + "/." + name + ".part";
  {
    const Descriptor file(open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!file.ok() || fchmod(file.fd(), kFileMode) != 0) return Unusable("the file can't be written", part);
    steps.Reach("write: opened");
    for (size_t done = 0; done < bytes.size();) {
      // In two halves, so that a death between them is one of the points.
      const size_t half = done == 0 ? bytes.size() / 2 + 1 : bytes.size() - done;
      const ssize_t count = write(file.fd(), bytes.data() + done, half);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Unusable("the file can't be written", part);
      done += static_cast<size_t>(count);
      steps.Reach("write: bytes");
    }
    if (fsync(file.fd()) != 0) return Unusable("the file can't be synced", part);
  }
  steps.Reach("write: synced");
  if (std::rename(part.c_str(), path.c_str()) != 0) return Unusable("the file can't be renamed", path);
  steps.Reach("write: renamed");
  EAGLE_RETURN_IF_ERROR(SyncFolder(folder));
  steps.Reach("write: folder synced");
  return absl::OkStatus();
}

absl::StatusOr<Drop> Drop::Open(const std::string& ours, const std::string& theirs, Steps& steps) {
  for (const std::string& folder : {ours, theirs}) EAGLE_RETURN_IF_ERROR(FilesOf(folder).status());
  if (access(ours.c_str(), W_OK) != 0) return Unusable("the folder can't be written", ours);
  return Drop(ours, theirs, steps);
}

absl::Status Drop::Place(const std::string& name, std::string_view bytes) {
  return WriteWhole(ours_, name, bytes, *steps_);
}

absl::Status Drop::Remove(const std::string& name) {
  const std::string path = ours_ + "/" + name;
  if (unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return absl::OkStatus();
    return Unusable("the file can't be removed", path);
  }
  steps_->Reach("removed");
  return SyncFolder(ours_);
}

bool Drop::IsPlaced(const std::string& name) const { return access((ours_ + "/" + name).c_str(), F_OK) == 0; }

absl::StatusOr<std::map<std::string, FileMark>> Drop::Theirs() const { return FilesOf(theirs_); }
absl::StatusOr<std::map<std::string, FileMark>> Drop::Ours() const { return FilesOf(ours_); }

absl::StatusOr<std::string> Drop::ReadTheirs(const std::string& name, size_t bytes_max) const {
  const std::string path = theirs_ + "/" + name;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts;
  if (!file.ok() || fstat(file.fd(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return Fail(Reason::kNotFound, "no such file").With("file", name);
  std::string bytes;
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const ssize_t count = read(file.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unusable("the file can't be read", path);
    if (count == 0) return bytes;
    bytes.append(buffer, 0, static_cast<size_t>(count));
    if (bytes.size() > bytes_max)
      return Fail(Reason::kTooLarge, "larger than is read")
          .With("file", name)
          .With("most", static_cast<int64_t>(bytes_max));
  }
}

}  // namespace eagle::file
