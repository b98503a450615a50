#include "server/blobs/blob_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <system_error>
#include <vector>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/blobs/blob_file.h"
#include "server/journal/hash.h"

namespace eagle::blobs {
namespace {

namespace fs = std::filesystem;

absl::Status Unusable(const std::string& path, std::string_view what) {
  return Fail(Reason::kStorageUnusable, what).With("path", path);
}

// Paths of the whole blobs below a folder, relative to it, ascending.
absl::StatusOr<std::vector<std::string>> WholeBelow(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  if (!fs::exists(folder, error)) return paths;
  for (const auto& court : fs::directory_iterator(folder, error)) {
    for (const auto& of_case : fs::directory_iterator(court.path(), error)) {
      std::error_code erased;  // a case may go meanwhile
      for (const auto& file : fs::directory_iterator(of_case.path(), erased)) {
        if (file.path().extension() != ".up")
          paths.push_back(fs::path(file.path()).lexically_relative(folder).string());
      }
    }
  }
  if (error) return Unusable(folder, "the folder of papers can't be read");
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool CopyFile(const std::string& from, const std::string& to) {
  std::error_code error;
  if (!fs::copy_file(from, to, error) || error) return false;
  const int descriptor = open(to.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

using HashOf = std::function<absl::StatusOr<std::string>(const BlobFile&)>;

absl::StatusOr<BlobCopy> AddUp(const std::string& folder, const HashOf& hash_of) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> paths, WholeBelow(folder));
  BlobCopy out;
  journal::Sha256Stream all;
  for (const std::string& path : paths) {
    EAGLE_ASSIGN_OR_RETURN(const BlobFile file, BlobFile::Open(folder + "/" + path, false));
    EAGLE_ASSIGN_OR_RETURN(const std::string hash, hash_of(file));
    all.Update(path).Update(std::string_view("\0", 1)).Update(BigEndian(file.head().FileBytes())).Update(hash);
    ++out.count, out.bytes += file.head().FileBytes();
  }
  out.sha256_hex = HexEncode(journal::View(all.Finish()));
  return out;
}

}  // namespace

absl::StatusOr<BlobCopy> CopyBlobs(const std::string& from, const std::string& to) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> paths, WholeBelow(from));
  std::error_code error;
  fs::create_directories(to, error);
  std::string made;
  for (const std::string& path : paths) {
    const std::string source = from + "/" + path, target = to + "/" + path;
    const std::string folder = target.substr(0, target.rfind('/'));
    if (folder != made) {
      if (!made.empty() && !SyncFolder(made)) return Unusable(made, "the copy of papers can't be synced");
      fs::create_directories(folder, error);
      if (error) return Unusable(folder, "the copy of papers can't be written");
      made = folder;
    }
    if (link(source.c_str(), target.c_str()) == 0) continue;
    if (errno == ENOENT && !fs::exists(source, error)) continue;  // erased meanwhile
    if (!CopyFile(source, target)) return Unusable(target, "a paper can't be copied");
  }
  for (const auto& court : fs::directory_iterator(to, error)) {
    if (!SyncFolder(court.path().string())) return Unusable(court.path().string(), "the copy can't be synced");
  }
  if (!made.empty() && !SyncFolder(made)) return Unusable(made, "the copy of papers can't be synced");
  if (!SyncFolder(to)) return Unusable(to, "the copy of papers can't be synced");
  return AddUp(to, [](const BlobFile& file) { return file.ReadHash(); });
}

absl::StatusOr<BlobCopy> CheckBlobs(const std::string& folder) {
  return AddUp(folder, [](const BlobFile& file) { return file.Check(); });
}

}  // namespace eagle::blobs
