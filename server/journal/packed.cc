#include "server/journal/packed.h"

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/payload.h"

namespace eagle::journal {
namespace {

bool IsLeafLength(size_t length) { return length >= kLeafHeaderBytes && length <= kLeafBytesMax; }
bool IsSealedLength(size_t length) { return length == 0 || (length >= kSealOverhead && length <= UINT32_MAX); }

}  // namespace

void PackedWriter::Add(std::string_view leaf, std::string_view sealed) {
  GATEWAY_ASSERT(IsLeafLength(leaf.size()) && IsSealedLength(sealed.size()),
                 "leaf and payload come from their encoders");
  char lengths[6];
  for (int i = 0; i < 2; ++i) lengths[i] = static_cast<char>(leaf.size() >> (8 * (1 - i)));
  for (int i = 0; i < 4; ++i) lengths[2 + i] = static_cast<char>(sealed.size() >> (8 * (3 - i)));
  bytes_.append(lengths, 2).append(leaf).append(lengths + 2, 4).append(sealed);
  ++count_;
}

std::string PackedWriter::Take() {
  count_ = 0;
  return std::exchange(bytes_, {});
}

bool PackedReader::Next(PackedEntry& entry) {
  if (rest_.empty() || !status_.ok()) return false;
  ByteReader in(rest_);
  entry.leaf = in.Bytes(in.U16());
  entry.sealed = in.Bytes(in.U32());
  if (!in.ok() || !IsLeafLength(entry.leaf.size()) || !IsSealedLength(entry.sealed.size())) {
    entry = {};
    status_ =
        Fail(Reason::kEntryMalformed, "a packed commit can't be read").With("after", static_cast<int64_t>(count_));
    return false;
  }
  rest_ = in.Rest();
  ++count_;
  return true;
}

absl::StatusOr<std::vector<PackedEntry>> Unpack(std::string_view blob, size_t count) {
  std::vector<PackedEntry> entries;
  PackedReader reader(blob);
  for (PackedEntry entry; entries.size() <= count && reader.Next(entry);) entries.push_back(entry);
  EAGLE_RETURN_IF_ERROR(reader.status());
  if (entries.size() != count) {
    return Fail(Reason::kEntryMalformed, "a packed commit holds another number of entries")
        .With("expected", static_cast<int64_t>(count));
  }
  return entries;
}

}  // namespace eagle::journal
