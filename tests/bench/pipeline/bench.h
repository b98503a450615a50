// A whole run: gateway, adapters and court are set up, the limits of the machine and the profiles of the pipeline are
// measured in turns, what was answered is verified, and everything that was started is ended.
//
// Threads: one.
//
//   Report report;
//   EAGLE_RETURN_IF_ERROR(RunBench({.adapters = 140, .rounds = 5}, report));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/pipeline/report.h"

namespace eagle::bench {

struct BenchOptions {
  std::string folder;   // made if it isn't there; must hold no world yet
  std::string gateway;  // the program golden-eagle
  std::string self;     // this program
  std::string policy;   // a policy table as text
  size_t adapters = 140;
  uint32_t orders = 64;  // a batch
  uint32_t window = 2;   // batches under way in the profile "throughput"
  int rounds = 5;
  double seconds = 4;  // of each profile in a round
  size_t lanes = 2;    // threads of the adapters' process
  std::vector<std::string> profiles = {"throughput", "batch", "latency", "single", "open", "priority"};
  uint64_t bulk = 100'000;            // tasks that wait in the profile "priority"
  uint64_t batches_max = UINT64_MAX;  // of each profile in a round
  size_t verified_orders = 16;        // whose receipts are read back in the end
};

// Errors: whatever went wrong; a wrong figure is one: tasks unanswered, answered twice, receipts that don't verify, a
// journal that didn't grow by what was done or doesn't verify afterwards, a gateway that doesn't end well.
absl::Status RunBench(const BenchOptions& options, Report& report);

// Only the set-up: a folder with a founded log that has everything but its gateway process, and a signed batch ready to
// be sent (batch.bin, a serialised SubmitOrdersRequest with one order to the first agency).
absl::Status SetUpFolder(const BenchOptions& options);

}  // namespace eagle::bench
