// `eagle` as people and scripts meet it: what it prints, what it asks, which code it ends with.
#include "client/audit/access.h"
#include "client/cli/config.h"
#include "client/common/document.h"
#include "client/common/files.h"
#include "client/common/width.h"
#include "client/lib/draft.h"
#include "client/lib/json.h"
#include "client/lib/pki_set.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"
#include "tests/client/cli_world.h"
#include "tests/support/paths.h"
#include "tests/support/report.h"

namespace eagle::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliTest : public testing::Test {
 protected:
  // Like the golden file, or, with GATEWAY_WRITE=1, written anew.
  static void ExpectGolden(const std::string& name, const std::string& text) {
    const std::string path = test::SourcePath("tests/client/golden/") + name;
    if (const char* write = std::getenv("GATEWAY_WRITE"); write != nullptr && std::string(write) == "1") {
      ASSERT_TRUE(MakeFolder(FolderOf(path)).ok());
      ASSERT_TRUE(WriteDurably(path, text).ok());
      return;
    }
    const auto golden = ReadFile(path);
    ASSERT_TRUE(golden.ok()) << golden.status();
    EXPECT_EQ(text, *golden) << path << ": GATEWAY_WRITE=1 writes it anew";
  }
  CliWorld world_;
};

TEST(Width, ChineseTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("云帆银行"), 8u);
  EXPECT_EQ(DisplayWidth("（2026）辽9901执1024号"), 22u);
  EXPECT_EQ(DisplayWidth("督办〔2026〕17号"), 16u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);         // a combining accent
  EXPECT_EQ(DisplayWidth("\xF0\xA0\x80\x80"), 2u);  // U+20000, a rare character of plane 2
  EXPECT_EQ(DisplayWidth("ｶ"), 1u);                 // half-width katakana
  EXPECT_EQ(DisplayWidth("…"), 1u);
  EXPECT_EQ(DisplayWidth("\xFF\xE4\xBA"), 3u);  // broken bytes, one column each
  EXPECT_EQ(Padded("云帆", 6) + "|", "云帆  |");
  EXPECT_EQ(Padded("80.00", 8, true), "   80.00");
  EXPECT_EQ(Padded("云帆银行", 4), "云帆银行");
}

TEST(Width, NothingFromOutsideMovesTheCursor) {
  EXPECT_EQ(ForTerminal("a\033[2Jb\nc\x7F"), "a?[2Jb?c?");
  EXPECT_EQ(ForTerminal("云\xC2\x9B"
                        "帆\xE2\x80\xAE"
                        "x"),
            "云?帆?x");
  EXPECT_EQ(ForTerminal("\xE4\xBA"), "??");
}

TEST(Document, TablesAreAlignedWithChineseInThem) {
  Table table("agencies", {{"code"}, {"display_name"}, {"amount", kRight}, {"hidden", kLeft, true}});
  table.Add({Text("9900010"), Text("北陵商业银行"), Money(8000000), Text("x")});
  table.Add({Text("9"), Text("land"), Money(1), Nothing()});
  std::ostringstream out;
  table.PrintText(out, false);
  EXPECT_EQ(out.str(),
            "CODE     DISPLAY NAME     AMOUNT\n"
            "9900010  北陵商业银行  80,000.00\n"
            "9        land               0.01\n");
  std::ostringstream json;
  table.PrintJson(json, "");
  EXPECT_EQ(json.str(),
            "[\n  {\"code\": \"9900010\", \"display_name\": \"北陵商业银行\", \"amount\": \"80,000.00\", \"hidden\": "
            "\"x\"},\n"
            "  {\"code\": \"9\", \"display_name\": \"land\", \"amount\": \"0.01\", \"hidden\": null}\n]");
}

TEST(Document, TextCannotBreakOutOfItsCell) {
  EXPECT_EQ(Text("a\n\033\"\\").json, "\"a\\n\\u001b\\\"\\\\\"");
  EXPECT_EQ(Text("a\nb").text, "a?b");
  EXPECT_EQ(Real(0.5).json, "0.5");
  EXPECT_EQ(Real(1e300 * 1e300).json, "null");
}

