#include "client/common/document.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "absl/strings/str_format.h"
#include "client/common/csv.h"
#include "client/common/time_words.h"
#include "client/common/width.h"
#include "server/base/assert.h"
#include "server/base/money.h"

namespace eagle::client {
namespace {

std::string Heading(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

const std::string& NameOf(const std::variant<Record, Table>& part) {
  return std::visit([](const auto& one) -> const std::string& { return one.name(); }, part);
}

// A value of JSON as a cell of CSV. Strings are ours (JsonString).
std::string CsvCell(const std::string& json) {
  if (json == "null") return "";
  if (json.size() < 2 || json.front() != '"') return json;
  std::string out;
  for (size_t i = 1; i + 1 < json.size(); ++i) {
    if (json[i] != '\\') {
      out += json[i];
    } else if (json[++i] == 'u') {
      out += '?';  // a control character
      i += 4;
    } else {
      out += json[i] == 'n' ? '\n' : json[i];
    }
  }
  return out;
}

void PrintPart(const std::variant<Record, Table>& part, std::ostream& out, std::string_view indent) {
  std::visit([&](const auto& one) { one.PrintJson(out, indent); }, part);
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += absl::StrFormat("\\u%04x", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

Cell Text(std::string_view text) { return {ForTerminal(text), JsonString(text)}; }
Cell TextOrNothing(std::string_view text) { return text.empty() ? Nothing() : Text(text); }
Cell Money(int64_t minor_units) {
  const std::string text = MoneyText(minor_units);
  return {text, JsonString(text)};
}
Cell Count(uint64_t number) { return {std::to_string(number), std::to_string(number)}; }
Cell Real(double number) {
  if (!std::isfinite(number)) return Nothing();
  const std::string text = absl::StrFormat("%.15g", number);
  return {text, text};
}
Cell YesNo(bool value) { return {value ? "yes" : "no", value ? "true" : "false"}; }
Cell Instant(absl::Time time, const absl::TimeZone& zone) {
  return {TimeText(time, zone), JsonString(Rfc3339Text(time, zone))};
}
Cell Due(absl::Time time, const absl::TimeZone& zone) {
  return {DueText(time, zone), JsonString(Rfc3339Text(time, zone))};
}
Cell End(absl::Time time, const absl::TimeZone& zone) {
  return {EndText(time, zone), JsonString(Rfc3339Text(time, zone))};
}
Cell Nothing() { return {"-", "null"}; }
Cell RawJson(std::string json) { return {"", std::move(json)}; }

void Table::Add(std::vector<Cell> row) {
  GATEWAY_ASSERT(row.size() == columns_.size(), "one cell a column");
  rows_.push_back(std::move(row));
}

void Table::PrintText(std::ostream& out, bool bold) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = DisplayWidth(Heading(columns_[i].key));
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i].text));
    widths.push_back(width);
  }
  const auto print = [&](const auto& text_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].json_only) continue;
      if (!line.empty()) line += "  ";
      line += Padded(text_of(i), widths[i], columns_[i].align == kRight);
    }
    return line.substr(0, line.find_last_not_of(' ') + 1);
  };
  const std::string heading = print([&](size_t i) { return Heading(columns_[i].key); });
  out << (bold ? "\033[1m" : "") << heading << (bold ? "\033[0m" : "") << "\n";
  for (const auto& row : rows_) out << print([&](size_t i) { return row[i].text; }) << "\n";
}

void Table::PrintJson(std::ostream& out, std::string_view indent) const {
  out << "[";
  for (size_t r = 0; r < rows_.size(); ++r) {
    out << (r > 0 ? ",\n" : "\n") << indent << "  {";
    for (size_t i = 0; i < columns_.size(); ++i)
      out << (i > 0 ? ", " : "") << JsonString(columns_[i].key) << ": " << rows_[r][i].json;
    out << "}";
  }
  if (!rows_.empty()) out << "\n" << indent;
  out << "]";
}

std::string Table::Csv() const {
  std::vector<std::string> cells;
  for (const Column& column : columns_) cells.push_back(column.key);
  std::string out = CsvLine(cells);
  for (const auto& row : rows_) {
    cells.clear();
    for (const Cell& cell : row) cells.push_back(CsvCell(cell.json));
    out += CsvLine(cells);
  }
  return out;
}

void Record::PrintText(std::ostream& out) const {
  size_t width = 0;
  for (const auto& [key, cell] : fields_) width = std::max(width, DisplayWidth(Heading(key)));
  for (const auto& [key, cell] : fields_) {
    if (!cell.text.empty()) out << Padded(Heading(key), width) << "  " << cell.text << "\n";
  }
}

void Record::PrintJson(std::ostream& out, std::string_view indent) const {
  out << "{";
  for (size_t i = 0; i < fields_.size(); ++i) {
    out << (i > 0 ? ",\n" : "\n") << indent << "  " << JsonString(fields_[i].first) << ": " << fields_[i].second.json;
  }
  out << "\n" << indent << "}";
}

void Document::PrintText(std::ostream& out, bool bold) const {
  bool first = true;
  for (const auto& part : parts_) {
    const Table* table = std::get_if<Table>(&part);
    if (table != nullptr && table->empty() && parts_.size() > 1) continue;
    if (!std::exchange(first, false)) out << "\n";
    if (table != nullptr) {
      table->PrintText(out, bold);
    } else {
      std::get<Record>(part).PrintText(out);
    }
  }
}

void Document::PrintJson(std::ostream& out) const {
  if (parts_.size() == 1 && std::holds_alternative<Table>(parts_[0])) {
    PrintPart(parts_[0], out, "");
    out << "\n";
    return;
  }
  out << "{";
  for (size_t i = 0; i < parts_.size(); ++i) {
    out << (i > 0 ? ",\n  " : "\n  ") << JsonString(NameOf(parts_[i])) << ": ";
    PrintPart(parts_[i], out, "  ");
  }
  out << "\n}\n";
}

}  // namespace eagle::client
