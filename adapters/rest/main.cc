// eagle-rest: an adapter for an agency whose core speaks HTTP and JSON. README.md has the commands.
#include <sys/stat.h>

#include <cstdlib>
#include <map>
#include <string>

#include "CLI/CLI.hpp"
#include "adapters/rest/adapter.h"
#include "adapters/sdk/shell/office_commands.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/signals.h"

namespace {

int Finish(const absl::Status& status) {
  if (!status.ok()) eagle::sdk::PrintFailure(status);
  return eagle::sdk::ExitCodeOf(status);
}

// The commands of the counter; each option becomes an argument of the same name.
class CounterCommands {
 public:
  explicit CounterCommands(CLI::App& counter) {
    Add(counter, "status", "counters of the running adapter");
    Add(counter, "queue", "tasks in doubt, which wait for people");
    CLI::App& look = Add(counter, "look", "what the agency's server says of a task now");
    CLI::App& ask = Add(counter, "ask", "ask the server again, and tell the court when it says what was done");
    CLI::App& resolve = Add(counter, "resolve", "it was certainly not done: tell the court so");
    for (CLI::App* command : {&look, &ask, &resolve})
      command->add_option("id", values_["id"], "of the task, see counter queue")->required();
    resolve.add_option("--reason", values_["reason"], "a code, as CORE_LOST_IT")->required();
    resolve.add_option("--clerk", values_["clerk"], "who decided")->required();
    resolve.add_option("--remark", values_["remark"], "for the court");
    AddOffice(counter);
  }
  eagle::sdk::CounterRequest Chosen() const {
    eagle::sdk::CounterRequest request;
    for (const auto& [name, command] : commands_) {
      if (command->parsed()) request.command = name;
    }
    for (const auto& [name, value] : values_) {
      if (!value.empty()) eagle::sdk::Put(request.arguments, name, value);
    }
    return request;
  }

 private:
  CLI::App& Add(CLI::App& counter, const std::string& name, const std::string& help) {
    return *(commands_[name] = counter.add_subcommand(name, help));
  }
  // The commands that every office has.
  void AddOffice(CLI::App& counter) {
    std::map<std::string, CLI::App*> groups = {{"", &counter}};
    for (const eagle::sdk::OfficeCommand& command : eagle::sdk::OfficeCommands()) {
      CLI::App*& group = groups[command.group];
      if (group == nullptr)
        group = counter.add_subcommand(command.group, "what every office has")->require_subcommand(1);
      CLI::App* word = commands_[command.name()] = group->add_subcommand(command.word, command.help);
      for (const eagle::sdk::OfficeArgument& argument : command.arguments)
        word->add_option(argument.name, values_[argument.key()], argument.help)->required(argument.required);
    }
  }
  std::map<std::string, CLI::App*> commands_;
  std::map<std::string, std::string> values_;
};

}  // namespace

int main(int argc, char** argv) {
  eagle::sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);   // the inbox and the socket are the owner's alone
  unsetenv("SSLKEYLOGFILE");  // libcurl would write the keys of its connections there
  CLI::App app{"eagle-rest: an agency with an HTTP and JSON interface behind the Golden Eagle gateway"};
  app.set_version_flag("-V,--version", eagle::rest::kVersion);
  app.require_subcommand(1);
  std::string path;
  bool once = false, check = false, as_json = false;
  const auto with_config = [&](CLI::App* command) {
    command->add_option("--config,-c", path, "configuration, TOML")->required();
    return command;
  };
  CLI::App* run = with_config(app.add_subcommand("run", "work until SIGTERM"));
  run->add_flag("--once", once, "work until the gateway has no more, then leave");
  run->add_flag("--check-config", check, "say what is wrong with configuration and templates, and do nothing");
  CLI::App* counter =
      with_config(app.add_subcommand("counter", "what a clerk does, on the running adapter"))->require_subcommand(1);
  counter->add_flag("--json", as_json, "the answer as one line of JSON");
  const CounterCommands commands(*counter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : eagle::sdk::kUsageExitCode;
  }
  const absl::StatusOr<eagle::rest::RestConfig> config = eagle::rest::LoadRestConfig(path);
  if (check) return eagle::sdk::PrintConfigCheck(path, config.status());
  if (!config.ok()) return Finish(config.status());
  if (run->parsed()) return Finish(eagle::rest::RunRest(*config, once));
  const absl::StatusOr<eagle::sdk::CounterRequest> request = eagle::sdk::WithFiles(commands.Chosen());
  if (!request.ok()) return Finish(request.status());
  return eagle::sdk::PrintCounterAnswer(eagle::sdk::CallCounter(config->adapter.counter_socket, *request), as_json);
}
