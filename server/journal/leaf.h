// The leaf: the hashed, public part of a journal entry. It carries no personal data, only a commitment to the sealed
// payload.
//
// Bytes, integers big-endian, 88 before the body:
//
//   offset  size  field
//        0     1  version, 1
//        1     2  type of the entry
//        3     8  index of the entry
//       11     8  time, microseconds since 1970 UTC, signed
//       19     1  actor kind
//       20     4  actor ordinal
//       24     4  agency ordinal
//       28     8  order
//       36     8  case
//       44     2  outcome
//       46     8  index of the previous entry of the same order
//       54    32  commitment to the payload; zeros: no payload
//       86     2  length of the body
//       88     n  body: the type's public message, kept as written
//
// 0 means "none" in every number but index and time. At most 4,096 bytes in all. The leaf hash is LeafHash(these
// bytes): what was written is hashed, never an encoding made again.
//
// Threads: values and pure functions.
//
//   std::string bytes = EncodeLeaf(leaf);
//   EAGLE_ASSIGN_OR_RETURN(Leaf leaf, DecodeLeaf(bytes));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/ids.h"
#include "server/journal/hash.h"

namespace eagle::journal {

inline constexpr uint8_t kLeafVersion = 1;
inline constexpr size_t kLeafHeaderBytes = 88;
inline constexpr size_t kLeafBytesMax = 4096;
inline constexpr size_t kLeafBodyBytesMax = kLeafBytesMax - kLeafHeaderBytes;

struct Leaf {
  uint16_t type = 0;  // numbers are given by the domain's list of entries
  EntryIndex index;
  absl::Time time = absl::UnixEpoch();  // whole microseconds
  uint8_t actor_kind = 0;               // numbers are given by the domain's list of actors
  uint32_t actor_ordinal = 0;
  AgencyOrdinal agency;
  OrderSeq order;
  CaseSeq case_seq;
  uint16_t outcome = 0;
  EntryIndex previous;  // of the same order
  Hash commitment{};
  std::string body;  // at most kLeafBodyBytesMax

  bool has_payload() const { return commitment != Hash{}; }
  friend bool operator==(const Leaf&, const Leaf&) = default;
};

// Pre: the time is whole microseconds and finite, the body within its bound (who decides bounds what it decides).
std::string EncodeLeaf(const Leaf& leaf);
// Errors: ENTRY_MALFORMED unless the bytes are exactly what EncodeLeaf writes.
absl::StatusOr<Leaf> DecodeLeaf(std::string_view bytes);

}  // namespace eagle::journal
