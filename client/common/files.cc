#include "client/common/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "server/base/reason.h"

namespace eagle::client {
namespace {

namespace fs = std::filesystem;

absl::Status Unusable(const std::string& path, std::string_view what, int error) {
  return Fail(Reason::kStorageUnusable, std::string(what) + ": " + path + ": " + std::strerror(error))
      .With("path", path);
}

// A descriptor that closes itself.
class File {
 public:
  File(const std::string& path, int flags) : file_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (file_ >= 0) close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return file_; }
  bool ok() const { return file_ >= 0; }
  int Release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

bool WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status SyncFolder(const std::string& folder) {
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (!file.ok() || fsync(file.get()) != 0) return Unusable(folder, "the folder can't be synced", errno);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> ReadFileIfThere(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.ok() && errno == ENOENT) return std::optional<std::string>();
  if (!file.ok()) return Unusable(path, "the file can't be opened", errno);
  std::string content;
  char piece[64 * 1024];
  for (;;) {
    const ssize_t got = read(file.get(), piece, sizeof(piece));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unusable(path, "the file can't be read", errno);
    if (got == 0) return std::optional<std::string>(std::move(content));
    content.append(piece, static_cast<size_t>(got));
    if (content.size() > kFileBytesMax)
      return Fail(Reason::kTooLarge, "the file is too large: " + path).With("path", path);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(std::optional<std::string> content, ReadFileIfThere(path));
  if (!content) return Unusable(path, "the file can't be opened", ENOENT);
  return *std::move(content);
}

absl::Status WriteDurably(const std::string& path, std::string_view content, Readers readers) {
  const std::string draft = path + ".new";
  {
    const File file(draft, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.ok()) return Unusable(draft, "the file can't be written", errno);
    const bool shared = readers == Readers::kOwner || fchmod(file.get(), 0644) == 0;
    if (!shared || !WriteAll(file.get(), content) || fsync(file.get()) != 0) {
      const int error = errno;
      unlink(draft.c_str());
      return Unusable(draft, "the file can't be written", error);
    }
  }
  if (rename(draft.c_str(), path.c_str()) != 0) return Unusable(path, "the file can't be replaced", errno);
  return SyncFolder(FolderOf(path));
}

absl::Status AppendDurably(const std::string& path, std::string_view content) {
  {
    const File file(path, O_WRONLY | O_CREAT | O_APPEND);
    if (!file.ok()) return Unusable(path, "the file can't be written", errno);
    if (!WriteAll(file.get(), content) || fsync(file.get()) != 0)
      return Unusable(path, "the file can't be written", errno);
  }
  return SyncFolder(FolderOf(path));
}

absl::Status MakeFolder(const std::string& path, Readers readers) {
  const mode_t mode = readers == Readers::kOwner ? 0700 : 0755;
  if (path.empty() || path == "." || path == "/") return absl::OkStatus();
  if (mkdir(path.c_str(), mode) == 0) return SyncFolder(FolderOf(path));
  if (errno == ENOENT) {
    EAGLE_RETURN_IF_ERROR(MakeFolder(FolderOf(path), readers));
    if (mkdir(path.c_str(), mode) == 0) return SyncFolder(FolderOf(path));
  }
  const int error = errno;
  std::error_code ignored;
  if (error == EEXIST && fs::is_directory(path, ignored)) return absl::OkStatus();
  return Unusable(path, "the folder can't be made", error);
}

absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& path, std::string_view ending) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::exists(path, error)) return names;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(ending) && at->is_regular_file(error)) names.push_back(name);
  }
  if (error) return Unusable(path, "the folder can't be read", error.value());
  std::sort(names.begin(), names.end());
  return names;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::StatusOr<std::unique_ptr<FolderGuard>> FolderGuard::Take(const std::string& folder) {
  EAGLE_RETURN_IF_ERROR(MakeFolder(folder));
  const std::string path = folder + "/.lock";
  File file(path, O_RDWR | O_CREAT);
  if (!file.ok()) return Unusable(path, "the lock can't be opened", errno);
  while (flock(file.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return Unusable(path, "the lock can't be taken", errno);
  }
  return std::unique_ptr<FolderGuard>(new FolderGuard(file.Release()));
}

absl::StatusOr<std::unique_ptr<FolderGuard>> FolderGuard::Occupy(const std::string& folder, const std::string& name) {
  EAGLE_RETURN_IF_ERROR(MakeFolder(folder));
  const std::string path = folder + "/" + name;
  File file(path, O_RDWR | O_CREAT);
  if (!file.ok()) return Unusable(path, "the lock can't be opened", errno);
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return Fail(Reason::kFolderLocked, "another process works in this folder: " + folder).With("path", folder);
    if (errno != EINTR) return Unusable(path, "the lock can't be taken", errno);
  }
  return std::unique_ptr<FolderGuard>(new FolderGuard(file.Release()));
}

FolderGuard::~FolderGuard() { close(file_); }

}  // namespace eagle::client
