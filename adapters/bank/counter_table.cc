#include "adapters/bank/counter_table.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"

namespace eagle::bank {
namespace {

struct List {
  std::string_view name;
  std::vector<std::string_view> columns;
};
const std::vector<List>& Lists() {
  static const auto* const kLists = new std::vector<List>{
      {"accounts",
       {"account", "holder", "kind", "nature", "status", "currency", "balance", "available", "controlled", "measures"}},
      {"measures",
       {"rank", "authority", "document", "phase", "limit", "controlled", "unfunded", "served_at", "last_day",
        "measure"}},
      {"payments",
       {"payment", "state", "amount", "currency", "to_bank", "to_account", "sent_at", "settled_at", "reason"}},
      {"entries", {"booking", "at", "kind", "amount", "balance", "for"}},
      {"operations", {"operation", "action", "outcome", "reason", "arrived_at", "done_at"}},
      {"tasks", {"id", "state", "action", "court", "case_number", "arrived_at", "note"}},
  };
  return *kLists;
}

bool IsAmountColumn(std::string_view column) {
  static constexpr std::string_view kAmounts[] = {"amount", "available", "balance", "controlled", "limit", "unfunded"};
  return std::find(std::begin(kAmounts), std::end(kAmounts), column) != std::end(kAmounts);
}

std::string CellText(const google::protobuf::Value& value) {
  if (value.has_string_value()) return value.string_value();
  if (value.has_bool_value()) return value.bool_value() ? "yes" : "no";
  return std::to_string(static_cast<int64_t>(value.number_value()));
}

// Columns of a terminal: characters from U+1100 on are mostly Chinese, two columns wide.
size_t WidthOf(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;  // inside a character
    const bool wide =
        byte > 0xE1 || (byte == 0xE1 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x84);
    width += wide ? 2 : 1;
  }
  return width;
}

std::string Rendered(const List& list, const google::protobuf::ListValue& rows) {
  if (rows.values().empty()) return "none\n";
  std::vector<std::vector<std::string>> lines(1);
  for (std::string_view column : list.columns) lines[0].emplace_back(column);
  for (const google::protobuf::Value& row : rows.values()) {
    std::vector<std::string>& line = lines.emplace_back();
    const auto& fields = row.struct_value().fields();
    for (std::string_view column : list.columns) {
      const auto cell = fields.find(std::string(column));
      line.push_back(cell == fields.end() ? "" : CellText(cell->second));
    }
  }
  std::vector<size_t> widths(list.columns.size());
  for (const auto& line : lines) {
    for (size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], WidthOf(line[c]));
  }
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (size_t c = 0; c < line.size(); ++c) {
      const std::string gap(widths[c] - WidthOf(line[c]), ' ');
      absl::StrAppend(&text, c == 0 ? "" : "  ", IsAmountColumn(list.columns[c]) ? gap + line[c] : line[c] + gap);
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace

std::string TableOf(const sdk::Json& answer) {
  for (const List& list : Lists()) {
    const auto found = answer.fields().find(std::string(list.name));
    if (found != answer.fields().end() && found->second.has_list_value())
      return Rendered(list, found->second.list_value());
  }
  return sdk::PlainText(answer);
}

}  // namespace eagle::bank
