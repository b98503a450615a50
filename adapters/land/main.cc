// eagle-land: a land registry that assists courts through the gateway. README.md has the commands.
#include <sys/stat.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "adapters/land/counter.h"
#include "adapters/land/import.h"
#include "adapters/land/land_register.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/signals.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/reason.h"

namespace eagle::land {
namespace {

constexpr char kAdapter[] = "cn.goldeneagle.land";
constexpr char kVersion[] = "0.1.0";

struct Setup {
  sdk::AdapterConfig config;
  LandRules rules;
};

sdk::v1::Capability Can(sdk::v1::Action action, bool by_clerk) {
  sdk::v1::Capability capability;
  capability.set_asset_kind(std::string(kLand));
  capability.set_action(action);
  capability.set_by_clerk(by_clerk);
  capability.set_keeps_waitlist(action == sdk::v1::ACTION_FREEZE);
  return capability;
}

absl::StatusOr<Setup> Load(const std::string& path) {
  Setup setup;
  EAGLE_ASSIGN_OR_RETURN(setup.config, sdk::LoadAdapterConfig(path, "land", [&](sdk::ConfigSection& land) {
                           setup.rules.registry = land.Text("registry");
                           setup.rules.term_years_max = static_cast<uint32_t>(land.Number("term_years_max", 3, 1, 10));
                         }));
  setup.rules.zone = setup.config.time_zone;
  sdk::AgentConfig& agent = setup.config.agent;
  agent.adapter = kAdapter;
  agent.version = kVersion;
  agent.capabilities = {Can(sdk::v1::ACTION_INQUIRE, false), Can(sdk::v1::ACTION_FREEZE, true),
                        Can(sdk::v1::ACTION_RENEW, false), Can(sdk::v1::ACTION_RELEASE, false)};
  return setup;
}

absl::StatusOr<std::unique_ptr<sdk::SqliteInbox>> OpenInbox(const Setup& setup) {
  return sdk::SqliteInbox::Open(setup.config.data_folder + "/inbox.db");
}

absl::Status Run(const Setup& setup, bool once) {
  EAGLE_ASSIGN_OR_RETURN(const auto inbox, OpenInbox(setup));
  EAGLE_ASSIGN_OR_RETURN(LandRegister land, LandRegister::Open(*inbox, setup.rules));
  const sdk::AdapterProcess process{
      .config = setup.config,
      .inbox = *inbox,
      .make_agent = [&](sdk::AgentConfig config,
                        const sdk::AgentPorts& ports) { return sdk::Agent::Make(std::move(config), ports, land); },
      .counter =
          [&](const sdk::CounterRequest& request, sdk::Agent& agent, absl::Time now) {
            const Desk desk{[&](const sdk::Operation& operation, const sdk::Decision& decision) {
                              return agent.DecideReview(operation, decision);
                            },
                            [&](const std::function<absl::Status(sdk::InboxTransaction&)>& work) {
                              return agent.InTransaction(work);
                            }};
            return LandCounter(setup.rules, desk).Handle(request, now);
          }};
  return sdk::RunAdapter(process, {.once = once});
}

absl::Status Import(const Setup& setup, const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const auto clock, sdk::MakeAdapterClock(setup.config.agent.environment));
  EAGLE_ASSIGN_OR_RETURN(const auto inbox, OpenInbox(setup));
  EAGLE_RETURN_IF_ERROR(LandRegister::Open(*inbox, setup.rules).status());
  const auto transaction = inbox->Begin();
  const ImportWorld world{setup.config.agent.environment, setup.rules.zone, setup.rules.term_years_max,
                          clock->WallNow()};
  EAGLE_ASSIGN_OR_RETURN(const ImportCounts counts, ImportRegister(folder, world, *transaction));
  EAGLE_RETURN_IF_ERROR(transaction->Commit());
  std::printf("imported: %zu units, %zu holders, %zu mortgages, %zu seals\n", counts.units, counts.holders,
              counts.mortgages, counts.seals);
  return absl::OkStatus();
}

int Finish(const absl::Status& status) {
  if (!status.ok()) sdk::PrintFailure(status);
  return sdk::ExitCodeOf(status);
}

// The commands of the counter, as the command line has them; each option becomes an argument of the same name.
class CounterCommands {
 public:
  explicit CounterCommands(CLI::App& counter) {
    CLI::App& review = *counter.add_subcommand("review", "locks that wait for a decision")->require_subcommand(1);
    Add(review, "review list", "list", "what waits, oldest first", {});
    const Argument review_id{"id", true, "of the review, see review list"},
        seal_id{"id", true, "of the seal, see show"};
    const Argument clerk{"--clerk", false, "who decided"}, remark{"--remark", false, "for the court"};
    Add(review, "review approve", "approve", "the seal takes effect at the rank of its arrival",
        {review_id, clerk, remark});
    Add(review, "review refuse", "refuse", "undoes the lock",
        {review_id, {"--reason", true, "a code, as TRANSFER_COMPLETED"}, clerk, remark});
    Add(counter, "seal", "seal", "enters another court's seal; it arrives now",
        {{"--unit", true, "unit number, 28 characters"},
         {"--court", true, "code of the court"},
         {"--document", true, "number of its ruling"},
         {"--holder", false, "whose part: number within the unit, or id number; needed when there are several"},
         {"--years", false, "its term; none: the longest allowed"},
         {"--months", false, "its term, instead of years"}});
    Add(counter, "release", "release", "ends a seal that was entered here", {seal_id});
    Add(counter, "dispose", "dispose", "the unit was sold under this seal",
        {seal_id, {"--part", false, "true: only a part, the next seal stands on the rest"}});
    Add(counter, "show", "show", "a unit with holders, mortgages and seals",
        {{"unit", true, "unit number, 28 characters"}});
    Add(counter, "status", "status", "counters of the running adapter", {});
    Add(counter, "queue", "queue", "tasks that wait for people", {});
  }

