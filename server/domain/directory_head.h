// When the journal says anew what the directory stream is (DIRECTORY_HEAD): after every commit that accepted
// statements, and as often as the policy demands. And which agency has received it (DIRECTORY_RECEIVED).
//
// Threads: pure functions and values.
//
//   if (auto at = NextDirectoryHead(state); at && *at <= now) ... Tick with the stream's digest
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace eagle::domain {

struct State;

// The newest head; the one row of its table.
struct DirectoryHeadSeen {
  uint64_t index = 0;     // of its entry; 0: none yet
  uint64_t position = 0;  // of the newest statement that it counts
  absl::Time at = absl::InfinitePast();

  std::string Encode() const;
  // False: not what Encode writes.
  bool Decode(std::string_view row);
};

// What an agency acknowledged last 名册签收: it has verified each statement up to the position by itself, and they hash
// to what the log's do.
struct DirectoryAcknowledged {
  uint64_t position = 0;  // journal index of the newest statement that it has
  absl::Time at = absl::InfinitePast();

  std::string Encode() const;
  // False: not what Encode writes.
  bool Decode(std::string_view row);
};

// All statements in journal order, as the sequencer counts them; nothing of it decides anything but what a head says.
struct DirectoryStream {
  uint64_t statements = 0;
  std::string digest = std::string(32, '\0');
};

// When the next head is due; the infinite past: at once. Absent: without a policy's row, or without statements, never.
std::optional<absl::Time> NextDirectoryHead(const State& state);

}  // namespace eagle::domain
