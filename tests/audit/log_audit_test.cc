// The tree, the history and the files of a published log, changed in every way that an operator could.
#include "client/audit/log_audit.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/audit/cli/commands.h"
#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "tests/audit/golden_leaves.h"
#include "tests/audit/published_log.h"
#include "tests/support/paths.h"

namespace eagle::audit {
namespace {

class LogAuditTest : public PublishedLogTest {};

uint64_t LastLeaf(const std::vector<std::string>& leaves, goldeneagle::v1::EntryType type) {
  uint64_t at = leaves.size() - 1;
  while (journal::DecodeLeaf(leaves[at])->type != type) --at;
  return at;
}

// Longer than a tile, and still valid: an adapter may say Hello again.
std::vector<std::string> LongLog(size_t size) {
  std::vector<std::string> leaves = GoldenLeaves();
  const uint64_t hello = FindLeaf(leaves, goldeneagle::v1::ENTRY_TYPE_ADAPTER_PRESENT);
  // Before the last order's head: its deadline would pass.
  leaves.resize(LastLeaf(leaves, goldeneagle::v1::ENTRY_TYPE_ORDER_ACCEPTED) - 1);
  const absl::Time end = journal::DecodeLeaf(leaves.back())->time;
  while (leaves.size() < size) {
    leaves.push_back(leaves[hello]);
    ChangeLeaf(leaves, leaves.size() - 1, [&](auto& leaf) {
      leaf.index = EntryIndex(leaves.size() - 1);
      leaf.time = end;
    });
  }
  return leaves;
}

TEST_F(LogAuditTest, APublishedLogIsAuditedWhole) {
  Publish(Log(), LongLog(700));
  EXPECT_EQ(Run({"public", Log(), "--output", "json"}), kExitOk) << err_ << out_;
  EXPECT_NE(out_.find("\"size\": 700"), std::string::npos) << out_;
}

TEST_F(LogAuditTest, AFindingIsShownWithItsRuleAndEndsWithFive) {
  auto leaves = LongLog(300);
  Change<goldeneagle::v1::DeadlineMarked>(leaves, FindLeaf(leaves, goldeneagle::v1::ENTRY_TYPE_DEADLINE_MARKED),
                                          [](auto& body) { body.clear_open(); });
  Publish(Log(), leaves);
  EXPECT_EQ(Run({"public", Log()}), kExitVerification);
  EXPECT_NE(out_.find("deadline.open"), std::string::npos) << out_;
  EXPECT_EQ(Run({"explain", "deadline.open"}), kExitOk);
  EXPECT_NE(out_.find("exactly the targets"), std::string::npos) << out_;
  EXPECT_EQ(Run({"explain", "nothing"}), kExitUsage);
}

// Witnesses of another history signed, and the log that is shown calls that its own.
TEST_F(LogAuditTest, ACosignedRootThatTheLeavesDontHaveIsFound) {
  auto leaves = LongLog(300);
  const uint64_t at = FindLeaf(leaves, goldeneagle::v1::ENTRY_TYPE_CHECKPOINT_COSIGNED);
  Change<goldeneagle::v1::CheckpointCosigned>(leaves, at, [](auto& body) {
    std::string text = body.checkpoint().substr(0, body.checkpoint().find("\n\n") + 1);
    journal::Checkpoint head = *journal::ParseCheckpoint(text);
    head.root[0] ^= 1;
    text = journal::FormatCheckpoint(head);
    std::string note = text + "\n";
    for (const char name : {'1', '2'}) {
      const journal::PrivateKey key = *journal::PrivateKey::FromSeed(std::string(32, name));
      note += journal::SignatureLine(
          journal::Cosign(std::string("witness.test/w") + name, key, text, absl::FromUnixSeconds(1'700'000'000)));
    }
    body.set_root(std::string(journal::View(head.root)));
    body.set_checkpoint(note);
  });
  Publish(Log(), leaves);
  EXPECT_EQ(Run({"public", Log()}), kExitVerification);
  EXPECT_NE(out_.find("cosigned"), std::string::npos) << out_;
  EXPECT_NE(out_.find("another root than witnesses signed"), std::string::npos) << out_;
}

TEST_F(LogAuditTest, EveryChangedBitOfEveryFileIsFound) {
  auto leaves = LongLog(12);
  leaves.resize(12);
  Publish(Log(), leaves);
  ASSERT_EQ(Run({"public", Log()}), kExitOk) << err_ << out_;
  const auto key = journal::ParseVerifierKey(signer_.VerifierKey());
  size_t flips = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Log())) {
    if (!entry.is_regular_file()) continue;
    const std::string path = entry.path().string();
    const std::string good = *client::ReadFile(path);
    for (size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
      std::ofstream(path, std::ios::binary) << bad;
      PublicAudit audit;
      const auto log = OpenLogFolder(Log());
      const auto audited = AuditLog(**log, *(*log)->Checkpoint(), **key, {}, audit);
      EXPECT_TRUE(!audited.ok() || audit.findings().total() > 0) << path << " byte " << i;
      ++flips;
    }
    std::ofstream(path, std::ios::binary) << good;
  }
  EXPECT_GT(flips, 1500u);
  EXPECT_EQ(Run({"public", Log()}), kExitOk);
}

TEST_F(LogAuditTest, ATileThatNobodyNeedsIsComparedToo) {
  Publish(Log(), LongLog(700));
  std::string tile = *client::ReadFile(Log() + "/tile/0/001");
  tile[77] ^= 1;
  Write(Log() + "/tile/0/001", tile);
  EXPECT_EQ(Run({"public", Log()}), kExitVerification);
  EXPECT_NE(out_.find("tree.tile"), std::string::npos) << out_;
  EXPECT_NE(out_.find("the entry hashes to"), std::string::npos) << "both hashes are told: " << out_;
  EXPECT_NE(out_.find("1 of its 256 hashes differ"), std::string::npos) << out_;
  EXPECT_EQ(out_.find("C2SP tlog-tiles"), std::string::npos) << out_;
  EXPECT_EQ(Run({"public", Log(), "--explain", "--output", "json"}), kExitVerification);
  EXPECT_NE(out_.find("\"index\": 258"), std::string::npos) << "byte 77 is in the third hash of tile 1: " << out_;
  EXPECT_NE(out_.find("C2SP tlog-tiles"), std::string::npos) << "what the rule demands, and its source: " << out_;
}

TEST_F(LogAuditTest, AHeadOfItsWitnessesThatLagsBehindWhatWasSeenIsNoFork) {
  const std::vector<std::string> leaves = LongLog(700);
  Publish(Log(), leaves);
  const std::string newest = *client::ReadFile(Log() + "/checkpoint");
  const auto key = *journal::ParseVerifierKey(signer_.VerifierKey());
  SeenStore store(Path("seen"));
  const auto head_of = [&](std::vector<std::string> of, size_t size) {
    of.resize(size);
    std::vector<journal::Hash> hashes;
    for (const std::string& leaf : of) hashes.push_back(journal::LeafHash(leaf));
    return *journal::SignCheckpoint({"test.example/log", size, journal::RootOfLeaves(hashes)}, signer_);
  };
  const auto audited = [&](const std::string& note) {
    PublicAudit audit;
    const auto log = *OpenLogFolder(Log());
    return AuditLog(*log, note, *key, {.store = &store}, audit).status();
  };
  ASSERT_TRUE(audited(newest).ok());
  const std::string older = head_of(leaves, 300);
  EXPECT_TRUE(audited(older).ok()) << "the log's own head is as new as what was seen";
  EXPECT_EQ(*store.Last("test.example/log"), newest) << "what was seen isn't forgotten for an older head";
  std::vector<std::string> other = leaves;
  other[100] += "x";
  EXPECT_EQ(ReasonOf(audited(head_of(other, 300))), Reason::kLogForked) << "signed, and of another history";
  Write(Log() + "/checkpoint", older);
  EXPECT_EQ(ReasonOf(audited(older)), Reason::kLogForked) << "the log itself is older than what was seen";
}

TEST_F(LogAuditTest, ATruncatedFileIsNoShorterLog) {
  Publish(Log(), LongLog(700));
  const std::string path = Log() + "/tile/entries/001";
  const std::string bundle = *client::ReadFile(path);
  Write(path, bundle.substr(0, bundle.size() - 1));
  EXPECT_EQ(Run({"public", Log()}), kExitVerification);
  EXPECT_NE(err_.find("JOURNAL_BROKEN"), std::string::npos) << err_;
  std::filesystem::remove(path);
  EXPECT_EQ(Run({"public", Log()}), kExitVerification);
}

TEST_F(LogAuditTest, ALogThatGrowsIsTheSameLog) {
  Publish(Log("a"), LongLog(500));
  Publish(Log("b"), LongLog(700));
  EXPECT_EQ(Run({"public", Log("a"), "--state", Path("state")}), kExitOk) << err_;
  EXPECT_EQ(Run({"public", Log("b"), "--state", Path("state"), "--output", "json"}), kExitOk) << err_;
  EXPECT_NE(out_.find("\"seen_before\": 500"), std::string::npos) << out_;
  // And the older one is refused from now on.
  EXPECT_EQ(Run({"public", Log("a"), "--state", Path("state")}), kExitVerification);
  EXPECT_NE(err_.find("LOG_FORKED"), std::string::npos) << err_;
}

TEST_F(LogAuditTest, ASecondHistoryIsKeptAsEvidence) {
  auto other = LongLog(700);
  Change<goldeneagle::v1::AdapterPresent>(other, 499, [](auto& body) { body.set_most_in_flight(77); });
  Publish(Log("a"), LongLog(500));
  Publish(Log("b"), other);
  EXPECT_EQ(Run({"public", Log("b")}), kExitOk) << "each history is valid by itself";
  EXPECT_EQ(Run({"public", Log("a"), "--state", Path("state")}), kExitOk) << err_;
  EXPECT_EQ(Run({"public", Log("b"), "--state", Path("state")}), kExitVerification);
  EXPECT_NE(err_.find("LOG_FORKED"), std::string::npos) << err_;
  const auto files = *client::FilesIn(Path("state"), ".fork");
  ASSERT_EQ(files.size(), 1u);
  const std::string evidence = *client::ReadFile(Path("state") + "/" + files[0]);
  EXPECT_NE(evidence.find(*client::ReadFile(Log("a") + "/checkpoint")), std::string::npos);
  EXPECT_NE(evidence.find(*client::ReadFile(Log("b") + "/checkpoint")), std::string::npos);
  EXPECT_EQ(Run({"public", Log("a"), "--state", Path("state")}), kExitOk) << "what was seen first stays";
}

TEST_F(LogAuditTest, ASampleIsTheSameForTheSameSeed) {
  Publish(Log(), LongLog(700));
  EXPECT_EQ(Run({"public", Log(), "--sample", "20", "--seed", "5", "--output", "json"}), kExitOk) << err_;
  EXPECT_NE(err_.find("seed 5"), std::string::npos) << err_;
  EXPECT_NE(out_.find("\"entries\": 20"), std::string::npos) << out_;
  std::string bundle = *client::ReadFile(Log() + "/tile/entries/001");
  bundle[2 + 60] ^= 1;  // within the first leaf's commitment
  Write(Log() + "/tile/entries/001", bundle);
  EXPECT_EQ(Run({"public", Log(), "--sample", "700", "--seed", "5"}), kExitVerification);
  EXPECT_NE(out_.find("tree.root"), std::string::npos) << out_;
}

}  // namespace
}  // namespace eagle::audit
