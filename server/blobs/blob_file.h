// One blob as a file: a head in the clear, its parts sealed under the case's key, and a hash over all of that, with
// which anybody can tell whether the file is as it was written. server/docs/formats.md, section 8, has the bytes.
//
//   Making:   Make --> WritePart (any order, again after a crash) --> Finish        a file that lacks its hash is not
//   whole Reading:  Open --> ReadPart
//
// Threads: one at a time; several may read one file through BlobFiles of their own.
//
//   EAGLE_ASSIGN_OR_RETURN(BlobFile file, BlobFile::Make(path, head));
//   EAGLE_RETURN_IF_ERROR(file.WritePart(key, entropy.Bytes(12), 0, content));
//   EAGLE_RETURN_IF_ERROR(file.Finish(key));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/ids.h"
#include "server/blobs/media_type.h"

namespace eagle::blobs {

// Of the contract (blob_service.proto).
inline constexpr uint64_t kPartBytes = 256 << 10;
inline constexpr uint64_t kBlobBytesMax = 32 << 20;

struct BlobHead {
  std::string key_id;  // 16 bytes, of the case
  std::string digest;  // 32 bytes, of the content
  uint64_t size = 0;   // of the content, 1 to kBlobBytesMax
  MediaType type = MediaType::kPdf;
  AgencyOrdinal owner;  // who put it; zero: the case's court

  uint32_t parts() const { return static_cast<uint32_t>((size + kPartBytes - 1) / kPartBytes); }
  // Pre: part < parts().
  uint64_t BytesOfPart(uint32_t part) const { return part + 1 < parts() ? kPartBytes : size - part * kPartBytes; }
  // Of the whole file.
  uint64_t FileBytes() const;
  friend bool operator==(const BlobHead&, const BlobHead&) = default;
};

class BlobFile {
 public:
  // Errors of all: STORAGE_UNUSABLE (the medium), STORAGE_DAMAGED (not what was written), NOT_FOUND (no such file).

  // A new file, mode 0600, with the head alone; one that is there is replaced.
  static absl::StatusOr<BlobFile> Make(const std::string& path, const BlobHead& head);
  // `writable`: to go on with one that isn't whole.
  static absl::StatusOr<BlobFile> Open(const std::string& path, bool writable);
  BlobFile(BlobFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), head_(other.head_) {}
  BlobFile& operator=(BlobFile&&) = delete;
  ~BlobFile();

  const BlobHead& head() const { return head_; }
  // Seals and writes one part; durable when it returns. Pre: a key of 32 and a nonce of 12 bytes, never used before
  // with this key; the part has its bytes.
  absl::Status WritePart(std::string_view key, std::string_view nonce, uint32_t part, std::string_view content);
  // STORAGE_DAMAGED also for a part that was not written, or only half.
  absl::StatusOr<std::string> ReadPart(std::string_view key, uint32_t part) const;
  // Reads everything back and makes the file whole and durable.
  // Errors: BLOB_DIGEST_MISMATCH, BLOB_TYPE_REFUSED: the content isn't what the head says; the file is good for
  // nothing.
  absl::Status Finish(std::string_view key);
  // Whether every byte is as it was written; needs no key. The hash at the end, 32 bytes.
  absl::StatusOr<std::string> Check() const;
  // The hash at the end, unchecked.
  absl::StatusOr<std::string> ReadHash() const;

 private:
  BlobFile(int descriptor, BlobHead head) : descriptor_(descriptor), head_(std::move(head)) {}
  uint64_t PlaceOf(uint32_t part) const;
  absl::StatusOr<std::string> ReadAt(uint64_t place, uint64_t bytes) const;
  absl::Status WriteAt(uint64_t place, std::string_view bytes);

  int descriptor_;
  BlobHead head_;
};

// STORAGE_UNUSABLE with errno in words.
absl::Status MediumFailed(std::string_view what);
// Has the entries of a folder on the disk. False: not.
bool SyncFolder(const std::string& folder);

}  // namespace eagle::blobs
