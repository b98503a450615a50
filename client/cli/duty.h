// What the parts of `eagle duty` share.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/verbs.h"
#include "client/duty/roster.h"
#include "client/duty/state.h"

namespace eagle::client {

// Parts of `duty`.
void AddDutyRun(Verb& duty);
void AddDutyShow(Verb& duty);  // check, list, log

// Every violation of the file at once: CONFIGURATION_INVALID; STORAGE_UNUSABLE.
absl::StatusOr<duty::Roster> LoadRoster(const std::string& path);

// "A17" is that alert, "C42" every open one that the call was about; ascending. Errors: FIELD_INVALID for what is no
// such name, or isn't open.
absl::StatusOr<std::vector<duty::AlertNo>> OpenAlertsOf(const duty::State& state,
                                                        const std::vector<std::string>& names);

}  // namespace eagle::client
