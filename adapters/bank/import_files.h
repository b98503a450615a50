// The files of one import while they are read: every fault is noted with its line, none ends the reading.
//
// A kind of office that has files of its own gives them as FurtherFiles; they are read, judged and written together
// with the core's, whole or not at all.
//
// Threads: one.
//
//   ImportFiles files("/data/csv");
//   EAGLE_ASSIGN_OR_RETURN(const sdk::CsvTable loans, files.File("loans.csv", {"loan", "account"}, true));
//   for (const sdk::CsvRow& row : loans.rows) files.ExpectText(row, "loan");
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/bank/book.h"
#include "adapters/sdk/shell/csv.h"
#include "server/base/reason.h"

namespace eagle::bank {

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words);
// Capital letters, digits and '_', 1 to 63.
bool IsCode(std::string_view text);

class ImportFiles {
 public:
  explicit ImportFiles(std::string folder) : folder_(std::move(folder)) {}

  // What is wrong with the file as such is a fault among others; a table without rows stands for it, as for a file that
  // needn't be there. Error: STORAGE_UNUSABLE.
  absl::StatusOr<sdk::CsvTable> File(const std::string& name, const std::vector<std::string>& columns, bool required);
  void Expect(bool holds, const sdk::CsvRow& row, std::string_view column, std::string_view what);
  void ExpectText(const sdk::CsvRow& row, std::string_view column);  // 1 to 128 bytes
  bool YesOrNo(const sdk::CsvRow& row, std::string_view column);
  // An amount not below zero; 0 stands for a wrong one.
  int64_t Amount(const sdk::CsvRow& row, std::string_view column);
  // A fault of no one row.
  void Wrong(std::string_view field, std::string_view what);

  bool faultless() const { return wrong_.empty(); }
  // Pre: not faultless. FIELD_INVALID with the first 200 faults.
  absl::Status Faults() const;

 private:
  const std::string folder_;
  Violations wrong_;
};

class FurtherFiles {
 public:
  virtual ~FurtherFiles() = default;
  // Takes the files' rows. Error: STORAGE_UNUSABLE.
  virtual absl::Status Read(ImportFiles& files) = 0;
  // `accounts` are those of accounts.csv, by number. Called when all files have the right shape.
  virtual void Judge(ImportFiles& files, const std::map<std::string, AccountRow>& accounts) = 0;
  // Called when there is no fault, inside the transaction of the import.
  virtual void Write(const Work& work) const = 0;
};

}  // namespace eagle::bank
