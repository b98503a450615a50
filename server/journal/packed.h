// The packed commit: the entries of one commit as one blob, which the store keeps in one row.
//
//   blob  = entry...                                    as many as the row's count says; at least one
//   entry = leaf length u16 || leaf || sealed length u32 || sealed payload
//
// Big-endian. A leaf has 88...4,096 bytes (leaf.h). Sealed length 0: the entry has no payload;
// otherwise it has at least kSealOverhead bytes (payload.h). Nothing follows the last entry. The blob itself is not
// hashed: leaves are, one by one.
//
// Threads: one thread at a time for each object; the views point into the blob, which must outlive them.
//
//   PackedWriter writer;  writer.Add(EncodeLeaf(leaf), sealed);  row.entries = writer.Take();
//   PackedReader reader(row.entries);
//   for (PackedEntry entry; reader.Next(entry);) Use(entry.leaf, entry.sealed);
//   EAGLE_RETURN_IF_ERROR(reader.status());             // Next gives false at the end and at the first wrong byte
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eagle::journal {

class PackedWriter {
 public:
  // Pre: lengths as the format says.
  void Add(std::string_view leaf, std::string_view sealed);
  size_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }
  // The blob; the writer is empty afterwards.
  std::string Take();

 private:
  std::string bytes_;
  size_t count_ = 0;
};

struct PackedEntry {
  std::string_view leaf;
  std::string_view sealed;  // empty: none
};

class PackedReader {
 public:
  explicit PackedReader(std::string_view blob) : rest_(blob) {}
  // False when there is no further entry, or the next one is malformed: then status() says ENTRY_MALFORMED.
  bool Next(PackedEntry& entry);
  const absl::Status& status() const { return status_; }

 private:
  std::string_view rest_;
  size_t count_ = 0;
  absl::Status status_;
};

// All entries. Errors: ENTRY_MALFORMED unless there are exactly `count`.
absl::StatusOr<std::vector<PackedEntry>> Unpack(std::string_view blob, size_t count);

}  // namespace eagle::journal
