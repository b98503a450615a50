// eagle-bank: the command line of the sample bank. README.md has every command; exit codes are those of the SDK's
// shell.
#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "adapters/bank/adapter.h"
#include "adapters/bank/counter_command.h"
#include "adapters/bank/counter_table.h"
#include "adapters/sdk/shell/office_commands.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/signals.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/base/uuid.h"
#include "server/trust/system_entropy.h"

namespace {

int Report(const absl::Status& status) {
  if (!status.ok()) eagle::sdk::PrintFailure(status);
  return eagle::sdk::ExitCodeOf(status);
}

int CallCounter(const eagle::bank::CounterCommand& command) {
  eagle::sdk::CounterRequest request = command.Request();
  std::string name = eagle::sdk::TextAt(request.arguments, "request");
  if (command.NeedsName() && name.empty()) {
    eagle::SystemClock clock;
    eagle::trust::SystemEntropy entropy;
    name = eagle::UuidText(eagle::NewUuidV7(clock.WallNow(), entropy));
    eagle::sdk::Put(request.arguments, "request", name);
  }
  std::string socket = command.socket();
  if (socket.empty()) {
    absl::StatusOr<std::string> configured = eagle::bank::CounterSocketOf(command.config());
    if (!configured.ok()) return Report(configured.status());
    socket = *std::move(configured);
  }
  const absl::StatusOr<eagle::sdk::CounterRequest> whole = eagle::sdk::WithFiles(std::move(request));
  if (!whole.ok()) return Report(whole.status());
  const absl::StatusOr<eagle::sdk::Json> answer = eagle::sdk::CallCounter(socket, *whole);
  if (answer.ok() && !command.as_json()) {
    std::printf("%s", eagle::bank::TableOf(*answer).c_str());
    return 0;
  }
  const int code = eagle::sdk::PrintCounterAnswer(answer, command.as_json());
  if (command.NeedsName() && eagle::ReasonOf(answer.status()) == eagle::Reason::kUnavailable) {
    std::fprintf(stderr, "to ask again without doing it twice: --request %s\n", name.c_str());
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  eagle::sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);  // databases and sockets are the owner's alone
  CLI::App app{"eagle-bank: a bank behind the Golden Eagle gateway"};
  app.set_version_flag("-V,--version", EAGLE_BANK_VERSION);
  app.require_subcommand(1);

  std::string config, data, csv, time_zone = "Asia/Shanghai";
  bool check = false, once = false;
  CLI::App& run = *app.add_subcommand("run", "serve the gateway and the counter");
  run.add_option("--config", config, "the configuration, TOML")->required();
  run.add_flag("--check-config", check, "only say whether the configuration is right");
  run.add_flag("--once", once, "leave when the gateway has no more work");
  CLI::App& import = *app.add_subcommand("import", "fill a new core from CSV files");
  import.add_option("--data", data, "the data folder")->required();
  import.add_option("--csv", csv, "the folder with customers.csv, accounts.csv, exemptions.csv, measures.csv")
      ->required();
  import.add_option("--time-zone", time_zone, "of the days and times in the files");
  CLI::App& counter = *app.add_subcommand("counter", "ask the running bank");
  eagle::bank::CounterCommand command(counter);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : eagle::sdk::kUsageExitCode;
  }
  if (counter.parsed()) return CallCounter(command);
  if (import.parsed()) return Report(eagle::bank::ImportBank(data, csv, time_zone));
  if (check) return eagle::sdk::PrintConfigCheck(config, eagle::bank::CheckBankConfig(config));
  return Report(eagle::bank::RunBank(config, once));
}
