// Proves that each rule of the house can fail: made-up trees of a few lines, one defect each.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/house/reasons.h"
#include "tests/house/rooms.h"
#include "tests/house/shape.h"
#include "tests/house/tree.h"
#include "tests/house/words.h"

namespace eagle::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Findings IncludesIn(const std::string& path, const std::string& include) {
  return ForbiddenIncludes({{path, "#include " + include + "\n"}}, Rooms());
}

TEST(CodeOnly, BlanksCommentsAndLiteralsAndKeepsPlaces) {
  const std::string text = "a /* double */ b // double\n\"double\" 'd' 1'000 u8'x' c\n";
  const std::string code = CodeOnly(text);
  EXPECT_EQ(code.size(), text.size());
  EXPECT_EQ(code.find("double"), std::string::npos);
  EXPECT_EQ(code, "a              b          \n\"      \" ' ' 1'000 u8' ' c\n");
}

TEST(CodeOnly, KnowsEscapesRawStringsAndOpenEnds) {
  EXPECT_EQ(CodeOnly("\"a\\\"b\" x"), "\"    \" x");
  EXPECT_EQ(CodeOnly("R\"(a\")\" x"), "R\"    \" x");
  EXPECT_EQ(CodeOnly("R\"q(a)\"b)q\" x"), "R\"        \" x");
  EXPECT_EQ(CodeOnly("FAR\"a\" x"), "FAR\" \" x");
  EXPECT_EQ(CodeOnly("/* open").size(), 7u);
  EXPECT_EQ(CodeOnly("\"open\nx")[6], 'x');
  EXPECT_EQ(CodeOnly("'\\'' x"), "'  ' x");
}

