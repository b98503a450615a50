#include "adapters/bank/import_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"

namespace eagle::bank {
namespace {

constexpr size_t kFaultsMax = 200;
constexpr size_t kTextBytes = 128;

}  // namespace

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsCode(std::string_view text) {
  const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), good);
}

absl::StatusOr<sdk::CsvTable> ImportFiles::File(const std::string& name, const std::vector<std::string>& columns,
                                                bool required) {
  const std::string path = folder_ + "/" + name;
  if (!required && !std::filesystem::exists(path)) return sdk::CsvTable();
  absl::StatusOr<sdk::CsvTable> table = sdk::ReadCsv(path, columns);
  if (ReasonOf(table.status()) != Reason::kFieldInvalid) return table;
  for (const Violation& violation : FailureOf(table.status()).violations)
    wrong_.Add(violation.field, violation.reason, violation.description);
  return sdk::CsvTable();
}

void ImportFiles::Expect(bool holds, const sdk::CsvRow& row, std::string_view column, std::string_view what) {
  if (!holds) wrong_.Add(row.Place(column), Reason::kFieldInvalid, what);
}

void ImportFiles::ExpectText(const sdk::CsvRow& row, std::string_view column) {
  Expect(!row.At(column).empty() && row.At(column).size() <= kTextBytes, row, column, "must have 1 to 128 bytes");
}

bool ImportFiles::YesOrNo(const sdk::CsvRow& row, std::string_view column) {
  Expect(IsOneOf(row.At(column), {"yes", "no"}), row, column, "must be yes or no");
  return row.At(column) == "yes";
}

int64_t ImportFiles::Amount(const sdk::CsvRow& row, std::string_view column) {
  const std::optional<int64_t> amount = ParseMoney(row.At(column));
  Expect(amount && *amount >= 0, row, column, "must be an amount, not below zero");
  return amount && *amount >= 0 ? *amount : 0;
}

void ImportFiles::Wrong(std::string_view field, std::string_view what) {
  wrong_.Add(field, Reason::kFieldInvalid, what);
}

absl::Status ImportFiles::Faults() const {
  Violations first;
  for (const Violation& violation : wrong_.list()) {
    if (first.list().size() == kFaultsMax) break;
    first.Add(violation.field, violation.reason, violation.description);
  }
  return first.ToStatus(absl::StrCat("nothing was imported: ", wrong_.list().size(), " faults in the files"));
}

}  // namespace eagle::bank
