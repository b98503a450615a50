#include "adapters/bank/adapter.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "adapters/bank/clerk.h"
#include "adapters/bank/core_gateway.h"
#include "adapters/bank/desk.h"
#include "adapters/bank/import.h"
#include "adapters/bank/positions.h"
#include "adapters/sdk/shell/adapter_config.h"
#include "adapters/sdk/shell/office_commands.h"
#include "adapters/sdk/shell/process.h"
#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"

namespace eagle::bank {
namespace {

constexpr char kCoreFile[] = "/core.db", kInboxFile[] = "/inbox.db";

struct BankConfig {
  sdk::AdapterConfig adapter;
  absl::Duration reply_delay;
};

absl::StatusOr<BankConfig> LoadBankConfig(const Kind& kind, const std::string& path) {
  absl::Duration reply_delay;
  EAGLE_ASSIGN_OR_RETURN(
      sdk::AdapterConfig adapter, sdk::LoadAdapterConfig(path, kind.name, [&](sdk::ConfigSection& section) {
        reply_delay = section.Seconds("reply_delay", absl::ZeroDuration(), absl::ZeroDuration(), absl::Seconds(20));
      }));
  if (reply_delay > absl::ZeroDuration() && adapter.agent.environment != v1::ENVIRONMENT_TEST) {
    return Fail(Reason::kConfigurationInvalid, "the configuration is refused")
        .At(absl::StrCat(kind.name, ".reply_delay"), path + ": is for the test environment only");
  }
  adapter.agent.adapter = kind.adapter;
  adapter.agent.version = EAGLE_BANK_VERSION;
  for (const Ability& ability : kind.abilities) {
    v1::Capability& capability = adapter.agent.capabilities.emplace_back();
    capability.set_asset_kind(ability.asset_kind);
    capability.set_action(ability.action);
    capability.set_partial_release(true);
    capability.set_captures_inflow(true);
    capability.set_keeps_waitlist(true);
  }
  return BankConfig{std::move(adapter), reply_delay};
}

// Passes real time; nobody ends it early, as the longest delay is shorter than what a drain allows.
class PatientWaiter : public Waiter {
 public:
  void Wait(absl::Duration duration) override { never_.WaitForNotificationWithTimeout(duration); }

 private:
  absl::Notification never_;
};

bool IsForTheAgent(const sdk::CounterRequest& request) {
  const auto& office = sdk::OfficeCommands();
  const bool every = std::any_of(office.begin(), office.end(),
                                 [&](const sdk::OfficeCommand& command) { return command.name() == request.command; });
  return every || request.command == "status" || request.command == "queue" || request.command == "ask" ||
         request.command == "resolve";
}

}  // namespace

absl::Status CheckBankConfig(const Kind& kind, const std::string& path) { return LoadBankConfig(kind, path).status(); }

absl::StatusOr<std::string> CounterSocketOf(const Kind& kind, const std::string& config_path) {
  EAGLE_ASSIGN_OR_RETURN(const BankConfig config, LoadBankConfig(kind, config_path));
  return config.adapter.counter_socket;
}

absl::Status RunBank(const Kind& kind, const std::string& config_path, bool once) {
  EAGLE_ASSIGN_OR_RETURN(BankConfig config, LoadBankConfig(kind, config_path));
  const std::string counter_socket = config.adapter.counter_socket, agent_socket = counter_socket + ".agent";
  config.adapter.counter_socket = agent_socket;
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<Clock> clock, sdk::MakeAdapterClock(config.adapter.agent.environment));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<BankCore> core,
                         BankCore::Open(config.adapter.data_folder + kCoreFile, config.adapter.agent.agency, *clock,
                                        config.adapter.time_zone, kind));
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<sdk::SqliteInbox> inbox,
                         sdk::SqliteInbox::Open(config.adapter.data_folder + kInboxFile));
  PatientWaiter waiter;
  CoreGateway gateway(*core, waiter, config.reply_delay);
  CorePositions positions(*core);
  EAGLE_ASSIGN_OR_RETURN(
      const auto counter, sdk::CounterServer::Start(counter_socket, [&](const sdk::CounterRequest& request) {
        return IsForTheAgent(request) ? sdk::CallCounter(agent_socket, request) : AskDesk(*core, request);
      }));
  const sdk::AdapterProcess process{
      .config = config.adapter,
      .inbox = *inbox,
      .make_agent =
          [&](sdk::AgentConfig agent, sdk::AgentPorts ports) {
            ports.positions = &positions;
            return sdk::Agent::Make(std::move(agent), ports, gateway);
          },
      .counter = [&](const sdk::CounterRequest& request, sdk::Agent& agent, absl::Time) -> absl::StatusOr<sdk::Json> {
        if (request.command == "resolve") return ResolveNotDone(request, agent, gateway);
        return Fail(Reason::kFieldInvalid, "the counter has no such command").At("command", request.command);
      }};
  return sdk::RunAdapter(process, {.once = once});
}

absl::Status ImportBank(const Kind& kind, const std::string& data_folder, const std::string& csv_folder,
                        const std::string& time_zone) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(time_zone, &zone))
    return Fail(Reason::kConfigurationInvalid, "no such time zone").With("time_zone", time_zone);
  std::error_code error;
  std::filesystem::create_directories(data_folder, error);
  if (error) return Fail(Reason::kStorageUnusable, "the data folder can't be made").With("path", data_folder);
  // The demonstration imports by its own clock, so that the bank's time doesn't begin after the case.
  EAGLE_ASSIGN_OR_RETURN(const ChosenClock chosen, MakeClock());
  EAGLE_ASSIGN_OR_RETURN(const std::unique_ptr<BankCore> core,
                         BankCore::Open(data_folder + kCoreFile, "", *chosen.clock, zone, kind));
  EAGLE_ASSIGN_OR_RETURN(const Imported imported, Import(*core, csv_folder));
  std::printf("imported %zu customers, %zu accounts, %zu exemptions, %zu measures\n", imported.customers,
              imported.accounts, imported.exemptions, imported.measures);
  return absl::OkStatus();
}

}  // namespace eagle::bank
