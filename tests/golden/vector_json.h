// The files of proto/vectors/: JSON in the order in which it is said, and its comparison with what is stored.
//
// Threads: pure functions; ExpectStored reads a file, and writes it when GATEWAY_WRITE is 1.
//
//   ExpectStored("batches.json", absl::StrCat(Object({{"size", "7"}, {"root", Hex(root)}}, ""), "\n"));
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/bytes.h"
#include "server/journal/hash.h"

namespace eagle::test {

// A text in quotes, escaped.
std::string JsonText(const std::string& text);
inline std::string Hex(std::string_view bytes) { return JsonText(HexEncode(bytes)); }
inline std::string Hex(const journal::Hash& hash) { return Hex(journal::View(hash)); }
template <class List>
std::string HexList(const List& list) {
  std::vector<std::string> out;
  for (const auto& one : list) out.push_back(Hex(one));
  return absl::StrCat("[", absl::StrJoin(out, ", "), "]");
}
using Fields = std::vector<std::pair<std::string, std::string>>;  // names, and values that are JSON already
std::string Object(const Fields& fields, const std::string& indent);
std::string List(const std::vector<std::string>& items, const std::string& indent);

// Fails unless proto/vectors/`name` holds exactly `made`.
void ExpectStored(const std::string& name, const std::string& made);

}  // namespace eagle::test
