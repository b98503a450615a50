// What a command answers: records and tables, printed for people (aligned columns) or for programs (JSON). One
// document, two forms, so that neither says what the other doesn't.
//
// Threads: values.
//
//   Table table("orders", {{"order_id"}, {"limit", kRight}});
//   table.Add({Text(id), Money(8000000)});                 // "80,000.00" in both forms
//   Document document;  document.Add(std::move(table));  document.PrintJson(out);
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace eagle::client {

// One value: how people read it, and its JSON.
struct Cell {
  std::string text;
  std::string json;
};
Cell Text(std::string_view text);
Cell Money(int64_t minor_units);  // "80,000.00" in both: never a number that a program would round
Cell Count(uint64_t number);
Cell Real(double number);
Cell YesNo(bool value);                                     // yes, no; true, false
Cell Instant(absl::Time time, const absl::TimeZone& zone);  // "Mon 28 Sep 2026 09:00:00"; RFC 3339
Cell Due(absl::Time time, const absl::TimeZone& zone);      // "Tue 29 Sep 09:00"; RFC 3339
Cell End(absl::Time time, const absl::TimeZone& zone);      // "27 Sep 2027 24:00"; RFC 3339
Cell Nothing();                                             // "-"; null
Cell RawJson(std::string json);                             // nothing for people; a JSON value as it is
Cell TextOrNothing(std::string_view text);
// As JSON has it, quotes included.
std::string JsonString(std::string_view text);

enum Align { kLeft, kRight };
struct Column {
  std::string key;  // of the JSON; people see it in capitals, '_' as a space
  Align align = kLeft;
  bool json_only = false;
};

class Table {
 public:
  Table(std::string name, std::vector<Column> columns) : name_(std::move(name)), columns_(std::move(columns)) {}
  // Pre: one cell a column.
  void Add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  const std::string& name() const { return name_; }
  void PrintText(std::ostream& out, bool bold) const;
  void PrintJson(std::ostream& out, std::string_view indent) const;
  // Every column, also those of JSON only: keys, then the values of the JSON without its quotes; nothing for null.
  std::string Csv() const;

 private:
  std::string name_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

class Record {
 public:
  explicit Record(std::string name) : name_(std::move(name)) {}
  Record& Add(std::string key, Cell cell) {
    fields_.emplace_back(std::move(key), std::move(cell));
    return *this;
  }
  const std::string& name() const { return name_; }
  void PrintText(std::ostream& out) const;
  void PrintJson(std::ostream& out, std::string_view indent) const;

 private:
  std::string name_;
  std::vector<std::pair<std::string, Cell>> fields_;
};

class Document {
 public:
  void Add(Table table) { parts_.emplace_back(std::move(table)); }
  void Add(Record record) { parts_.emplace_back(std::move(record)); }
  // Parts below each other with an empty line between; tables without rows aren't shown, unless there is nothing else.
  void PrintText(std::ostream& out, bool bold) const;
  // A table alone: an array. Everything else: an object with the parts' names.
  void PrintJson(std::ostream& out) const;

 private:
  std::vector<std::variant<Record, Table>> parts_;
};

}  // namespace eagle::client
