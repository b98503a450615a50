// Ids are distinct types without implicit conversion: a case can't be passed where an order is expected.
//
//   OrderSeq order(42);  order.value() == 42;  if (order) ...  // zero means "none"
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>

namespace eagle {

template <typename Tag, typename T = uint64_t>
class Id {
 public:
  using Value = T;
  constexpr Id() = default;
  constexpr explicit Id(T value) : value_(value) {}
  constexpr T value() const { return value_; }
  // False for zero, which means "none" everywhere.
  constexpr explicit operator bool() const { return value_ != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;
  template <typename H>
  friend H AbslHashValue(H state, Id id) {
    return H::combine(std::move(state), id.value_);
  }
  friend std::ostream& operator<<(std::ostream& out, Id id) { return out << +id.value_; }

 private:
  T value_ = 0;
};

// Place of an entry in the journal. Index 0 exists (the log's own founding entry), so "none" is only a convention of
// fields that can never refer to entry 0.
using EntryIndex = Id<struct EntryIndexTag>;
// An order, named by the index of its acceptance. A case, named by the index of its opening.
using OrderSeq = Id<struct OrderSeqTag>;
using CaseSeq = Id<struct CaseSeqTag>;
// Ordinals are dense, start at 1 and are never reused.
using AgencyOrdinal = Id<struct AgencyOrdinalTag, uint32_t>;
using CourtOrdinal = Id<struct CourtOrdinalTag, uint32_t>;
using OfficerOrdinal = Id<struct OfficerOrdinalTag, uint32_t>;

}  // namespace eagle
