// The pages that promise bytes promise the right ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "goldeneagle/v1/entry.pb.h"
#include "tests/support/paths.h"

namespace eagle {
namespace {

std::string Page(const std::string& path) {
  std::ifstream in(test::SourcePath(path), std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// Without white space and quotes: a vector may stand in several literals.
std::string Bare(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '"' || c == ' ' || c == '\n'; }),
             text.end());
  return text;
}

TEST(FormatsPage, EveryVectorIsOneThatATestComputes) {
  std::string tested;
  for (const char* path : {"tests/golden/journal_vectors.json", "tests/server/trust/golden_test.cc",
                           "tests/server/journal/note_test.cc", "server/journal/sm2.h"})
    tested += Bare(Page(path));
  const std::string page = Page("server/docs/formats.md");
  const std::regex vector("`([0-9a-f]{16,})`");
  int found = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), vector), end; it != end; ++it, ++found) {
    EXPECT_NE(tested.find((*it)[1].str()), std::string::npos) << (*it)[1].str();
  }
  EXPECT_GE(found, 15);
  EXPECT_NE(page.find("hOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak="), std::string::npos);
}

TEST(FormatsPage, EveryTypeOfEntryHasItsLine) {
  const std::string page = Page("server/docs/formats.md");
  const auto* types = goldeneagle::v1::EntryType_descriptor();
  for (int i = 1; i < types->value_count(); ++i) {
    const std::string name = types->value(i)->name().substr(11);  // ENTRY_TYPE_
    EXPECT_NE(page.find("| " + std::to_string(types->value(i)->number()) + " | " + name + " |"), std::string::npos)
        << name;
  }
}

}  // namespace
}  // namespace eagle
