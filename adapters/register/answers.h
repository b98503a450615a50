// Answers of a register, and what it reads in an order: shared by the files that carry out its acts.
//
// Threads: pure functions.
//
//   if (!seal) return NotControlled("MEASURE_UNKNOWN", "no seal came from that order");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "adapters/register/records.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/encumbrance/term.h"

namespace eagle::registry {

inline sdk::Answer Final(sdk::v1::Outcome outcome, std::string_view reason, std::string_view remark) {
  sdk::Answer answer;
  sdk::v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(outcome);
  item.set_reason(std::string(reason));
  item.set_remark(std::string(remark));
  return answer;
}
inline sdk::Answer NotControlled(std::string_view reason, std::string_view remark) {
  return Final(sdk::v1::OUTCOME_NOT_CONTROLLED, reason, remark);
}

// The ruling's own number, or the case's when the instruments have no titles.
inline std::string DocumentOf(const sdk::v1::Order& order) {
  for (const sdk::v1::Instrument& instrument : order.instruments()) {
    if (instrument.category() == "RULING" && !instrument.title().empty()) return instrument.title();
  }
  return order.case_number();
}

inline bool IsTooLong(const sdk::v1::Term& term, uint32_t months_max) {
  return uint64_t{term.months()} + 12 * uint64_t{term.years()} > months_max;
}
inline sdk::Answer TooLong(sdk::v1::Outcome outcome, uint32_t months_max) {
  const bool years = months_max % 12 == 0;
  return Final(outcome, "TERM_TOO_LONG",
               absl::StrCat("at most ", years ? months_max / 12 : months_max, years ? " years" : " months"));
}
inline sdk::MeasureTerm TermOf(const sdk::v1::Term& term) { return {.months = term.months(), .years = term.years()}; }

inline std::string ShareText(const Holder& holder) {
  return absl::StrCat(holder.share_numerator, "/", holder.share_denominator);
}

}  // namespace eagle::registry