TEST(ConfigFile, UnknownKeysAreErrorsWithTheirLine) {
  const auto why = [](const std::string& text) {
    const auto config = ParseConfig(text, "a/eagle.toml");
    return config.ok() ? "OK" : std::string(config.status().message());
  };
  EXPECT_EQ(why("[trust]\nenvironment = \"test\"\n"), "OK");
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\n\n[gateway]\nadress = \"x\"\n"),
              AllOf(StartsWith("a/eagle.toml:5: unknown key adress in [gateway]"), HasSubstr("address")));
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\n[gatway]\n"), StartsWith("a/eagle.toml:3: unknown key gatway"));
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\n[gateway]\naddress = 7\n"),
              StartsWith("a/eagle.toml:4: address is a text"));
  EXPECT_THAT(why("[trust]\nenvironment = \"moon\"\n"), StartsWith("a/eagle.toml:1: environment is"));
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\nregistrars = [\"AAAA\"]\n"), HasSubstr("32 bytes"));
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\n[[officers]]\ncode = \"1\"\nrank = 2\n"),
              StartsWith("a/eagle.toml:5: unknown key rank in [officers]"));
  EXPECT_THAT(why("[gateway\n"), StartsWith("a/eagle.toml:"));
  EXPECT_THAT(why("[trust]\nenvironment = \"test\"\n[gateway]\nattempts = 0\n"),
              StartsWith("a/eagle.toml:4: attempts"));
}

TEST(ConfigFile, PathsAreRelativeToTheFile) {
  const auto config = ParseConfig(
      "[trust]\nenvironment = \"test\"\n[system]\nkey = \"../a.key\"\nstate = \"/s\"\n[[officers]]\ncode = \"1\"\nkey "
      "= \"k.pem\"\n",
      "conf/eagle.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->key, "conf/../a.key");
  EXPECT_EQ(config->state, "/s");
  EXPECT_EQ(config->OfficerByCode("1")->key, "conf/k.pem");
}

TEST_F(CliTest, HelpCanBeFollowedByANewcomer) {
  ExpectGolden("help.txt", world_.Bare({"--help"}).out);
  ExpectGolden("help_order_freeze.txt", world_.Bare({"order", "freeze", "--help"}).out);
  EXPECT_EQ(world_.Bare({"help", "order", "freeze"}).out, world_.Bare({"order", "freeze", "--help"}).out);
  EXPECT_EQ(world_.Bare({"help"}).out, world_.Bare({"--help"}).out);
  EXPECT_EQ(world_.Bare({"help", "nothing"}).exit, kExitUsage);
  EXPECT_EQ(world_.Bare({"--help"}).exit, kExitOk);
  EXPECT_EQ(world_.Bare({}).exit, kExitUsage);
  EXPECT_THAT(world_.Bare({"-V"}).out, HasSubstr("goldeneagle.v1"));
}

// Every command that does something explains itself and shows an example.
TEST_F(CliTest, EveryCommandHasALineAndAnExample) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"today"},
                                                                                     {"pki", "make"},
                                                                                     {"pki", "show"},
                                                                                     {"init"},
                                                                                     {"admin", "propose"},
                                                                                     {"admin", "show"},
                                                                                     {"admin", "approve"},
                                                                                     {"admin", "approve-adapter"},
                                                                                     {"statement", "make"},
                                                                                     {"statement", "sign"},
                                                                                     {"statement", "show"},
                                                                                     {"directory", "submit"},
                                                                                     {"directory", "list"},
                                                                                     {"agency", "list"},
                                                                                     {"agency", "positions"},
                                                                                     {"incident", "list"},
                                                                                     {"supervise", "due"},
                                                                                     {"supervise", "alerts"},
                                                                                     {"supervise", "coverage"},
                                                                                     {"supervise", "inventory"},
                                                                                     {"supervise", "undecided"},
                                                                                     {"board"},
                                                                                     {"policy", "show"},
                                                                                     {"policy", "check"},
                                                                                     {"policy", "install"},
                                                                                     {"scorecard"},
                                                                                     {"agenda"},
                                                                                     {"directory", "names"},
                                                                                     {"case", "open"},
                                                                                     {"case", "stage"},
                                                                                     {"case", "cap"},
                                                                                     {"case", "respondents"},
                                                                                     {"case", "show"},
                                                                                     {"order", "inquire"},
                                                                                     {"order", "freeze"},
                                                                                     {"order", "release"},
                                                                                     {"order", "deduct"},
                                                                                     {"order", "draft"},
                                                                                     {"order", "sign"},
                                                                                     {"order", "submit"},
                                                                                     {"order", "show"},
                                                                                     {"order", "list"},
                                                                                     {"order", "watch"},
                                                                                     {"order", "check"},
                                                                                     {"order", "withdraw"},
                                                                                     {"order", "resume"},
                                                                                     {"key", "revoke"},
                                                                                     {"key", "orders"},
                                                                                     {"findings"},
                                                                                     {"evidence"},
                                                                                     {"penalty-pack"},
                                                                                     {"journal", "head"},
                                                                                     {"journal", "verify"},
                                                                                     {"journal", "replay"},
                                                                                     {"journal", "reads"},
                                                                                     {"journal", "tag-key"},
                                                                                     {"pki", "witness"},
                                                                                     {"witness", "run"},
                                                                                     {"journal", "export"},
                                                                                     {"journal", "rotate-master-key"},
                                                                                     {"journal", "rotate-tag-key"},
                                                                                     {"case", "erase"},
                                                                                     {"case", "measures"},
                                                                                     {"case", "completeness"},
                                                                                     {"order", "renew"},
                                                                                     {"order", "freeze-and-deduct"},
                                                                                     {"order", "transfer-title"},
                                                                                     {"order", "locate"},
                                                                                     {"order", "extract-income"},
                                                                                     {"metrics"},
                                                                                     {"doctor"},
                                                                                     {"duty", "run"},
                                                                                     {"duty", "ack"},
                                                                                     {"duty", "check"},
                                                                                     {"duty", "list"},
                                                                                     {"duty", "log"},
                                                                                     {"reasons"},
                                                                                     {"version"},
                                                                                     {"help"}}) {
    std::vector<std::string> arguments = words;
    arguments.push_back("--help");
    const Ran ran = world_.Bare(arguments);
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("Usage: eagle"), HasSubstr("Example:\n  eagle ")));
  }
}

