#include "client/cli/list_file.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/cli/order_columns.h"
#include "client/common/csv.h"
#include "client/lib/json.h"
#include "google/protobuf/struct.pb.h"
#include "server/base/bytes.h"

namespace eagle::client {
namespace {

constexpr OrderAct kActs[] = {
    {"inquire", v1::ACTION_INQUIRE},
    {"freeze", v1::ACTION_FREEZE},
    {"renew", v1::ACTION_RENEW},
    {"release", v1::ACTION_RELEASE},
    {"deduct", v1::ACTION_DEDUCT},
    {"transfer-title", v1::ACTION_TRANSFER_TITLE},
    {"locate", v1::ACTION_LOCATE},
    {"extract-income", v1::ACTION_EXTRACT_INCOME},
    {"freeze-and-deduct", v1::ACTION_FREEZE, true},
};

// Column -> values, in the order in which the file has them; empty cells are left out.
using ListRow = std::vector<std::pair<std::string, std::vector<std::string>>>;

std::set<std::string, std::less<>> ColumnsOfAllActs() {
  std::set<std::string, std::less<>> all = {"act", "group"};
  for (const OrderAct& act : kActs) {
    OrderFlags flags;
    OrderColumns columns;
    NameOrderFlags(columns, act.action, act.pair, flags);
    for (const std::string& name : columns.Names()) all.insert(name);
  }
  return all;
}

bool IsOfSomeAct(std::string_view column) {
  static const std::set<std::string, std::less<>> all = ColumnsOfAllActs();
  return all.contains(column);
}

std::optional<ListLine> LineOf(size_t number, const ListRow& row, Violations& wrong) {
  const auto at = [&](std::string_view column) { return FieldOf(number, column); };
  ListLine line{.line = number};
  const auto cell = [&](std::string_view name) {
    const auto found = std::find_if(row.begin(), row.end(), [&](const auto& one) { return one.first == name; });
    return found == row.end() ? std::string() : found->second[0];
  };
  line.act = ActNamed(cell("act"));
  if (line.act == nullptr) {
    wrong.Add(at("act"), cell("act").empty() ? Reason::kFieldMissing : Reason::kFieldInvalid,
              "act is the name of a command, as inquire or freeze");
    return std::nullopt;
  }
  line.group = cell("group");
  OrderColumns columns;
  NameOrderFlags(columns, line.act->action, line.act->pair, line.flags);
  bool good = true;
  for (const auto& [column, values] : row) {
    if (column == "act" || column == "group") continue;
    if (!columns.Has(column)) {
      if (IsOfSomeAct(column))
        wrong.Add(at(column), Reason::kFieldInvalid,
                  absl::StrCat(std::string(line.act->name), " has no option --", column));
      good = false;
      continue;
    }
    if (const absl::Status set = columns.Set(column, values); !set.ok()) {
      wrong.Add(at(column), ReasonOf(set), column + " " + FailureOf(set).message);
      good = false;
    }
  }
  if (!line.group.empty() && line.act->pair) {
    wrong.Add(at("group"), Reason::kFieldInvalid, "freeze-and-deduct is a group of its own");
    good = false;
  }
  if (!good) return std::nullopt;
  return line;
}

// Lines within a cell are values of their own, as a spreadsheet has them.
void AddCell(const std::string& column, const std::string& cell, ListRow& row) {
  std::vector<std::string> values(1);
  for (const char c : cell) {
    if (c == '\n') {
      values.emplace_back();
    } else if (c != '\r') {
      values.back() += c;
    }
  }
  std::erase(values, "");
  if (values.empty()) return;
  const auto there = std::find_if(row.begin(), row.end(), [&](const auto& one) { return one.first == column; });
  if (there == row.end()) {
    row.emplace_back(column, std::move(values));
  } else {
    there->second.insert(there->second.end(), values.begin(), values.end());
  }
}

std::vector<ListLine> ReadCsv(std::string_view text, Violations& wrong) {
  std::vector<ListLine> lines;
  const std::vector<CsvRow> rows = ParseCsv(text, wrong);
  if (rows.empty()) return lines;
  const std::vector<std::string>& header = rows[0].cells;
  for (const std::string& column : header) {
    if (!IsOfSomeAct(column))
      wrong.Add(FieldOf(rows[0].line, column), Reason::kFieldInvalid, "no act has an option --" + column);
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].cells.size() != header.size()) {
      wrong.Add(std::to_string(rows[i].line), Reason::kFieldInvalid,
                absl::StrCat("the line has ", rows[i].cells.size(), " cells, the header ", header.size()));
      continue;
    }
    ListRow row;
    for (size_t c = 0; c < header.size(); ++c) AddCell(header[c], rows[i].cells[c], row);
    // An unknown column was told once, at the header.
    std::erase_if(row, [](const auto& one) { return !IsOfSomeAct(one.first); });
    if (auto line = LineOf(rows[i].line, row, wrong)) lines.push_back(*std::move(line));
  }
  return lines;
}

