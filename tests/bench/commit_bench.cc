// A whole commit of the sequencer: decide, apply, encode, store, sign, answer. Over the store in memory, and over
// SQLite on a disk (GATEWAY_BENCH_DIR, else the folder for temporary files).
//
// Limits of the same run: raw_commit   SqliteStore::Append of the same entries and as many rows, nothing else
//                         fdatasync    4 KiB appended to a file and synced
//                         sha256       SHA-256 of the packed bytes (over the store in memory)
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/core/sequencer.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/bench/side_by_side.h"
#include "tests/bench/workload.h"
#include "tests/support/core_world.h"

namespace eagle::bench {
namespace {

constexpr size_t kMembers = 64;

// Keeps a copy of the last commit that passed through.
class Watched : public storage::Store {
 public:
  explicit Watched(storage::Store& store) : store_(store) {}
  absl::Status Append(const storage::Commit& commit) override {
    if (watching) last = commit;
    return store_.Append(commit);
  }
  absl::StatusOr<std::unique_ptr<storage::Reader>> NewReader() override { return store_.NewReader(); }
  absl::Status Maintain(bool idle) override { return store_.Maintain(idle); }
  bool Full() override { return false; }
  storage::StoreHead Head() override { return store_.Head(); }

  storage::Commit last;
  bool watching = false;

 private:
  storage::Store& store_;
};

class Core {
 public:
  Core(Workload& work, storage::Store& store, storage::LastSigned& last_signed) : watched(store) {
    clock_.wall = work.world.now;
    signer_ = std::make_unique<journal::Ed25519NoteSigner>(work.world.founding.origin(),
                                                           *journal::PrivateKey::FromSeed(std::string(32, 's')));
    GATEWAY_ASSERT(core::Found(work.world.founding, clock_.wall, watched, last_signed, *signer_).ok(), "a new log");
    auto opened = core::Open(watched, last_signed, *signer_, keys_);
    GATEWAY_ASSERT(opened.ok(), "the log just founded");
    sequencer_ = std::make_unique<core::Sequencer>(
        *std::move(opened), core::SequencerPorts{watched, last_signed, *signer_, keys_, clock_, entropy_});
    work.Begin([this](const domain::Command& command) { Queue(command), Step(); });
  }
  void Queue(domain::Command command) {
    const absl::Status queued =
        sequencer_->Submit(std::move(command), [this](const domain::Result& result, const core::CommitView& commit) {
          for (const domain::MemberResult& member : result.members) refused += member.refusal ? 1 : 0;
          for (const domain::MemberResult& member : result.members) {
            if (proving && member.index != 0 && commit.Holds(member.index))
              benchmark::DoNotOptimize(commit.ProofOf(member.index));
          }
        });
    GATEWAY_ASSERT(queued.ok(), "the queue takes what a commit takes");
  }
  void Step() { GATEWAY_ASSERT(sequencer_->Step().ok(), "a commit"); }
  // To the next timer, and past the second that it lies in.
  void AdvanceToTimer() { clock_.AdvanceTo(sequencer_->NextTimer() + absl::Seconds(1)); }
  bool TimerIsDue() const { return sequencer_->NextTimer() <= clock_.wall; }

  Watched watched;
  size_t refused = 0;
  bool proving = false;

