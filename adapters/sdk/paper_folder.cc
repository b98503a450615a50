#include "adapters/sdk/paper_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::sdk {
namespace {

namespace fs = std::filesystem;

absl::Status FolderFailed(std::string_view what) {
  const std::string cause = std::strerror(errno);
  return Fail(Reason::kStorageUnusable, what).With("cause", cause);
}

std::string EndingOf(std::string_view media_type) {
  if (media_type == "application/pdf") return ".pdf";
  if (media_type == "application/ofd") return ".ofd";
  if (media_type == "image/png") return ".png";
  if (media_type == "image/jpeg") return ".jpg";
  return ".bin";
}

bool IsOf(std::string_view digest, std::string_view content) {
  return journal::View(journal::Sha256(content)) == digest;
}

bool WriteSynced(const std::string& path, std::string_view content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return false;
  bool good = true;
  while (good && !content.empty()) {
    const ssize_t n = write(file, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    good = n > 0;
    if (good) content.remove_prefix(static_cast<size_t>(n));
  }
  good = good && fsync(file) == 0;
  close(file);
  return good;
}

bool SyncFolderAt(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

}  // namespace

absl::StatusOr<std::string> ReadPaper(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  const uint64_t bytes = fs::file_size(path, error);
  if (error || !in.good()) return Fail(Reason::kStorageUnusable, "the file can't be read").With("path", path);
  if (bytes > kPaperBytesMax) return Fail(Reason::kBlobTooLarge, "the file is no paper").With("path", path);
  std::string content(bytes, '\0');
  in.read(content.data(), static_cast<std::streamsize>(bytes));
  if (static_cast<uint64_t>(in.gcount()) != bytes)
    return Fail(Reason::kStorageUnusable, "the file can't be read").With("path", path);
  return content;
}

absl::StatusOr<std::unique_ptr<PaperFolder>> PaperFolder::Open(std::string folder, uint64_t bytes_max) {
  std::unique_ptr<PaperFolder> out(new PaperFolder(std::move(folder), bytes_max));
  if (mkdir(out->folder_.c_str(), 0700) != 0 && errno != EEXIST)
    return FolderFailed("the folder of papers can't be made");
  EAGLE_RETURN_IF_ERROR(out->List());
  return out;
}

absl::Status PaperFolder::List() {
  std::vector<std::pair<fs::file_time_type, std::string>> by_age;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder_, error)) {
    const std::string name = file.path().filename().string();
    if (name.ends_with(".part")) {
      fs::remove(file.path(), error);  // it died while it wrote
    } else if (name.size() > 64 && name[64] == '.' && HexDecode(name.substr(0, 64))) {
      by_age.emplace_back(file.last_write_time(error), name);
    }
  }
  if (error) return Fail(Reason::kStorageUnusable, "the folder of papers can't be read").With("path", folder_);
  std::sort(by_age.begin(), by_age.end());
  for (const auto& [time, name] : by_age) {
    const uint64_t bytes = fs::file_size(folder_ + "/" + name, error);
    files_[*HexDecode(name.substr(0, 64))] = {.name = name, .bytes = bytes, .age = ++last_age_};
    bytes_ += bytes;
  }
  return absl::OkStatus();
}

std::optional<std::string> PaperFolder::PathOf(std::string_view digest) {
  const auto found = files_.find(digest);
  if (found == files_.end()) return std::nullopt;
  const std::string path = folder_ + "/" + found->second.name;
  if (!found->second.trusted) {
    const auto content = ReadPaper(path);
    if (!content.ok() || !IsOf(digest, *content)) {
      std::error_code error;
      fs::remove(path, error);
      bytes_ -= found->second.bytes;
      files_.erase(found);
      return std::nullopt;
    }
    found->second.trusted = true;
  }
  return path;
}

bool PaperFolder::MakeRoom(uint64_t bytes, const Needed& needed) {
  while (bytes_ + bytes > bytes_max_) {
    auto oldest = files_.end();
    for (auto it = files_.begin(); it != files_.end(); ++it) {
      if (!needed(it->first) && (oldest == files_.end() || it->second.age < oldest->second.age)) oldest = it;
    }
    if (oldest == files_.end()) return false;
    std::error_code error;
    fs::remove(folder_ + "/" + oldest->second.name, error);
    bytes_ -= oldest->second.bytes;
    files_.erase(oldest);
  }
  return true;
}

absl::Status PaperFolder::Put(std::string_view digest, std::string_view media_type, std::string_view content,
                              const Needed& needed) {
  if (!IsOf(digest, content)) return Fail(Reason::kBlobDigestMismatch, "the content isn't that of its digest");
  if (PathOf(digest)) return absl::OkStatus();
  if (!MakeRoom(content.size(), needed))
    return Fail(Reason::kStorageUnusable, "the folder of papers is full of what is needed").With("path", folder_);
  const std::string name = HexEncode(digest) + EndingOf(media_type), path = folder_ + "/" + name;
  if (!WriteSynced(path + ".part", content) || std::rename((path + ".part").c_str(), path.c_str()) != 0 ||
      !SyncFolderAt(folder_))
    return FolderFailed("a paper can't be kept");
  files_[std::string(digest)] = {.name = name, .bytes = content.size(), .age = ++last_age_, .trusted = true};
  bytes_ += content.size();
  return absl::OkStatus();
}

}  // namespace eagle::sdk
