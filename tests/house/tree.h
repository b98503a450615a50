// The source tree as text, and the small readers that the house rules share.
//
// A tree is a map from a path ("server/base/money.h", '/' everywhere, from the top) to the file's content, so that a
// rule can be tested on a made-up tree of three lines. Threads: pure functions.
//
//   Tree tree = {{"server/base/a.h", "#include \"server/core/b.h\"\n"}};
//   Findings findings = ForbiddenIncludes(tree, Rooms());
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eagle::house {

using Tree = std::map<std::string, std::string>;

// What a rule found: "path:line: what is wrong; what to do instead". Empty means that the rule holds.
using Findings = std::vector<std::string>;

// Every file below `root` but for .git, build and demo at the top and __pycache__ anywhere. Symbolic links are not
// followed; a file with a NUL byte is no text and comes with empty content.
Tree ReadTree(const std::string& root);

// True for what an identifier may be made of.
bool IsWordCharacter(char c);
bool StartsWith(std::string_view text, std::string_view prefix);
bool EndsWith(std::string_view text, std::string_view suffix);
// True for .h and .cc.
bool IsCpp(std::string_view path);
// True for C++ that is part of the product: below server/, adapters/, client/ or deploy/.
bool IsProduct(std::string_view path);

// The lines of `text` without their line breaks; a text that ends in a line break has no empty last line.
std::vector<std::string_view> Lines(std::string_view text);
std::string_view Trim(std::string_view text);
std::string At(std::string_view path, size_t line_index);  // "path:7" for index 6

// `text` as long as it was, with comments and the insides of string and character literals (raw strings too) turned
// into spaces.
std::string CodeOnly(std::string_view text);

// One `#include`, its line index and what stands between the quotes or brackets.
struct Include {
  size_t line_index;
  bool quoted;
  std::string path;
};
// The includes of one file; those in comments and in raw strings don't count.
std::vector<Include> IncludesOf(std::string_view text);

}  // namespace eagle::house