TEST_F(CliTest, AGroupOfCommandsShowsNoExampleOfAnotherCommand) {
  for (const char* group : {"order", "case", "journal", "key", "policy"}) {
    const Ran ran = world_.Bare({group, "--help"});
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_EQ(ran.out.find("Example:"), std::string::npos) << ran.out;
  }
}

TEST_F(CliTest, WrongUsageEndsWithTwoAndSaysWhere) {
  const Ran unknown = world_.Bare({"order", "melt"});
  EXPECT_EQ(unknown.exit, kExitUsage);
  EXPECT_TRUE(unknown.out.empty());
  EXPECT_THAT(unknown.err, HasSubstr("See: eagle order --help"));
  EXPECT_EQ(world_.Bare({"order", "show"}).exit, kExitUsage);
  EXPECT_EQ(world_.Bare({"order", "show", "\xFF"}).exit, kExitUsage);
  EXPECT_EQ(world_.Run({"order", "show", "nobody"}).exit, kExitUsage);
  EXPECT_EQ(world_.Bare({"order", "list"}).exit, kExitUsage);  // no configuration
  EXPECT_EQ(world_.Bare({"order", "list", "--config", "absent.toml"}).exit, kExitUsage);
  EXPECT_EQ(world_.Run({"order", "list", "--output", "xml"}).exit, kExitUsage);
  EXPECT_EQ(world_.Run({"order", "list", "--zone", "Moon/Sea"}).exit, kExitUsage);
}

TEST_F(CliTest, ExitCodesSayWhoMustAct) {
  const std::string id = "01920d5c-8f00-7000-8000-000000000001";
  EXPECT_EQ(world_.Run({"order", "show", id}).exit, kExitRefused);
  world_.gateway->FailWith(Fail(Reason::kUnavailable, "down").With("origin", "gateway"));
  const Ran down = world_.Run({"order", "show", id});
  EXPECT_EQ(down.exit, kExitUnavailable);
  EXPECT_THAT(down.err, AllOf(HasSubstr("UNAVAILABLE"), HasSubstr("what to do: Repeat the same call")));
  world_.gateway->FailWith(Fail(Reason::kPermissionDenied, "no").With("origin", "gateway"));
  EXPECT_EQ(world_.Run({"metrics"}).exit, kExitRefused);
  world_.gateway->FailWith(absl::OkStatus());
  EXPECT_EQ(world_.Run({"journal", "head"}).exit, kExitOk);
  world_.gateway->Grow(4);
  EXPECT_EQ(world_.Run({"journal", "head"}).exit, kExitOk);
  world_.gateway->Fork(3);
  const Ran fork = world_.Run({"journal", "head"});
  EXPECT_EQ(fork.exit, kExitVerification);
  EXPECT_THAT(fork.err, HasSubstr("LOG_FORKED"));
}

