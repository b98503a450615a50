#include "adapters/file/adapter.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "adapters/file/core.h"
#include "adapters/file/desk.h"
#include "adapters/file/exchange.h"
#include "adapters/file/statement.h"
#include "adapters/sdk/shell/adapter_config.h"
#include "adapters/sdk/shell/log.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

struct FileConfig {
  sdk::AdapterConfig adapter;
  std::string to_agency, to_gateway;
  std::optional<Codes> codes;
  std::optional<Encoding> encoding;
  absl::Duration scan;
  ExchangeRules rules;
  bool partial_release = false, captures_inflow = false, keeps_waitlist = false;  // what the agency's system can do
};

void ReadActions(sdk::ConfigSection& section, std::vector<v1::Action>& actions) {
  std::vector<std::string> names = section.Texts("actions");
  if (!section.Has("actions")) names = {"INQUIRE", "FREEZE", "RENEW", "RELEASE", "DEDUCT"};
  for (const std::string& name : names) {
    v1::Action action = v1::ACTION_UNSPECIFIED;
    if (v1::Action_Parse("ACTION_" + name, &action) && action != v1::ACTION_UNSPECIFIED) {
      actions.push_back(action);
    } else {
      section.Wrong("actions", "must be of INQUIRE, FREEZE, RENEW, RELEASE, DEDUCT");
    }
  }
}

// What the gateway is told of the agency's own system; all of it unless the configuration says less.
void ReadDeclared(sdk::ConfigSection& section, FileConfig& config) {
  const std::pair<std::string_view, bool*> kFlags[] = {{"partial_release", &config.partial_release},
                                                       {"captures_inflow", &config.captures_inflow},
                                                       {"keeps_waitlist", &config.keeps_waitlist}};
  const bool all = !section.Has("declares");
  const std::vector<std::string> names = section.Texts("declares");
  for (const auto& [name, flag] : kFlags) *flag = all || std::find(names.begin(), names.end(), name) != names.end();
  for (const std::string& name : names) {
    if (std::none_of(std::begin(kFlags), std::end(kFlags), [&](const auto& one) { return one.first == name; }))
      section.Wrong("declares", "must be of partial_release, captures_inflow, keeps_waitlist");
  }
}

