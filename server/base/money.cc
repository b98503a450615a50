#include "server/base/money.h"

#include <algorithm>

namespace eagle {

std::string MoneyText(int64_t minor_units) {
  const bool negative = minor_units < 0;
  uint64_t rest = negative ? 0 - static_cast<uint64_t>(minor_units) : static_cast<uint64_t>(minor_units);
  std::string out;
  const uint64_t cents = rest % 100;
  std::string whole = std::to_string(rest / 100);
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(whole[i]);
  }
  out.push_back('.');
  out.push_back(static_cast<char>('0' + cents / 10));
  out.push_back(static_cast<char>('0' + cents % 10));
  return negative ? "-" + out : out;
}

std::optional<int64_t> ParseMoney(std::string_view text) {
  bool negative = false;
  if (!text.empty() && text.front() == '-') {
    negative = true;
    text.remove_prefix(1);
  }
  const size_t dot = text.find('.');
  std::string_view whole = text.substr(0, dot);
  std::string_view cents = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  if (whole.empty() || (dot != std::string_view::npos && cents.empty()) || cents.size() > 2) return std::nullopt;
  int64_t value = 0;
  const bool grouped = whole.find(',') != std::string_view::npos;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool comma_place = grouped && (whole.size() - i) % 4 == 0;
    if (comma_place != (whole[i] == ',') || (comma_place && i == 0)) return std::nullopt;
    if (comma_place) continue;
    if (whole[i] < '0' || whole[i] > '9') return std::nullopt;
    value = value * 10 + (whole[i] - '0');
    if (value > kAmountBoundMinorUnits) return std::nullopt;
  }
  for (size_t i = 0; i < 2; ++i) {
    const char digit = i < cents.size() ? cents[i] : '0';
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  if (value > kAmountBoundMinorUnits) return std::nullopt;
  return negative ? -value : value;
}

bool IsCurrency(std::string_view code) {
  return code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace eagle
