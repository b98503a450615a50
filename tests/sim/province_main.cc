// Plays a year of a province and writes its scorecards, month by month and of the year; by hand.
//
//   build/ci/bin/province_year --reports=/tmp/province            # 139 agencies, 60 courts, 500 cases a day, 2026
//   build/ci/bin/province_year --days=31 --agencies=20 --courts=6 --cases=40 --export=/tmp/log
//
//   --agencies, --courts, --cases (a day), --days, --from (first day), --asked (agencies that a case's first inquiry
//   goes to; 139: all),
//   --slot (seconds that are one batch), --seed, --jumps=0 (nobody sets the clock wrong)
//   --reports=FOLDER  <period>.html, .csv, .json
//   --export=FOLDER   the log as it would be published; keeps everything in memory, so play something small
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "client/audit/log_export.h"
#include "server/base/assert.h"
#include "server/base/system_clock.h"
#include "server/journal/packed.h"
#include "tests/sim/province_life.h"
#include "tests/sim/province_reports.h"

namespace eagle::province {
namespace {

using Flags = std::map<std::string, std::string>;

uint64_t Number(const Flags& flags, const std::string& name, uint64_t otherwise) {
  const auto at = flags.find(name);
  uint64_t number = otherwise;
  if (at != flags.end() && !absl::SimpleAtoi(at->second, &number)) {
    std::fprintf(stderr, "--%s takes a number\n", name.c_str());
    std::exit(2);
  }
  return number;
}

// Of this process so far: what it took, whoever else had the machine.
double CpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double Megabytes() {
  std::ifstream status("/proc/self/statm");
  double size = 0, resident = 0;
  status >> size >> resident;
  return resident * 4096 / 1e6;
}

// The kept journal, as an exporter asks for it.
class Kept : public audit::EntrySource {
 public:
  Kept(Gateway& gateway) : gateway_(gateway), reader_(*gateway.kept()->NewReader()) {}
  absl::StatusOr<std::string> Checkpoint() override { return gateway_.checkpoint(); }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    EAGLE_ASSIGN_OR_RETURN(const auto commit, reader_->CommitAt(first));
    if (!commit) return Fail(Reason::kNotFound, "no such entry");
    EAGLE_ASSIGN_OR_RETURN(const auto packed, journal::Unpack(commit->entries, commit->count));
    std::vector<Entry> entries;
    for (uint64_t i = first - commit->first_index; i < packed.size() && entries.size() < most; ++i)
      entries.push_back({std::string(packed[i].leaf), std::string(packed[i].sealed)});
    return entries;
  }

 private:
  Gateway& gateway_;
  std::unique_ptr<storage::Reader> reader_;
};

int Export(Gateway& gateway, const std::string& folder) {
  std::filesystem::create_directories(folder);
  const auto policy = journal::LogPolicy::Parse("log " + gateway.VerifierKey() + "\nquorum none\n");
  if (!policy.ok()) return std::fprintf(stderr, "%s\n", std::string(policy.status().message()).c_str()), 1;
  Kept source(gateway);
  const auto done = audit::ExportLog(source, *policy, folder, {}, [](uint64_t, uint64_t) {});
  if (!done.ok()) return std::fprintf(stderr, "%s\n", std::string(done.status().message()).c_str()), 1;
  std::printf("exported to %s; its key: %s\n", folder.c_str(), gateway.VerifierKey().c_str());
  return 0;
}

int Run(const Flags& flags) {
  SystemClock real;
  Life::Options options;
  options.cases_a_day = static_cast<uint32_t>(Number(flags, "cases", options.cases_a_day));
  options.asked = static_cast<uint32_t>(Number(flags, "asked", options.asked));
  options.days = static_cast<int>(Number(flags, "days", static_cast<uint64_t>(options.days)));
  options.slot = absl::Seconds(static_cast<int64_t>(Number(flags, "slot", 20)));
  options.seed = Number(flags, "seed", options.seed);
  options.jumps = Number(flags, "jumps", 1) != 0;
  if (const auto from = flags.find("from"); from != flags.end() && !absl::ParseCivilTime(from->second, &options.first))
    return std::fprintf(stderr, "--from takes a day as 2026-01-01\n"), 2;
  const bool exports = flags.contains("export");
  const Plan plan = MakePlan({.agencies = static_cast<uint32_t>(Number(flags, "agencies", 139)),
                              .courts = static_cast<uint32_t>(Number(flags, "courts", 60)),
                              .seed = options.seed});
  Gateway gateway(plan, absl::FromCivil(options.first, plan.policy->zone()) + absl::Minutes(1),
                  {.keep = exports, .real_key = exports, .seed = options.seed});
  Reports reports(plan, options.first, options.days);
  reports.Take(gateway.first_leaf());
  gateway.AddListener(&reports);
  gateway.Furnish();
  Life life(plan, gateway, options);
  const absl::Duration began = real.MonotonicNow();
  const auto print = [&](const Life& now) {
    const double seconds = absl::ToDoubleSeconds(real.MonotonicNow() - began), cpu = CpuSeconds();
    std::printf(
        "%s  %9llu cases %9llu orders %9llu answers %10llu entries  %7.1f s  %7.1f s of CPU  %8.0f answers/s of CPU  "
        "%6.0f MB\n",
        absl::FormatCivilTime(now.today()).c_str(), static_cast<unsigned long long>(now.cases()),
        static_cast<unsigned long long>(now.orders()), static_cast<unsigned long long>(now.answers()),
        static_cast<unsigned long long>(reports.leaves()), seconds, cpu, static_cast<double>(now.answers()) / cpu,
        Megabytes());
    std::fflush(stdout);
  };
  const int every = std::max(1, options.days / 52);
  int day = 0;
  life.Play([&](const Life& now) {
    if (++day % every == 0) print(now);
  });
  print(life);
  std::printf("%llu commits\n", static_cast<unsigned long long>(gateway.counters().commits));
  for (const auto& [action, count] : life.orders_by_action())
    std::printf("%s %llu\n", v1::Action_Name(action).c_str(), static_cast<unsigned long long>(count));
  std::printf("clock alarms accepted: %llu; refused: %llu%s%s\n", static_cast<unsigned long long>(life.alarms()),
              static_cast<unsigned long long>(gateway.refused()), gateway.refused() > 0 ? ", the first: " : "",
              gateway.first_refusal().c_str());
  if (gateway.forgetful() != nullptr)
    std::printf("a disk would hold %.2f GB of journal\n",
                static_cast<double>(gateway.forgetful()->journal_bytes) / 1e9);
  reports.Finish();
  if (const auto folder = flags.find("reports"); folder != flags.end()) {
    if (!WriteReports(reports.all(), folder->second)) return std::fprintf(stderr, "the reports can't be written\n"), 1;
    std::printf("%zu reports in %s\n", reports.all().size(), folder->second.c_str());
    std::fflush(stdout);
  }
  return exports ? Export(gateway, flags.at("export")) : 0;
}

}  // namespace
}  // namespace eagle::province

int main(int count, char** values) {
  eagle::province::Flags flags;
  for (int i = 1; i < count; ++i) {
    const std::string word = values[i];
    const size_t equals = word.find('=');
    if (word.rfind("--", 0) != 0 || equals == std::string::npos) {
      std::fprintf(stderr, "options are --name=value; province_main.cc lists them\n");
      return 2;
    }
    flags[word.substr(2, equals - 2)] = word.substr(equals + 1);
  }
  return eagle::province::Run(flags);
}
