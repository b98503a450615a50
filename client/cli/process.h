// The process around `eagle`: streams, environment, real clock, real randomness. A build that has the gateway's own
// rooms passes what `init` and the offline part of `journal` need.
//
//   int main(int argc, char** argv) { return eagle::client::EagleMain(argc, argv, FoundLogHere, OpenFolderHere); }
#pragma once

#include "client/cli/init.h"
#include "client/cli/journal.h"
#include "client/cli/policy.h"
#include "client/cli/recover.h"

namespace eagle::client {

// The exit code (eagle.h).
int EagleMain(int argc, char** argv, FoundLog found_log = {}, OpenJournalFolder open_journal_folder = {},
              ApplyRecovery apply_recovery = {}, CheckBackup check_backup = {}, CheckPolicy check_policy = {});

}  // namespace eagle::client
