// Publishing: what is added, what is refused, and that a refusal leaves what was published.
#include "client/audit/log_export.h"

#include <filesystem>
#include <map>

#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "goldeneagle/v1/entry.pb.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/journal/witness.h"
#include "tests/support/temp_folder.h"

namespace eagle::audit {
namespace {

namespace fs = std::filesystem;

// A log of leaves "0", "1", ... that may lie.
class FakeLog : public EntrySource {
 public:
  absl::StatusOr<std::string> Checkpoint() override {
    journal::Edge edge;
    for (uint64_t i = 0; i < size; ++i) edge.Append(journal::LeafHash(LeafAt(i)));
    return journal::SignCheckpoint({"gateway.example/log1", size, edge.Root()}, signer);
  }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    std::vector<Entry> out;
    for (uint64_t i = first; i < size && i != ends_at && out.size() < most; ++i)
      out.push_back({i == lies_at ? "lie" : LeafAt(i), i % 3 == 0 ? "" : "sealed " + std::to_string(i)});
    ++calls;
    return out;
  }
  std::string LeafAt(uint64_t i) const {
    if (i == cosigned_at) return Cosigned();
    return i >= forked_from ? "fork " + std::to_string(i) : std::to_string(i);
  }
  // The entry that tells what witnesses have seen: the tree below it, less ten entries.
  std::string Cosigned() const {
    journal::Edge edge;
    for (uint64_t i = 0; i + 10 < cosigned_at; ++i) edge.Append(journal::LeafHash(LeafAt(i)));
    goldeneagle::v1::CheckpointCosigned body;
    body.set_size(edge.size());
    body.set_checkpoint(*journal::SignCheckpoint({"gateway.example/log1", edge.size(), edge.Root()}, signer));
    const std::string text = body.checkpoint().substr(0, body.checkpoint().find("\n\n") + 1);
    body.mutable_checkpoint()->append(
        journal::SignatureLine(journal::Cosign(witness.name, witness.key, text, absl::FromUnixSeconds(1700000000))));
    journal::Leaf leaf;
    leaf.type = goldeneagle::v1::ENTRY_TYPE_CHECKPOINT_COSIGNED;
    leaf.index = EntryIndex(cosigned_at);
    leaf.time = absl::FromUnixSeconds(1700000000);
    leaf.body = body.SerializeAsString();
    return journal::EncodeLeaf(leaf);
  }

  uint64_t size = 0, lies_at = UINT64_MAX, ends_at = UINT64_MAX, forked_from = UINT64_MAX, cosigned_at = UINT64_MAX;
  journal::WitnessKey witness{"witness.example/w", *journal::PrivateKey::FromSeed(std::string(32, 'w'))};
  int calls = 0;
  journal::Ed25519NoteSigner signer{"gateway.example/log1", *journal::PrivateKey::FromSeed(std::string(32, '\7'))};
};

class LogExportTest : public testing::Test {
 protected:
  absl::StatusOr<Exported> Export(uint64_t size, bool payloads = false) {
    log_.size = size;
    return ExportLog(log_, policy_, folder_, {.payloads = payloads}, [](uint64_t, uint64_t) {});
  }
  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) out[fs::relative(entry.path(), folder_)] = *client::ReadFile(entry.path());
    }
    return out;
  }
  // Everything that the checkpoint promises is there, and right.
  void ExpectWhole(uint64_t size, bool payloads = false) {
    const auto folder = OpenLogFolder(folder_);
    ASSERT_TRUE(folder.ok());
    const auto head = policy_.Open(*(*folder)->Checkpoint());
    ASSERT_TRUE(head.ok());
    ASSERT_EQ(head->checkpoint.size, size);
    EXPECT_EQ(*journal::RootOf(size, **folder), head->checkpoint.root);
    for (uint64_t i = 0; i < size; i += 256) {
      const auto width = static_cast<unsigned>(std::min<uint64_t>(256, size - i));
      const auto bundle = (*folder)->Entries(i / 256, width);
      ASSERT_TRUE(bundle.ok()) << bundle.status();
      EXPECT_EQ(journal::ParseBundle(*bundle, width)->back(), log_.LeafAt(i + width - 1));
      EXPECT_EQ((*folder)->Payloads(i / 256, width).ok(), payloads);
    }
  }

  FakeLog log_;
  journal::LogPolicy policy_ = *journal::LogPolicy::OfKey(log_.signer.VerifierKey());
  TempFolder temp_;
  std::string folder_ = temp_ / "log";
};

TEST_F(LogExportTest, TheHeadThatWitnessesSawIsPublishedToo) {
  const std::string text =
      "log " + log_.signer.VerifierKey() + "\nwitness w " + log_.witness.VerifierKey() + "\nquorum w\n";
  const journal::LogPolicy watched = *journal::LogPolicy::Parse(text);
  ASSERT_TRUE(Export(100).ok());
  EXPECT_FALSE(watched.Open(*(*OpenLogFolder(folder_))->CosignedCheckpoint())->quorum) << "nobody has seen it yet";
  // Seen at 290 of 300, told by entry 300, published at 320: the last tile is wider than it was then.
  log_.cosigned_at = 300;
  ASSERT_TRUE(Export(320).ok());
  for (const uint64_t size : {320u, 330u, 700u}) {
    ASSERT_TRUE(Export(size).ok());
    const auto folder = OpenLogFolder(folder_);
    const auto head = watched.Open(*(*folder)->CosignedCheckpoint());
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_TRUE(head->quorum);
    EXPECT_EQ(head->checkpoint.size, 290u);
    EXPECT_EQ(*journal::RootOf(290, **folder), head->checkpoint.root) << size;
    ExpectWhole(size);
  }
}

