// golden-eagle: the gateway's program. Flags, signals and the service manager; everything else is in process.h.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "server/base/system_clock.h"
#include "server/ops/config.h"
#include "server/ops/log.h"
#include "server/ops/notify.h"
#include "server/ops/resources.h"
#include "server/ops/signals.h"
#include "server/process.h"
#include "server/trust/system_entropy.h"

namespace eagle {
namespace {

#ifndef GOLDEN_EAGLE_VERSION
#define GOLDEN_EAGLE_VERSION "unknown"
#endif

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr absl::Duration kEndsLookedAtEvery = absl::Hours(1);
constexpr absl::Duration kCertificateAlarm = absl::Hours(24 * 30);
constexpr double kCalendarAlarmDays = 60;

struct Flags {
  std::string config, port_file;
  bool check = false, print = false, version = false;
};

int Complain(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  const ReasonRow& row = RowOf(failure.reason);
  std::cerr << "golden-eagle: " << row.name << ": " << failure.message << "\n";
  for (const auto& [key, value] : failure.metadata) std::cerr << "  " << key << ": " << value << "\n";
  for (const Violation& violation : failure.violations)
    std::cerr << "  " << violation.field << ": " << violation.description << "\n";
  std::cerr << "  " << row.advice << "\n";
  return failure.reason == Reason::kConfigurationInvalid ? kExitUsage : kExitFailed;
}

ops::Log::Options LogOptions(const ops::Config& config) {
  ops::Log::Options out;
  out.format = config.log_format == "json"   ? ops::Log::Format::kJson
               : config.log_format == "text" ? ops::Log::Format::kText
                                             : ops::Log::FormatFor(STDOUT_FILENO);
  out.least = config.log_level == "error"     ? ops::Log::Level::kError
              : config.log_level == "warning" ? ops::Log::Level::kWarning
                                              : ops::Log::Level::kInfo;
  return out;
}

// What ends by itself unless somebody acts: certificates, and the policy's calendars.
void WarnOfEnds(const Gateway& gateway, Clock& real, ops::Log& log) {
  for (const api::MetricRow& row : gateway.Metrics()) {
    if (row.name == "ge_calendar_days_left" && row.value <= kCalendarAlarmDays)
      log.At(row.value > 0 ? ops::Log::Level::kWarning : ops::Log::Level::kError, "calendar_ends_soon")
          .With("days_left", static_cast<int64_t>(row.value));
    if (row.name.rfind("ge_certificate_end_seconds", 0) != 0) continue;
    const absl::Time end = absl::UnixEpoch() + absl::Seconds(row.value);
    if (end - real.WallNow() > kCertificateAlarm) continue;
    log.Warning("certificate_ends_soon")
        .With("which", row.name)
        .With("days_left", absl::ToInt64Hours(end - real.WallNow()) / 24);
  }
}

int Serve(const ops::Config& config, const Flags& flags) {
  ops::Signals signals;  // before any thread starts
  SystemClock real;
  auto chosen = MakeClock();
  if (!chosen.ok()) return Complain(chosen.status());
  trust::SystemEntropy entropy;
  ops::Log log(real, LogOptions(config));
  const ops::Notifier notifier = ops::Notifier::FromEnvironment();
  log.Info("starting")
      .With("version", GOLDEN_EAGLE_VERSION)
      .With("environment", config.environment)
      .With("step_clock", chosen->steps ? 1 : 0)
      .With("descriptors_max", ops::RaiseDescriptorLimit());

  auto gateway = Gateway::Start(config, {.clock = *chosen->clock,
                                         .clock_steps = chosen->steps,
                                         .real = real,
                                         .entropy = entropy,
                                         .log = log,
                                         .notifier = notifier,
                                         .request_stop = [&signals] { signals.Wake(); }});
  if (!gateway.ok()) {
    log.Error("not_started").With(gateway.status());
    return Complain(gateway.status());
  }
  if (!flags.port_file.empty()) {
    if (const absl::Status status = WritePortFile(flags.port_file, **gateway); !status.ok()) return Complain(status);
  }
  log.Info("ready").With("api", (*gateway)->api_addresses().front()).With("admin", (*gateway)->admin_address());
  notifier.Send("READY=1\nSTATUS=serving");
  absl::Duration looked = -absl::InfiniteDuration();
  for (;;) {
    if (const absl::Duration now = real.MonotonicNow(); now - looked >= kEndsLookedAtEvery) {
      WarnOfEnds(**gateway, real, log);
      looked = now;
    }
    const ops::Signal signal = signals.Wait(absl::Minutes(1));
    if (signal == ops::Signal::kStop) break;
    if (signal != ops::Signal::kReload) continue;
    notifier.Send("RELOADING=1");
    const absl::Status status = (*gateway)->ReloadCertificates();
    notifier.Send(status.ok() ? "READY=1\nSTATUS=serving"
                              : "READY=1\nSTATUS=serving; the new certificates were refused");
  }
  notifier.Send("STOPPING=1\nSTATUS=draining");
  log.Info("stopping");
  (*gateway)->Stop();
  gateway->reset();
  log.Info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("The Golden Eagle gateway.", "golden-eagle");
  app.add_option("--config", flags.config, "configuration file (TOML)");
  app.add_flag("--check-config", flags.check, "check the configuration, its keys and certificates, and end");
  app.add_flag("--print-config", flags.print, "print what would be in force, defaults included, and end");
  app.add_option("--port-file", flags.port_file, "write the bound addresses there, as JSON, when ready");
  app.add_flag("-V,--version", flags.version, "print the version and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;  // 0: help was asked for
  }
  if (flags.version) {
    std::cout << "golden-eagle " << GOLDEN_EAGLE_VERSION << "\n";
    return 0;
  }
  if (flags.config.empty()) {
    std::cerr << "golden-eagle: --config FILE is needed; deploy/config/gateway.toml is a sample\n";
    return kExitUsage;
  }
  const auto config = ops::ReadConfig(flags.config);
  if (!config.ok()) return Complain(config.status());
  if (flags.print) {
    std::cout << ops::ShowConfig(*config);
    return 0;
  }
  if (flags.check) {
    SystemClock real;
    trust::SystemEntropy entropy;
    if (const absl::Status status = CheckConfig(*config, real, entropy); !status.ok()) return Complain(status);
    std::cout << "the configuration can be used\n";
    return 0;
  }
  return Serve(*config, flags);
}

}  // namespace
}  // namespace eagle

int main(int argc, char** argv) { return eagle::Main(argc, argv); }
