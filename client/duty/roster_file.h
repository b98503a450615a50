// The roster's file: TOML, every mistake told at once with its line, a key that nobody knows included. README.md has
// every key; deploy/config/duty.toml is a whole one.
//
// It holds names and telephone numbers: mode 0600, and nothing of it but ids of persons goes anywhere else.
//
// Threads: pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(const Roster roster, ParseRoster(text, "/etc/golden-eagle/duty.toml"));
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/duty/roster.h"

namespace eagle::duty {

// Relative paths in it start from the folder of `path`. Error: CONFIGURATION_INVALID, each violation with
// "<path>:<line>: ".
absl::StatusOr<Roster> ParseRoster(std::string_view text, const std::string& path);

// The file while the duty runs: people change it, and the duty takes what is right.
class RosterFile {
 public:
  explicit RosterFile(std::string path) : path_(std::move(path)) {}
  // Absent: as it was at the last call, right or wrong. Errors: those of ParseRoster; STORAGE_UNUSABLE.
  absl::StatusOr<std::optional<Roster>> ReadIfChanged();

 private:
  const std::string path_;
  std::string text_;
};

}  // namespace eagle::duty
