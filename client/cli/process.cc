#include "client/cli/process.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "client/cli/eagle.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/system_entropy.h"

namespace eagle::client {
namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace

int EagleMain(int argc, char** argv, FoundLog found_log, OpenJournalFolder open_journal_folder,
              ApplyRecovery apply_recovery, CheckBackup check_backup, CheckPolicy check_policy) {
  auto chosen = MakeClock();
  if (!chosen.ok()) {
    std::cerr << "error: " << FailureOf(chosen.status()).message << "\n";
    return kExitUsage;
  }
  SystemClock real_clock;
  trust::SystemEntropy entropy;
  RealWaiter waiter;
  Process process{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .out_is_terminal = isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
      .in_is_terminal = isatty(STDIN_FILENO) == 1,
      .variable = Variable,
      .clock = *chosen->clock,
      .clock_steps = chosen->steps,
      .real_clock = real_clock,
      .entropy = entropy,
      .waiter = waiter,
      .connect = [&](const ChannelOptions& options) { return Connect(options, waiter, entropy); },
      .connect_admin = [&](const std::string& address, bool verbose,
                           const CallOptions& calls) { return ConnectAdmin(address, verbose, calls, waiter, entropy); },
      .found_log = std::move(found_log),
      .open_journal_folder = std::move(open_journal_folder),
      .apply_recovery = std::move(apply_recovery),
      .check_backup = std::move(check_backup),
      .check_policy = std::move(check_policy),
  };
  return RunEagle(process, {argv + 1, argv + argc});
}

}  // namespace eagle::client
