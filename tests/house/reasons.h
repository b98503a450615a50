// The one list of reasons (server/base/reasons.def) as data: its rules, and the page that is written from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/house/tree.h"

namespace eagle::house {

struct ReasonLine {
  size_t line_index = 0;
  std::string section;   // the comment above its block
  std::string constant;  // kCapExceeded
  std::string name;      // CAP_EXCEEDED
  std::string code;      // FAILED_PRECONDITION
  std::string who;
  std::string advice;
  int number = 0;
};

// The REASON(...) rows of the text of reasons.def, in order. A row that can't be read becomes a finding.
std::vector<ReasonLine> ParseReasons(std::string_view text, Findings& findings);

// Numbers or names given twice or out of bounds, a constant that isn't the name in another dress, an unknown party, an
// advice that is no sentence.
Findings BadReasons(const std::vector<ReasonLine>& lines);

// The text of server/docs/reasons.md.
std::string ReasonsPage(const std::vector<ReasonLine>& lines);

}  // namespace eagle::house