TEST_F(CliTest, AStepClockIsForTheTestEnvironmentOnly) {
  world_.clock_steps = true;
  EXPECT_EQ(world_.Run({"journal", "head"}).exit, kExitOk);
  std::string config = *ReadFile(world_.Path("pki/config/court-辽9901.toml"));
  config.replace(config.find("\"test\""), 6, "\"production\"");
  ASSERT_TRUE(WriteDurably(world_.Path("pki/config/live.toml"), config).ok());
  const Ran live = world_.Run({"journal", "head"}, "live");
  EXPECT_EQ(live.exit, kExitUsage);
  EXPECT_THAT(live.err, HasSubstr("step clock"));
}

TEST_F(CliTest, AnApproverSeesTheExactProposalAndSignsItsDigest) {
  const Ran proposed = world_.Json(
      {"admin", "propose", "agency", "--file", world_.Path("pki/admin/agency-9900010.json"), "--file",
       world_.Path("pki/admin/agency-9900900.json"), "--key", world_.Path("pki/keys/administrator-one.pem")},
      "operator-ops");
  EXPECT_EQ(proposed.exit, kExitOk) << proposed.err;
  EXPECT_EQ(At(proposed.out, "results.1.result"), "WAITS_FOR_APPROVAL");
  EXPECT_EQ(world_.admin_connected_to, "unix:admin.sock");
  EXPECT_EQ(world_
                .Run({"admin", "propose", "court", "--file", world_.Path("pki/admin/agency-9900010.json"), "--key",
                      world_.Path("pki/keys/administrator-one.pem")},
                     "operator-ops")
                .exit,
            kExitUsage);

  const v1::SignedBatch& batch = world_.gateway->administration_batches.at(0);
  v1::ProposalView view;
  view.set_index(17);
  *view.mutable_proposal() = trust::TravelForm(batch, 0);
  view.set_digest(std::string(journal::View(journal::LeafHash(batch.members(0)))));
  world_.gateway->proposals = {view};
  EXPECT_THAT(world_.Run({"admin", "show"}, "operator-ops").out, HasSubstr("Register the agency 9900010"));
  const std::vector<std::string> approve = {"admin", "approve", "17", "--key",
                                            world_.Path("pki/keys/administrator-two.pem")};
  const Ran unasked = world_.Run(approve, "operator-ops");
  EXPECT_EQ(unasked.exit, kExitUsage);
  EXPECT_THAT(unasked.err, AllOf(HasSubstr("北陵商业银行"), HasSubstr("spiffe://test.example/agency/9900010"),
                                 HasSubstr(SpacedDigest(HexEncode(view.digest())))));
  EXPECT_EQ(world_.gateway->administration_batches.size(), 1u);
  world_.on_terminal = true;
  world_.typed = "yes\n";
  const Ran approved = world_.Json(approve, "operator-ops");
  EXPECT_EQ(approved.exit, kExitOk) << approved.err;
  EXPECT_EQ(At(approved.out, "results.0.result"), "IN_EFFECT");
  const auto act = trust::ParseStrict<v1::Administration>(world_.gateway->administration_batches.at(1).members(0));
  EXPECT_EQ(act->approval().proposal_digest(), view.digest());

  world_.gateway->proposals[0].set_digest(std::string(32, 'x'));  // shown one thing, asked to sign another
  EXPECT_EQ(world_.Run(approve, "operator-ops").exit, kExitVerification);
}

