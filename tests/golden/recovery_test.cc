// The permanence of LOG_RECOVERED, which no command makes and which changes the log's key: a small journal of its own,
// beside entries_v1.json. The same two promises (entries_test.cc).
#include "server/core/recovery.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "server/base/bytes.h"
#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/domain/apply.h"
#include "tests/golden/golden_file.h"
#include "tests/support/core_world.h"
#include "tests/support/domain_world.h"
#include "tests/support/paths.h"
#include "tests/support/recovery.h"

namespace eagle::test {
namespace {

const std::string kRecoveryFile = test::SourcePath("tests/golden/recovery_v1.json");

// Entry 0, then the first entry of another origin.
GoldenJournal MadeRecovery() {
  DomainWorld world;
  const auto old = TestLogSigner("test.example/log", 's'), next = TestLogSigner(kSecondOrigin);
  CoreWorld core(Recoverable(world.founding, old), world.script.front().first);
  core.signer = std::make_unique<journal::Ed25519NoteSigner>(TestLogSigner("test.example/log", 's'));
  EXPECT_TRUE(core.Start().ok());
  const storage::SignedHead head = **core.signed_disk.Read();
  core.Die();
  const std::string lost = *journal::SignCheckpoint({old.name(), 9, {}}, old);
  const auto document =
      Signed(RecoveryOf(1, std::string(head.root.begin(), head.root.end()), head.note, lost, next), {0, 1});
  const auto opened = core::Recover(document, core.store, core.last_signed, next, core.keys);
  EXPECT_TRUE(opened.ok()) << opened.status();
  const auto reader = *core.disk.NewReader();
  GoldenJournal golden = *TakeGolden(*reader, next.VerifierKey(), opened->checkpoint);
  golden.ledgers = Ledgers(opened->state);
  return golden;
}

std::string StoredRecovery() {
  std::ifstream in(kRecoveryFile, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(GoldenRecovery, TheseBytesAreStillMade) {
  const char* write = std::getenv("GATEWAY_WRITE");
  if (write != nullptr && std::string_view(write) == "1")
    std::ofstream(kRecoveryFile, std::ios::binary) << FormatGolden(MadeRecovery());
  EXPECT_EQ(FormatGolden(MadeRecovery()), StoredRecovery());
}

TEST(GoldenRecovery, FoldingTheStoredBytesGivesTheNewOriginAndTheStoredTables) {
  const GoldenJournal stored = ParseGolden(StoredRecovery()).value();
  ASSERT_EQ(stored.entries.size(), 2u);
  EXPECT_EQ(stored.entries[1].type, "LOG_RECOVERED");
  HashedKeys keys;
  domain::State state;
  storage::FakeStore store;
  for (const storage::CommitRow& row : stored.commits) {
    for (uint64_t index = row.first_index; index < row.first_index + row.count; ++index) {
      const auto entry = core::DecodeEntry(stored.entries[index].leaf, stored.entries[index].sealed, keys);
      ASSERT_TRUE(entry.ok());
      domain::Apply(*entry, state);
    }
    ASSERT_TRUE(store
                    .Append({.first_index = row.first_index,
                             .count = row.count,
                             .time_us = row.time_us,
                             .decider_version = row.decider_version,
                             .entries = row.entries,
                             .previous_checkpoint = row.previous_checkpoint,
                             .rows = core::TakeRows(state, row.first_index)})
                    .ok());
  }
  const auto reader = *store.NewReader();
  EXPECT_EQ(*storage::TableDigests(*reader), stored.tables);
  EXPECT_EQ(state.directory.origin(), kSecondOrigin);
  ASSERT_EQ(state.directory.recoveries().size(), 1u);
  EXPECT_EQ(state.directory.recoveries()[0].index, 1u);
  const auto head = journal::OpenCheckpoint(stored.checkpoint, **core::VerifierOf(state.directory.log_key()));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(HexEncode(journal::View(head->root)), stored.root);
}

}  // namespace
}  // namespace eagle::test
