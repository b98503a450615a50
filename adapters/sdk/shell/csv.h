// Comma-separated files as RFC 4180 has them, in UTF-8: what registers are imported from.
//
// The first line names the columns, exactly those expected and in their order. Fields may stand in double quotes, a
// quote inside doubled; quoted fields may hold commas and line breaks. Lines end with LF or CRLF; empty lines at the
// end of the file are passed over.
//
// Threads: values.
//
//   EAGLE_ASSIGN_OR_RETURN(CsvTable units, ReadCsv("data/units.csv", {"unit_number", "location"}));
//   for (const CsvRow& row : units.rows) Use(row.At("unit_number"));
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace eagle::sdk {

inline constexpr size_t kCsvBytesMax = 64 * 1024 * 1024;

struct CsvTable;

struct CsvRow {
  const CsvTable* table = nullptr;
  size_t line = 0;  // in the file, from 1
  std::vector<std::string> fields;
  // Pre: a column of the table.
  const std::string& At(std::string_view column) const;
  // "holders.csv:3 id_number", for violations.
  std::string Place(std::string_view column) const;
};

struct CsvTable {
  std::string name;  // of the file, without folders
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;
  CsvTable() = default;
  // Rows point to their table.
  CsvTable(CsvTable&& other) noexcept;
  CsvTable& operator=(CsvTable&&) = delete;
};

// Errors: STORAGE_UNUSABLE when the file can't be read or is larger than 64 MiB; FIELD_INVALID, every violation with
// its line: no UTF-8, another head line, another number of fields, a quote where none may be.
absl::StatusOr<CsvTable> ReadCsv(const std::string& path, const std::vector<std::string>& columns);
absl::StatusOr<CsvTable> ParseCsv(std::string_view text, const std::string& name,
                                  const std::vector<std::string>& columns);

}  // namespace eagle::sdk
