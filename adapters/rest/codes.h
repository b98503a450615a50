// The table from an agency's result codes to the contract's words.
//
// What the table doesn't have means nothing: an unknown code is kept as it came and never guessed. NIL exists here
// only: no status of HTTP, no empty list and no missing field can say that nothing was found.
//
//   [[codes]]
//   calls = ["freeze"]           # a call, "freeze" (all three), "control" (all that change something)
//   code = "2003"
//   outcome = "NOT_CONTROLLED"
//   reason = "ACCOUNT_NOT_FOUND"
//
// Threads: values that are only read; any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rest/calls.h"
#include "goldeneagle/v1/receipt.pb.h"

namespace eagle::rest {

enum class Meaning : uint8_t {
  kOutcome,    // an outcome of the contract
  kByAmounts,  // a freeze in effect: CONTROLLED or PARTLY_CONTROLLED, as its amounts say
  kReturned,   // 回退
  kNotDone,    // certainly not done, and never will be by this call: it may be tried again
  kPending,    // at work: ask again
  kUnknown,    // the server can't tell whether it was done
  kDone,       // done, and here is the first answer
  kEvent,      // what happened to a measure
  kIgnored,    // a change that is nobody's concern here
};

struct CodeWord {
  std::string_view word;
  Meaning meaning;
  uint32_t calls;  // whose answers may mean it
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::MeasureChange change = v1::MEASURE_CHANGE_UNSPECIFIED;
  bool needs_reason = false;
  bool needs_changes = false;  // the last word comes later, so [calls.changes] must be there
};
const CodeWord* CodeWordNamed(std::string_view word);
const std::vector<CodeWord>& AllCodeWords();

struct CodeRow {
  uint32_t calls = 0;
  std::string code;
  int http_status = 0;  // of `find` alone, instead of a code
  const CodeWord* word = nullptr;
  std::string reason;
};

class CodeTable {
 public:
  // Null when the table has no row.
  const CodeRow* Find(Call call, std::string_view code) const;
  const CodeRow* FindStatus(Call call, int http_status) const;
  // False when a row stands for one of its calls and its code already.
  bool Add(CodeRow row);
  uint32_t calls() const;  // that have a row at all
  const std::vector<CodeRow>& rows() const { return rows_; }

 private:
  std::vector<CodeRow> rows_;
};

}  // namespace eagle::rest
