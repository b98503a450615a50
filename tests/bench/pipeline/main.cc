// eagle-bench: the pipeline over mutual TLS with signatures verified everywhere, beside the limits of the same machine
// in the same run. README.md says what is measured and how.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_join.h"
#include "server/base/reason.h"
#include "tests/bench/pipeline/adapters.h"
#include "tests/bench/pipeline/bench.h"
#include "tests/bench/pipeline/echo.h"
#include "tests/bench/pipeline/process.h"
#include "tests/support/paths.h"

namespace eagle::bench {
namespace {

namespace fs = std::filesystem;

int Said(const absl::Status& status) {
  if (status.ok()) return 0;
  const Failure failure = FailureOf(status);
  std::cerr << "eagle-bench: " << RowOf(failure.reason).name << ": " << failure.message << "\n";
  for (const Violation& violation : failure.violations)
    std::cerr << "  " << violation.field << ": " << violation.description << "\n";
  return 1;
}

std::string NewFolder() {
  std::string folder = (fs::temp_directory_path() / "eagle-bench-XXXXXX").string();
  return mkdtemp(folder.data()) != nullptr ? folder : "";
}

int Measure(BenchOptions options, const std::string& output, bool keep) {
  const bool own = options.folder.empty();
  if (own) options.folder = NewFolder();
  Report report;
  const absl::Status status = RunBench(options, report);
  report.PrintTable(std::cerr);
  if (status.ok()) {
    const std::vector<std::pair<std::string, std::string>> parameters = {
        {"adapters", std::to_string(options.adapters)},
        {"orders_per_batch", std::to_string(options.orders)},
        {"window", std::to_string(options.window)},
        {"rounds", std::to_string(options.rounds)},
        {"seconds", std::to_string(options.seconds)},
        {"profiles", absl::StrJoin(options.profiles, ",")},
        {"connections", std::to_string(options.adapters) + ", one a adapter, mutual TLS 1.3"}};
    if (output.empty()) {
      report.PrintJson(std::cout, parameters);
    } else {
      std::ofstream file(output, std::ios::trunc);
      report.PrintJson(file, parameters);
      if (!file) return Said(Fail(Reason::kConfigurationInvalid, "the output can't be written: " + output));
    }
  }
  std::error_code ignored;
  if (own && !keep) fs::remove_all(options.folder, ignored);
  return Said(status);
}

int Main(int argc, char** argv) {
  BenchOptions options{.gateway = BinaryFolder() + "/golden-eagle",
                       .self = BinaryFolder() + "/eagle-bench",
                       .policy = test::SourcePath("deploy/policy/cn-2026.txtpb")};
  AdapterOptions adapters;
  std::string output;
  bool smoke = false, keep = false;
  CLI::App app("Measures the gateway's pipeline over mutual TLS on the loopback.", "eagle-bench");
  app.add_option("--adapters", options.adapters,
                 "agencies, each with a connection of its own, and the fan-out of an order")
      ->capture_default_str();
  app.add_option("--orders", options.orders, "orders a signed batch")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--window", options.window, "batches under way in the profile throughput")->capture_default_str();
  app.add_option("--rounds", options.rounds, "how often everything is measured")->capture_default_str();
  app.add_option("--seconds", options.seconds, "of each profile in a round")->capture_default_str();
  app.add_option("--lanes", options.lanes, "threads of the adapters' process")->capture_default_str();
  app.add_option("--profiles", options.profiles,
                 "throughput, batch, latency, single, open, followed, followed_batch, priority")
      ->delimiter(',');
  app.add_option("--bulk", options.bulk, "tasks of another court that wait in the profile priority")
      ->capture_default_str();
  app.add_option("--gateway", options.gateway, "the program golden-eagle")->capture_default_str();
  app.add_option("--policy", options.policy, "policy table")->capture_default_str();
  app.add_option("--folder", options.folder,
                 "where everything is put (default: a temporary folder, removed afterwards)");
  app.add_option("--output", output, "file for the JSON (default: standard output)");
  app.add_flag("--smoke", smoke,
               "eight adapters and a few orders: is everything answered once, signed and in the journal?");
  app.add_flag("--keep", keep, "leave the temporary folder");

  CLI::App* setup = app.add_subcommand(
      "setup", "make a folder with a founded log that is ready but for its gateway, and a signed batch");
  setup->add_option("--dir", options.folder, "a new folder")->required();
  setup->add_option("--adapters", options.adapters, "agencies")->capture_default_str();
  CLI::App* agencies = app.add_subcommand("adapters")->group("");
  agencies->add_option("--folder", adapters.folder)->required();
  agencies->add_option("--address", adapters.address)->required();
  agencies->add_option("--adapters", adapters.adapters)->required();
  agencies->add_option("--lanes", adapters.lanes)->required();
  agencies->add_option("--completions", adapters.completions)->delimiter(',')->required();
  CLI::App* echo = app.add_subcommand("echo-server")->group("");
  echo->add_option("--folder", options.folder)->required();
  CLI11_PARSE(app, argc, argv);

  if (*agencies) return Said(RunAdapters(adapters));
  if (*echo) return Said(RunEchoServer(options.folder));
  if (*setup) return Said(SetUpFolder(options));
  if (smoke) {
    options.adapters = 8, options.orders = 16, options.rounds = 1, options.seconds = 0.5, options.lanes = 1,
    options.batches_max = 40;
    options.profiles = {"throughput", "batch", "latency", "single", "open", "followed", "priority"};
    options.verified_orders = 100, options.bulk = 2'000;
  }
  return Measure(options, output, keep);
}

}  // namespace
}  // namespace eagle::bench

int main(int argc, char** argv) { return eagle::bench::Main(argc, argv); }
