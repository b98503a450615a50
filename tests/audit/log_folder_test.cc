#include "client/audit/log_folder.h"

#include <filesystem>
#include <sstream>

#include "client/audit/cli/commands.h"
#include "client/common/files.h"
#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/base/system_clock.h"
#include "server/journal/checkpoint.h"
#include "tests/support/paths.h"

namespace eagle::audit {
namespace {

// A published log of `size` leaves: "0", "1", ...
class LogFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test::BuildPath("log_folder_test." +
                              std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& path, const std::string& bytes) {
    ASSERT_TRUE(client::MakeFolder(client::FolderOf(folder_ + "/" + path)).ok());
    ASSERT_TRUE(client::WriteDurably(folder_ + "/" + path, bytes).ok());
  }
  void Publish(uint64_t size) {
    journal::Edge edge;
    std::string bundle;
    for (uint64_t i = 0; i < size; ++i) {
      edge.Append(journal::LeafHash(std::to_string(i)));
      journal::AppendBundleEntry(bundle, std::to_string(i));
      if ((i + 1) % 256 == 0 || i + 1 == size) {
        Write(journal::TilePath({journal::kEntriesLevel, i / 256, static_cast<unsigned>(i % 256 + 1)}), bundle);
        bundle.clear();
      }
    }
    for (const journal::FullTile& tile : edge.TakeFullTiles())
      Write(journal::TilePath({static_cast<int>(tile.level), tile.n}), tile.bytes);
    for (unsigned level = 0; level < journal::kTileLevels; ++level) {
      const std::string_view partial = edge.PartialTile(level);
      if (!partial.empty())
        Write(journal::TilePath({static_cast<int>(level), edge.size() >> (8 * (level + 1)),
                                 static_cast<unsigned>(partial.size() / 32)}),
              std::string(partial));
    }
    Write("checkpoint", *journal::SignCheckpoint({"gateway.example/log1", edge.size(), edge.Root()}, signer_));
  }
  int Run(const std::vector<std::string>& arguments) {
    SystemClock clock;
    std::ostringstream out, err;
    const int code = RunEagleAudit(arguments, out, err, clock, false);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  std::string folder_, out_, err_;
  journal::Ed25519NoteSigner signer_{"gateway.example/log1", *journal::PrivateKey::FromSeed(std::string(32, '\7'))};
};

TEST_F(LogFolderTest, GivesTilesAndBundlesOfEveryWidthThatALargerOneHolds) {
  Publish(300);
  const auto log = OpenLogFolder(folder_);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ((*log)->Tile(0, 0, 5)->size(), 160u);
  EXPECT_EQ((*log)->Tile(0, 1, 44)->size(), 44u * 32);
  const auto bundle = (*log)->Entries(0, 3);
  ASSERT_TRUE(bundle.ok());
  EXPECT_EQ(journal::ParseBundle(*bundle, 3)->at(2), "2");
  EXPECT_EQ(ReasonOf((*log)->Tile(0, 1, 45).status()), Reason::kJournalBroken);
  EXPECT_EQ(ReasonOf((*log)->Payloads(0, 1).status()), Reason::kNotFound);
}

TEST_F(LogFolderTest, HeadVerifiesTheTilesAgainstTheSignedRoot) {
  Publish(300);
  EXPECT_EQ(Run({"head", folder_, "--log-key", signer_.VerifierKey(), "--output", "json"}), kExitOk) << err_;
  EXPECT_NE(out_.find("\"size\": 300"), std::string::npos) << out_;
  std::string tile = *client::ReadFile(folder_ + "/tile/0/000");
  tile[100] ^= 1;
  Write("tile/0/000", tile);
  // The tile above it was computed by whoever published the log: only a full audit reads below it.
  std::string above = *client::ReadFile(folder_ + "/tile/1/000.p/1");
  above[0] ^= 1;
  Write("tile/1/000.p/1", above);
  EXPECT_EQ(Run({"head", folder_, "--log-key", signer_.VerifierKey()}), kExitVerification);
  EXPECT_NE(err_.find("JOURNAL_BROKEN"), std::string::npos) << err_;
}

TEST_F(LogFolderTest, UsageErrorsAreOfTheirOwnCode) {
  EXPECT_EQ(Run({"head"}), kExitUsage);
  EXPECT_EQ(Run({"head", folder_, "--log-key", "x"}), kExitUsage);
  EXPECT_EQ(Run({"--help"}), kExitOk);
}

}  // namespace
}  // namespace eagle::audit
