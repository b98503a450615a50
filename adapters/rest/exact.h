// Numbers, amounts and times out of an agency's texts, exactly or not at all.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace eagle::rest {

// How an agency writes amounts: 15000.00 or 1500000.
enum class AmountStyle : uint8_t { kDecimal, kMinorUnits };

// Minor units from "15000", "15000.5", "15000.0000", "-3.20" (kDecimal) or "1500000" (kMinorUnits). Absent for anything
// that isn't exactly a number of minor units: more than two decimals that aren't zeros, an exponent, commas, blanks, a
// sign alone; and for amounts beyond 10 trillion. A sign is read; whether it may be there is the caller's rule.
std::optional<int64_t> ExactAmount(std::string_view text, AmountStyle style);
// "15000.00" or "1500000".
std::string AmountText(int64_t minor_units, AmountStyle style);

// A whole number, 0 to 2^63 - 1, digits only.
std::optional<int64_t> ExactWhole(std::string_view text);

// How a time is written: an instant or a day, by absl::FormatTime's letters.
struct TimeForm {
  enum class Kind : uint8_t { kInstant, kDay, kEndOfDay };
  Kind kind = Kind::kInstant;
  std::string format = "%Y-%m-%dT%H:%M:%E*S%Ez";  // RFC 3339
};
// An instant; with kDay the first instant of that day in `zone`, with kEndOfDay its 24:00. Absent when the text doesn't
// have this form.
std::optional<absl::Time> ExactTime(std::string_view text, const TimeForm& form, absl::TimeZone zone);
std::string TimeText(absl::Time time, const TimeForm& form, absl::TimeZone zone);
// Whether the form tells times apart at all: what it writes it reads as the same day, and as the same second
// (kInstant).
bool IsUsable(const TimeForm& form);

}  // namespace eagle::rest
