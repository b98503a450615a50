#include "tests/bench/pipeline/bench.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "goldeneagle/v1/order_service.pb.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/journal_folder.h"
#include "server/trust/make_batch.h"
#include "server/trust/system_entropy.h"
#include "tests/bench/pipeline/acts.h"
#include "tests/bench/pipeline/board.h"
#include "tests/bench/pipeline/court.h"
#include "tests/bench/pipeline/echo.h"
#include "tests/bench/pipeline/gateway.h"
#include "tests/bench/pipeline/install.h"
#include "tests/bench/pipeline/limits.h"
#include "tests/bench/pipeline/strangers.h"

namespace eagle::bench {
namespace {

constexpr double kReadySeconds = 60;
constexpr uint64_t kPaceMs = 100;        // what an adapter of the profile "priority" pauses after a few tasks
constexpr double kUrgentPerSecond = 25;  // freezes

absl::Status WaitFor(const std::string& what, const std::function<bool()>& done, Child& child) {
  const int64_t until_us = NowUs() + static_cast<int64_t>(kReadySeconds * 1e6);
  while (!done()) {
    if (!child.Runs() || NowUs() > until_us)
      return Fail(Reason::kUnavailable, absl::StrCat(what, ": ", child.LastWords()));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return absl::OkStatus();
}

class Run {
 public:
  Run(const BenchOptions& options, Report& report) : options_(options), report_(report) {}
  ~Run() {
    if (board_) board_->head().stop = 1;
  }

  absl::Status Go() {
    EAGLE_RETURN_IF_ERROR(SetUp());
    for (int round = 0; round < options_.rounds; ++round) {
      std::cerr << "round " << round + 1 << " of " << options_.rounds << "\n";
      EAGLE_RETURN_IF_ERROR(Limits());
      for (const std::string& profile : options_.profiles) EAGLE_RETURN_IF_ERROR(Profile(profile));
      Ratios();
    }
    return Finish();
  }

 private:
  absl::Status SetUp();
  absl::Status StartAdapters();
  absl::Status Limits();
  absl::Status Profile(const std::string& name);
  absl::StatusOr<Outcome> Measure(const std::string& name, const Load& load);
  absl::Status Priority();
  absl::Status HandOut(const std::string& name);
  void Ratios();
  absl::Status Finish();

  // This round's value of a figure.
  double Last(const std::string& name) const { return last_.count(name) != 0 ? last_.at(name) : 0; }
  void Add(const std::string& group, const std::string& name, const std::string& unit, double value) {
    report_.Add(group, name, unit, value);
    last_[group + "/" + name] = value;
  }
  void AddRatio(const std::string& name, double of, double to) {
    if (of > 0 && to > 0) Add("ratios", name, "x", of / to);
  }

  const BenchOptions& options_;
  Report& report_;
  SystemClock clock_;
  trust::SystemEntropy entropy_;
  World world_;
  std::optional<Board> board_;
  RunningGateway gateway_;
  Child adapters_, echo_;
  std::string echo_address_;
  std::vector<std::unique_ptr<Court>> courts_;  // as kCourts
  std::map<std::string, double> last_;
  uint64_t journal_before_ = 0, orders_ = 0, tasks_ = 0;
};

absl::Status Run::SetUp() {
  const int64_t from_us = NowUs();
  EAGLE_RETURN_IF_ERROR(SetUpFolder(options_));
  EAGLE_ASSIGN_OR_RETURN(world_, World::Load(options_.folder));
  EAGLE_ASSIGN_OR_RETURN(gateway_, StartGateway(options_.folder, options_.gateway));
  EAGLE_RETURN_IF_ERROR(StartAdapters());
  std::filesystem::remove(options_.folder + "/echo.port");
  EAGLE_ASSIGN_OR_RETURN(
      echo_, Child::Start({options_.self, "echo-server", "--folder", options_.folder}, options_.folder + "/echo.log"));
  EAGLE_RETURN_IF_ERROR(WaitFor(
      "the echo server", [&] { return access((options_.folder + "/echo.port").c_str(), R_OK) == 0; }, echo_));
  echo_address_ = "127.0.0.1:" + ReadFile(options_.folder + "/echo.port");
  std::cerr << absl::StrCat("set up in ", (NowUs() - from_us) / 1000, " ms in ", options_.folder, "\n");
  return absl::OkStatus();
}

absl::Status Run::StartAdapters() {
  EAGLE_ASSIGN_OR_RETURN(board_, Board::Make(options_.folder + "/board"));
  std::vector<int> completions, written;  // a pipe for each court
  for (size_t i = 0; i < std::size(kCourts); ++i) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Fail(Reason::kConfigurationInvalid, "no pipe");
    completions.push_back(ends[0]), written.push_back(ends[1]);
  }
  const double cpu = CpuSeconds(gateway_.process.pid());
  const int64_t from_us = NowUs();
  auto started = Child::Start({options_.self, "adapters", "--folder", options_.folder, "--address", gateway_.api,
                               "--adapters", std::to_string(options_.adapters), "--lanes",
                               std::to_string(options_.lanes), "--completions", absl::StrJoin(written, ",")},
                              options_.folder + "/adapters.log", written);
  for (const int end : written) close(end);
  EAGLE_RETURN_IF_ERROR(started.status());
  adapters_ = *std::move(started);
  const auto ready = WaitFor(
      "the adapters", [&] { return board_->head().ready == options_.adapters; }, adapters_);
  if (!ready.ok()) return Fail(Reason::kUnavailable, absl::StrCat(ready.message(), " ", board_->head().complaint));
  const double connected = static_cast<double>(options_.adapters);
  Add("connections", "adapters_ready_ms", "ms", static_cast<double>(NowUs() - from_us) * 1e-3);
  Add("connections", "gateway_cpu_ms_per_adapter", "ms", (CpuSeconds(gateway_.process.pid()) - cpu) * 1e3 / connected);
  Add("connections", "gateway_resident_mb", "MB", static_cast<double>(ResidentBytes(gateway_.process.pid())) / 1e6);
  for (size_t i = 0; i < std::size(kCourts); ++i) {
    EAGLE_ASSIGN_OR_RETURN(courts_.emplace_back(), Court::Make(world_, i, *board_, gateway_.api, completions[i]));
  }
  return absl::OkStatus();
}

absl::Status Run::Limits() {
  const double seconds = std::min(1.0, options_.seconds / 4);
  EAGLE_ASSIGN_OR_RETURN(LimitFigures limits, MeasureLimits(options_.folder, seconds));
  Add("limits", "fdatasync_4k_append_p50", "us", limits.fdatasync_us.At(0.5));
  Add("limits", "fdatasync_4k_append_p99", "us", limits.fdatasync_us.At(0.99));
  Add("limits", "packed_commit_64_p50", "us", limits.packed_commit_us.At(0.5));
  Add("limits", "packed_commit_64_p99", "us", limits.packed_commit_us.At(0.99));
  Add("limits", "packed_entries", "1/s", limits.packed_entries_per_second);
  Add("limits", "sqlite_row_inserts_1000", "1/s", limits.row_inserts_per_second);
  Add("limits", "ed25519_verify", "1/s", limits.verifies_per_second);
  Add("limits", "ed25519_sign", "1/s", limits.signs_per_second);
  Add("limits", "sha256_300_bytes", "1/s", limits.hashes_per_second);
  for (const int in_flight : {1, 16, 128}) {
    EAGLE_ASSIGN_OR_RETURN(EchoFigures echo, MeasureEcho(world_, echo_address_, echo_.pid(), in_flight, seconds));
    const std::string name = absl::StrCat("echo_mtls_", in_flight, "_in_flight");
    Add("limits", name, "1/s", echo.calls_per_second);
    Add("limits", name + "_p50", "us", echo.us.At(0.5));
    Add("limits", name + "_p99", "us", echo.us.At(0.99));
    Add("limits", name + "_server_cpu", "us/call", echo.server_cpu_us_per_call);
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> Run::Measure(const std::string& name, const Load& load) {
  const pid_t gateway = gateway_.process.pid();
  double gateway_cpu = 0, adapters_cpu = 0, own_cpu = 0;
  std::map<std::string, double> threads, threads_end;
  uint64_t disk = 0;
  const auto at_start = [&] {
    disk = BytesOnDisk(options_.folder + "/data");
    threads = CpuByThread(gateway);
    gateway_cpu = CpuSeconds(gateway), adapters_cpu = CpuSeconds(adapters_.pid()), own_cpu = CpuSeconds(getpid());
  };
  const auto at_end = [&] {
    gateway_cpu = CpuSeconds(gateway) - gateway_cpu, adapters_cpu = CpuSeconds(adapters_.pid()) - adapters_cpu,
    own_cpu = CpuSeconds(getpid()) - own_cpu;
    threads_end = CpuByThread(gateway);
    disk = BytesOnDisk(options_.folder + "/data") - disk;
  };
  EAGLE_ASSIGN_OR_RETURN(Outcome out, courts_[0]->Run(load, at_start, at_end));
  orders_ += out.orders, tasks_ += out.tasks;
  const auto tasks = static_cast<double>(out.tasks);
  if (out.seconds <= 0 || tasks <= 0) return Fail(Reason::kUnavailable, name + ": nothing was measured");
  Add(name, "tasks_per_second", "1/s", tasks / out.seconds);
  Add(name, "orders_per_second", "1/s", tasks / load.fan_out / out.seconds);
  Add(name, "gateway_cpu_per_task", "us", gateway_cpu * 1e6 / tasks);
  for (const auto& [thread, seconds] : threads_end) {
    const double spent = seconds - (threads.count(thread) != 0 ? threads[thread] : 0);
    if (spent * 1e6 / tasks > 0.02 * gateway_cpu * 1e6 / tasks)
      Add(name, "  thread " + thread, "us/task", spent * 1e6 / tasks);
  }
  Add(name, "adapters_cpu_per_task", "us", adapters_cpu * 1e6 / tasks);
  Add(name, "court_cpu_per_task", "us", own_cpu * 1e6 / tasks);
  Add(name, "accept_p50", "us", out.accept_us.At(0.5));
  Add(name, "accept_p99", "us", out.accept_us.At(0.99));
  Add(name, "order_complete_p50", "us", out.complete_us.At(0.5));
  Add(name, "order_complete_p99", "us", out.complete_us.At(0.99));
  if (out.known_us.size() > 0) {
    Add(name, "order_known_p50", "us", out.known_us.At(0.5));
    Add(name, "order_known_p99", "us", out.known_us.At(0.99));
  }
  Add(name, "accepts_measured", "1", static_cast<double>(out.accept_us.size()));
  if (out.polls > 0)
    Add(name, "tasks_per_poll", "1", static_cast<double>(out.delivered) / static_cast<double>(out.polls));
  Add(name, "disk_bytes_per_task", "B", static_cast<double>(disk) / tasks);
  Add(name, "gateway_resident_mb", "MB", static_cast<double>(ResidentBytes(gateway)) / 1e6);
  std::cerr << absl::StrCat("  ", name, ": ", static_cast<int64_t>(tasks / out.seconds), " tasks/s, ",
                            static_cast<int64_t>(gateway_cpu * 1e6 / tasks), " us of gateway CPU a task, accept p50 ",
                            static_cast<int64_t>(out.accept_us.At(0.5)), " us\n");
  return out;
}

// When urgent freezes of one court, by the clock, are in an adapter's hands.
absl::Status Run::HandOut(const std::string& name) {
  EAGLE_ASSIGN_OR_RETURN(
      Outcome out,
      courts_[0]->Run(
          {.fan_out = 1, .orders = 1, .rate = kUrgentPerSecond, .seconds = options_.seconds, .freeze = true}, [] {},
          [] {}));
  Add("priority", name + "_p50", "us", out.handed_us.At(0.5));
  Add("priority", name + "_p99", "us", out.handed_us.At(0.99));
  Add("priority", name + "_measured", "1", static_cast<double>(out.handed_us.size()));
  orders_ += out.orders, tasks_ += out.orders;
  return absl::OkStatus();
}

// Agencies that take a few tasks at a time, and at each of them a bulk of another court that lasts for longer than is
// measured: what an urgent freeze waits must be what it waits without.
absl::Status Run::Priority() {
  const auto fan_out = static_cast<uint32_t>(options_.adapters);
  BoardHeader& head = board_->head();
  const auto nothing = [] {};
  head.pace_ms = kPaceMs;
  // One task for each, so that nobody's parked poll still asks for as many as without a pace.
  EAGLE_RETURN_IF_ERROR(
      courts_[0]
          ->Run({.fan_out = fan_out, .orders = 1, .window = 1, .warm_seconds = 0, .batches_max = 1}, nothing, nothing)
          .status());
  EAGLE_RETURN_IF_ERROR(HandOut("handed_out_alone"));
  const uint64_t a_batch = uint64_t{options_.orders} * fan_out;
  const auto batches = static_cast<uint32_t>((options_.bulk + a_batch - 1) / a_batch);
  absl::StatusOr<Outcome> bulk = Outcome();
  const int64_t from_us = NowUs();
  std::thread other([&] {
    bulk = courts_[1]->Run({.fan_out = fan_out,
                            .orders = options_.orders,
                            .window = batches,
                            .warm_seconds = 0,
                            .seconds = 3600,
                            .batches_max = batches},
                           nothing, nothing);
  });
  const auto measured = [&]() -> absl::Status {
    EAGLE_RETURN_IF_ERROR(WaitFor(
        "the bulk's acceptance",
        [&] {
          const Court::UnderWay now = courts_[1]->under_way();
          return now.open == batches && now.accepting == 0;
        },
        gateway_.process));
    Add("priority", "bulk_accepted_ms", "ms", static_cast<double>(NowUs() - from_us) * 1e-3);
    const uint64_t answered = head.answered;
    EAGLE_RETURN_IF_ERROR(HandOut("handed_out_before_a_bulk"));
    const uint64_t done = head.answered - answered;
    Add("priority", "bulk_tasks", "1", static_cast<double>(batches * a_batch));
    Add("priority", "bulk_tasks_meanwhile", "1", static_cast<double>(done));
    if (courts_[1]->under_way().open == 0)
      return Fail(Reason::kUnavailable, "the bulk was done before the end: make it larger");
    return absl::OkStatus();
  }();
  head.pace_ms = 0;
  other.join();
  Add("priority", "bulk_lasted_ms", "ms", static_cast<double>(NowUs() - from_us) * 1e-3);
  AddRatio("priority: hand-out p99 before a bulk / (an adapter's pause + hand-out p99 alone)",
           Last("priority/handed_out_before_a_bulk_p99"),
           Last("priority/handed_out_alone_p99") + static_cast<double>(kPaceMs) * 1e3);
  EAGLE_RETURN_IF_ERROR(measured);
  return bulk.status();
}

absl::Status Run::Profile(const std::string& name) {
  if (name == "priority") return Priority();
  const auto fan_out = static_cast<uint32_t>(options_.adapters);
  Load load{.fan_out = fan_out,
            .orders = options_.orders,
            .window = options_.window,
            .warm_seconds = std::min(0.5, options_.seconds / 4),
            .seconds = options_.seconds,
            .batches_max = options_.batches_max};
  if (name == "batch") load.window = 1;
  if (name == "latency" || name == "followed") load.orders = 1, load.window = 1, load.follow = name == "followed";
  if (name == "single") load.fan_out = 1, load.orders = 1, load.window = 1;
  if (name == "followed_batch") load.window = 1, load.follow = true;
  if (name == "open") {
    load.orders = 1;
    load.rate = Last("throughput/orders_per_second") / 2;
    if (load.rate <= 0) return absl::OkStatus();
  }
  return Measure(name, load).status();
}

void Run::Ratios() {
  const double tasks = Last("batch/tasks_per_second"), best = Last("throughput/tasks_per_second");
  AddRatio("G1 transitions a second (2 a task, one batch under way) / sqlite_row_inserts_1000", 2 * tasks,
           Last("limits/sqlite_row_inserts_1000"));
  AddRatio("G1 at the greatest rate", 2 * best, Last("limits/sqlite_row_inserts_1000"));
  AddRatio("tasks a second / echo_mtls_128_in_flight", best, Last("limits/echo_mtls_128_in_flight"));
  AddRatio("transitions a second / packed_entries", 2 * best, Last("limits/packed_entries"));
  AddRatio("tasks a second / ed25519_verify", best, Last("limits/ed25519_verify"));
  AddRatio("G6 accept p50 (latency) / fdatasync p50", Last("latency/accept_p50"),
           Last("limits/fdatasync_4k_append_p50"));
  AddRatio("G6 accept p99 (latency) / fdatasync p99", Last("latency/accept_p99"),
           Last("limits/fdatasync_4k_append_p99"));
  AddRatio("accept p50 (single) / echo 1 in flight p50", Last("single/accept_p50"),
           Last("limits/echo_mtls_1_in_flight_p50"));
  AddRatio("G7 accept p99 at half rate / accept p99 idle", Last("open/accept_p99"), Last("latency/accept_p99"));
  AddRatio("gateway CPU a task (latency) / echo server CPU a call, 128", Last("latency/gateway_cpu_per_task"),
           Last("limits/echo_mtls_128_in_flight_server_cpu"));
}

absl::Status Run::Finish() {
  const BoardHeader& head = board_->head();
  if (head.duplicates + head.refused + head.unverified + head.failed_calls != 0) {
    return Fail(Reason::kInternal, absl::StrCat(head.duplicates.load(), " duplicates, ", head.refused.load(),
                                                " receipts refused, ", head.unverified.load(), " tasks not believed, ",
                                                head.failed_calls.load(), " calls failed; ", head.complaint));
  }
  EAGLE_ASSIGN_OR_RETURN(const uint64_t receipts, courts_[0]->VerifyAnswers(options_.verified_orders));
  // Each order and each answer is an entry.
  if (courts_[0]->journal_size() < tasks_)
    return Fail(Reason::kJournalBroken, "the journal hasn't grown by what was done");
  board_->head().stop = 1;
  courts_.clear();
  adapters_.End();
  if (const int code = gateway_.process.End(); code != 0) {
    return Fail(Reason::kInternal,
                absl::StrCat("the gateway ended with code ", code, ": ", gateway_.process.LastWords()));
  }
  EAGLE_ASSIGN_OR_RETURN(
      auto folder,
      JournalFolder::Open({.data_folder = options_.folder + "/data", .log_key = world_.log_key}, entropy_));
  const int64_t from_us = NowUs();
  EAGLE_ASSIGN_OR_RETURN(const FolderVerified verified, folder->Verify());
  if (!verified.findings.empty())
    return Fail(verified.findings[0].reason,
                absl::StrCat("the journal doesn't verify: ", verified.findings[0].message));
  const double seconds = static_cast<double>(NowUs() - from_us) * 1e-6;
  Add("afterwards", "receipts_verified", "1", static_cast<double>(receipts));
  Add("afterwards", "journal_entries", "1", static_cast<double>(verified.entries));
  Add("afterwards", "journal_entries_verified", "1/s", static_cast<double>(verified.entries) / seconds);
  folder.reset();  // its lock
  EAGLE_ASSIGN_OR_RETURN(const Audited audited, AuditAsStrangers(options_.folder, BinaryFolder(), world_.log_key));
  Add("afterwards", "entries_published", "1/s", static_cast<double>(verified.entries) / audited.publish_seconds);
  Add("afterwards", "entries_audited", "1/s", static_cast<double>(verified.entries) / audited.audit_seconds);
  Add("afterwards", "audit_resident_mb", "MB", audited.audit_resident_mb);
  Add("afterwards", "journal_bytes_per_entry", "B",
      static_cast<double>(BytesOnDisk(options_.folder + "/data")) / static_cast<double>(verified.entries));
  return absl::OkStatus();
}

}  // namespace

absl::Status RunBench(const BenchOptions& options, Report& report) { return Run(options, report).Go(); }

absl::Status SetUpFolder(const BenchOptions& options) {
  SystemClock clock;
  trust::SystemEntropy entropy;
  EAGLE_ASSIGN_OR_RETURN(const World world, World::Make(options.folder, options.adapters, clock, entropy));
  EAGLE_RETURN_IF_ERROR(FoundGateway(world, clock, entropy));
  EAGLE_ASSIGN_OR_RETURN(const auto policy, ReadPolicy(options.policy));
  {
    EAGLE_ASSIGN_OR_RETURN(RunningGateway gateway, StartGateway(options.folder, options.gateway));
    EAGLE_RETURN_IF_ERROR(Install(world, gateway.admin, gateway.api, policy, clock, entropy));
    if (const int code = gateway.process.End(); code != 0) {
      return Fail(Reason::kInternal,
                  absl::StrCat("the gateway ended with code ", code, ": ", gateway.process.LastWords()));
    }
  }
  const absl::Time now = clock.WallNow();
  const CourtParty& court = world.courts.at(0);
  const v1::Order order = InquireOrder(court, 0, {world.agencies.at(0).code}, OrderIdOf(0, now, entropy), now);
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = trust::MakeBatch({.member_type = v1::MEMBER_TYPE_ORDER,
                                               .environment = v1::ENVIRONMENT_TEST,
                                               .signer = court.code,
                                               .sequence = 1,
                                               .signed_at = now},
                                              {order.SerializeAsString()}, {court.handler.signer.get()});
  return WriteFile(options.folder + "/batch.bin", request.SerializeAsString());
}

}  // namespace eagle::bench
