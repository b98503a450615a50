#include "adapters/sdk/encumbrance/term.h"

#include "server/base/assert.h"

namespace eagle::sdk {

absl::CivilDay LastDayOf(const MeasureTerm& term, absl::CivilDay first) {
  GATEWAY_ASSERT(term.HasEnd(), "a term without an end has no last day");
  const absl::CivilMonth month =
      absl::CivilMonth(first) + static_cast<int64_t>(term.months) + 12 * static_cast<int64_t>(term.years);
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  if (first.day() > last_of_month.day()) return last_of_month;
  return absl::CivilDay(month.year(), month.month(), first.day()) - 1;
}

absl::Time EndOf(const MeasureTerm& term, absl::Time first_effect, absl::TimeZone zone) {
  return absl::FromCivil(LastDayOf(term, absl::ToCivilDay(first_effect, zone)) + 1, zone);
}

absl::CivilDay LastDayBefore(absl::Time end, absl::TimeZone zone) {
  return absl::ToCivilDay(end - absl::Nanoseconds(1), zone);
}

}  // namespace eagle::sdk
