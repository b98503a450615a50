// `eagle scorecard`: over a published log, believed only when its leaves hash to what a pinned key signed.
#include <filesystem>

#include "client/cli/supplement.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/journal/checkpoint.h"
#include "server/journal/ed25519.h"
#include "server/journal/merkle.h"
#include "server/journal/tile.h"
#include "tests/client/cli_world.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliScorecardTest : public testing::Test {
 protected:
  CliScorecardTest() {
    log_.Agencies(2), log_.Courts(1);
    log_.At("2026-09-01 09:00");
    const uint64_t order = log_.Order({.agencies = {1, 2}});
    log_.At("2026-09-01 09:04");
    log_.Answer(order, 1);
    log_.At("2026-10-02 09:00");
    log_.GoOn();
  }
  // The log as static files, its first `count` leaves.
  std::string Publish(const std::string& name, size_t count) {
    journal::Edge edge;
    std::string bundle;
    for (size_t i = 0; i < count; ++i) {
      const std::string leaf = journal::EncodeLeaf(log_.leaves[i]);
      edge.Append(journal::LeafHash(leaf));
      journal::AppendBundleEntry(bundle, leaf);
    }
    const auto width = static_cast<unsigned>(count);
    Write(name + "/" + journal::TilePath({journal::kEntriesLevel, 0, width}), bundle);
    Write(name + "/" + journal::TilePath({0, 0, width}), std::string(edge.PartialTile(0)));
    Write(name + "/checkpoint", *journal::SignCheckpoint({"test.example/log", edge.size(), edge.Root()}, signer_));
    return world_.Path(name);
  }
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(MakeFolder(FolderOf(world_.Path(name))).ok());
    ASSERT_TRUE(WriteDurably(world_.Path(name), bytes).ok());
  }
  Ran Score(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "scorecard");
    arguments.insert(arguments.end(), {"--log-key", signer_.VerifierKey()});
    return world_.Bare(arguments);
  }
  std::string Read(const std::string& name) { return ReadFile(world_.Path(name)).value(); }

  CliWorld world_;
  scorecard::LogMaker log_;
  journal::Ed25519NoteSigner signer_{"test.example/log", *journal::PrivateKey::FromSeed(std::string(32, '\7'))};
};

TEST_F(CliScorecardTest, ALongerExportOfTheSameLogGivesTheSameBytes) {
  const std::string early = Publish("early", log_.size());
  log_.At("2026-12-02 09:00");
  log_.Order({.agencies = {1}});
  log_.GoOn();
  const std::string late = Publish("late", log_.size());
  for (const auto& [folder, name] : {std::pair(early, "a"), std::pair(late, "b")}) {
    const std::string to = world_.Path(name);
    const Ran ran =
        Score({folder, "--month", "2026-09", "--csv", to + ".csv", "--json", to + ".json", "--html", to + ".html"});
    ASSERT_EQ(ran.exit, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("2026-09"), HasSubstr("50.00%")));
  }
  for (const char* ending : {".csv", ".json", ".html"})
    EXPECT_EQ(Read(std::string("a") + ending), Read(std::string("b") + ending)) << ending;
  // The root is that of the leaves up to the end of September, whatever was signed later.
  journal::Frontier september;
  for (size_t i = 0; i + 3 < log_.size(); ++i) september.Append(journal::LeafHash(journal::EncodeLeaf(log_.leaves[i])));
  EXPECT_THAT(Read("b.json"), HasSubstr(HexEncode(journal::View(september.Root()))));
}

TEST_F(CliScorecardTest, LeavesThatDontHashToWhatWasSignedGiveNoFigures) {
  const std::string folder = Publish("log", log_.size());
  const std::string path = "log/" + journal::TilePath({journal::kEntriesLevel, 0, static_cast<unsigned>(log_.size())});
  std::string bundle = Read(path);
  bundle[bundle.size() - 3] ^= 1;  // in the commitment: it still reads as a leaf
  Write(path, bundle);
  const Ran ran = Score({folder, "--month", "2026-09", "--json", world_.Path("x.json")});
  EXPECT_EQ(ran.exit, 5);
  EXPECT_THAT(ran.err, HasSubstr("JOURNAL_BROKEN"));
  EXPECT_FALSE(std::filesystem::exists(world_.Path("x.json")));
}