void ReadSection(sdk::ConfigSection& section, FileConfig& config, std::vector<v1::Action>& actions) {
  config.to_agency = section.Path("to_agency");
  config.to_gateway = section.Path("to_gateway");
  config.rules.aside = section.Path("aside", "");
  const std::string codes = section.Path("codes");
  if (!codes.empty()) {
    absl::StatusOr<Codes> loaded = Codes::Load(codes);
    if (loaded.ok()) {
      config.codes = *std::move(loaded);
    } else {
      const Failure failure = FailureOf(loaded.status());
      section.Wrong("codes", failure.message);
      for (const Violation& wrong : failure.violations) section.Wrong("codes", wrong.field + ": " + wrong.description);
    }
  }
  absl::StatusOr<Encoding> encoding = Encoding::Named(section.Text("encoding", "GB18030"));
  if (encoding.ok()) {
    config.encoding = *std::move(encoding);
  } else {
    section.Wrong("encoding", FailureOf(encoding.status()).message);
  }
  config.scan = section.Seconds("scan_seconds", absl::Seconds(5), absl::Milliseconds(50), absl::Hours(1));
  config.rules.batch_rows_max = static_cast<size_t>(section.Number("batch_rows_max", 500, 1, 5'000));
  config.rules.keep = absl::Hours(24 * section.Number("keep_days", 30, 1, 36'500));
  ReadActions(section, actions);
  ReadDeclared(section, config);
  for (const std::string_view key : {"to_agency", "to_gateway"}) {
    const std::string& folder = key == "to_agency" ? config.to_agency : config.to_gateway;
    std::error_code error;
    if (!folder.empty() && !std::filesystem::is_directory(folder, error))
      section.Wrong(key, "must be a folder that is there: " + folder);
  }
  if (!config.to_agency.empty() && config.to_agency == config.to_gateway)
    section.Wrong("to_gateway", "must be another folder than to_agency: each side writes in its own");
}

absl::StatusOr<FileConfig> LoadFileConfig(const std::string& path) {
  FileConfig config;
  std::vector<v1::Action> actions;
  EAGLE_ASSIGN_OR_RETURN(config.adapter, sdk::LoadAdapterConfig(path, "file", [&](sdk::ConfigSection& section) {
                           ReadSection(section, config, actions);
                         }));
  sdk::AgentConfig& agent = config.adapter.agent;
  if (!CanNameBatches(agent.agency))
    return Fail(Reason::kConfigurationInvalid, "the configuration is refused")
        .At("system.agency", path + ": names of batches have room for 17 digits, not beginning with 0");
  if (config.rules.aside.empty()) config.rules.aside = config.adapter.data_folder + "/aside";
  config.rules.agency = agent.agency;
  agent.adapter = "gov.goldeneagle.file";
  agent.version = EAGLE_FILE_VERSION;
  for (const v1::Action action : actions) {
    v1::Capability& capability = agent.capabilities.emplace_back();
    capability.set_asset_kind("DEPOSIT");
    capability.set_action(action);
    capability.set_by_clerk(true);  // the answer comes with a batch, not at once
    capability.set_partial_release(action == v1::ACTION_RELEASE && config.partial_release);
    capability.set_captures_inflow(action == v1::ACTION_FREEZE && config.captures_inflow);
    capability.set_keeps_waitlist(action == v1::ACTION_FREEZE && config.keeps_waitlist);
  }
  return config;
}

// Makes a round now and then until it is destroyed, and one more then.
class Rounds {
 public:
  Rounds(Exchange& exchange, const FileCore& core, sdk::Log& log, absl::Duration scan)
      : exchange_(exchange), core_(core), log_(log), thread_([this, scan] {
          do {
            Make();
          } while (!leave_.WaitForNotificationWithTimeout(scan));
          Make();
        }) {}
  ~Rounds() {
    leave_.Notify();
    thread_.join();
  }
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

 private:
  // Each failure is logged once, not at every round.
  void Make() {
    const absl::Status status = exchange_.Round(core_.told());
    if (status == last_) return;
    last_ = status;
    if (status.ok()) return log_.Info("rounds_go_on");
    const Failure failure = FailureOf(status);
    log_.Error("round_failed", [&](sdk::Json& line) {
      sdk::Put(line, "reason", RowOf(failure.reason).name);
      sdk::Put(line, "message", failure.message);
      for (const auto& [key, value] : failure.metadata) sdk::Put(line, key, value);
    });
  }
  Exchange& exchange_;
  const FileCore& core_;
  sdk::Log& log_;
  absl::Status last_;  // worker only
  absl::Notification leave_;
  std::thread thread_;
};

}  // namespace

absl::Status CheckFileConfig(const std::string& path) { return LoadFileConfig(path).status(); }

absl::Status RunFile(const std::string& config_path, bool once) {
  EAGLE_ASSIGN_OR_RETURN(const FileConfig config, LoadFileConfig(config_path));
  std::error_code error;
  std::filesystem::create_directories(config.rules.aside, error);
  if (error)
    return Fail(Reason::kStorageUnusable, "the folder for refused batches can't be made")
        .With("path", config.rules.aside);
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Clock> clock, sdk::MakeAdapterClock(config.adapter.agent.environment));
  Steps steps;
  EAGLE_ASSIGN_OR_RETURN(const auto store, Store::Open(config.adapter.data_folder + "/exchange.db", steps));
  EAGLE_ASSIGN_OR_RETURN(const auto inbox, sdk::SqliteInbox::Open(config.adapter.data_folder + "/inbox.db"));
  EAGLE_ASSIGN_OR_RETURN(Drop drop, Drop::Open(config.to_agency, config.to_gateway, steps));
  sdk::Log log(*clock);
  const Edge edge{*config.codes, *config.encoding, config.adapter.time_zone};
  FileCore core(*store, edge);
  FilePositions positions(*store, config.rules.agency);
  Exchange exchange(*store, drop, edge, config.rules, *clock, steps,
                    [&](std::string_view event, const std::vector<std::pair<std::string, std::string>>& facts) {
                      log.Info(event, [&](sdk::Json& line) {
                        for (const auto& [key, value] : facts) sdk::Put(line, key, value);
                      });
                    });
  const sdk::AdapterProcess process{.config = config.adapter,
                                    .inbox = *inbox,
                                    .make_agent =
                                        [&](sdk::AgentConfig agent, sdk::AgentPorts ports) {
                                          ports.positions = &positions;
                                          return sdk::Agent::Make(std::move(agent), ports, core);
                                        },
                                    .counter =
                                        [&](const sdk::CounterRequest& request, sdk::Agent&, absl::Time) {
                                          return AskDesk(request, *store, exchange, config.rules.agency,
                                                         config.adapter.time_zone);
                                        }};
  const Rounds rounds(exchange, core, log, config.scan);
  return sdk::RunAdapter(process, {.once = once});
}

absl::StatusOr<sdk::Json> AskRunning(const std::string& config_path, const sdk::CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const FileConfig config, LoadFileConfig(config_path));
  return sdk::CallCounter(config.adapter.counter_socket, request);
}

}  // namespace eagle::file
