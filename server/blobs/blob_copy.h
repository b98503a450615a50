// The papers of a backup: the same files in the same folders. Whole blobs never change, so a backup on the volume of
// the data gets them as hard links, for nothing; on another one they are copied.
//
//   EAGLE_ASSIGN_OR_RETURN(BlobCopy copy, CopyBlobs("/data/blobs", "/backups/part-1/blobs"));
//   EAGLE_ASSIGN_OR_RETURN(BlobCopy found, CheckBlobs("/backups/20261126T204000Z-1234/blobs"));   // found == copy
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace eagle::blobs {

struct BlobCopy {
  uint64_t count = 0, bytes = 0;
  // Over every file in the order of the paths: path 00 size u64, and the hash at its end. Hexadecimal.
  std::string sha256_hex;
  friend bool operator==(const BlobCopy&, const BlobCopy&) = default;
};

// The whole blobs of a folder that may be in use, durable when it returns; without uploads. What is erased meanwhile is
// left out. A folder that isn't there has none. Errors: STORAGE_UNUSABLE, STORAGE_DAMAGED.
absl::StatusOr<BlobCopy> CopyBlobs(const std::string& from, const std::string& to);

// Reads every byte of a copy; needs no key. Errors: STORAGE_DAMAGED: a file isn't as it was written; STORAGE_UNUSABLE.
absl::StatusOr<BlobCopy> CheckBlobs(const std::string& folder);

}  // namespace eagle::blobs
