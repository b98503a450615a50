// The domain alone, one command a decision, and the bytes of what it decides.
#include <map>

#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/journal/aead.h"
#include "server/journal/merkle.h"
#include "server/journal/packed.h"
#include "tests/bench/side_by_side.h"
#include "tests/bench/workload.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::bench {
namespace {

constexpr size_t kAtOnce = 64;

void HashAll(const std::vector<domain::Entry>& entries) {
  for (const domain::Entry& entry : entries) {
    benchmark::DoNotOptimize(journal::Sha256(entry.body));
    if (entry.payload) benchmark::DoNotOptimize(journal::Sha256(*entry.payload));
  }
}

// `make(work, domain)`: one fresh command. The limit: SHA-256 over bodies and payloads of the entries that came of it.
void Deciding(benchmark::State& state, const std::function<domain::Command(Workload&)>& make) {
  Workload work(140);
  Domain domain(work);
  std::vector<domain::Command> commands;
  SideBySide(
      state, kAtOnce,
      [&] {
        commands.clear();
        for (size_t i = 0; i < kAtOnce; ++i) commands.push_back(make(work));
        domain.Take();
      },
      [&] {
        for (const domain::Command& command : commands) domain.Run(command);
      },
      {{"sha256", [&] { HashAll(domain.entries()); }}});
  state.counters["entries_each"] = static_cast<double>(domain.entries().size()) / kAtOnce;
}

void DecideInquiry(benchmark::State& state) {
  Deciding(state, [](Workload& work) { return work.Inquiries(1); });
}
void DecideFreeze(benchmark::State& state) {
  Deciding(state, [](Workload& work) { return work.Freezes(1); });
}
void DecideReceipt(benchmark::State& state) {
  Workload work(140);
  Domain domain(work);
  std::vector<domain::Command> commands;
  SideBySide(
      state, kAtOnce,
      [&] {
        commands.clear();
        for (size_t i = 0; i < kAtOnce; ++i) {
          domain.Run(work.Freezes(1));
          commands.push_back(work.Answers(work.last()));
        }
        domain.Take();
      },
      [&] {
        for (const domain::Command& command : commands) domain.Run(command);
      },
      {{"sha256", [&] { HashAll(domain.entries()); }}});
}
// A freeze where its case already holds `range` measures: what the scratch copy of the ledger costs. Only decided, so
// the case stays as it is.
void DecideFreezeInABigCase(benchmark::State& state) {
  Workload work(1);
  Domain domain(work);
  const auto freeze = [&] {
    auto order = work.world.FreezeOrder("BANK1", 1);
    return work.world.Orders({order});
  };
  for (int64_t i = 0; i < state.range(0); ++i) {
    const auto batch = freeze();
    domain.Run(batch);
    domain.Run(work.world.Receipts("BANK1", {work.world.Controlled(batch.members[0].parsed, "BANK1", 1, 0)}));
  }
  std::vector<domain::Command> commands;
  for (size_t i = 0; i < kAtOnce; ++i) commands.push_back(freeze());
  std::vector<domain::Entry> entries;
  SideBySide(
      state, kAtOnce, [&] { entries.clear(); },
      [&] {
        for (const domain::Command& command : commands) {
          for (domain::Entry& entry : domain::Decide(work.world.state, command, work.world.now).entries)
            entries.push_back(std::move(entry));
        }
      },
      {{"sha256", [&] { HashAll(entries); }}});
}

// The rows that a commit of `kAtOnce` orders leaves.
void TakeRows(benchmark::State& state) {
  Workload work(140);
  Domain domain(work);
  uint64_t first = 0;
  std::vector<storage::RowChange> rows;
  SideBySide(
      state, kAtOnce,
      [&] {
        domain.Take();
        first = work.world.state.next_index;
        for (size_t i = 0; i < kAtOnce; ++i) domain.Run(work.Inquiries(1));
      },
      [&] { rows = core::TakeRows(work.world.state, first); },
      {{"sha256", [&] {
          for (const storage::RowChange& row : rows) benchmark::DoNotOptimize(journal::Sha256(row.value.value_or("")));
        }}});
}

// Leaf, seal, leaf hash, packed: all that an entry's bytes cost. Limits: SHA-256 of the same leaf and payload; the
// cipher alone.
void EncodeSealHash(benchmark::State& state) {
  Workload work(140);
  Domain domain(work);
  domain.Take();
  for (size_t i = 0; i < kAtOnce; ++i) domain.Run(work.Freezes(1));
  const std::vector<domain::Entry> entries = domain.Take();
  const std::string key(32, 'k');
  const std::string entropy = SeededEntropy(1).Bytes(core::kSealingEntropyBytes * entries.size());
  std::vector<std::string> leaves;
  size_t bytes = 0;
  SideBySide(
      state, entries.size(), [&] { leaves.clear(); },
      [&] {
        journal::PackedWriter packed;
        for (size_t i = 0; i < entries.size(); ++i) {
          core::EncodedEntry encoded = core::EncodeEntry(
              entries[i], key,
              std::string_view(entropy).substr(i * core::kSealingEntropyBytes, core::kSealingEntropyBytes));
          packed.Add(encoded.leaf, encoded.sealed);
          benchmark::DoNotOptimize(journal::LeafHash(encoded.leaf));
          leaves.push_back(std::move(encoded.leaf));
        }
        bytes = packed.bytes().size();
      },
      {{"sha256",
        [&] {
          for (size_t i = 0; i < entries.size(); ++i) {
            benchmark::DoNotOptimize(journal::Sha256(leaves[i]));
            if (entries[i].payload) benchmark::DoNotOptimize(journal::Sha256(*entries[i].payload));
          }
        }},
       {"aes_gcm", [&] {
          for (const domain::Entry& entry : entries) {
            if (entry.payload)
              benchmark::DoNotOptimize(
                  journal::AeadSeal(key, std::string_view(entropy).substr(0, 12), *entry.payload, "aad"));
          }
        }}});
  state.counters["bytes_each"] = static_cast<double>(bytes) / static_cast<double>(entries.size());
}

// One leaf hash into the tree's edge, a root every 64. Limit: the one node hash a leaf that any tree needs.
void AppendToEdge(benchmark::State& state) {
  journal::Edge edge;
  std::vector<journal::Hash> leaves;
  for (int i = 0; i < 64; ++i) leaves.push_back(journal::LeafHash(std::to_string(i)));
  SideBySide(
      state, leaves.size(), [] {},
      [&] {
        for (const journal::Hash& leaf : leaves) edge.Append(leaf);
        benchmark::DoNotOptimize(edge.Root());
        benchmark::DoNotOptimize(edge.TakeFullTiles());
      },
      {{"node_hash", [&] {
          for (const journal::Hash& leaf : leaves) benchmark::DoNotOptimize(journal::NodeHash(leaf, leaf));
        }}});
}

BENCHMARK(DecideInquiry)->UseManualTime();
BENCHMARK(DecideFreeze)->UseManualTime();
BENCHMARK(DecideFreezeInABigCase)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->UseManualTime();
BENCHMARK(DecideReceipt)->UseManualTime();
BENCHMARK(TakeRows)->UseManualTime();
BENCHMARK(EncodeSealHash)->UseManualTime();
BENCHMARK(AppendToEdge)->UseManualTime();

}  // namespace
}  // namespace eagle::bench
