#include "adapters/rest/exact.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/base/bytes.h"
#include "server/base/money.h"

namespace eagle::rest {
namespace {

constexpr int64_t kMinorUnitsInMajor = 100;
constexpr size_t kDecimals = 2;
constexpr size_t kDigitsMax = 18;  // below 2^63 whatever they are

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<int64_t> ExactWhole(std::string_view text) {
  int64_t number = 0;
  if (text.empty() || !AreDigits(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int64_t> ExactAmount(std::string_view text, AmountStyle style) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || whole.size() > kDigitsMax || !AreDigits(whole)) return std::nullopt;
  int64_t amount = *ExactWhole(whole);
  if (style == AmountStyle::kDecimal) {
    if (amount > kAmountBoundMinorUnits / kMinorUnitsInMajor) return std::nullopt;
    amount *= kMinorUnitsInMajor;
  }
  if (point != std::string_view::npos) {
    std::string decimals(text.substr(point + 1));
    if (decimals.empty() || decimals.size() > kDigitsMax || !AreDigits(decimals)) return std::nullopt;
    const size_t counted = style == AmountStyle::kDecimal ? kDecimals : 0;
    if (decimals.size() < counted) decimals.append(counted - decimals.size(), '0');
    if (decimals.find_first_not_of('0', counted) != std::string::npos) return std::nullopt;
    if (counted > 0) amount += *ExactWhole(std::string_view(decimals).substr(0, counted));
  }
  if (amount > kAmountBoundMinorUnits) return std::nullopt;
  return negative ? -amount : amount;
}

std::string AmountText(int64_t minor_units, AmountStyle style) {
  if (style == AmountStyle::kMinorUnits) return std::to_string(minor_units);
  std::string out = MoneyText(minor_units);
  out.erase(std::remove(out.begin(), out.end(), ','), out.end());
  return out;
}

std::optional<absl::Time> ExactTime(std::string_view text, const TimeForm& form, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return std::nullopt;
  if (!absl::ParseTime(ToAbsl(form.format), ToAbsl(text), zone, &time, &error)) return std::nullopt;
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  if (form.kind == TimeForm::Kind::kInstant) return time;
  const absl::CivilDay day(absl::ToCivilSecond(time, zone));
  return absl::FromCivil(form.kind == TimeForm::Kind::kDay ? day : day + 1, zone);
}

std::string TimeText(absl::Time time, const TimeForm& form, absl::TimeZone zone) {
  const absl::Time shown = form.kind == TimeForm::Kind::kEndOfDay ? time - absl::Nanoseconds(1) : time;
  return absl::FormatTime(form.format, shown, zone);
}

bool IsUsable(const TimeForm& form) {
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  for (const absl::CivilSecond second : {absl::CivilSecond(2026, 9, 28, 13, 5, 59), absl::CivilSecond(2031, 12, 1)}) {
    absl::Time time = absl::FromCivil(second, zone);
    if (form.kind != TimeForm::Kind::kInstant) time = absl::FromCivil(absl::CivilDay(second), zone);
    if (form.kind == TimeForm::Kind::kEndOfDay) time = absl::FromCivil(absl::CivilDay(second) + 1, zone);
    if (ExactTime(TimeText(time, form, zone), form, zone) != time) return false;
  }
  return true;
}

}  // namespace eagle::rest
