#include "server/base/amount_slip.h"

#include <string>

namespace eagle {
namespace {

// Whether `a` is `b` with two neighbouring digits exchanged, and nothing else.
bool IsSwapped(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  size_t first = 0;
  while (first < a.size() && a[first] == b[first]) ++first;
  if (first + 1 >= a.size() || a[first] != b[first + 1] || a[first + 1] != b[first]) return false;
  return a.compare(first + 2, std::string::npos, b, first + 2, std::string::npos) == 0;
}

}  // namespace

Slip SlipBetween(int64_t amount, int64_t named, uint32_t digits_min) {
  if (amount <= 0 || named <= 0 || amount == named) return Slip::kNone;
  const std::string a = std::to_string(amount), b = std::to_string(named);
  const size_t a_digits = a.find_last_not_of('0') + 1, b_digits = b.find_last_not_of('0') + 1;
  if (b_digits < digits_min) return Slip::kNone;
  if (a.compare(0, a_digits, b, 0, b_digits) == 0) {
    const size_t zeros = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    return zeros == 2 || zeros == 4 ? Slip::kUnit : Slip::kDigit;
  }
  return IsSwapped(a, b) ? Slip::kSwapped : Slip::kNone;
}

Slip SlipUpwards(int64_t amount, int64_t named, uint32_t tolerance_permille) {
  if (amount <= 0 || named <= 0) return Slip::kNone;
  const auto about = [&](int64_t times) {
    // named x times stays below 10^19: compared as quotients, so that nothing overflows.
    const int64_t quotient = amount / times,
                  part = named / 1000 * tolerance_permille + named % 1000 * tolerance_permille / 1000;
    return quotient >= named - part && quotient <= named + part;
  };
  if (about(100) || about(10'000)) return Slip::kUnit;
  return about(10) ? Slip::kDigit : Slip::kNone;
}

}  // namespace eagle
