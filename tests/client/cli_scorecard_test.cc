// `eagle scorecard`: over a published log, believed only when its leaves hash to what a pinned key signed.
#include <filesystem>

#include "client/cli/supplement.h"
#include "client/common/files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/journal/checkpoint.h"
#include "server/journal/ed25519.h"
#include "server/journal/hash.h"
#include "server/journal/merkle.h"
#include "server/journal/tile.h"
#include "tests/client/cli_world.h"
#include "tests/server/scorecard/log_maker.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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

TEST_F(CliScorecardTest, WhoHasNoNameIsSaidAndAFileOfNamesBesideTheSupplementHelps) {
  const std::string folder = Publish("log", log_.size());
  const std::string supplement = world_.Put("courts.toml", "[[agencies]]\nordinal = 1\nname = \"云帆银行\"\n");
  EXPECT_THAT(Score({folder, "--month", "2026-09", "--supplement", supplement}).err,
              HasSubstr("without a name, since leaves hold none: 1 of 2 agencies (ordinals 2) and 1 of 1 courts "
                        "(ordinals 1); eagle directory names"));
  const std::string names = world_.Put("names.toml",
                                       "[[agencies]]\nordinal = 1\nname = \"another\"\n[[agencies]]\nordinal = 2\n"
                                       "code = \"9900900\"\n[[courts]]\nordinal = 1\nname = \"北陵中院\"\n");
  const Ran ran = Score({folder, "--month", "2026-09", "--supplement", supplement, "--names", names, "--json",
                         world_.Path("named.json")});
  EXPECT_THAT(ran.err, Not(HasSubstr("without a name")));
  EXPECT_THAT(Read("named.json"), AllOf(HasSubstr("云帆银行"), HasSubstr("9900900"), Not(HasSubstr("another"))));
}

TEST_F(CliScorecardTest, TheAgendaNamesTheOldestTasksOfEachAgency) {
  const std::string folder = Publish("log", log_.size());
  const Ran ran = world_.Bare({"agenda", folder, "--month", "2026-09", "--log-key", signer_.VerifierKey(), "--html",
                               world_.Path("a.html"), "--csv", world_.Path("a.csv"), "--json", world_.Path("a.json")});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("机构 agency 2"), HasSubstr("INQUIRE")));
  EXPECT_THAT(Read("a.html"), HasSubstr("联席会议议程"));
  EXPECT_THAT(Read("a.csv"), HasSubstr(",task,INQUIRE,"));
  EXPECT_THAT(Read("a.json"), HasSubstr("\"overdue\": 1"));
}

// As the gateway lists them; with a log, as its leaves number them and the proposals name them.
TEST_F(CliScorecardTest, NamesAreWrittenSoThatASupplementReadsThem) {
  const Ran listed = world_.Run({"directory", "names", "--out", world_.Path("listed.toml")});
  ASSERT_EQ(listed.exit, 0) << listed.err;
  EXPECT_THAT(listed.err, HasSubstr("courts are left out"));
  const scorecard::Supplement of = ParseSupplement(Read("listed.toml"), "listed.toml", "").value();
  EXPECT_EQ(of.agencies.at(1).name, "北陵商业银行");
  EXPECT_EQ(of.agencies.at(2).code, "9900900");
  EXPECT_TRUE(of.courts.empty());
  EXPECT_EQ(world_.Run({"directory", "names", "--out", world_.Path("listed.toml")}).exit, 2);  // never over a file

  scorecard::LogMaker log;
  const auto propose = [&](const v1::Proposal& proposal, v1::EntryType registered, uint32_t ordinal) {
    v1::Administration act;
    *act.mutable_proposal() = proposal;
    v1::ProposalView& view = world_.gateway->proposals.emplace_back();
    view.mutable_proposal()->set_member(act.SerializeAsString());
    v1::ProposalMade made;
    made.set_digest(std::string(journal::View(journal::LeafHash(view.proposal().member()))));
    view.set_index(log.Put(v1::ENTRY_TYPE_PROPOSAL_MADE, v1::ACTOR_KIND_ADMINISTRATOR, 1, made).index.value());
    v1::Adopted adopted;
    adopted.set_ordinal(ordinal), adopted.set_proposal(view.index());
    log.Put(registered, v1::ACTOR_KIND_ADMINISTRATOR, 1, adopted).agency = AgencyOrdinal(ordinal);
  };
  v1::Proposal agency, court;
  agency.mutable_agency()->set_code("9900010"), agency.mutable_agency()->set_name("say \"云\"");
  court.mutable_court()->set_code("辽9901"), court.mutable_court()->set_name("松月区人民法院");
  propose(court, v1::ENTRY_TYPE_COURT_REGISTERED, 7);
  propose(agency, v1::ENTRY_TYPE_AGENCY_REGISTERED, 3);
  log_ = log;
  const std::string folder = Publish("named", log_.size());
  const std::vector<std::string> command = {
      "directory", "names", "--log", folder, "--log-key", signer_.VerifierKey(), "--out", world_.Path("names.toml")};
  const Ran ran = world_.Run(command, "operator-ops");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const scorecard::Supplement names = ParseSupplement(Read("names.toml"), "names.toml", "").value();
  EXPECT_EQ(names.agencies.at(3).name, "say \"云\"");
  EXPECT_EQ(names.courts.at(7).code, "辽9901");
  // A proposal that isn't the log's names nobody.
  world_.gateway->proposals[0].mutable_proposal()->mutable_member()->push_back('x');
  std::filesystem::remove(world_.Path("names.toml"));
  EXPECT_EQ(world_.Run(command, "operator-ops").exit, 5);
  EXPECT_FALSE(std::filesystem::exists(world_.Path("names.toml")));
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