TEST_F(LogExportTest, GrowsThroughEverySizeAsIfItWereWrittenAtOnce) {
  for (const uint64_t size : {1, 5, 255, 256, 257, 300, 511, 512, 700, 70'000}) {
    const auto done = Export(size, true);
    ASSERT_TRUE(done.ok()) << done.status();
    EXPECT_EQ(done->checkpoint.size, size);
    ExpectWhole(size, true);
  }
  const auto grown = Files();
  fs::remove_all(folder_);
  ASSERT_TRUE(Export(70'000, true).ok());
  for (const auto& [name, bytes] : Files()) EXPECT_EQ(grown.at(name), bytes) << name;
  EXPECT_TRUE(grown.contains("tile/0/273.p/112"));
  EXPECT_TRUE(grown.contains("tile/2/000.p/1"));
  EXPECT_FALSE(grown.contains("tile/0/000.p/255")) << "a partial tile goes when the full one is there";
  EXPECT_TRUE(grown.contains("tile/1/000.p/1") == false);
}

TEST_F(LogExportTest, FetchesOnlyWhatIsNew) {
  ASSERT_TRUE(Export(10'000).ok());
  log_.calls = 0;
  const auto done = Export(10'010);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->size_before, 10'000u);
  EXPECT_EQ(log_.calls, 1);
  log_.calls = 0;
  ASSERT_TRUE(Export(10'010).ok());
  EXPECT_EQ(log_.calls, 0);
}

TEST_F(LogExportTest, WhatDoesNotContinueWhatWasPublishedChangesNothing) {
  ASSERT_TRUE(Export(300).ok());
  const auto before = Files();
  EXPECT_EQ(ReasonOf(Export(299).status()), Reason::kJournalOlder);
  log_.forked_from = 100;
  EXPECT_EQ(ReasonOf(Export(300).status()), Reason::kLogForked);
  EXPECT_EQ(ReasonOf(Export(310).status()), Reason::kLogForked) << "new leaves on another past";
  log_.forked_from = UINT64_MAX;
  log_.lies_at = 305;
  EXPECT_EQ(ReasonOf(Export(310).status()), Reason::kLogForked) << "a leaf that wasn't signed";
  log_.lies_at = UINT64_MAX;
  log_.ends_at = 305;
  EXPECT_EQ(ReasonOf(Export(310).status()), Reason::kJournalBroken) << "fewer entries than were signed";
  log_.ends_at = UINT64_MAX;
  for (const auto& [name, bytes] : before) EXPECT_EQ(Files().at(name), bytes) << name;
  ExpectWhole(300);
  log_.size = 310;
  log_.signer =
      journal::Ed25519NoteSigner("gateway.example/log1", *journal::PrivateKey::FromSeed(std::string(32, '\10')));
  EXPECT_EQ(ReasonOf(Export(310).status()), Reason::kNoteUntrusted) << "another key";
  ExpectWhole(300);
}

TEST_F(LogExportTest, ADamagedFolderIsToldApartFromALyingLog) {
  ASSERT_TRUE(Export(300).ok());
  for (const char* name : {"tile/0/001.p/44", "tile/entries/001.p/44"}) {
    std::string bytes = *client::ReadFile(folder_ + "/" + name);
    const std::string right = bytes;
    bytes[10] = static_cast<char>(bytes[10] ^ 1);
    ASSERT_TRUE(client::WriteDurably(folder_ + "/" + name, bytes).ok());
    EXPECT_EQ(ReasonOf(Export(310).status()), Reason::kJournalBroken) << name;
    ASSERT_TRUE(client::WriteDurably(folder_ + "/" + name, right).ok());
  }
  EXPECT_TRUE(Export(310).ok());
}

TEST_F(LogExportTest, PayloadsAreThereFromTheBeginningOrNotAtAll) {
  ASSERT_TRUE(Export(300).ok());
  EXPECT_EQ(ReasonOf(Export(310, true).status()), Reason::kFieldInvalid);
  fs::remove_all(folder_);
  ASSERT_TRUE(Export(300, true).ok());
  EXPECT_EQ(ReasonOf(Export(310, false).status()), Reason::kFieldInvalid);
  EXPECT_TRUE(Export(310, true).ok());
  ExpectWhole(310, true);
}

TEST_F(LogExportTest, EverybodyMayReadWhatIsPublished) {
  ASSERT_TRUE(Export(300).ok());
  for (const auto& entry : fs::recursive_directory_iterator(folder_))
    EXPECT_NE(entry.status().permissions() & fs::perms::others_read, fs::perms::none) << entry.path();
}

}  // namespace
}  // namespace eagle::audit
