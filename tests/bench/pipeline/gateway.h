// The gateway under test: a log founded in the bench's folder, and golden-eagle running on it as a process of its own.
//
//   DIR/data/           journal, key store, what was last signed
//   DIR/gateway.toml    the configuration: free ports on the loopback, the admin listener on a socket in the folder
//   DIR/ports.json      what was bound
//
// Threads: one.
//
//   EAGLE_RETURN_IF_ERROR(FoundGateway(world, clock, entropy));
//   EAGLE_ASSIGN_OR_RETURN(RunningGateway gateway, StartGateway(folder, BinaryFolder() + "/golden-eagle"));
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/entropy.h"
#include "tests/bench/pipeline/process.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

struct RunningGateway {
  Child process;
  std::string api, admin;  // addresses as they were bound
};

// Entry 0 and the configuration file. Errors: those of FoundLog.
absl::Status FoundGateway(const World& world, Clock& clock, Entropy& entropy);
// Returns when it serves. Errors: UNAVAILABLE with its last words when it doesn't within 20 seconds.
absl::StatusOr<RunningGateway> StartGateway(const std::string& folder, const std::string& program);

// The text between the quotation marks after "key": in a flat JSON object; empty when it isn't there.
std::string JsonField(const std::string& json, const std::string& key);

}  // namespace eagle::bench
