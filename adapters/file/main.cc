// eagle-file: an agency that exchanges batches through folders, behind the Golden Eagle gateway. README.md has every
// command; exit codes are those of the SDK's shell.
#include <sys/stat.h>

#include <string>

#include "CLI/CLI.hpp"
#include "adapters/file/adapter.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/signals.h"

namespace {

int Report(const absl::Status& status) {
  if (!status.ok()) eagle::sdk::PrintFailure(status);
  return eagle::sdk::ExitCodeOf(status);
}

}  // namespace

int main(int argc, char** argv) {
  eagle::sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);  // databases and the socket are the owner's alone; files of the drop say 0640 themselves
  CLI::App app{"eagle-file: an agency that exchanges batches of files, behind the Golden Eagle gateway"};
  app.set_version_flag("-V,--version", EAGLE_FILE_VERSION);
  app.require_subcommand(1);

  std::string config;
  bool check = false, once = false, as_json = false;
  eagle::sdk::CounterRequest request;
  std::string family, up_to, clerk, batch;
  const auto command = [&](const char* name, const char* help) {
    CLI::App* made = app.add_subcommand(name, help);
    made->add_option("--config,-c", config, "configuration, TOML")->required();
    return made;
  };
  CLI::App* run = command("run", "work until SIGTERM");
  run->add_flag("--once", once, "leave when the gateway has no more work");
  run->add_flag("--check-config", check, "say what is wrong with the configuration, and do nothing");
  CLI::App* status = command("status", "what waits, what is open, which batches the agency hasn't taken");
  CLI::App* gaps = command("gaps", "numbers that are missing or refused, and what waits behind them");
  CLI::App* accept = command("accept-gap", "give missing or refused numbers up for good");
  accept->add_option("family", family, "CXFK, KZFK or DZFK")->required();
  accept->add_option("up_to", up_to, "the last number of the first gap, see gaps")->required();
  accept->add_option("--clerk", clerk, "who decided")->required();
  CLI::App* resend = command("resend", "place a batch again that the agency refused, the same bytes");
  resend->add_option("batch", batch, "its name, see status")->required();
  CLI::App* agent = command("agent", "counters of the agent");
  CLI::App* queue = command("queue", "orders that wait for the agency's answer");
  for (CLI::App* each : {status, gaps, accept, resend, agent, queue})
    each->add_flag("--json", as_json, "the answer as one line of JSON");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : eagle::sdk::kUsageExitCode;
  }
  if (check) return eagle::sdk::PrintConfigCheck(config, eagle::file::CheckFileConfig(config));
  if (run->parsed()) return Report(eagle::file::RunFile(config, once));
  if (status->parsed()) request.command = "exchange status";
  if (gaps->parsed()) request.command = "gaps";
  if (agent->parsed()) request.command = "status";
  if (queue->parsed()) request.command = "queue";
  if (accept->parsed()) {
    request.command = "accept-gap";
    eagle::sdk::Put(request.arguments, "family", family);
    eagle::sdk::Put(request.arguments, "up_to", up_to);
    eagle::sdk::Put(request.arguments, "clerk", clerk);
  }
  if (resend->parsed()) {
    request.command = "resend";
    eagle::sdk::Put(request.arguments, "batch", batch);
  }
  return eagle::sdk::PrintCounterAnswer(eagle::file::AskRunning(config, request), as_json);
}
