// The place of `eagle scorecard` in the tree of commands.
#pragma once

#include "client/cli/verbs.h"

namespace eagle::client {

void AddScorecard(Verb& root);

}  // namespace eagle::client
