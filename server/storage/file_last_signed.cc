#include "server/storage/file_last_signed.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/sha256.h"

namespace eagle::storage {
namespace {

constexpr std::string_view kMagic = "GELASTSG";
constexpr uint8_t kFormat = 1;
constexpr size_t kDigestBytes = 32;
constexpr size_t kSlotBytes = FileLastSigned::kSlotBytes;
static_assert(kMagic.size() + 1 + 8 + 1 + 8 + 32 + 4 + kNoteBytesMax + kDigestBytes <= kSlotBytes);

struct Slot {
  uint64_t generation = 0;
  std::optional<SignedHead> head;
};

std::string_view AsText(const std::array<uint8_t, 32>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Encode(const Slot& slot) {
  const SignedHead head = slot.head.value_or(SignedHead{});
  ByteWriter out;
  out.Bytes(kMagic).U8(kFormat).U64(slot.generation).U8(slot.head.has_value());
  out.U64(head.size).Bytes(AsText(head.root)).U32(static_cast<uint32_t>(head.note.size())).Bytes(head.note);
  std::string bytes = out.Take();
  GATEWAY_ASSERT(bytes.size() + kDigestBytes <= kSlotBytes, "a note is at most 3 KiB");
  bytes.resize(kSlotBytes - kDigestBytes, '\0');
  bytes.append(AsText(Sha256().Update(bytes).Finish()));
  return bytes;
}

// Absent when these are not the bytes of one whole write.
std::optional<Slot> Decode(std::string_view bytes) {
  const std::string_view body = bytes.substr(0, kSlotBytes - kDigestBytes);
  if (AsText(Sha256().Update(body).Finish()) != bytes.substr(body.size())) return std::nullopt;
  ByteReader in(body);
  if (in.Bytes(kMagic.size()) != kMagic || in.U8() != kFormat) return std::nullopt;
  Slot slot{.generation = in.U64()};
  const bool present = in.U8() != 0;
  SignedHead head{.size = in.U64()};
  const std::string_view root = in.Bytes(32);
  std::copy(root.begin(), root.end(), head.root.begin());
  head.note = in.Bytes(in.U32());
  if (!in.ok()) return std::nullopt;
  if (present) slot.head = std::move(head);
  return slot;
}

bool WriteAll(int descriptor, std::string_view bytes, off_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(descriptor, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += written;
  }
  return true;
}

absl::Status Unusable(const std::string& path, const char* what, int error) {
  return Fail(Reason::kStorageUnusable, what).With("path", path).With("cause", std::strerror(error));
}

bool SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

// Both slots hold "nothing signed yet". Atomic: afterwards the file is there whole, or not at all.
absl::Status Create(const std::string& path) {
  const std::string part = path + ".part";
  const int descriptor = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return Unusable(path, "the last-signed file can't be made", errno);
  const bool written =
      WriteAll(descriptor, Encode({.generation = 0}) + Encode({.generation = 1}), 0) && fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  if (!written) return Unusable(path, "the last-signed file can't be written", error);
  if (rename(part.c_str(), path.c_str()) != 0 || !SyncFolderOf(path)) {
    return Unusable(path, "the last-signed file can't be put in place", errno);
  }
  return absl::OkStatus();
}

// The note, in a file of its own. The same note again is no other file.
absl::Status KeepAside(const std::string& path, const SignedHead& head) {
  const std::string digest(AsText(Sha256().Update(head.note).Finish()));
  const std::string kept = path + "." + std::to_string(head.size) + "-" + HexEncode(digest.substr(0, 4)) + ".note";
  const std::string part = kept + ".part";
  const int descriptor = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return Unusable(kept, "what was last signed can't be kept aside", errno);
  const bool written = WriteAll(descriptor, head.note, 0) && fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  if (!written) return Unusable(kept, "what was last signed can't be kept aside", error);
  if (rename(part.c_str(), kept.c_str()) != 0 || !SyncFolderOf(kept)) {
    return Unusable(kept, "what was last signed can't be kept aside", errno);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MayFollow(const std::optional<SignedHead>& last, const SignedHead& next) {
  GATEWAY_ASSERT(next.note.size() <= kNoteBytesMax, "a note is at most 3 KiB");
  if (!last || next.size > last->size) return absl::OkStatus();
  if (next.size < last->size) {
    return Fail(Reason::kJournalOlder, "a smaller size than was signed must not be signed")
        .With("signed_size", std::to_string(last->size))
        .With("size", std::to_string(next.size));
  }
  if (next.root != last->root) {
    return Fail(Reason::kJournalBroken, "another root was signed for this size")
        .With("size", std::to_string(next.size));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileLastSigned>> FileLastSigned::Open(const std::string& path, IfMissing if_missing,
                                                                     FatalHandler on_fatal) {
  int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT && if_missing == IfMissing::kCreate) {
    EAGLE_RETURN_IF_ERROR(Create(path));
    descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  }
  if (descriptor < 0) return Unusable(path, "the last-signed file can't be opened", errno);
  auto file = std::unique_ptr<FileLastSigned>(new FileLastSigned(path, descriptor, std::move(on_fatal)));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Unusable(path, "the last-signed file can't be locked", errno);
    return Fail(Reason::kFolderLocked, "another process has the last-signed file").With("path", path);
  }
  struct stat info {};
  if (fstat(descriptor, &info) != 0) return Unusable(path, "the last-signed file can't be examined", errno);
  if (info.st_size != 2 * kSlotBytes) {
    return Fail(Reason::kStorageDamaged, "the last-signed file has a wrong length")
        .With("path", path)
        .With("bytes", static_cast<int64_t>(info.st_size));
  }
  EAGLE_RETURN_IF_ERROR(file->Load());
  return file;
}

FileLastSigned::~FileLastSigned() { close(descriptor_); }

absl::Status FileLastSigned::Load() {
  std::string bytes(2 * kSlotBytes, '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Fail(Reason::kStorageDamaged, "the last-signed file can't be read");
    done += static_cast<size_t>(count);
  }
  std::optional<Slot> newest;
  for (size_t i = 0; i < 2; ++i) {
    std::optional<Slot> slot = Decode(std::string_view(bytes).substr(i * kSlotBytes, kSlotBytes));
    if (slot && slot->generation % 2 == i && (!newest || slot->generation > newest->generation))
      newest = std::move(slot);
  }
  if (!newest) return Fail(Reason::kStorageDamaged, "neither copy of what was last signed can be read");
  generation_ = newest->generation;
  last_ = std::move(newest->head);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SignedHead>> FileLastSigned::Read() {
  if (dead_) return Fail(Reason::kStorageDamaged, "the last-signed file failed before");
  return last_;
}

absl::Status FileLastSigned::Write(const SignedHead& head) {
  if (dead_) return Fail(Reason::kStorageDamaged, "the last-signed file failed before");
  EAGLE_RETURN_IF_ERROR(MayFollow(last_, head));
  return Put(head);
}

absl::Status FileLastSigned::Restart(const SignedHead& head) {
  if (dead_) return Fail(Reason::kStorageDamaged, "the last-signed file failed before");
  GATEWAY_ASSERT(head.note.size() <= kNoteBytesMax, "a note is at most 3 KiB");
  if (last_ && last_ != head) EAGLE_RETURN_IF_ERROR(KeepAside(path_, *last_));
  return Put(head);
}

absl::Status FileLastSigned::Put(const SignedHead& head) {
  if (last_ == head) return absl::OkStatus();
  const uint64_t generation = generation_ + 1;
  const std::string bytes = Encode({.generation = generation, .head = head});
  if (!WriteAll(descriptor_, bytes, static_cast<off_t>(generation % 2 * kSlotBytes)) || fdatasync(descriptor_) != 0) {
    dead_ = true;
    on_fatal_(std::string("the last-signed file can't be written: ") + std::strerror(errno));
    return Fail(Reason::kStorageDamaged, "the last-signed file can't be written");
  }
  generation_ = generation;
  last_ = head;
  return absl::OkStatus();
}

}  // namespace eagle::storage