 private:
  test::HandClock clock_;
  test::HashedKeys keys_;
  SeededEntropy entropy_{1};
  std::unique_ptr<journal::Ed25519NoteSigner> signer_;
  std::unique_ptr<core::Sequencer> sequencer_;
};

std::string NewFolder() {
  const char* wanted = std::getenv("GATEWAY_BENCH_DIR");
  std::string name = (wanted != nullptr ? std::filesystem::path(wanted) : std::filesystem::temp_directory_path()) /
                     "eagle-bench-XXXXXX";
  GATEWAY_ASSERT(mkdtemp(name.data()) != nullptr, "the folder can be written");
  return name;
}

// The floors under a commit to disk.
class Floor {
 public:
  explicit Floor(const std::string& folder) : store_(*storage::SqliteStore::Open(folder + "/floor.db", {})) {
    descriptor_ = open((folder + "/floor").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    GATEWAY_ASSERT(descriptor_ >= 0, "the folder can be written");
  }
  ~Floor() { close(descriptor_); }
  // The same commit again, under new keys.
  void Append(storage::Commit commit) {
    const uint64_t shift = store_->Head().next_index - commit.first_index;
    commit.first_index += shift;
    for (storage::RowChange& row : commit.rows) {
      if (row.key.size() >= 8) row.key.replace(row.key.size() - 8, 8, BigEndian(++next_key_));
    }
    GATEWAY_ASSERT(store_->Append(commit).ok() && store_->Maintain(false).ok(), "a commit");
  }
  void Sync() {
    static const std::string kPage(4096, 'x');
    GATEWAY_ASSERT(write(descriptor_, kPage.data(), kPage.size()) == 4096 && fdatasync(descriptor_) == 0, "a page");
  }

 private:
  std::unique_ptr<storage::SqliteStore> store_;
  int descriptor_;
  uint64_t next_key_ = 0;
};

// What one commit takes: `batches` commands of kMembers / batches orders or receipts each.
void QueueOrders(Core& core, Workload& work, size_t batches) {
  for (size_t i = 0; i < batches; ++i) core.Queue(work.Freezes(kMembers / batches));
}
void PrepareReceipts(Core& core, Workload& work, size_t batches) {
  std::vector<domain::Command> answers;
  for (size_t i = 0; i < batches; ++i) {
    core.Queue(work.Freezes(kMembers / batches));
    core.Step();
    answers.push_back(work.Answers(work.last()));
  }
  for (domain::Command& command : answers) core.Queue(std::move(command));
}

using Prepare = void (*)(Core&, Workload&, size_t);

void InMemory(benchmark::State& state, Prepare prepare) {
  Workload work(140);
  storage::FakeStore store;
  storage::FakeLastSigned last_signed;
  Core core(work, store, last_signed);
  core.proving = true;
  SideBySide(
      state, kMembers, [&] { prepare(core, work, static_cast<size_t>(state.range(0))), core.watched.watching = true; },
      [&] { core.Step(); },
      {{"sha256",
        [&] { benchmark::DoNotOptimize(journal::Sha256(core.watched.last.entries)), core.watched.watching = false; }}});
  GATEWAY_ASSERT(core.refused == 0, "only what is taken is measured");
  state.counters["bytes_each"] = static_cast<double>(core.watched.last.entries.size()) / kMembers;
}

void OnDisk(benchmark::State& state, Prepare prepare) {
  const std::string folder = NewFolder();
  {
    Workload work(140);
    const auto store = *storage::SqliteStore::Open(folder + "/store.db", {});
    const auto last_signed =
        *storage::FileLastSigned::Open(folder + "/last-signed", storage::FileLastSigned::IfMissing::kCreate);
    Core core(work, *store, *last_signed);
    core.proving = true;
    Floor floor(folder);
    SideBySide(
        state, kMembers,
        [&] { prepare(core, work, static_cast<size_t>(state.range(0))), core.watched.watching = true; },
        [&] { core.Step(); },
        {{"raw_commit", [&] { floor.Append(core.watched.last), core.watched.watching = false; }},
         {"fdatasync", [&] { floor.Sync(); }}});
    GATEWAY_ASSERT(core.refused == 0, "only what is taken is measured");
  }
  std::filesystem::remove_all(folder);
}

// Ten thousand marks of one second, from the first look that finds them due until the last is durable.
void TenThousandDeadlinesOnDisk(benchmark::State& state) {
  constexpr size_t kOrders = 10'000, kBatch = 100;
  const std::string folder = NewFolder();
  {
    Workload work(0);
    const auto store = *storage::SqliteStore::Open(folder + "/store.db", {});
    const auto last_signed =
        *storage::FileLastSigned::Open(folder + "/last-signed", storage::FileLastSigned::IfMissing::kCreate);
    Core core(work, *store, *last_signed);
    for (size_t i = 0; i < kOrders / kBatch; ++i) {
      std::vector<goldeneagle::v1::Order> orders;
      for (size_t k = 0; k < kBatch; ++k) orders.push_back(work.world.InquireOrder({"BANK1"}));
      core.Queue(work.world.Orders(orders, {"handler"})), core.Step();
    }
    GATEWAY_ASSERT(core.refused == 0, "only what is taken is measured");
    for (auto _ : state) {
      state.PauseTiming();
      core.AdvanceToTimer();
      state.ResumeTiming();
      while (core.TimerIsDue()) core.Step();
    }
    state.counters["marks_per_second"] =
        benchmark::Counter(static_cast<double>(kOrders * state.iterations()), benchmark::Counter::kIsRate);
  }
  std::filesystem::remove_all(folder);
}

void CommitOrdersInMemory(benchmark::State& state) { InMemory(state, QueueOrders); }
void CommitReceiptsInMemory(benchmark::State& state) { InMemory(state, PrepareReceipts); }
void CommitOrdersOnDisk(benchmark::State& state) { OnDisk(state, QueueOrders); }
void CommitReceiptsOnDisk(benchmark::State& state) { OnDisk(state, PrepareReceipts); }

// Argument: commands a commit, 64 members in all.
BENCHMARK(CommitOrdersInMemory)->Arg(64)->Arg(1)->UseManualTime();
BENCHMARK(CommitReceiptsInMemory)->Arg(64)->Arg(1)->UseManualTime();
BENCHMARK(CommitOrdersOnDisk)->Arg(64)->Arg(1)->UseManualTime();
BENCHMARK(CommitReceiptsOnDisk)->Arg(64)->Arg(1)->UseManualTime();
// Five marks an order, so five times.
BENCHMARK(TenThousandDeadlinesOnDisk)->Iterations(5)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eagle::bench

BENCHMARK_MAIN();
