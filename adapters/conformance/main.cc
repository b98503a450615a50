// eagle-conformance: the kit's command line. README.md has every command; exit codes are those of the SDK's shell, and
// 3 when a case failed.
#include <sys/stat.h>

#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "adapters/conformance/folder.h"
#include "adapters/conformance/process_stage.h"
#include "adapters/conformance/report.h"
#include "adapters/sdk/shell/process.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/trust/system_entropy.h"

namespace eagle::conformance {
namespace {

constexpr int kRefusedExitCode = 3;

struct Options {
  std::string folder, agency, address = "127.0.0.1:7443", adapter, fixtures, junit, json, report, key;
  std::vector<std::string> only, demanded;
  bool explain = false;
  int64_t patience_seconds = 20;
};

int Tell(const absl::Status& status) {
  if (!status.ok()) sdk::PrintFailure(status);
  return sdk::ExitCodeOf(status);
}

// Those of --only, or all. Error: NOT_FOUND with the name.
absl::StatusOr<std::vector<const Case*>> Chosen(const std::vector<std::string>& only) {
  std::vector<const Case*> cases;
  for (const Case& one : AllCases()) {
    if (only.empty()) cases.push_back(&one);
  }
  for (const std::string& name : only) {
    const Case* one = FindCase(name);
    if (one == nullptr) return Fail(Reason::kNotFound, "there is no case of this name; see `list`").With("case", name);
    cases.push_back(one);
  }
  return cases;
}

int List(const Options& options) {
  const auto cases = Chosen(options.only);
  if (!cases.ok()) return Tell(cases.status());
  for (const Case* one : *cases) {
    if (options.explain) {
      std::printf("%s\n", Explain(*one).c_str());
    } else {
      std::printf("%-26s %s\n", std::string(one->name).c_str(), std::string(one->does).c_str());
    }
  }
  return 0;
}

absl::Status WriteResults(const Options& options, const RunResult& run, World& world) {
  if (!options.junit.empty()) EAGLE_RETURN_IF_ERROR(WriteText(options.junit, JUnitOf(run)));
  if (!options.json.empty())
    EAGLE_RETURN_IF_ERROR(WriteText(options.json, sdk::JsonText(JsonOf(run, EAGLE_CONFORMANCE_VERSION)) + "\n"));
  if (!options.report.empty())
    EAGLE_RETURN_IF_ERROR(
        WriteText(options.report, SignedReport(run, EAGLE_CONFORMANCE_VERSION, world.KeyOf("examiner"))));
  return absl::OkStatus();
}

absl::StatusOr<RunResult> Examine(const Options& options, OpenedFolder& opened, const Fixtures& fixtures) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<const Case*> cases, Chosen(options.only));
  EAGLE_ASSIGN_OR_RETURN(const auto clock, StageClock::Make(fixtures.steps_clock ? options.folder + "/clock" : ""));
  trust::SystemEntropy entropy;
  FakeGateway gateway(opened.world, *clock);
  EAGLE_ASSIGN_OR_RETURN(const auto server,
                         GatewayServer::Start(gateway, opened.address, opened.tls, opened.world.agency()));
  ProcessStage stage(*server, gateway, *clock,
                     {.command = options.adapter, .log_file = options.folder + "/adapter.log"});
  if (options.adapter.empty()) std::printf("waiting for an adapter at %s\n", opened.address.c_str());
  const Play::Parts parts{.world = opened.world,
                          .fixtures = fixtures,
                          .gateway = gateway,
                          .stage = stage,
                          .entropy = entropy,
                          .patience = {.answer = absl::Seconds(options.patience_seconds)}};
  return conformance::Run(parts, cases, [&](const CaseResult& result) {
    std::printf("%s", LineOf(result).c_str());
    if (options.explain) std::printf("%s\n", Explain(*result.one).c_str());
    std::fflush(stdout);
  });
}

