#include "server/trust/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/base/reason.h"

namespace eagle::trust {
namespace {

constexpr size_t kSecretBytesMax = 64 * 1024;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

absl::Status Unusable(const std::string& path, std::string_view what) {
  return Fail(Reason::kKeyUnusable, what).With("path", path);
}

absl::Status SystemError(const std::string& path, std::string_view what) {
  const std::string error = std::strerror(errno);
  return Unusable(path, std::string(what) + ": " + error);
}

bool WriteAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.ok() && ::fsync(opened.get()) == 0;
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) return SystemError(path, "the file of a secret can't be opened");
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return SystemError(path, "the file of a secret can't be examined");
  if (!S_ISREG(facts.st_mode)) return Unusable(path, "a secret must lie in a plain file");
  if ((facts.st_mode & 077) != 0) {
    return Unusable(path, "others than its owner may use the file of a secret: chmod 600");
  }
  if (facts.st_size < 0 || static_cast<size_t>(facts.st_size) > kSecretBytesMax) {
    return Unusable(path, "the file of a secret is too large");
  }
  std::string content(kSecretBytesMax + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, "the file of a secret can't be read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kSecretBytesMax) return Unusable(path, "the file of a secret is too large");
  content.resize(size);
  return content;
}

absl::Status WriteSecretFile(const std::string& path, std::string_view content) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.ok()) return SystemError(path, "the file of a secret can't be made");
  const bool written = ::fchmod(file.get(), 0600) == 0 && WriteAll(file.get(), content) && ::fsync(file.get()) == 0 &&
                       SyncFolderOf(path);
  if (written) return absl::OkStatus();
  const absl::Status status = SystemError(path, "the file of a secret can't be written");
  ::unlink(path.c_str());
  return status;
}

absl::Status ReplaceSecretFile(const std::string& path, std::string_view content) {
  const File old(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  struct stat facts {};
  if (!old.ok() || ::fstat(old.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return SystemError(path, "the file of a secret can't be opened");
  const std::string made = path + ".new";
  ::unlink(made.c_str());  // of an attempt that died
  EAGLE_RETURN_IF_ERROR(WriteSecretFile(made, content));
  if (::rename(made.c_str(), path.c_str()) != 0 || !SyncFolderOf(path)) {
    const absl::Status status = SystemError(path, "the file of a secret can't be replaced");
    ::unlink(made.c_str());
    return status;
  }
  const std::string zeros(static_cast<size_t>(facts.st_size), '\0');
  if (!WriteAll(old.get(), zeros) || ::fsync(old.get()) != 0)
    return SystemError(path, "the old secret can't be overwritten; the new one is in place");
  return absl::OkStatus();
}

}  // namespace eagle::trust
