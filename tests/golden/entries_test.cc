// The journal's permanence. Two promises, of which only the second outlives a release:
//
//   today's decider makes exactly these bytes           a change shows in review; GATEWAY_WRITE=1 takes the new ones
//   before a release folding the stored bytes gives the stored tables    for ever, whatever the decider becomes
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "server/base/bytes.h"
#include "server/core/codec.h"
#include "server/core/replay.h"
#include "server/core/rows.h"
#include "server/core/start.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/domain/decide.h"
#include "server/journal/checkpoint.h"
#include "tests/golden/golden_file.h"
#include "tests/golden/history.h"
#include "tests/support/core_world.h"
#include "tests/support/paths.h"

namespace eagle::test {
namespace {

const std::string kFile = test::SourcePath("tests/golden/entries_v1.json");

std::string Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// The journal that today's decider writes for the golden history.
GoldenJournal Made() {
  DomainWorld world(PolicyWithoutDirectoryHeads());
  TellGoldenHistory(world);
  CoreWorld core(world.founding, world.script.front().first);
  EXPECT_TRUE(core.Start().ok());
  for (const auto& [time, command] : world.script) EXPECT_TRUE(core.Run(command, time).has_value());
  EXPECT_EQ(core.sequencer->state().next_index, world.state.next_index)
      << "the core made other entries than the domain alone";
  const auto reader = *core.disk.NewReader();
  auto golden = TakeGolden(*reader, core.signer->VerifierKey(), core.sequencer->checkpoint());
  EXPECT_TRUE(golden.ok()) << golden.status();
  golden->ledgers = Ledgers(core.sequencer->state());
  return *golden;
}

const GoldenJournal& Stored() {
  static const auto* const kGolden = [] {
    const char* write = std::getenv("GATEWAY_WRITE");
    if (write != nullptr && std::string_view(write) == "1")
      std::ofstream(kFile, std::ios::binary) << FormatGolden(Made());
    return new GoldenJournal(ParseGolden(Content(kFile)).value());
  }();
  return *kGolden;
}

// A store made by folding the stored bytes, commit by commit, with nothing but codec and Apply, and the tiles of them.
absl::Status Fold(const GoldenJournal& golden, core::KeySource& keys, domain::State& state, storage::FakeStore& store) {
  journal::Edge edge;
  for (const storage::CommitRow& row : golden.commits) {
    for (uint64_t index = row.first_index; index < row.first_index + row.count; ++index) {
      EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry,
                             core::DecodeEntry(golden.entries[index].leaf, golden.entries[index].sealed, keys));
      domain::Apply(entry, state);
      edge.Append(journal::LeafHash(golden.entries[index].leaf));
    }
    storage::Commit commit{.first_index = row.first_index,
                           .count = row.count,
                           .time_us = row.time_us,
                           .decider_version = row.decider_version,
                           .entries = row.entries,
                           .previous_checkpoint = row.previous_checkpoint,
                           .rows = core::TakeRows(state, row.first_index)};
    for (journal::FullTile& tile : edge.TakeFullTiles())
      commit.rows.push_back({storage::Table::kTiles, core::TileKey(tile.level, tile.n), std::move(tile.bytes)});
    EAGLE_RETURN_IF_ERROR(store.Append(commit));
  }
  return absl::OkStatus();
}

TEST(GoldenEntries, TheDeciderStillMakesTheseBytes) {
  const GoldenJournal made = Made();
  ASSERT_EQ(made.commits.size(), Stored().commits.size());
  ASSERT_EQ(made.entries.size(), Stored().entries.size());
  for (size_t i = 0; i < made.entries.size(); ++i) {
    ASSERT_EQ(made.entries[i].type, Stored().entries[i].type) << "entry " << i;
    ASSERT_EQ(HexEncode(made.entries[i].leaf), HexEncode(Stored().entries[i].leaf))
        << "entry " << i << " " << made.entries[i].type;
    ASSERT_EQ(HexEncode(made.entries[i].sealed), HexEncode(Stored().entries[i].sealed))
        << "entry " << i << " " << made.entries[i].type;
  }
  EXPECT_EQ(made.commits, Stored().commits);
  EXPECT_EQ(made.checkpoint, Stored().checkpoint);
  EXPECT_EQ(FormatGolden(made), Content(kFile));
}

TEST(GoldenEntries, EveryTypeOfEntryIsThere) {
  std::set<std::string> types;
  for (const GoldenEntry& entry : Stored().entries) types.insert(entry.type);
  for (int number = goldeneagle::v1::EntryType_MIN; number <= goldeneagle::v1::EntryType_MAX; ++number) {
    if (!domain::IsKnownEntryType(static_cast<uint16_t>(number))) continue;
    if (number == goldeneagle::v1::ENTRY_TYPE_LOG_RECOVERED) continue;  // recovery_test.cc
    const std::string name = domain::EntryTypeName(static_cast<goldeneagle::v1::EntryType>(number));
    EXPECT_TRUE(types.contains(name)) << name << ": give it a scene in tests/golden/history.cc";
  }
}

TEST(GoldenEntries, FoldingTheStoredBytesGivesTheStoredTables) {
  HashedKeys keys;
  domain::State state;
  storage::FakeStore store;
  ASSERT_TRUE(Fold(Stored(), keys, state, store).ok());
  const auto reader = *store.NewReader();
  EXPECT_EQ(*storage::TableDigests(*reader), Stored().tables);
  // And with it the private half: ledgers, directory, policy.
  EXPECT_EQ(Ledgers(state), Stored().ledgers);
  EXPECT_EQ(state.directory.courts().size(), 2u);
  EXPECT_EQ(state.directory.agencies().size(), 3u);
  EXPECT_EQ(state.policy->version(), 5u);
  EXPECT_EQ(state.clock_alarm, 0u);
  EXPECT_EQ(state.directory.systems().size(), 1u);
}

TEST(GoldenEntries, TheyFoldToTheSameTablesWhenACaseIsErased) {
  HashedKeys keys;
  keys.erased.insert(std::string(16, 'c'));
  domain::State state;
  storage::FakeStore store;
  ASSERT_TRUE(Fold(Stored(), keys, state, store).ok());
  const auto reader = *store.NewReader();
  EXPECT_EQ(*storage::TableDigests(*reader), Stored().tables);
  EXPECT_NE(Ledgers(state), Stored().ledgers);  // nobody knows any more
}

TEST(GoldenEntries, EverySignedCheckpointFitsTheEntriesBeforeIt) {
  const auto log = *journal::ParseVerifierKey(Stored().verifier_key);
  journal::Edge edge;
  size_t checkpoints = 0;
  const auto expect_fit = [&](const std::string& note) {
    const auto checkpoint = journal::OpenCheckpoint(note, *log);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ(checkpoint->size, edge.size());
    EXPECT_EQ(checkpoint->root, edge.Root());
    ++checkpoints;
  };
  for (const storage::CommitRow& commit : Stored().commits) {
    if (commit.first_index > 0) expect_fit(commit.previous_checkpoint);
    for (uint64_t i = commit.first_index; i < commit.first_index + commit.count; ++i)
      edge.Append(journal::LeafHash(Stored().entries[i].leaf));
  }
  expect_fit(Stored().checkpoint);
  EXPECT_EQ(checkpoints, Stored().commits.size());
  EXPECT_EQ(HexEncode(journal::View(edge.Root())), Stored().root);
}

// A process of today starts on the stored journal, replays it, and goes on.
TEST(GoldenEntries, AGatewayOfTodayOpensTheStoredJournal) {
  const auto log = *journal::ParseVerifierKey(Stored().verifier_key);
  const auto head = *journal::OpenCheckpoint(Stored().checkpoint, *log);
  goldeneagle::v1::LogFounded founding;
  founding.set_origin(head.origin);
  CoreWorld core(founding, absl::UnixEpoch());
  domain::State state;
  ASSERT_TRUE(Fold(Stored(), core.keys, state, core.disk).ok());
  ASSERT_TRUE(core.signed_disk.Write({head.size, head.root, Stored().checkpoint}).ok());
  core.clock.wall = state.recorded;
  const absl::Status started = core.Start();
  ASSERT_TRUE(started.ok()) << started;
  EXPECT_EQ(core.sequencer->checkpoint(), Stored().checkpoint);
  EXPECT_EQ(core.sequencer->state().timers, state.timers);
  const auto report = core.Replay();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->root_hex, Stored().root);
  EXPECT_EQ(report->unreadable_payloads, 0u);
}

}  // namespace
}  // namespace eagle::test
