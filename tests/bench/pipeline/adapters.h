// The agencies' side of the benchmark: N adapters in one process, each with its own TLS connection, long poll, head
// cache and signing key.
//
// An adapter polls, verifies every task as the SDK does (path to the signed root, officers' signatures once a head,
// audience, content), answers all tasks of a poll in one signed batch, and polls on while that batch is under way. It
// keeps no inbox: what an agency does durably is no matter of the gateway's. While the board gives a pace it takes a
// few tasks at a time and pauses after them, as an office that has more work than it can do: the rest waits at the
// gateway.
//
// Threads: RunAdapters starts `lanes` threads, each with adapters of its own; the process ends when the board says
// stop.
//
//   return RunAdapters({.folder = dir, .address = "127.0.0.1:40123", .adapters = 140, .completions = {3, 4}});
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace eagle::bench {

struct AdapterOptions {
  std::string folder;     // of the World; its file "board" is the Board
  std::string address;    // of the gateway's API
  size_t adapters = 140;  // the first ones of the world
  size_t lanes = 2;
  // A pipe for each court, as kCourts: the number (8 bytes) of each batch whose last task was answered. None: nobody
  // asks.
  std::vector<int> completions;
};

// Returns only with an error: those of World, Board and the statements' verification. Later trouble is counted, and
// complained of on the board.
absl::Status RunAdapters(const AdapterOptions& options);

}  // namespace eagle::bench
