#include "server/base/identity_number.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace eagle {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int ToInt(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

bool IsCitizenNumber(std::string_view number) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  static constexpr char kCheck[] = "10X98765432";
  if (number.size() != 18 || !AllDigits(number.substr(0, 17))) return false;
  const int year = ToInt(number.substr(6, 4)), month = ToInt(number.substr(10, 2)), day = ToInt(number.substr(12, 2));
  const absl::CivilDay born(year, month, day);
  if (year < 1800 || born.year() != year || born.month() != month || born.day() != day) return false;
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += kWeights[i] * (number[i] - '0');
  return kCheck[sum % 11] == number[17];
}

std::optional<std::string> OldCitizenNumber(std::string_view number) {
  if (!IsCitizenNumber(number) || number.substr(6, 2) != "19") return std::nullopt;
  return std::string(number.substr(0, 6)) + std::string(number.substr(8, 9));
}

bool IsUnifiedCreditCode(std::string_view code) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  static constexpr int kWeights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  if (code.size() != 18) return false;
  size_t sum = 0;
  for (size_t i = 0; i < 17; ++i) {
    const size_t value = kAlphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += static_cast<size_t>(kWeights[i]) * value;
  }
  return kAlphabet[(31 - sum % 31) % 31] == code[17];
}

bool IsAccountNumber(std::string_view number) {
  if (number.size() < 8 || number.size() > 30 || !AllDigits(number)) return false;
  int sum = 0;
  for (size_t i = 0; i < number.size(); ++i) {
    int digit = number[number.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

std::string MaskNumber(std::string_view number) {
  if (number.size() < 9) return std::string(number.size(), '*');
  return std::string(number.substr(0, 4)) + std::string(number.size() - 8, '*') +
         std::string(number.substr(number.size() - 4));
}

}  // namespace eagle
