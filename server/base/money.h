// Money in minor units (fen, cents) of one currency. Never floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eagle {

// The most that any single amount may be: 10 trillion yuan in fen. Sums of up to 9,000 such amounts can't overflow 64
// bits, and a slip of units (peers: "R$ 10 trillion" on a public board) is refused before a person reads it.
inline constexpr int64_t kAmountBoundMinorUnits = 1'000'000'000'000'000;

// True for 0 < amount <= kAmountBoundMinorUnits.
inline bool IsAmount(int64_t minor_units) { return minor_units > 0 && minor_units <= kAmountBoundMinorUnits; }

// "198,287.00" for 19828700; a minus sign in front when negative. Two decimals: every currency served has them.
std::string MoneyText(int64_t minor_units);

// 19828700 from "198,287.00", "198287.00" or "198287"; absent when it is no amount with at most two decimals, or beyond
// the bound. Zero and negative amounts parse: whether they are allowed is the caller's rule.
std::optional<int64_t> ParseMoney(std::string_view text);

// ISO 4217: three upper-case letters.
bool IsCurrency(std::string_view code);

}  // namespace eagle
