// A list of renewals 批量续冻: of all measures that end soon, to be read, shortened by hand and submitted as any list.
#pragma once

#include <string>

#include "client/cli/order_flags.h"

namespace eagle::client {

// The measures of the court (of one case, when `flags` names it) in effect that end within `days`.
absl::StatusOr<std::vector<v1::MeasureView>> MeasuresEnding(Session& session, const std::string& case_number,
                                                            uint64_t days, bool standing_only = true);

// Writes a list, a renewal for each of them, into `file` (*.csv): what `flags` say of all of them, and of each its
// case, respondent, agency and measure. Prints what ends when, and what is left out, with the reason: a renewal that is
// open or not open yet, a term that has ended, a measure whose order this desk didn't send (its respondent isn't known
// here). Errors: FIELD_INVALID for a file that is there, or is no *.csv; those of ListMeasures.
absl::Status WriteRenewals(Session& session, const OrderFlags& flags, const std::vector<std::string>& officers,
                           uint64_t days, const std::string& file);

}  // namespace eagle::client
