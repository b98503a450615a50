// The guides promise commands and JSON: each command line is one that `eagle` understands, each document one that it
// reads.
#include <sstream>
#include <utility>

#include "client/cli/commands.h"
#include "client/cli/config.h"
#include "client/common/files.h"
#include "client/lib/json.h"
#include "client/lib/pki_set.h"
#include "goldeneagle/v1/case.pb.h"
#include "gtest/gtest.h"
#include "tests/client/support.h"
#include "tests/support/paths.h"

namespace eagle::client {
namespace {

// The blocks that open with "```<kind>".
std::vector<std::string> Blocks(const std::string& kind, const std::string& guide = "court-guide.md") {
  const std::string page = *ReadFile(test::SourcePath("server/docs/" + guide));
  std::vector<std::string> blocks;
  const std::string open = "\n```" + kind + "\n";
  for (size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const size_t begin = at + open.size();
    blocks.push_back(page.substr(begin, page.find("\n```", begin) - begin + 1));
  }
  return blocks;
}

// Words of one command as a shell splits it: double quotes, no expansions.
std::vector<std::string> Words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

// How many commands of `eagle` a block has; each must be understood. Other programs' lines are let be when `mixed`.
int Understood(const std::string& block, bool mixed) {
  int commands = 0;
  std::string joined;
  std::istringstream lines(block);
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = !line.empty() && line.back() == '\\';
    joined += goes_on ? line.substr(0, line.size() - 1) : line;
    if (goes_on) continue;
    std::vector<std::string> words = Words(joined);
    const std::string command = std::exchange(joined, "");
    if (words.empty() || (mixed && words[0] != "eagle")) continue;
    EXPECT_EQ(words[0], "eagle");
    words.erase(words.begin());
    GlobalFlags flags;
    VerbTree tree(flags);
    Verb root = tree.root();
    AddCommands(root);
    const VerbTree::Parsed parsed = tree.Parse(words);
    EXPECT_TRUE(parsed.action) << command << "\n" << parsed.usage << parsed.help;
    ++commands;
  }
  return commands;
}

TEST(CourtGuide, EveryCommandLineIsUnderstood) {
  int commands = 0;
  for (const std::string& block : Blocks("sh")) commands += Understood(block, false);
  EXPECT_GE(commands, 30);
}

TEST(OtherGuides, EveryCommandLineIsUnderstood) {
  int commands = 0;
  for (const char* guide : {"auditor-guide.md", "operations.md"}) {
    for (const std::string& block : Blocks("console", guide)) commands += Understood(block, true);
  }
  EXPECT_GE(commands, 14);
}

TEST(CourtGuide, EveryDocumentIsRead) {
  const auto specs = Blocks("json PkiSpec"), cases = Blocks("json OpenCase"), configs = Blocks("toml");
  ASSERT_EQ(specs.size(), 1u);
  const auto spec = ParsePkiSpec(specs[0]);
  EXPECT_TRUE(spec.ok()) << spec.status();
  ASSERT_EQ(cases.size(), 1u);
  const auto open = FromJson<v1::OpenCase>(cases[0]);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_EQ(SumOf(open->claim()), open->claim().cap_minor_units());
  ASSERT_EQ(configs.size(), 1u);
  // The log's key is read from its file, which a page hasn't.
  std::string config = configs[0];
  const std::string file = "log_key_file = \"keys/log.pub\"";
  ASSERT_NE(config.find(file), std::string::npos);
  config.replace(config.find(file), file.size(), "log_key = \"x\"");
  const auto parsed = ParseConfig(config, "eagle.toml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
}

}  // namespace
}  // namespace eagle::client