TEST(IncludesOf, ReadsBothFormsAndSkipsCommentsAndRawStrings) {
  const auto includes = IncludesOf(
      "#include <mutex>\n  #  include \"server/base/ids.h\"  // ours\n// #include <thread>\n/*\n#include <future>\n*/\n"
      "auto x = R\"(\n#include <latch>\n)\";\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].path, "mutex");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].path, "server/base/ids.h");
  EXPECT_TRUE(includes[1].quoted);
  EXPECT_EQ(includes[1].line_index, 1u);
}

TEST(Includes, ArrowsGoDownOnly) {
  EXPECT_THAT(IncludesIn("server/core/a.cc", "\"server/domain/order.h\""), IsEmpty());
  EXPECT_THAT(IncludesIn("server/domain/a.cc", "\"server/core/sequencer.h\""),
              ElementsAre(HasSubstr("server/domain/a.cc:1: includes server/core/sequencer.h")));
  EXPECT_EQ(IncludesIn("server/base/a.h", "\"server/domain/order.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/storage/a.h", "\"server/storage/sqlite/store.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/core/a.h", "\"server/storage/sqlite/store.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/core/a.h", "\"server/trust/batch.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("adapters/bank/a.cc", "\"adapters/land/kind.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("adapters/sdk/a.cc", "\"server/core/sequencer.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("client/lib/a.cc", "\"adapters/sdk/inbox.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/api/a.cc", "\"tests/support/clock.h\"").size(), 1u);
}

TEST(Includes, MainIsIncludedByNobody) {
  EXPECT_EQ(IncludesIn("tests/server/a_test.cc", "\"server/main.cc\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/ops/a.cc", "\"server/main.cc\"").size(), 1u);
  EXPECT_THAT(IncludesIn("server/main.cc", "\"server/ops/metrics.h\""), IsEmpty());
}

TEST(Includes, PureRoomsMeetNoMachine) {
  for (const char* include : {"<grpcpp/grpcpp.h>", "\"goldeneagle/v1/order.grpc.pb.h\"", "<sqlite3.h>", "<thread>",
                              "<mutex>", "<chrono>", "<openssl/evp.h>", "\"absl/synchronization/mutex.h\"",
                              "\"absl/time/clock.h\"", "<fstream>", "<unistd.h>", "<sys/time.h>"}) {
    EXPECT_EQ(IncludesIn("server/domain/a.cc", include).size(), 1u) << include;
    EXPECT_EQ(IncludesIn("server/base/a.h", include).size(), 1u) << include;
  }
  EXPECT_THAT(IncludesIn("server/domain/a.cc", "\"goldeneagle/v1/order.pb.h\""), IsEmpty());
  EXPECT_EQ(IncludesIn("server/base/a.cc", "\"goldeneagle/v1/order.pb.h\"").size(), 1u);
  EXPECT_EQ(IncludesIn("server/journal/a.cc", "<thread>").size(), 1u);
  EXPECT_THAT(IncludesIn("server/journal/a.cc", "<openssl/evp.h>"), IsEmpty());
  EXPECT_THAT(IncludesIn("server/domain/a.cc", "<vector>"), IsEmpty());
  EXPECT_THAT(IncludesIn("server/domain/a.cc", "\"absl/time/time.h\""), IsEmpty());
}

TEST(Includes, OnlyTheEdgesMeetGrpc) {
  for (const char* path : {"server/api/a.cc", "server/ops/a.cc", "server/main.cc", "adapters/sdk/shell/a.cc",
                           "client/lib/channel.cc", "client/lib/channel_pool.h", "tests/server/api/a_test.cc"}) {
    EXPECT_THAT(IncludesIn(path, "<grpcpp/grpcpp.h>"), IsEmpty()) << path;
  }
  for (const char* path : {"server/core/a.cc", "server/dispatch/a.cc", "server/trust/a.cc", "server/storage/a.cc",
                           "adapters/sdk/a.cc", "adapters/bank/a.cc", "client/lib/court.cc", "client/cli/a.cc"}) {
    EXPECT_EQ(IncludesIn(path, "<grpcpp/grpcpp.h>").size(), 1u) << path;
  }
}

TEST(Includes, AreWrittenFromTheTop) {
  EXPECT_THAT(IncludesIn("server/base/a.cc", "\"money.h\""), ElementsAre(HasSubstr("from the top")));
  EXPECT_THAT(IncludesIn("server/base/a.cc", "\"../base/money.h\""), ElementsAre(HasSubstr("from the top")));
}

TEST(Includes, EveryFileIsInARoom) {
  EXPECT_THAT(ForbiddenIncludes({{"server/attic/a.cc", ""}}, Rooms()), ElementsAre(HasSubstr("in no room")));
  EXPECT_THAT(IncludesIn("server/api/a.cc", "\"server/attic/a.h\""), ElementsAre(HasSubstr("which is in no room")));
  EXPECT_THAT(ForbiddenIncludes({{"attic/notes.md", "#include <thread>\n"}}, Rooms()), IsEmpty());
}

TEST(Includes, TheLongestPrefixNamesTheRoom) {
  EXPECT_EQ(RoomOf("server/storage/sqlite/a.cc", Rooms())->prefix, "server/storage/sqlite/");
  EXPECT_EQ(RoomOf("server/storage/a.cc", Rooms())->prefix, "server/storage/");
  EXPECT_EQ(RoomOf("client/lib/channel.h", Rooms())->prefix, "client/lib/channel");
  EXPECT_EQ(RoomOf("server/trust/sqlite_key_store.h", Rooms())->prefix, "server/trust/sqlite_");
}

// A room lists only rooms above it in the table, so there is no way round in a circle; files of one folder are one
// target.
TEST(Includes, TheTableHasNoCircles) {
  for (size_t i = 0; i < Rooms().size(); ++i) {
    for (std::string_view name : Rooms()[i].rooms) {
      if (name == "*") continue;
      size_t at = 0;
      while (at < Rooms().size() && Rooms()[at].prefix != name) ++at;
      const bool same_folder =
          StartsWith(name, Rooms()[i].prefix) && name.find('/', Rooms()[i].prefix.size()) == std::string_view::npos;
      EXPECT_TRUE(at < i || same_folder) << Rooms()[i].prefix << " lists " << name;
    }
  }
}

TEST(Words, EachBannedWordIsFoundAndNamesItsReplacement) {
  for (const BannedWord& banned : BannedWords()) {
    const std::string path = banned.where.empty() ? "server/core/a.cc" : std::string(banned.where[0]) + "a.cc";
    const Tree tree = {{path, "int a;\n  b = " + std::string(banned.word) + " ;\n"}};
    EXPECT_THAT(ForbiddenWords(tree, {banned}, {}),
                ElementsAre(HasSubstr(path + ":2: " + std::string(banned.word) + "; use ")))
        << banned.word;
  }
}

TEST(Words, CommentsStringsAndIdentifiersDoNotCount) {
  const Tree tree = {
      {"server/core/a.cc",
       "// never absl::Now or throw\nconst char* a = \"sleep( rand( throw\";\nint operand(int x);\nint rethrow;\n"
       "auto c = absl::NowIsNotIt;\nSha256(x);\n"}};
  EXPECT_THAT(ForbiddenWords(tree, BannedWords(), {}), IsEmpty());
}

TEST(Words, QualifiedAndMemberUsesCount) {
  const Tree tree = {{"server/core/a.cc", "x = std::rand();\n::usleep(5);\nusing std::chrono::system_clock;\n"}};
  EXPECT_EQ(ForbiddenWords(tree, BannedWords(), {}).size(), 3u);
}

TEST(Words, FloatingPointIsBannedOnlyNearMoney) {
  EXPECT_EQ(ForbiddenWords({{"server/domain/a.cc", "double x;\n"}}, BannedWords(), {}).size(), 1u);
  EXPECT_EQ(ForbiddenWords({{"server/base/money.h", "float x;\n"}}, BannedWords(), {}).size(), 1u);
  EXPECT_THAT(ForbiddenWords({{"server/ops/a.cc", "double x;\n"}}, BannedWords(), {}), IsEmpty());
}

TEST(Words, TestsMayUseThem) {
  EXPECT_THAT(ForbiddenWords({{"tests/a_test.cc", "throw 1;\n"}}, BannedWords(), {}), IsEmpty());
}

TEST(Words, AnExceptionCoversOneWordInOneFile) {
  const Tree tree = {{"server/ops/real_clock.cc", "absl::Now(); throw 1;\n"},
                     {"server/ops/other.cc", "absl::Now();\n"}};
  const auto findings =
      ForbiddenWords(tree, BannedWords(), {{"server/ops/real_clock.cc", "absl::Now", "the port itself"}});
  EXPECT_THAT(findings, ElementsAre(HasSubstr("other.cc:1: absl::Now"), HasSubstr("real_clock.cc:1: throw")));
}

TEST(Words, AnExceptionThatNobodyNeedsIsAFinding) {
  EXPECT_THAT(ForbiddenWords({{"server/ops/a.cc", "// absl::Now\n"}}, {}, {{"server/ops/a.cc", "absl::Now", "why"}}),
              ElementsAre(HasSubstr("take its exception out")));
  EXPECT_EQ(ForbiddenWords({}, {}, {{"server/ops/gone.cc", "absl::Now", "why"}}).size(), 1u);
}

TEST(Workplace, PathsOfOneMachineAreFoundAnywhere) {
  for (const char* text : {"see /wo"
                           "rk/main\n",
                           "(/ro"
                           "ot/x)\n",
                           "cp /tmp/ba"
                           "sh_jobs/1 .\n"}) {
    EXPECT_EQ(WorkplaceWords({{"README.md", text}}).size(), 1u) << text;
  }
  EXPECT_THAT(WorkplaceWords({{"README.md",
                               "homework/y deploy/wo"
                               "rk/x ${top}/wo"
                               "rk/x\n"}}),
              IsEmpty());
}

TEST(Workplace, UnfinishedWorkIsFound) {
  EXPECT_EQ(WorkplaceWords({{"server/core/a.cc",
                             "// TO"
                             "DO: later\n"}})
                .size(),
            1u);
  EXPECT_THAT(WorkplaceWords({{"server/core/a.cc",
                               "// MASTO"
                               "DON\n"}}),
              IsEmpty());
}

TEST(Orphans, ATestInNoTargetIsFound) {
  const Tree tree = {{"CMakeLists.txt", "add_subdirectory(tests)\n"},
                     {"tests/CMakeLists.txt",
                      "gateway_test(NAME x\n  SRCS a_test.cc ${CMAKE_CURRENT_SOURCE_DIR}/sub/b_test.cc) # d_test.cc\n"
                      "add_library(y ${PROJECT_SOURCE_DIR}/tests/e.cc)\n"},
                     {"tests/a_test.cc", ""},
                     {"tests/sub/b_test.cc", ""},
                     {"tests/d_test.cc", ""},
                     {"tests/e.cc", ""}};
  EXPECT_THAT(OrphanSources(tree), ElementsAre(HasSubstr("tests/d_test.cc: a test in no target")));
}

TEST(Orphans, AFolderThatNobodyAddsIsAsGoodAsAbsent) {
  const Tree tree = {{"CMakeLists.txt", "# add_subdirectory(tests)\n"},
                     {"tests/CMakeLists.txt", "gateway_test(NAME x SRCS a_test.cc)\n"},
                     {"tests/a_test.cc", ""},
                     {"server/base/b.cc", ""}};
  EXPECT_THAT(OrphanSources(tree),
              ElementsAre(HasSubstr("server/base/b.cc: in no target"), HasSubstr("tests/a_test.cc")));
}

TEST(Readme, EachRoomWithCodeNeedsOne) {
  const Tree tree = {{"server/core/a.cc", ""},           {"server/core/README.md", "# core\n"},
                     {"server/api/deep/a.cc", ""},       {"server/main.cc", ""},
                     {"server/docs/x.md", ""},           {"server/storage/README.md", "x\n"},
                     {"server/storage/sqlite/a.cc", ""}, {"deploy/demo/a.cc", ""}};
  EXPECT_THAT(RoomsWithoutReadme(tree), ElementsAre(HasSubstr("server/api/"), HasSubstr("server/storage/sqlite/")));
}

TEST(Shape, LongFilesAreFound) {
  std::string lines;
  for (size_t i = 0; i < kLinesMax; ++i) lines += "x\n";
  EXPECT_THAT(LongFiles({{"server/a.cc", lines}}), IsEmpty());
  EXPECT_THAT(
      LongFiles({{"server/a.cc", lines + "y\n"}, {"proto/b.proto", lines + "y\n"}, {"README.md", lines + "y\n"}}),
      ElementsAre(HasSubstr("proto/b.proto: 601"), HasSubstr("server/a.cc: 601")));
}

TEST(Shape, StrayWhiteSpaceIsFound) {
  EXPECT_EQ(StrayWhiteSpace({{"a.md", "x \n"}}).size(), 1u);
  EXPECT_EQ(StrayWhiteSpace({{"a.md", "x\t\n"}}).size(), 1u);
  EXPECT_EQ(StrayWhiteSpace({{"a.cc", "\tx\n"}}).size(), 1u);
  EXPECT_EQ(StrayWhiteSpace({{"a.cc", "x\r\n"}}).size(), 1u);
  EXPECT_EQ(StrayWhiteSpace({{"a.cc", "x"}}).size(), 1u);
  EXPECT_EQ(StrayWhiteSpace({{"deploy/run", "x \n"}}).size(), 1u);
  EXPECT_THAT(StrayWhiteSpace({{"a.md", "x\ty\n\n"}, {"deploy/run", "\tx\n"}, {"a.bin", "x \n"}, {"b.txt", ""}}),
              IsEmpty());
}

TEST(Shape, DeadLinksAreFound) {
  const Tree tree = {
      {"server/docs/a.md",
       "[b](b.md) [c](../base/README.md#x) [d](../../tests) [e](https://x.org/y) [f](#here)\n[g](../gone.md)\n"},
      {"server/docs/b.md", ""},
      {"server/base/README.md", ""},
      {"tests/x.cc", ""}};
  EXPECT_THAT(DeadLinks(tree), ElementsAre(HasSubstr("server/docs/a.md:2: link to ../gone.md")));
}

TEST(Shape, APromisedTestThatIsNotThereIsFound) {
  Tree tree = {{"tests/a_test.cc", "TEST(Money, IsCounted) {}\nTEST_F(Money,\n       IsKept) {}\n"},
               {"tests/p.md", "`Money.IsCounted`, `Money.IsKept`\n`Money.IsLost` `plain`\n"}};
  EXPECT_THAT(MissingTests(tree, "tests/p.md"), ElementsAre(HasSubstr("tests/p.md:2: no test is called Money.IsLost")));
  tree["tests/p.md"] = "nothing\n";
  EXPECT_THAT(MissingTests(tree, "tests/p.md"), ElementsAre(HasSubstr("names no test")));
  EXPECT_THAT(MissingTests(tree, "tests/q.md"), ElementsAre(HasSubstr("isn't there")));
}

TEST(Reasons, RowsAreReadWithTheirSections) {
  Findings findings;
  const auto lines = ParseReasons(
      "// Head of the file.\n\n// Shape:\n// wrong whatever.\nREASON(kTooLarge, \"TOO_LARGE\", INVALID_ARGUMENT, "
      "court, \"At most 1, or 2.\", 7)\n"
      "REASON(kBusy, \"BUSY\", UNAVAILABLE, nobody, \"Wait.\", 8)\n",
      findings);
  EXPECT_THAT(findings, IsEmpty());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].section, "Shape: wrong whatever.");
  EXPECT_EQ(lines[0].advice, "At most 1, or 2.");
  EXPECT_EQ(lines[0].number, 7);
  EXPECT_EQ(lines[1].section, lines[0].section);
  EXPECT_THAT(BadReasons(lines), IsEmpty());
}

