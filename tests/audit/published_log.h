// A published log in a folder of one test, made of any leaves, and `eagle-audit` over it.
//
// Threads: one.
#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "client/audit/cli/commands.h"
#include "client/common/files.h"
#include "gtest/gtest.h"
#include "server/base/system_clock.h"
#include "server/journal/checkpoint.h"
#include "server/journal/ed25519.h"
#include "server/journal/merkle.h"
#include "server/journal/tile.h"
#include "tests/support/paths.h"

namespace eagle::audit {

class PublishedLogTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test::BuildPath("published_log." +
                              std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) { return folder_ + "/" + name; }
  std::string Log(const std::string& name = "log") { return Path(name); }
  void Write(const std::string& path, const std::string& bytes) {
    ASSERT_TRUE(client::MakeFolder(client::FolderOf(path)).ok());
    ASSERT_TRUE(client::WriteDurably(path, bytes).ok());
  }
  void Publish(const std::string& log, const std::vector<std::string>& leaves) {
    journal::Edge edge;
    std::string bundle;
    for (uint64_t i = 0; i < leaves.size(); ++i) {
      edge.Append(journal::LeafHash(leaves[i]));
      journal::AppendBundleEntry(bundle, leaves[i]);
      if ((i + 1) % 256 == 0 || i + 1 == leaves.size()) {
        Write(log + "/" + journal::TilePath({journal::kEntriesLevel, i / 256, static_cast<unsigned>(i % 256 + 1)}),
              bundle);
        bundle.clear();
      }
    }
    for (const journal::FullTile& tile : edge.TakeFullTiles())
      Write(log + "/" + journal::TilePath({static_cast<int>(tile.level), tile.n}), tile.bytes);
    for (unsigned level = 0; level < journal::kTileLevels; ++level) {
      const std::string partial(edge.PartialTile(level));
      if (!partial.empty())
        Write(log + "/" +
                  journal::TilePath({static_cast<int>(level), edge.size() >> (8 * (level + 1)),
                                     static_cast<unsigned>(partial.size() / 32)}),
              partial);
    }
    Write(log + "/checkpoint", *journal::SignCheckpoint({"test.example/log", edge.size(), edge.Root()}, signer_));
  }
  int Run(std::vector<std::string> arguments) {
    if (arguments[0] == "public" || arguments[0] == "access")
      arguments.insert(arguments.end(), {"--log-key", signer_.VerifierKey()});
    SystemClock clock;
    std::ostringstream out, err;
    const int code = RunEagleAudit(arguments, out, err, clock, false);
    out_ = out.str(), err_ = err.str();
    return code;
  }

  std::string folder_, out_, err_;
  journal::Ed25519NoteSigner signer_{"test.example/log", *journal::PrivateKey::FromSeed(std::string(32, '\7'))};
};

}  // namespace eagle::audit
