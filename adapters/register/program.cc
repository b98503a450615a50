#include "adapters/register/program.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "adapters/register/counter.h"
#include "adapters/register/import.h"
#include "adapters/register/register.h"
#include "adapters/sdk/shell/office_commands.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/shell/signals.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/reason.h"

namespace eagle::registry {
namespace {

constexpr char kVersion[] = "0.1.0";

struct Setup {
  sdk::AdapterConfig config;
  OfficeRules rules;
};

void AddCapabilities(const OfficeRules& rules, std::vector<sdk::v1::Capability>& out) {
  const std::pair<sdk::v1::Action, Mode> actions[] = {{sdk::v1::ACTION_INQUIRE, Mode::kAutomatic},
                                                      {sdk::v1::ACTION_FREEZE, FreezeMode(rules)},
                                                      {sdk::v1::ACTION_RENEW, RenewMode(rules)},
                                                      {sdk::v1::ACTION_RELEASE, ReleaseMode(rules)},
                                                      {sdk::v1::ACTION_TRANSFER_TITLE, TransferMode(rules)},
                                                      {sdk::v1::ACTION_LOCATE, Mode::kAutomatic}};
  for (const Thing& thing : rules.kind.things) {
    for (const auto& [action, mode] : actions) {
      if (action == sdk::v1::ACTION_LOCATE && !thing.movable) continue;
      sdk::v1::Capability& capability = out.emplace_back();
      capability.set_asset_kind(std::string(thing.asset_kind));
      capability.set_action(action);
      capability.set_by_clerk(mode != Mode::kAutomatic);
      capability.set_partial_release(action == sdk::v1::ACTION_RELEASE && rules.kind.extent == Extent::kQuantity);
      capability.set_keeps_waitlist(action == sdk::v1::ACTION_FREEZE && rules.kind.keeps_waitlist);
    }
  }
}

std::optional<Mode> ModeAt(sdk::ConfigSection& section, std::string_view key, bool semi) {
  if (!section.Has(key)) return std::nullopt;
  const std::string text = section.Text(key);
  for (const Mode mode : {Mode::kAutomatic, Mode::kManual, Mode::kSemiAutomatic}) {
    if (text == ModeName(mode) && (semi || mode != Mode::kSemiAutomatic)) return mode;
  }
  section.Wrong(key, semi ? "automatic, manual or semi-automatic" : "automatic or manual");
  return std::nullopt;
}

absl::StatusOr<Setup> Load(const Kind& kind, const std::string& path) {
  Setup setup{.rules = {.kind = kind}};
  OfficeRules& rules = setup.rules;
  EAGLE_ASSIGN_OR_RETURN(setup.config, sdk::LoadAdapterConfig(path, kind.name, [&](sdk::ConfigSection& section) {
                           rules.registry = section.Text("registry");
                           if (section.Has("term_years_max"))
                             rules.term_years_max = static_cast<uint32_t>(section.Number("term_years_max", 3, 1, 10));
                           rules.freeze = ModeAt(section, "freeze", kind.clerk_needed != nullptr);
                           rules.renew = ModeAt(section, "renew", false);
                           rules.release = ModeAt(section, "release", false);
                           rules.transfer = ModeAt(section, "transfer", false);
                         }));
  rules.zone = setup.config.time_zone;
  sdk::AgentConfig& agent = setup.config.agent;
  agent.adapter = std::string(kind.adapter);
  agent.version = kVersion;
  AddCapabilities(rules, agent.capabilities);
  return setup;
}

absl::StatusOr<std::unique_ptr<sdk::SqliteInbox>> OpenInbox(const Setup& setup) {
  return sdk::SqliteInbox::Open(setup.config.data_folder + "/inbox.db");
}

absl::Status Run(const Setup& setup, bool once) {
  EAGLE_ASSIGN_OR_RETURN(const auto inbox, OpenInbox(setup));
  EAGLE_ASSIGN_OR_RETURN(Register things, Register::Open(*inbox, setup.rules));
  const sdk::AdapterProcess process{.config = setup.config,
                                    .inbox = *inbox,
                                    .make_agent =
                                        [&](sdk::AgentConfig config, sdk::AgentPorts ports) {
                                          ports.positions = &things;
                                          return sdk::Agent::Make(std::move(config), ports, things);
                                        },
                                    .counter =
                                        [&](const sdk::CounterRequest& request, sdk::Agent& agent, absl::Time now) {
                                          const Desk desk{
                                              [&](const sdk::Operation& operation, const sdk::Decision& decision) {
                                                return agent.DecideReview(operation, decision);
                                              },
                                              [&](const std::function<absl::Status(sdk::InboxTransaction&)>& work) {
                                                return agent.InTransaction(work);
                                              }};
                                          return Counter(setup.rules, desk).Handle(request, now);
                                        }};
  return sdk::RunAdapter(process, {.once = once});
}

absl::Status Import(const Setup& setup, const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const auto clock, sdk::MakeAdapterClock(setup.config.agent.environment));
  EAGLE_ASSIGN_OR_RETURN(const auto inbox, OpenInbox(setup));
  EAGLE_RETURN_IF_ERROR(Register::Open(*inbox, setup.rules).status());
  const auto transaction = inbox->Begin();
  const ImportWorld world{setup.config.agent.environment, setup.rules, clock->WallNow()};
  EAGLE_ASSIGN_OR_RETURN(const ImportCounts counts, ImportRegister(folder, world, *transaction));
  EAGLE_RETURN_IF_ERROR(transaction->Commit());
  std::printf("imported: %zu units, %zu holders, %zu %s, %zu seals", counts.units, counts.holders, counts.charges,
              std::string(setup.rules.kind.charges.list).c_str(), counts.seals);
  if (setup.rules.kind.keeps_notices) std::printf(", %zu advance notices", counts.notices);
  std::printf("\n");
  return absl::OkStatus();
}

int Finish(const absl::Status& status) {
  if (!status.ok()) sdk::PrintFailure(status);
  return sdk::ExitCodeOf(status);
}

// The commands of the counter, as the command line has them; each option becomes an argument of the same name.
class CounterCommands {
 public:
  CounterCommands(const Kind& kind, CLI::App& counter) {
    const bool counted = kind.extent == Extent::kQuantity;
    const std::string unit_help = absl::StrCat("unit number, ", kind.things.front().number_form);
    const std::string whose = "whose part: number within the unit, or id number; needed when there are several";
    CLI::App& review = *counter.add_subcommand("review", "orders that wait for a decision")->require_subcommand(1);
    Add(review, "review list", "list", "what waits, oldest first", {});
    const Argument review_id{"id", true, "of the review, see review list"},
        seal_id{"id", true, "of the seal, see show"};
    const Argument clerk{"--clerk", false, "who decided"}, remark{"--remark", false, "for the court"},
        receipt{"--receipt", false, "the sealed receipt, whole path of a .pdf or .ofd: goes back with the answer"};
    Add(review, "review approve", "approve", "the seal takes effect at the rank of its arrival",
        {review_id, clerk, remark, receipt});
    Add(review, "review refuse", "refuse", "undoes the lock",
        {review_id, {"--reason", true, "a code, as TRANSFER_COMPLETED"}, clerk, remark, receipt});
    std::vector<Argument> seal = {{"--unit", true, unit_help},
                                  {"--court", true, "code of the court"},
                                  {"--document", true, "number of its ruling"},
                                  {"--holder", false, whose},
                                  {"--years", false, "its term; none: the longest allowed"},
                                  {"--months", false, "its term, instead of years"}};
    if (counted) seal.push_back({"--share", false, "n/d of the unit; none: all that the holder has"});
    if (!kind.blocked_acts.empty()) seal.push_back({"--acts", false, "what it bars, with commas; none: all"});
    Add(counter, "seal", "seal", "enters another court's seal; it arrives now", seal);
    Add(counter, "release", "release", "ends a seal that was entered here", {seal_id});
    if (!counted)
      Add(counter, "dispose", "dispose", "the unit was sold under this seal",
          {seal_id, {"--part", false, "true: only a part, the next seal stands on the rest"}});
    const auto movable = [](const Thing& thing) { return thing.movable; };
    if (std::any_of(kind.things.begin(), kind.things.end(), movable)) AddSearches(counter, unit_help);
    if (kind.keeps_notices) AddNotices(counter, unit_help);
    if (!kind.blocked_acts.empty()) AddCheck(kind, counter, unit_help, whose);
    Add(counter, "show", "show", absl::StrCat("a unit with holders, ", kind.charges.list, " and seals"),
        {{"unit", true, unit_help}});
    Add(counter, "status", "status", "counters of the running adapter", {});
    Add(counter, "queue", "queue", "tasks that wait for people", {});
    std::map<std::string, CLI::App*> groups;
    for (const sdk::OfficeCommand& command : sdk::OfficeCommands()) {
      CLI::App*& group = groups[command.group];
      if (group == nullptr)
        group = command.group.empty()
                    ? &counter
                    : counter.add_subcommand(command.group, "what every office has")->require_subcommand(1);
      std::vector<Argument> arguments;
      for (const sdk::OfficeArgument& argument : command.arguments)
        arguments.push_back({argument.name, argument.required, argument.help});
      Add(*group, command.name(), command.word, command.help, arguments);
    }
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
    bool flag = false;
  };
  struct Command {
    CLI::App* app = nullptr;
    std::map<std::string, std::string> values;
  };
  void AddSearches(CLI::App& counter, const std::string& unit_help) {
    const Argument unit{"--unit", true, unit_help};
    Add(counter, "sighting", "sighting", "it was met: every court that looks for it is told",
        {unit,
         {"--place", true, "where, as a person finds it"},
         {"--by", true, "the unit that met it"},
         {"--seen-at", false, "2026-09-28 09:10:00; none: now"},
         {"--held", false, "it is kept for the court", /*flag=*/true},
         {"--custody", false, "where it is kept; with --held"},
         {"--collect-by", false, "last day on which the court can take it over, 2026-10-05; with --held"},
         {"--remark", false, "for the courts"}});
    Add(counter, "collected", "collected", "the court has taken it over: nobody looks any more", {unit});
  }
  void AddNotices(CLI::App& counter, const std::string& unit_help) {
    const Argument unit{"--unit", true, unit_help};
    Add(counter, "register-owner", "register-owner", "who was registered in advance is the owner: pre-seals are seals",
        {unit, {"--certificate", true, "number of his certificate"}});
    Add(counter, "end-notice", "end-notice", "the advance notice ended otherwise, and what stood on it", {unit});
  }
  void AddCheck(const Kind& kind, CLI::App& counter, const std::string& unit_help, const std::string& whose) {
    std::string acts;
    for (const BlockedAct& act : kind.blocked_acts) absl::StrAppend(&acts, acts.empty() ? "" : ", ", act.code);
    std::vector<Argument> arguments = {{"--unit", true, unit_help}, {"--act", true, acts}};
    if (kind.extent != Extent::kWhole) arguments.push_back({"--holder", false, whose});
    if (kind.extent == Extent::kQuantity) arguments.push_back({"--share", false, "n/d of the unit; none: all he has"});
    Add(counter, "check", "check", "may this act be registered now? refused with the measure that bars it", arguments);
  }
  void Add(CLI::App& parent, const std::string& name, const std::string& word, const std::string& help,
           const std::vector<Argument>& arguments) {
    Command& command = commands_[name];
    command.app = parent.add_subcommand(word, help);
    for (const Argument& argument : arguments) {
      const std::string key = argument.name.substr(argument.name[0] == '-' ? 2 : 0);
      std::string& value = command.values[key];
      if (argument.flag) {
        command.app->add_flag_callback(
            argument.name, [&value] { value = "true"; }, argument.help);
      } else {
        command.app->add_option(argument.name, value, argument.help)->required(argument.required);
      }
    }
  }
  std::map<std::string, Command> commands_;  // by the counter's name
};

}  // namespace

