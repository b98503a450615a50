// The table of codes: the agency's on one side, the contract's words on the other. Data, one CSV file (data/codes.csv
// is the one to begin with), so that an agency's own codes are rows and never code.
//
//   list      what is mapped                                        without a row
//   id_kind   kind of identity document, B13 of the court channel    the order goes back: it can't be asked
//   currency  numeric code of ISO 4217                               the order goes back; an answer is refused
//   status    state of an account                                    raw
//   match     what the search matched by                             raw
//   reason    why something was not done                             raw, and the remark says UNKNOWN
//
// Threads: constant after Load.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace eagle::file {

enum class CodeList { kIdKind, kCurrency, kStatus, kMatch, kReason };

class Codes {
 public:
  // Columns list, code, word, note. One word may have several codes: the first is the one that goes out.
  // Errors: STORAGE_UNUSABLE, FIELD_INVALID with every violation and its line.
  static absl::StatusOr<Codes> Load(const std::string& path);

  std::optional<std::string> WordOf(CodeList list, std::string_view code) const;
  std::optional<std::string> CodeOf(CodeList list, std::string_view word) const;

 private:
  std::map<std::pair<CodeList, std::string>, std::string> words_, codes_;
};

}  // namespace eagle::file