// A text, true or false, or an array of texts. False for anything else.
bool Values(const google::protobuf::Value& value, std::vector<std::string>& out) {
  if (value.has_string_value()) {
    if (!value.string_value().empty()) out.push_back(value.string_value());
    return true;
  }
  if (value.has_bool_value()) {
    out.push_back(value.bool_value() ? "yes" : "no");
    return true;
  }
  if (!value.has_list_value()) return value.has_null_value();
  return std::all_of(value.list_value().values().begin(), value.list_value().values().end(),
                     [&](const auto& one) { return one.has_string_value() && Values(one, out); });
}

std::optional<ListLine> ReadJsonLine(size_t number, std::string_view text, Violations& wrong) {
  google::protobuf::Struct object;
  if (const absl::Status read = FromJson(text, &object); !read.ok()) {
    wrong.Add(std::to_string(number), ReasonOf(read), FailureOf(read).message);
    return std::nullopt;
  }
  std::map<std::string, google::protobuf::Value> fields;  // by name: the same order in every run
  for (const auto& field : object.fields()) fields[field.first] = field.second;
  ListRow row;
  bool good = true;
  for (const auto& [column, value] : fields) {
    std::vector<std::string> values;
    if (!IsOfSomeAct(column)) {
      wrong.Add(FieldOf(number, column), Reason::kFieldInvalid, "no act has an option --" + column);
      good = false;
    } else if (!Values(value, values)) {
      wrong.Add(FieldOf(number, column), Reason::kFieldInvalid,
                column + " is a text, true or false, or an array of texts; amounts and numbers are texts, too");
      good = false;
    } else if (!values.empty()) {
      row.emplace_back(column, std::move(values));
    }
  }
  auto line = LineOf(number, row, wrong);
  return good ? std::move(line) : std::nullopt;
}

std::vector<ListLine> ReadJsonLines(std::string_view text, Violations& wrong) {
  std::vector<ListLine> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (auto line = ReadJsonLine(number, one, wrong)) lines.push_back(*std::move(line));
  }
  return lines;
}

// The first line that isn't UTF-8; 0: all are.
size_t FirstOther(std::string_view text) {
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!IsValidUtf8(text.substr(0, end))) return number;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}

}  // namespace

const OrderAct* ActNamed(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kActs), std::end(kActs), [&](const OrderAct& act) { return act.name == name; });
  return found == std::end(kActs) ? nullptr : found;
}

std::vector<ListLine> ReadList(std::string_view path, std::string_view bytes, Violations& wrong) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (const size_t other = FirstOther(bytes); other != 0) {
    wrong.Add(
        std::to_string(other), Reason::kFieldInvalid,
        "the file isn't UTF-8 from here on; spreadsheets write GBK or UTF-16 unless they are told: save it as \"CSV "
        "UTF-8\"");
    return {};
  }
  std::vector<ListLine> lines;
  if (path.ends_with(".csv")) {
    lines = ReadCsv(bytes, wrong);
  } else if (path.ends_with(".jsonl")) {
    lines = ReadJsonLines(bytes, wrong);
  } else {
    wrong.Add("", Reason::kFieldInvalid, "a list is a file *.csv or *.jsonl");
    return {};
  }
  if (lines.empty() && wrong.empty()) wrong.Add("", Reason::kFieldMissing, "the list has no line with an order");
  return lines;
}

ListPlace PlaceOf(std::string_view field) {
  ListPlace place;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), place.line);
  if (error != std::errc()) return {.line = 0, .column = std::string(field)};
  field.remove_prefix(static_cast<size_t>(end - field.data()));
  if (field.starts_with(':')) place.column = std::string(field.substr(1));
  return place;
}

std::string FieldOf(size_t line, std::string_view option) {
  while (option.starts_with('-')) option.remove_prefix(1);
  return absl::StrCat(line, ":", std::string(option));
}

}  // namespace eagle::client