int Main(const Kind& kind, int argc, char** argv) {
  const std::string program = absl::StrCat("eagle-", kind.name);
  sdk::BlockSignals();
  umask(S_IRWXG | S_IRWXO);  // the register and the socket are the owner's alone
  CLI::App app{absl::StrCat(program, ": ", kind.office, " that assists courts through the Golden Eagle gateway")};
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
  CLI::App* import =
      with_config(app.add_subcommand("import", absl::StrCat("fill an empty register from units.csv, holders.csv, ",
                                                            kind.charges.list, ".csv, seals.csv")));
  import->add_option("folder", folder, "where the files are")->required();
  CLI::App* counter =
      with_config(app.add_subcommand("counter", "what a clerk does, on the running adapter"))->require_subcommand(1);
  counter->add_flag("--json", as_json, "the answer as one line of JSON");
  const CounterCommands commands(kind, *counter);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : sdk::kUsageExitCode;
  }

  absl::StatusOr<Setup> setup = Load(kind, path);
  if (check) return sdk::PrintConfigCheck(path, setup.status());
  if (!setup.ok()) return Finish(setup.status());
  if (run->parsed()) return Finish(Run(*setup, once));
  if (import->parsed()) return Finish(Import(*setup, folder));
  const absl::StatusOr<sdk::CounterRequest> request = sdk::WithFiles(commands.Chosen());
  if (!request.ok()) return Finish(request.status());
  return sdk::PrintCounterAnswer(sdk::CallCounter(setup->config.counter_socket, *request), as_json);
}

}  // namespace eagle::registry
