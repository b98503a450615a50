#include "adapters/sdk/shell/csv.h"

#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

// Reads record by record. A quote that isn't at the start of its field, or isn't closed, is an error of the whole file.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // False at the end or after an error.
  bool Next(size_t& line, std::vector<std::string>& fields) {
    fields.clear();
    if (at_ >= text_.size() || !error_.empty()) return false;
    line = line_;
    fields.emplace_back();
    while (true) {
      if (!ReadField(fields.back())) return false;
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        fields.emplace_back();
        continue;
      }
      SkipLineBreak();
      return true;
    }
  }
  const std::string& error() const { return error_; }
  size_t line() const { return line_; }

 private:
  bool ReadField(std::string& field) {
    if (at_ < text_.size() && text_[at_] == '"') return ReadQuoted(field);
    for (; at_ < text_.size() && text_[at_] != ',' && !AtLineBreak(); ++at_) {
      if (text_[at_] == '"') return Refuse("a quote inside a field that doesn't begin with one");
      field += text_[at_];
    }
    return true;
  }
  bool ReadQuoted(std::string& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        ++at_;
        if (at_ < text_.size() && text_[at_] != ',' && !AtLineBreak()) return Refuse("text after a closing quote");
        return true;
      }
    }
    return Refuse("a quote that is never closed");
  }
  bool AtLineBreak() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  void SkipLineBreak() {
    if (at_ >= text_.size()) return;
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
  }
  bool Refuse(std::string_view why) {
    error_ = why;
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
  std::string error_;
};

bool IsEmptyLine(const std::vector<std::string>& fields) { return fields.size() == 1 && fields.front().empty(); }

}  // namespace

CsvTable::CsvTable(CsvTable&& other) noexcept
    : name(std::move(other.name)), columns(std::move(other.columns)), rows(std::move(other.rows)) {
  for (CsvRow& row : rows) row.table = this;
}

const std::string& CsvRow::At(std::string_view column) const {
  for (size_t i = 0; i < table->columns.size(); ++i) {
    if (table->columns[i] == column) return fields[i];
  }
  GATEWAY_ASSERT(false, "the table was read with this column");
  return fields.front();
}

std::string CsvRow::Place(std::string_view column) const {
  return absl::StrCat(table->name, ":", line, " ", ToAbsl(column));
}

absl::StatusOr<CsvTable> ParseCsv(std::string_view text, const std::string& name,
                                  const std::vector<std::string>& columns) {
  if (!IsValidUtf8(text)) return Fail(Reason::kFieldInvalid, "the file is refused").At(name, "not UTF-8");
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);  // spreadsheets write this mark
  CsvTable table;
  table.name = name;
  table.columns = columns;
  Violations wrong;
  Reader reader(text);
  size_t line = 0;
  std::vector<std::string> fields;
  if (!reader.Next(line, fields) || fields != columns) {
    return Fail(Reason::kFieldInvalid, "the file is refused")
        .At(absl::StrCat(name, ":1"), absl::StrCat("the first line must be ", absl::StrJoin(columns, ",")));
  }
  std::optional<size_t> empty_line;
  while (reader.Next(line, fields)) {
    if (IsEmptyLine(fields)) {
      if (!empty_line) empty_line = line;
      continue;
    }
    if (empty_line)
      wrong.Add(absl::StrCat(name, ":", *empty_line), Reason::kFieldInvalid, "an empty line between rows");
    empty_line.reset();
    if (fields.size() != columns.size()) {
      wrong.Add(absl::StrCat(name, ":", line), Reason::kFieldInvalid,
                absl::StrCat("has ", fields.size(), " fields instead of ", columns.size()));
      continue;
    }
    table.rows.push_back({&table, line, std::move(fields)});
    fields = {};
  }
  if (!reader.error().empty()) wrong.Add(absl::StrCat(name, ":", reader.line()), Reason::kFieldInvalid, reader.error());
  if (!wrong.empty()) return wrong.ToStatus("the file is refused");
  return table;
}

absl::StatusOr<CsvTable> ReadCsv(const std::string& path, const std::vector<std::string>& columns) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = file ? static_cast<int64_t>(file.tellg()) : int64_t{-1};
  if (size < 0 || size > static_cast<int64_t>(kCsvBytesMax))
    return Fail(Reason::kStorageUnusable, "the file can't be read, or is too large").With("path", path);
  std::string text(static_cast<size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  if (!file) return Fail(Reason::kStorageUnusable, "the file can't be read").With("path", path);
  return ParseCsv(text, path.substr(path.rfind('/') + 1), columns);
}

}  // namespace eagle::sdk
