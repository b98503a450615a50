// What one office has of its own, beside the table of its kind.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "adapters/register/kind.h"

namespace eagle::registry {

struct OfficeRules {
  const Kind& kind;
  std::string registry;         // name of the office, for the scope of a search
  absl::TimeZone zone;          // in whose civil days terms are counted
  uint32_t term_years_max = 0;  // a row of the office's own; 0: the kind's table
  // Who decides in this office; absent: the kind's table. Semi-automatic only with Kind::clerk_needed, and only
  // freezes.
  std::optional<Mode> freeze = std::nullopt, renew = std::nullopt, release = std::nullopt, transfer = std::nullopt;
};
inline Mode FreezeMode(const OfficeRules& rules) { return rules.freeze.value_or(rules.kind.freeze); }
inline Mode RenewMode(const OfficeRules& rules) { return rules.renew.value_or(rules.kind.renew); }
inline Mode ReleaseMode(const OfficeRules& rules) { return rules.release.value_or(rules.kind.release); }
inline Mode TransferMode(const OfficeRules& rules) { return rules.transfer.value_or(rules.kind.transfer); }

// The most months of one order under this number. Pre: a thing of this kind.
inline uint32_t MonthsMax(const OfficeRules& rules, const Thing& thing, std::string_view case_number,
                          bool pre_seal = false) {
  return rules.term_years_max != 0 ? 12 * rules.term_years_max : MonthsMax(thing, case_number, pre_seal);
}

}  // namespace eagle::registry