TEST_F(CliTest, WhoLetsAnAdapterWorkSeesWhoExaminedItAndUntilWhenThatCounts) {
  trust::Ed25519Signer examiner = *trust::Ed25519Signer::FromSeed(std::string(32, 'e'));
  const std::string report = test::ReportBy(
      examiner, {.adapter = "com.example.bank", .version = "4.2", .passed = {"hello"}, .skipped = {"inflow"}});
  const std::string file = world_.Put("report.json", report);
  v1::PolicyTable policy;
  policy.set_time_zone("Asia/Shanghai");
  test::TakeReports(examiner.public_key(), /*demanded=*/true, policy);
  world_.gateway->policy = policy;
  const std::vector<std::string> propose = {
      "admin",    "approve-adapter", "--report", file,
      "--ground", "release 4.2",     "--key",    world_.Path("pki/keys/administrator-one.pem"),
      "--yes"};
  const Ran ran = world_.Run(propose, "operator-ops");
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("com.example.bank 4.2"), HasSubstr("1 cases passed, 0 failed, 1 skipped"),
                             HasSubstr("skipped, which proves nothing: inflow"), HasSubstr("SHA-256 of the report"),
                             HasSubstr("Signed by the examiner test house."),
                             HasSubstr("AGAINST IT: crash was not passed."), HasSubstr("until the end of ")));
  const auto act = trust::ParseStrict<v1::Administration>(world_.gateway->administration_batches.at(0).members(0));
  EXPECT_EQ(act->proposal().adapter().report(), report);
  EXPECT_EQ(act->proposal().ground(), "release 4.2");

  trust::Ed25519Signer other = *trust::Ed25519Signer::FromSeed(std::string(32, 'o'));
  test::TakeReports(other.public_key(), true, *world_.gateway->policy);
  EXPECT_THAT(world_.Run(propose, "operator-ops").err, HasSubstr("NOT SIGNED by any examiner"));
  world_.Put("report.json", "{}");
  EXPECT_EQ(world_.Run(propose, "operator-ops").exit, kExitVerification);
  EXPECT_EQ(world_.gateway->administration_batches.size(), 2u) << "what can't be read is not proposed";
}

