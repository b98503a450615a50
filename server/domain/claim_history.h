// What a court has claimed so far, as counts of claims by size: enough to say which claim is out of the ordinary, and
// not what any single one was. In memory only, folded from the payloads of the cases that can be read: no table and no
// leaf holds it, and an erased case leaves it.
//
// Units:   minor units; currencies are not told apart.
// Threads: a value.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace eagle::domain {

class ClaimHistory {
 public:
  // Pre of both: a cap above zero; of Remove: one that was added.
  void Add(int64_t cap) { ++sizes_[Size(cap)], ++count_; }
  void Remove(int64_t cap) { --sizes_[Size(cap)], --count_; }

  uint64_t count() const { return count_; }
  // The power of two next above the middle claim; 0 without any.
  int64_t MiddleAtMost() const {
    uint64_t below = 0;
    for (size_t size = 0; size < sizes_.size(); ++size) {
      below += sizes_[size];
      if (count_ > 0 && 2 * below >= count_) return int64_t{1} << size;
    }
    return 0;
  }

 private:
  static size_t Size(int64_t cap) { return static_cast<size_t>(std::bit_width(static_cast<uint64_t>(cap))); }
  std::array<uint32_t, 62> sizes_{};  // caps from 2^(n-1) to 2^n - 1 at n
  uint64_t count_ = 0;
};

}  // namespace eagle::domain
