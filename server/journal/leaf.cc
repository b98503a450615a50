#include "server/journal/leaf.h"

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::journal {
namespace {

// Big-endian integers into a buffer of known size: leaves are made for every entry, so not byte by byte.
class HeaderWriter {
 public:
  explicit HeaderWriter(char* at) : at_(at) {}
  template <typename T>
  void Put(T value) {
    for (size_t i = sizeof(T); i-- > 0;) *at_++ = static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
  void Put(const Hash& hash) {
    for (uint8_t byte : hash) *at_++ = static_cast<char>(byte);
  }
  const char* at() const { return at_; }

 private:
  char* at_;
};

}  // namespace

std::string EncodeLeaf(const Leaf& leaf) {
  GATEWAY_ASSERT(leaf.body.size() <= kLeafBodyBytesMax, "who decides bounds what it decides");
  const int64_t micros = absl::ToUnixMicros(leaf.time);
  GATEWAY_ASSERT(absl::FromUnixMicros(micros) == leaf.time, "recorded times are whole microseconds");
  std::string bytes(kLeafHeaderBytes + leaf.body.size(), '\0');
  HeaderWriter out(bytes.data());
  out.Put(kLeafVersion);
  out.Put(leaf.type);
  out.Put(leaf.index.value());
  out.Put(micros);
  out.Put(leaf.actor_kind);
  out.Put(leaf.actor_ordinal);
  out.Put(leaf.agency.value());
  out.Put(leaf.order.value());
  out.Put(leaf.case_seq.value());
  out.Put(leaf.outcome);
  out.Put(leaf.previous.value());
  out.Put(leaf.commitment);
  out.Put(static_cast<uint16_t>(leaf.body.size()));
  GATEWAY_ASSERT(out.at() == bytes.data() + kLeafHeaderBytes, "the header is what the table above says");
  leaf.body.copy(bytes.data() + kLeafHeaderBytes, leaf.body.size());
  return bytes;
}

absl::StatusOr<Leaf> DecodeLeaf(std::string_view bytes) {
  ByteReader in(bytes);
  const uint8_t version = in.U8();
  Leaf leaf;
  leaf.type = in.U16();
  leaf.index = EntryIndex(in.U64());
  leaf.time = absl::FromUnixMicros(in.I64());
  leaf.actor_kind = in.U8();
  leaf.actor_ordinal = in.U32();
  leaf.agency = AgencyOrdinal(in.U32());
  leaf.order = OrderSeq(in.U64());
  leaf.case_seq = CaseSeq(in.U64());
  leaf.outcome = in.U16();
  leaf.previous = EntryIndex(in.U64());
  leaf.commitment = HashFrom(in.Bytes(kHashSize)).value_or(Hash{});
  leaf.body = in.Bytes(in.U16());
  if (version != kLeafVersion || !in.Done() || bytes.size() > kLeafBytesMax) {
    return Fail(Reason::kEntryMalformed, "a leaf has not the form that its version has")
        .With("version", version)
        .With("bytes", static_cast<int64_t>(bytes.size()));
  }
  return leaf;
}

}  // namespace eagle::journal
