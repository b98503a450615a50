#include "server/blobs/blob_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/aead.h"
#include "server/journal/hash.h"

namespace eagle::blobs {
namespace {

constexpr std::string_view kMagic = "ge-blob1", kSealPurpose = "ge/blob/v1";
constexpr uint64_t kKeyIdBytes = 16;
constexpr uint64_t kHeadBytes = 8 + kKeyIdBytes + journal::kHashSize + 8 + 4 + 4;
constexpr uint64_t kSealBytes = journal::kAeadNonceSize + journal::kAeadTagSize;

absl::Status Damaged(const BlobHead& head, std::string_view what) {
  return Fail(Reason::kStorageDamaged, what).With("digest", HexEncode(head.digest));
}

std::string Encode(const BlobHead& head) {
  ByteWriter out;
  out.Bytes(kMagic).Bytes(head.key_id).Bytes(head.digest).U64(head.size);
  out.U32(static_cast<uint32_t>(head.type)).U32(head.owner.value());
  return out.Take();
}

absl::StatusOr<BlobHead> Decode(std::string_view bytes) {
  ByteReader in(bytes);
  const std::string_view magic = in.Bytes(kMagic.size());
  BlobHead head{.key_id = std::string(in.Bytes(kKeyIdBytes)), .digest = std::string(in.Bytes(journal::kHashSize))};
  head.size = in.U64();
  const uint32_t type = in.U32();
  head.owner = AgencyOrdinal(in.U32());
  const auto known = MediaTypeNumbered(static_cast<uint8_t>(type));
  if (!in.Done() || magic != kMagic || head.size == 0 || head.size > kBlobBytesMax || type > 255 || !known)
    return Fail(Reason::kStorageDamaged, "a file of papers has no head that can be read");
  head.type = *known;
  return head;
}

// A part opens in its own place of its own blob only, and only as what it was put.
std::string SealedWith(const BlobHead& head, uint32_t part) {
  ByteWriter out;
  out.Bytes(kSealPurpose).U8(0).Bytes(head.digest).U64(head.size);
  out.U32(static_cast<uint32_t>(head.type)).U32(head.owner.value()).U32(part);
  return out.Take();
}

}  // namespace

absl::Status MediumFailed(std::string_view what) {
  const std::string cause = std::strerror(errno);
  return Fail(Reason::kStorageUnusable, what).With("cause", cause);
}
uint64_t BlobHead::FileBytes() const { return kHeadBytes + size + parts() * kSealBytes + journal::kHashSize; }

uint64_t BlobFile::PlaceOf(uint32_t part) const { return kHeadBytes + part * (kPartBytes + kSealBytes); }

absl::StatusOr<BlobFile> BlobFile::Make(const std::string& path, const BlobHead& head) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return MediumFailed("a file of papers can't be made");
  BlobFile file(descriptor, head);
  EAGLE_RETURN_IF_ERROR(file.WriteAt(0, Encode(head)));
  return file;
}

absl::StatusOr<BlobFile> BlobFile::Open(const std::string& path, bool writable) {
  const int descriptor = open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0 && errno == ENOENT) return Fail(Reason::kNotFound, "there is no such paper");
  if (descriptor < 0) return MediumFailed("a file of papers can't be opened");
  BlobFile file(descriptor, {});
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, file.ReadAt(0, kHeadBytes));
  EAGLE_ASSIGN_OR_RETURN(file.head_, Decode(bytes));
  return file;
}

BlobFile::~BlobFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<std::string> BlobFile::ReadAt(uint64_t place, uint64_t bytes) const {
  std::string out(bytes, '\0');
  uint64_t done = 0;
  while (done < bytes) {
    const ssize_t n = pread(descriptor_, out.data() + done, bytes - done, static_cast<off_t>(place + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return MediumFailed("a file of papers can't be read");
    if (n == 0) return Damaged(head_, "a file of papers is too short");
    done += static_cast<uint64_t>(n);
  }
  return out;
}

absl::Status BlobFile::WriteAt(uint64_t place, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(place));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return MediumFailed("a file of papers can't be written");
    bytes.remove_prefix(static_cast<size_t>(n));
    place += static_cast<uint64_t>(n);
  }
  return fdatasync(descriptor_) == 0 ? absl::OkStatus() : MediumFailed("a file of papers can't be synced");
}

absl::Status BlobFile::WritePart(std::string_view key, std::string_view nonce, uint32_t part,
                                 std::string_view content) {
  const std::string sealed = journal::AeadSeal(key, nonce, content, SealedWith(head_, part));
  return WriteAt(PlaceOf(part), std::string(nonce) + sealed);
}

absl::StatusOr<std::string> BlobFile::ReadPart(std::string_view key, uint32_t part) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadAt(PlaceOf(part), head_.BytesOfPart(part) + kSealBytes));
  const std::string_view nonce = std::string_view(bytes).substr(0, journal::kAeadNonceSize);
  auto content = journal::AeadOpen(key, nonce, std::string_view(bytes).substr(nonce.size()), SealedWith(head_, part));
  if (!content.ok()) return Damaged(head_, "a part of a paper doesn't open");
  return content;
}

absl::Status BlobFile::Finish(std::string_view key) {
  journal::Sha256Stream content_hash, file_hash;
  TypeCheck type(head_.type);
  file_hash.Update(Encode(head_));
  for (uint32_t part = 0; part < head_.parts(); ++part) {
    EAGLE_ASSIGN_OR_RETURN(const std::string content, ReadPart(key, part));
    content_hash.Update(content);
    type.Update(content);
    EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadAt(PlaceOf(part), head_.BytesOfPart(part) + kSealBytes));
    file_hash.Update(bytes);
  }
  if (journal::View(content_hash.Finish()) != head_.digest)
    return Fail(Reason::kBlobDigestMismatch, "the content has another SHA-256");
  if (!type.Fits())
    return Fail(Reason::kBlobTypeRefused, "the content isn't of the type that was named")
        .At("media_type", NameOf(head_.type));
  return WriteAt(PlaceOf(head_.parts() - 1) + head_.BytesOfPart(head_.parts() - 1) + kSealBytes,
                 journal::View(file_hash.Finish()));
}

absl::StatusOr<std::string> BlobFile::Check() const {
  journal::Sha256Stream hash;
  const uint64_t end = head_.FileBytes() - journal::kHashSize;
  for (uint64_t place = 0; place < end; place += kPartBytes) {
    EAGLE_ASSIGN_OR_RETURN(const std::string bytes, ReadAt(place, std::min(kPartBytes, end - place)));
    hash.Update(bytes);
  }
  EAGLE_ASSIGN_OR_RETURN(std::string said, ReadHash());
  if (journal::View(hash.Finish()) != said) return Damaged(head_, "a file of papers isn't as it was written");
  return said;
}

absl::StatusOr<std::string> BlobFile::ReadHash() const {
  return ReadAt(head_.FileBytes() - journal::kHashSize, journal::kHashSize);
}

bool SyncFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

}  // namespace eagle::blobs
