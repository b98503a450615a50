// The commands of `eagle-audit`, one function and one file each, and the run that chooses among them.
//
// A command hangs itself into the parser, shares its flags with its action, and gives that action to `chosen`:
//
//   void AddHead(CLI::App& root, Chosen& chosen) {
//     auto flags = std::make_shared<Flags>();
//     CLI::App* verb = root.add_subcommand("head", "...");
//     verb->callback([&chosen, flags] { chosen = [flags](Console& console) { return Head(console, *flags); }; });
//   }
//
// Threads: one.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "client/audit/cli/console.h"
#include "server/journal/log_policy.h"

namespace eagle::audit {

using Chosen = std::function<absl::Status(Console&)>;

void AddAccess(CLI::App& root, Chosen& chosen);
void AddEvidence(CLI::App& root, Chosen& chosen);
void AddFingerprints(CLI::App& root, Chosen& chosen);
void AddHead(CLI::App& root, Chosen& chosen);
void AddPublic(CLI::App& root, Chosen& chosen);
void AddOpened(CLI::App& root, Chosen& chosen);
void AddExplain(CLI::App& root, Chosen& chosen);

void AddWitness(CLI::App& root, Chosen& chosen);

// Who is trusted about a log: one pinned key (text), or the policy in a file; exactly one of them is given.
// Errors: FIELD_MISSING; NOTE_MALFORMED; STORAGE_UNUSABLE.
absl::StatusOr<journal::LogPolicy> PolicyOf(const std::string& policy_file, const std::string& log_key);

// One run; `arguments` without the program's name. `terminal`: stdout and stderr are one.
int RunEagleAudit(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err, Clock& clock,
                  bool terminal);

}  // namespace eagle::audit
