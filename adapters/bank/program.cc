#include "adapters/bank/program.h"

#include <sys/stat.h>

#include <cstdio>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
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

namespace eagle::bank {
namespace {

int Report(const absl::Status& status) {
  if (!status.ok()) sdk::PrintFailure(status);
  return sdk::ExitCodeOf(status);
}

int Ask(const Kind& kind, const CounterCommand& command) {
  sdk::CounterRequest request = command.Request();
  std::string name = sdk::TextAt(request.arguments, "request");
  if (command.NeedsName() && name.empty()) {
    SystemClock clock;
    trust::SystemEntropy entropy;
    name = UuidText(NewUuidV7(clock.WallNow(), entropy));
    sdk::Put(request.arguments, "request", name);
  }
  std::string socket = command.socket();
  if (socket.empty()) {
    absl::StatusOr<std::string> configured = CounterSocketOf(kind, command.config());
    if (!configured.ok()) return Report(configured.status());
    socket = *std::move(configured);
  }
  const absl::StatusOr<sdk::CounterRequest> whole = sdk::WithFiles(std::move(request));
  if (!whole.ok()) return Report(whole.status());
  const absl::StatusOr<sdk::Json> answer = sdk::CallCounter(socket, *whole);
  if (answer.ok() && !command.as_json()) {
    std::printf("%s", TableOf(*answer).c_str());
    return 0;
  }
  const int code = sdk::PrintCounterAnswer(answer, command.as_json());
  if (command.NeedsName() && ReasonOf(answer.status()) == Reason::kUnavailable) {
    std::fprintf(stderr, "to ask again without doing it twice: --request %s\n", name.c_str());
  }
  return code;
}

}  // namespace

int Main(const Kind& kind, int argc, char** argv) {
  sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);  // databases and sockets are the owner's alone
  const std::string program = absl::StrCat("eagle-", kind.name);
  CLI::App app{absl::StrCat(program, ": ", kind.office, " behind the Golden Eagle gateway"), program};
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
  import.add_option("--csv", csv, "the folder with the files that README.md describes")->required();
  import.add_option("--time-zone", time_zone, "of the days and times in the files");
  CLI::App& counter = *app.add_subcommand("counter", "ask the running office");
  CounterCommand command(counter, kind);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : sdk::kUsageExitCode;
  }
  if (counter.parsed()) return Ask(kind, command);
  if (import.parsed()) return Report(ImportBank(kind, data, csv, time_zone));
  if (check) return sdk::PrintConfigCheck(config, CheckBankConfig(kind, config));
  return Report(RunBank(kind, config, once));
}

}  // namespace eagle::bank