  // The request of the command that was given.
  sdk::CounterRequest Chosen() const {
    for (const auto& [name, command] : commands_) {
      if (!command.app->parsed()) continue;
      sdk::CounterRequest request{.command = name};
      for (const auto& [argument, value] : command.values) {
        if (!value.empty()) sdk::Put(request.arguments, argument, value);
      }
      return request;
    }
    return {};
  }

 private:
  struct Argument {
    std::string name;
    bool required;
    std::string help;
  };
  struct Command {
    CLI::App* app = nullptr;
    std::map<std::string, std::string> values;
  };
  void Add(CLI::App& parent, const std::string& name, const std::string& word, const std::string& help,
           const std::vector<Argument>& arguments) {
    Command& command = commands_[name];
    command.app = parent.add_subcommand(word, help);
    for (const Argument& argument : arguments) {
      const std::string key = argument.name.substr(argument.name[0] == '-' ? 2 : 0);
      command.app->add_option(argument.name, command.values[key], argument.help)->required(argument.required);
    }
  }
  std::map<std::string, Command> commands_;  // by the counter's name
};

int Main(int argc, char** argv) {
  sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);  // the register and the socket are the owner's alone
  CLI::App app{"eagle-land: a land registry that assists courts through the Golden Eagle gateway"};
  app.set_version_flag("-V,--version", kVersion);
  app.require_subcommand(1);
  std::string path, folder;
  bool once = false, check = false, as_json = false;
  const auto with_config = [&](CLI::App* command) {
    command->add_option("--config,-c", path, "configuration, TOML")->required();
    return command;
  };
  CLI::App* run = with_config(app.add_subcommand("run", "work until SIGTERM"));
  run->add_flag("--once", once, "work until the gateway has no more, then leave");
  run->add_flag("--check-config", check, "say what is wrong with the configuration, and do nothing");
  CLI::App* import = with_config(
      app.add_subcommand("import", "fill an empty register from units.csv, holders.csv, mortgages.csv, seals.csv"));
  import->add_option("folder", folder, "where the files are")->required();
  CLI::App* counter =
      with_config(app.add_subcommand("counter", "what a clerk does, on the running adapter"))->require_subcommand(1);
  counter->add_flag("--json", as_json, "the answer as one line of JSON");
  const CounterCommands commands(*counter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : sdk::kUsageExitCode;
  }

  absl::StatusOr<Setup> setup = Load(path);
  if (check) return sdk::PrintConfigCheck(path, setup.status());
  if (!setup.ok()) return Finish(setup.status());
  if (run->parsed()) return Finish(Run(*setup, once));
  if (import->parsed()) return Finish(Import(*setup, folder));
  return sdk::PrintCounterAnswer(sdk::CallCounter(setup->config.counter_socket, commands.Chosen()), as_json);
}

}  // namespace
}  // namespace eagle::land

int main(int argc, char** argv) { return eagle::land::Main(argc, argv); }
