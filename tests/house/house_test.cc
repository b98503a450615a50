// The rules of the house, held against the tree that this test was built from.
#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "tests/house/reasons.h"
#include "tests/house/rooms.h"
#include "tests/house/shape.h"
#include "tests/house/tree.h"
#include "tests/house/words.h"
#include "tests/support/paths.h"

namespace eagle::house {
namespace {

constexpr char kReasonsPage[] = "server/docs/reasons.md";
constexpr char kRoomsPage[] = "server/docs/rooms.md";

const Tree& Source() {
  static const auto* const kTree = new Tree(ReadTree(test::SourcePath("")));
  return *kTree;
}

// One finding a line, so that a failure can be read.
void ExpectNone(const Findings& findings) {
  std::string listed;
  for (const std::string& finding : findings) listed += "\n  " + finding;
  EXPECT_TRUE(findings.empty()) << listed;
}

std::string Content(const std::string& path) {
  const auto file = Source().find(path);
  return file == Source().end() ? "" : file->second;
}

std::vector<ReasonLine> SourceReasons() {
  Findings findings;
  auto lines = ParseReasons(Content("server/base/reasons.def"), findings);
  ExpectNone(findings);
  return lines;
}

// With GATEWAY_WRITE=1 writes the page anew; then, or without it, compares.
void ExpectCurrent(const std::string& path, const std::string& expected) {
  const char* write = std::getenv("GATEWAY_WRITE");
  if (write != nullptr && std::string_view(write) == "1") {
    std::ofstream(test::SourcePath(path), std::ios::binary) << expected;
    return;
  }
  EXPECT_TRUE(Content(path) == expected) << path
                                         << " is out of date: GATEWAY_WRITE=1 build/dev/bin/house_test writes it anew";
}

TEST(House, TheTreeIsFound) {
  EXPECT_EQ(Source().count("server/base/reasons.def"), 1u) << test::SourcePath("");
  EXPECT_EQ(Source().count("tests/house/house_test.cc"), 1u);
}

TEST(House, RoomsIncludeOnlyWhatTheyMay) { ExpectNone(ForbiddenIncludes(Source(), Rooms())); }

TEST(House, NoBannedWordInTheProduct) {
  ExpectNone(ForbiddenWords(Source(), BannedWords(), Exceptions()));
  for (const Exception& exception : Exceptions()) EXPECT_FALSE(exception.reason.empty()) << exception.path;
}

TEST(House, NothingNamesSomebodysMachineOrUnfinishedWork) { ExpectNone(WorkplaceWords(Source())); }

TEST(House, EverySourceIsInATarget) { ExpectNone(OrphanSources(Source())); }

TEST(House, EveryRoomHasItsPage) { ExpectNone(RoomsWithoutReadme(Source())); }

TEST(House, NoFileIsTooLong) { ExpectNone(LongFiles(Source())); }

TEST(House, NoStrayWhiteSpace) { ExpectNone(StrayWhiteSpace(Source())); }

TEST(House, NoDeadLinks) { ExpectNone(DeadLinks(Source())); }

TEST(House, EdgeCasesAreHeldByTestsThatAreThere) { ExpectNone(MissingTests(Source(), "tests/edge-cases.md")); }

TEST(House, ReasonsAreUniqueAndSayWhatToDo) { ExpectNone(BadReasons(SourceReasons())); }

// The rules above read text; this one makes sure that the compiler sees the same rows.
TEST(House, TheReaderOfReasonsSeesWhatTheCompilerSees) {
  const auto lines = SourceReasons();
  const auto& rows = AllReasons();
  ASSERT_EQ(lines.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(lines[i].name, rows[i].name);
    EXPECT_EQ(lines[i].number, static_cast<int>(rows[i].reason));
    EXPECT_EQ(lines[i].who, rows[i].who_must_act);
    EXPECT_EQ(lines[i].advice, rows[i].advice);
  }
}

TEST(House, TheReasonsPageIsCurrent) { ExpectCurrent(kReasonsPage, ReasonsPage(SourceReasons())); }

TEST(House, TheRoomsPageIsCurrent) { ExpectCurrent(kRoomsPage, RoomsPage(Rooms())); }

}  // namespace
}  // namespace eagle::house
