// Words that our C++ outside tests must not use, each with what to use instead; and words that no committed file may
// hold.
#pragma once

#include <string_view>
#include <vector>

#include "tests/house/tree.h"

namespace eagle::house {

struct BannedWord {
  std::string_view word;                     // found as code only, never inside an identifier, a comment or a string
  std::string_view instead;                  // what to use, as the finding says it
  std::vector<std::string_view> where = {};  // path prefixes; empty = the whole product
};

// One file that may use one word, and why.
struct Exception {
  std::string_view path;
  std::string_view word;
  std::string_view reason;
};

// The lists of the project.
const std::vector<BannedWord>& BannedWords();
const std::vector<Exception>& Exceptions();

// Uses of banned words in the product without an exception, and exceptions that nothing needs any more.
Findings ForbiddenWords(const Tree& tree, const std::vector<BannedWord>& words,
                        const std::vector<Exception>& exceptions);

// Absolute paths and names of somebody's machine, and marks of unfinished work, in any text file.
Findings WorkplaceWords(const Tree& tree);

}  // namespace eagle::house
