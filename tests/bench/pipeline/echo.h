// Raw unary gRPC over the same mutual TLS: what any call costs at least. Server and client are two processes.
//
// Threads: one.
//
//   RunEchoServer(folder);                                              // in a child; writes its port to DIR/echo.port
//   EAGLE_ASSIGN_OR_RETURN(EchoFigures figures, MeasureEcho(world, address, pid, /*in_flight=*/128, /*seconds=*/1));
#pragma once

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/pipeline/stats.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

inline constexpr size_t kEchoBodyBytes = 1024;

// Serves until it is ended. Errors: those of World; CONFIGURATION_INVALID.
absl::Status RunEchoServer(const std::string& folder);

struct EchoFigures {
  double calls_per_second = 0;
  Samples us;  // of each call
  double server_cpu_us_per_call = 0;
};
absl::StatusOr<EchoFigures> MeasureEcho(const World& world, const std::string& address, pid_t server, int in_flight,
                                        double seconds);

}  // namespace eagle::bench