TEST_F(CliScorecardTest, AMonthThatIsntOverIsSaidToBeUnfinished) {
  const std::string folder = Publish("log", log_.size());
  const Ran ran = Score({folder, "--month", "2026-10"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("doesn't go past the end of 2026-10"));
  EXPECT_EQ(Score({folder}).exit, 2);
  EXPECT_EQ(Score({folder, "--month", "2026-09", "--week", "2026-W39"}).exit, 2);
  EXPECT_EQ(Score({folder, "--week", "2026-W54"}).exit, 2);
}

TEST_F(CliScorecardTest, AYearIsAPeriodToo) {
  const std::string folder = Publish("log", log_.size());
  const Ran ran = Score({folder, "--year", "2026", "--html", world_.Path("y.html")});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("2026"), HasSubstr("50.00%")));
  EXPECT_THAT(Read("y.html"), AllOf(HasSubstr("查控考核年报"), HasSubstr("tasks by month")));
  EXPECT_EQ(Score({folder, "--year", "2026", "--month", "2026-09"}).exit, 2);
  EXPECT_EQ(Score({folder, "--year", "26"}).exit, 2);
}

TEST_F(CliScorecardTest, NamesAndGoalsComeFromTheSupplement) {
  const std::string folder = Publish("log", log_.size());
  const std::string supplement = world_.Put("courts.toml",
                                            "period = \"2026-09\"\n[ranking]\nleast_judged = 1\n"
                                            "[[agencies]]\nordinal = 1\nname = \"云帆银行\"\n"
                                            "[[courts]]\nordinal = 1\nname = \"北陵中院\"\nin_time = [9, 10]\n");
  const Ran ran = Score({folder, "--month", "2026-09", "--supplement", supplement, "--html", world_.Path("p.html")});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("云帆银行"));
  EXPECT_THAT(Read("p.html"), AllOf(HasSubstr("北陵中院"), HasSubstr("90.00% (9 / 10)"), HasSubstr("未填 absent")));
  // Last month's goals are never shown as this month's.
  EXPECT_THAT(Score({folder, "--month", "2026-10", "--supplement", supplement}).err,
              HasSubstr("these figures are of 2026-09, not of 2026-10"));
}

TEST(Supplement, EveryFaultIsToldAtItsLineAtOnce) {
  const auto wrong = ParseSupplement(
      "issuer = 7\nlast = 1\n[ranking]\ntop = 0\n[[agencies]]\nordinal = 0\n[[agencies]]\nordinal = 2\n"
      "[[agencies]]\nordinal = 2\n[[courts]]\nordinal = 1\nin_time = [11, 10]\n[[courts]]\nordinal = 2\n"
      "no_assets = [1, 2]\n",
      "s.toml", "2026-09");
  ASSERT_FALSE(wrong.ok());
  std::string all;
  for (const Violation& one : FailureOf(wrong.status()).violations) all += one.field + " " + one.description + "\n";
  for (const char* fault :
       {"s.toml:1 issuer is a text", "s.toml:2 unknown key last", "s.toml:4 top is 1", "ordinal is 1 to 1000000",
        "ordinal 2 is there twice", "s.toml:13 in_time is [done", "period = \"2026-09\""})
    EXPECT_THAT(all, HasSubstr(fault));
  EXPECT_FALSE(ParseSupplement("issuer = \"", "s.toml", "2026-09").ok());
  EXPECT_TRUE(ParseSupplement("", "s.toml", "2026-09").ok());
}

}  // namespace
}  // namespace eagle::client
