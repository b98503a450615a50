#include "client/lib/policy_rows.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/ascii.h"
#include "client/lib/words.h"
#include "google/protobuf/text_format.h"

namespace eagle::client {
namespace {

using goldeneagle::v1::PolicyTable;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Append(std::string& to, std::string_view part) {
  if (!to.empty()) to += ' ';
  to += part;
}

// One value in words; a message on one line.
std::string ValueOf(const Message& message, const FieldDescriptor& field, int place) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    return EnumWord(*field.enum_type(), place < 0 ? reflection.GetEnumValue(message, &field)
                                                  : reflection.GetRepeatedEnumValue(message, &field, place));
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintFieldValueToString(message, &field, place, &text);
  return std::string(absl::StripAsciiWhitespace(text));
}

std::string Unquoted(std::string text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The fields that name a row among others, wherever they occur.
bool NamesARow(const FieldDescriptor& field) {
  static const std::set<std::string>* const kNames =
      new std::set<std::string>{"name", "asset_kind", "stage", "action", "id_kind", "nature"};
  return !field.is_repeated() && kNames->contains(field.name());
}

PolicyRow RowOf(const Message& message, const std::string& section) {
  PolicyRow row{.section = section};
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.name() == "source") {
      goldeneagle::v1::Source source;
      source.CopyFrom(reflection.GetMessage(message, &field));
      row.source_en = source.en(), row.source_zh = source.zh();
    } else if (field.is_repeated()) {
      std::string values;
      for (int k = 0; k < reflection.FieldSize(message, &field); ++k)
        values += (k == 0 ? "" : ", ") + ValueOf(message, field, k);
      if (!values.empty()) Append(row.values, field.name() + ": [" + values + "]");
    } else if (NamesARow(field)) {
      // An absent stage is every stage.
      if (reflection.HasField(message, &field)) Append(row.key, Unquoted(ValueOf(message, field, -1)));
    } else if (reflection.HasField(message, &field)) {
      Append(row.values, field.name() + ": " + ValueOf(message, field, -1));
    }
  }
  return row;
}

bool SameRow(const PolicyRow& a, const PolicyRow& b) { return a.section == b.section && a.key == b.key; }

}  // namespace

std::vector<PolicyRow> RowsOf(const PolicyTable& table) {
  std::vector<PolicyRow> rows;
  const auto& reflection = *table.GetReflection();
  for (int i = 0; i < table.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *table.GetDescriptor()->field(i);
    const bool message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.is_repeated() && message) {
      for (int k = 0; k < reflection.FieldSize(table, &field); ++k)
        rows.push_back(RowOf(reflection.GetRepeatedMessage(table, &field, k), field.name()));
    } else if (field.is_repeated()) {
      PolicyRow row{.section = field.name()};
      for (int k = 0; k < reflection.FieldSize(table, &field); ++k) {
        if (k > 0) row.values += ", ";
        row.values += ValueOf(table, field, k);
      }
      if (!row.values.empty()) rows.push_back(std::move(row));
    } else if (reflection.HasField(table, &field)) {
      rows.push_back(message ? RowOf(reflection.GetMessage(table, &field), field.name())
                             : PolicyRow{.section = field.name(), .values = ValueOf(table, field, -1)});
    }
  }
  return rows;
}

std::vector<PolicyChange> Compare(const PolicyTable& before, const PolicyTable& after) {
  std::vector<PolicyChange> changes;
  std::vector<PolicyRow> old = RowsOf(before);
  for (PolicyRow& row : RowsOf(after)) {
    const auto was = std::find_if(old.begin(), old.end(), [&](const PolicyRow& one) { return SameRow(one, row); });
    if (was == old.end()) {
      changes.push_back({std::nullopt, std::move(row)});
      continue;
    }
    if (was->values != row.values || was->source_en != row.source_en || was->source_zh != row.source_zh)
      changes.push_back({*was, std::move(row)});
    old.erase(was);
  }
  for (PolicyRow& gone : old) changes.push_back({std::move(gone), std::nullopt});
  return changes;
}

std::string TextOf(const PolicyTable& table) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string text;
  printer.PrintToString(table, &text);
  return text;
}

}  // namespace eagle::client