TEST(Reasons, AnUnreadableRowIsAFinding) {
  for (const char* row : {"REASON(kBusy, \"BUSY\", UNAVAILABLE, nobody, \"Wait.\")\n", "REASON(kBusy, \"BUSY\",\n",
                          "REASON(kBusy, \"BUSY\", UNAVAILABLE, nobody, \"Wait.\", x)\n"}) {
    Findings findings;
    EXPECT_THAT(ParseReasons(row, findings), IsEmpty());
    EXPECT_EQ(findings.size(), 1u) << row;
  }
}

Findings BadIn(const std::string& second) {
  Findings findings;
  return BadReasons(
      ParseReasons("REASON(kBusy, \"BUSY\", UNAVAILABLE, nobody, \"Wait.\", 8)\n" + second + "\n", findings));
}

TEST(Reasons, EachRuleCanFail) {
  EXPECT_THAT(BadIn("REASON(kLate, \"LATE\", UNAVAILABLE, court, \"Go.\", 8)"),
              ElementsAre(HasSubstr("number 8 belongs to BUSY")));
  EXPECT_THAT(BadIn("REASON(kBusy, \"BUSY\", UNAVAILABLE, court, \"Go.\", 9)"),
              ElementsAre(HasSubstr("name is given twice")));
  EXPECT_THAT(BadIn("REASON(kLate, \"LATE\", UNAVAILABLE, court, \"Go.\", 70000)"), ElementsAre(HasSubstr("65535")));
  EXPECT_THAT(BadIn("REASON(kSlow, \"LATE\", UNAVAILABLE, court, \"Go.\", 9)"),
              ElementsAre(HasSubstr("must be kLate")));
  EXPECT_THAT(BadIn("REASON(kLate, \"LATE\", UNAVAILABLE, ghost, \"Go.\", 9)"), ElementsAre(HasSubstr("party")));
  EXPECT_THAT(BadIn("REASON(kLate, \"LATE\", UNAVAILABLE, court, \"go\", 9)"), ElementsAre(HasSubstr("full stop")));
  EXPECT_FALSE(BadIn("REASON(kLate, \"Late\", UNAVAILABLE, court, \"Go.\", 9)").empty());
}

TEST(Reasons, ThePageListsEveryRowAndChangesWithIt) {
  Findings findings;
  auto lines = ParseReasons("// Waiting.\nREASON(kBusy, \"BUSY\", UNAVAILABLE, nobody, \"Wait.\", 8)\n", findings);
  const std::string page = ReasonsPage(lines);
  EXPECT_THAT(page, HasSubstr("## Waiting\n"));
  EXPECT_THAT(page, HasSubstr("| 8 | `BUSY` | UNAVAILABLE | nobody | Wait. |\n"));
  lines[0].advice = "Wait longer.";
  EXPECT_NE(ReasonsPage(lines), page);
}

}  // namespace
}  // namespace eagle::house
