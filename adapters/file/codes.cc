#include "adapters/file/codes.h"

#include "adapters/sdk/shell/csv.h"
#include "server/base/reason.h"

namespace eagle::file {
namespace {

constexpr size_t kCodeBytesMax = 64;

std::optional<CodeList> ListNamed(std::string_view name) {
  static constexpr std::pair<std::string_view, CodeList> kLists[] = {{"id_kind", CodeList::kIdKind},
                                                                     {"currency", CodeList::kCurrency},
                                                                     {"status", CodeList::kStatus},
                                                                     {"match", CodeList::kMatch},
                                                                     {"reason", CodeList::kReason}};
  for (const auto& [known, list] : kLists) {
    if (name == known) return list;
  }
  return std::nullopt;
}

std::optional<std::string> Look(const std::map<std::pair<CodeList, std::string>, std::string>& in, CodeList list,
                                std::string_view key) {
  const auto found = in.find({list, std::string(key)});
  if (found == in.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::StatusOr<Codes> Codes::Load(const std::string& path) {
  EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable table, sdk::ReadCsv(path, {"list", "code", "word", "note"}));
  Codes codes;
  Violations wrong;
  for (const sdk::CsvRow& row : table.rows) {
    const auto list = ListNamed(row.At("list"));
    const std::string &code = row.At("code"), &word = row.At("word");
    if (!list)
      wrong.Add(row.Place("list"), Reason::kFieldInvalid, "must be id_kind, currency, status, match or reason");
    for (const std::string_view column : {"code", "word"}) {
      if (row.At(column).empty() || row.At(column).size() > kCodeBytesMax)
        wrong.Add(row.Place(column), Reason::kFieldInvalid, "must be 1 to 64 bytes");
    }
    if (!list) continue;
    if (!codes.words_.emplace(std::make_pair(*list, code), word).second)
      wrong.Add(row.Place("code"), Reason::kFieldInvalid, "the list has this code already");
    codes.codes_.emplace(std::make_pair(*list, word), code);
  }
  if (!wrong.empty()) return wrong.ToStatus("the table of codes is refused");
  return codes;
}

std::optional<std::string> Codes::WordOf(CodeList list, std::string_view code) const {
  return Look(words_, list, code);
}
std::optional<std::string> Codes::CodeOf(CodeList list, std::string_view word) const {
  return Look(codes_, list, word);
}

}  // namespace eagle::file