TEST_F(CliTest, TheListOfAgenciesShowsWhoIsExaminedAndWhoIsBehind) {
  std::vector<v1::AgencyView>& agencies = world_.gateway->agencies;
  ASSERT_GE(agencies.size(), 2u);
  v1::DirectoryChange change;
  change.set_position(40);
  world_.gateway->statements = {change};
  agencies[0].set_directory_position(40);
  agencies[0].mutable_directory_received_at()->set_seconds(1'790'000'000);
  agencies[0].mutable_examined_until()->set_seconds(1'800'000'000);
  Ran ran = world_.Json({"agency", "list"});
  EXPECT_THAT(At(ran.out, "1.directory"), testing::AnyOf("", "null")) << "it never said";
  agencies[1].set_directory_position(39);
  ran = world_.Json({"agency", "list"});
  EXPECT_EQ(At(ran.out, "0.directory"), "CURRENT");
  EXPECT_EQ(At(ran.out, "0.directory_position"), "40");
  EXPECT_THAT(At(ran.out, "0.examined_until"), HasSubstr("2027-01-15"));
  EXPECT_EQ(At(ran.out, "1.directory"), "BEHIND");
  change.set_position(41);
  world_.gateway->statements.push_back(change);
  EXPECT_EQ(At(world_.Json({"agency", "list"}).out, "0.directory"), "BEHIND") << "there is more than anybody has";
}

TEST_F(CliTest, APolicyMayBeTheBareTable) {
  const std::string table = world_.Put("policy.txtpb", "version: 1 jurisdiction: \"CN\" time_zone: \"Asia/Shanghai\"");
  const Ran ran = world_.Run({"admin", "propose", "policy", "--file", table, "--ground", "first", "--key",
                              world_.Path("pki/keys/administrator-one.pem")},
                             "operator-ops");
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  const auto act = trust::ParseStrict<v1::Administration>(world_.gateway->administration_batches.at(0).members(0));
  EXPECT_EQ(act->proposal().policy().table().version(), 1u);
  EXPECT_EQ(act->proposal().ground(), "first");
}

TEST_F(CliTest, StatementsContinueTheirChainAndAreSignedByTwo) {
  world_.ListStatements();
  const std::string out = world_.Path("new-key.batch");
  const Ran made = world_.Json(
      {"statement", "make", "--subject", "agency/9900010", "--kind", "key", "--public-key",
       world_.Path("pki/keys/agency-9900900.pub"), "--key", world_.Path("pki/keys/registrar-one.pem"), "--out", out},
      "operator-ops");
  EXPECT_EQ(made.exit, kExitOk) << made.err;
  EXPECT_EQ(world_
                .Run({"statement", "sign", out, "--key", world_.Path("pki/keys/registrar-three.pem"), "--yes"},
                     "operator-ops")
                .exit,
            kExitOk);
  const Draft draft = *Draft::Read(out);
  EXPECT_EQ(draft.batch().head().signatures_size(), 2);
  EXPECT_EQ(draft.head().signer(), "registrar");
  const auto statement = trust::ParseStrict<v1::Statement>(draft.members()[0]);
  EXPECT_EQ(statement->sequence(), 2u);
  EXPECT_EQ(statement->previous_digest().size(), 32u);
  EXPECT_EQ(world_.Run({"directory", "submit", out}, "operator-ops").exit, kExitOk);
  EXPECT_EQ(world_.gateway->statement_batches.size(), 1u);
  EXPECT_EQ(
      world_.Run({"statement", "make", "--subject", "officer/1", "--kind", "key", "--out", out}, "operator-ops").exit,
      kExitUsage);
  const Ran list = world_.Run({"directory", "list"});
  EXPECT_EQ(list.exit, kExitOk) << list.err;
  EXPECT_THAT(list.out, HasSubstr("court/辽9901/officer/003"));
}

TEST_F(CliTest, TheJournalIsHashedFromOutside) {
  world_.gateway->Grow(9);
  const Ran good = world_.Json({"journal", "verify"}, "auditor-audit");
  EXPECT_EQ(good.exit, kExitOk) << good.err;
  EXPECT_EQ(At(good.out, "journal.entries"), "10");
  world_.gateway->tamper_entries = [](v1::ListEntriesResponse& response) {
    (*response.mutable_entries(0)->mutable_leaf())[20] ^= 1;
  };
  EXPECT_EQ(world_.Run({"journal", "verify"}, "auditor-audit").exit, kExitVerification);
}

TEST_F(CliTest, AWitnessCosignsWhatContinuesAndNothingElse) {
  const std::string key = world_.Path("w1.key");
  ASSERT_EQ(world_.Bare({"pki", "witness", "witness.test/w1", "--out", key}).exit, kExitOk);
  const auto run = [&] {
    return world_.Json({"witness", "run", "--once", "--key", key, "--state", world_.Path("seen")}, "auditor-audit");
  };
  world_.gateway->Grow(9);
  const Ran first = run();
  EXPECT_EQ(first.exit, kExitOk) << first.err;
  EXPECT_EQ(At(first.out, "witness.size"), "10");
  world_.gateway->Grow(5);
  EXPECT_EQ(At(run().out, "witness.size"), "15");
  ASSERT_EQ(world_.gateway->cosignatures.size(), 2u);
  EXPECT_THAT(world_.gateway->cosignatures[1].cosignature(), StartsWith("\u2014 witness.test/w1 "));
  EXPECT_EQ(world_.gateway->cosignatures[1].size(), 15u);

  world_.gateway->Fork(12);
  world_.gateway->Grow(3);
  const Ran forked = run();
  EXPECT_EQ(forked.exit, kExitVerification) << forked.err;
  EXPECT_THAT(forked.err, HasSubstr("LOG_FORKED"));
  EXPECT_EQ(world_.gateway->cosignatures.size(), 2u) << "nothing is signed";
}

TEST_F(CliTest, FoundingChecksItsKeysAndHandsThemOver) {
  const auto init = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "init",
        "--data",
        world_.Path("data"),
        "--last-signed",
        world_.Path("last"),
        "--origin",
        "test.example/log1",
        "--environment",
        "test",
        "--log-key",
        world_.Path("pki/keys/log.key"),
        "--master-key",
        world_.Path("pki/keys/master.key"),
        "--administrators",
        world_.Path("pki/keys/administrator-one.pub") + "," + world_.Path("pki/keys/administrator-two.pub"),
        "--registrars",
        world_.Path("pki/keys/registrar-one.pub"),
        "--registrars",
        world_.Path("pki/keys/registrar-two.pub")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Bare(arguments);
  };
  EXPECT_THAT(init().err, HasSubstr("NOT_BUILT_IN"));
  FoundingOptions seen;
  world_.found_log = [&](const FoundingOptions& options) -> absl::StatusOr<std::string> {
    seen = options;
    return std::string("note");
  };
  const Ran ran = init();
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_EQ(seen.founded.administrators_size(), 2);
  EXPECT_EQ(seen.founded.registrars(1).name(), "registrar-two");
  EXPECT_EQ(seen.founded.registrar_threshold(), 2u);
  EXPECT_EQ(seen.founded.log_key().key().size(), 32u);
  EXPECT_EQ(seen.founded.environment(), v1::ENVIRONMENT_TEST);
  EXPECT_EQ(init({"--threshold", "3"}).exit, kExitUsage);
  EXPECT_EQ(init({"--approvals", "1"}).exit, kExitUsage);
  EXPECT_EQ(init({"--registrars", world_.Path("pki/keys/registrar-one.pub")}).exit, kExitUsage);  // the same key twice
}

TEST_F(CliTest, KeysAreShownWithoutTheirSecrets) {
  const std::string secret = *ReadFile(world_.Path("pki/keys/court-辽9901.pem"));
  for (const char* name : {"keys/court-辽9901.pem", "keys/log.key", "keys/log.pub", "tls/ca.pem"}) {
    const Ran ran = world_.Bare({"pki", "show", world_.Path(std::string("pki/") + name)});
    EXPECT_EQ(ran.exit, kExitOk) << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr(secret.substr(30, 40))));
    EXPECT_THAT(ran.out, Not(HasSubstr("PRIVATE+KEY")));
  }
  EXPECT_EQ(world_.Bare({"pki", "show", world_.Path("spec.json")}).exit, kExitUsage);
  // Secrets are never overwritten.
  EXPECT_EQ(world_.Bare({"pki", "make", "--spec", world_.Path("spec.json"), "--out", world_.Path("pki")}).exit,
            kExitUsage);
}

