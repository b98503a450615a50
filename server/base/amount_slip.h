// Slips of the hand in amounts: a zero more or less, the wrong unit, two digits exchanged. Arithmetic alone; what
// follows from a slip is for others to say.
//
// Units:   minor units of one currency.
// Threads: pure functions.
//
//   SlipBetween(5'827'800, 5'828'700, 4) == Slip::kSwapped;   // 58,278.00 for 58,287.00
#pragma once

#include <cstdint>

namespace eagle {

enum class Slip : uint8_t {
  kNone,
  kUnit,     // 100 or 10,000 times, or their part: fen and yuan, yuan and ten thousand yuan 万元
  kDigit,    // another power of ten: zeros too many or too few
  kSwapped,  // two neighbouring digits exchanged
};

// How `amount` comes out of `named` by one slip, exactly. kNone when the two are equal, when either isn't above zero,
// and when `named` has fewer than `digits_min` digits before its trailing zeros: round amounts prove nothing.
Slip SlipBetween(int64_t amount, int64_t named, uint32_t digits_min);

// kDigit for about 10 times `named`, kUnit for about 100 or 10,000 times, give or take `tolerance_permille` of that;
// kNone otherwise. Pre: both at most kAmountBoundMinorUnits, tolerance at most 1,000.
Slip SlipUpwards(int64_t amount, int64_t named, uint32_t tolerance_permille);

}  // namespace eagle