int RunCases(const Options& options) {
  auto opened = OpenFolder(options.folder);
  if (!opened.ok()) return Tell(opened.status());
  const auto fixtures = LoadFixtures(options.fixtures);
  if (!fixtures.ok()) return Tell(fixtures.status());
  SystemClock machine;
  const absl::Time began_at = machine.WallNow();
  auto run = Examine(options, *opened, *fixtures);
  if (!run.ok()) return Tell(run.status());
  run->began_at = began_at, run->ended_at = machine.WallNow();
  std::printf("%s\n", SummaryOf(*run).c_str());
  if (run->Count(CaseVerdict::kFailed) > 0 && !options.adapter.empty())
    std::printf("what the adapter said: %s/adapter.log\n", options.folder.c_str());
  if (const absl::Status written = WriteResults(options, *run, opened->world); !written.ok()) return Tell(written);
  return run->Count(CaseVerdict::kFailed) == 0 ? 0 : kRefusedExitCode;
}

int VerifyReport(const Options& options) {
  const auto key = Base64Decode(options.key);
  if (!key) return Tell(Fail(Reason::kKeyUnusable, "--key is the examiner's public key in base64"));
  const auto text = ReadText(options.report);
  if (!text.ok()) return Tell(text.status());
  const auto read = trust::ReadConformanceReport(*text);
  if (!read.ok()) return Tell(read.status());
  if (trust::SignersOf(*read, {{0, v1::KEY_ALGORITHM_ED25519, *key}}, trust::PublicKeyChecker()).empty())
    return Tell(Fail(Reason::kSignatureInvalid, "the examiner's key did not sign this report"));
  const trust::ConformanceReport& report = read->report;
  std::printf("%s %s, %s: %zu passed, %zu failed, %zu skipped, %s\n", report.adapter.c_str(), report.version.c_str(),
              report.asset_kind.c_str(), report.passed.size(), report.failed.size(), report.skipped.size(),
              report.ended_at.c_str());
  const std::vector<std::string> objections = trust::ObjectionsTo(report, options.demanded);
  for (const std::string& objection : objections) std::printf("- %s\n", objection.c_str());
  return objections.empty() ? 0 : kRefusedExitCode;
}

int Main(int argc, char** argv) {
  umask(S_IRWXG | S_IRWXO);
  Options options;
  CLI::App app{"eagle-conformance: examines any adapter of the Golden Eagle gateway"};
  app.set_version_flag("-V,--version", EAGLE_CONFORMANCE_VERSION);
  app.require_subcommand(1);
  CLI::App& init = *app.add_subcommand("init", "make a test world: keys, courts, statements, certificates");
  init.add_option("folder", options.folder, "a new folder")->required();
  init.add_option("--agency", options.agency, "the code that the adapter speaks for")->required();
  init.add_option("--address", options.address, "where the fake gateway will listen");
  CLI::App& run = *app.add_subcommand("run", "examine an adapter");
  run.add_option("folder", options.folder, "the folder that init made")->required();
  run.add_option("--adapter", options.adapter, "the command that starts it; without it one that dials in is awaited");
  run.add_option("--fixtures", options.fixtures, "what lies in its register, TOML")->required();
  run.add_option("--only", options.only, "a case's name; may be repeated");
  run.add_flag("--explain", options.explain, "say of each case what it does and where the rule stands");
  run.add_option("--patience", options.patience_seconds, "seconds to wait for an answer")->check(CLI::Range(1, 3600));
  run.add_option("--junit", options.junit, "write JUnit XML here");
  run.add_option("--json", options.json, "write JSON here");
  run.add_option("--report", options.report, "write the signed report here");
  CLI::App& list = *app.add_subcommand("list", "name every case");
  list.add_option("--only", options.only, "a case's name; may be repeated");
  list.add_flag("--explain", options.explain, "what it does, what must hold, the source");
  CLI::App& verify = *app.add_subcommand("verify-report", "whether a signed report speaks for its adapter");
  verify.add_option("report", options.report, "the file")->required();
  verify.add_option("--key", options.key, "the examiner's public key, base64")->required();
  verify.add_option("--demand", options.demanded, "a case that must have been passed; may be repeated");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : sdk::kUsageExitCode;
  }
  if (list.parsed()) return List(options);
  if (run.parsed()) return RunCases(options);
  if (verify.parsed()) return VerifyReport(options);
  SystemClock clock;
  trust::SystemEntropy entropy;
  return Tell(MakeFolder(options.folder, options.agency, options.address, clock.WallNow(), entropy));
}

}  // namespace
}  // namespace eagle::conformance

int main(int argc, char** argv) { return eagle::conformance::Main(argc, argv); }