TEST(PkiSpec, IsReadStrictly) {
  const std::string head =
      R"("trust_domain": "t", "origin": "o", "environment": "test", "administrators": ["a", "b"], "registrars": ["1", "2"])";
  const auto why = [&](const std::string& more) {
    const auto spec = ParsePkiSpec("{" + head + more + "}");
    return spec.ok() ? std::string("OK") : std::string(spec.status().message());
  };
  EXPECT_EQ(why(""), "OK");
  EXPECT_THAT(why(R"(, "colour": 1)"), HasSubstr("colour: no such field"));
  EXPECT_THAT(why(R"(, "courts": [{"name": "x"}])"), HasSubstr("courts[0].code"));
  EXPECT_THAT(
      why(R"(, "courts": [{"code": "1", "name": "x", "officers": [{"code": "1", "name": "n", "work_id_no": "w", "duty_card_no": "d", "roles": ["KING"]}]}])"),
      HasSubstr("courts[0].officers[0].roles"));
  EXPECT_THAT(why(R"(, "agencies": [{"code": "1", "capabilitys": []}])"), HasSubstr("capabilitys"));
  EXPECT_THAT(why(R"(, "certificate_days": 0)"), HasSubstr("certificate_days"));
  EXPECT_THAT(why(R"(, "systems": [{"role": "guest", "name": "x"}])"), HasSubstr("systems[0].role"));
  EXPECT_THAT(why(R"(, "statements_valid_from": "yesterday")"), HasSubstr("statements_valid_from"));
  EXPECT_EQ(WhyNot(ParsePkiSpec("{}")), "FIELD_MISSING");
  EXPECT_EQ(WhyNot(ParsePkiSpec("[")), "FIELD_INVALID");
}

TEST_F(CliTest, ReasonsExplainThemselves) {
  EXPECT_THAT(world_.Bare({"reasons", "CAP_EXCEEDED"}).out,
              AllOf(HasSubstr("FAILED_PRECONDITION"), HasSubstr("court")));
  EXPECT_EQ(world_.Bare({"reasons", "NO_SUCH"}).exit, kExitUsage);
  EXPECT_THAT(world_.Bare({"reasons"}).out, HasSubstr("LOG_FORKED"));
}

TEST_F(CliTest, MetricsHideZerosUnlessAsked) {
  v1::Metric metric;
  metric.set_name("orders_total");
  metric.set_value(3);
  world_.gateway->metrics = {metric};
  metric.set_name("errors_total");
  metric.set_value(0);
  world_.gateway->metrics.push_back(metric);
  EXPECT_THAT(world_.Run({"metrics"}, "operator-ops").out,
              AllOf(HasSubstr("orders_total"), Not(HasSubstr("errors_total"))));
  EXPECT_THAT(world_.Run({"metrics", "--zeros"}, "operator-ops").out, HasSubstr("errors_total"));
  EXPECT_THAT(world_.Run({"agency", "list"}).out, AllOf(HasSubstr("北陵商业银行"), HasSubstr("FREEZE (clerk)")));
}

}  // namespace
}  // namespace eagle::client
