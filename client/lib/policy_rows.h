// A policy table as rows that people read and compare: every legal number with the place where it stands and its
// source.
//
// Threads: pure functions.
//
//   for (const PolicyRow& row : RowsOf(table)) ...   "terms", "PATENT PRESERVATION", "months_max: 6",
//   审理专利纠纷案件规定... for (const PolicyChange& change : Compare(in_force, proposed)) ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "goldeneagle/v1/policy.pb.h"

namespace eagle::client {

struct PolicyRow {
  std::string section;  // the table's field: "deadlines", "terms", "asset_kinds"
  std::string key;      // what names the row within it: "ANSWER_URGENT"; empty where there is one row only
  std::string values;   // what it says, in text format, on one line
  std::string source_en, source_zh;
};

// Of all that is set, in the order of the contract.
std::vector<PolicyRow> RowsOf(const goldeneagle::v1::PolicyTable& table);

// A row that is new, gone, or says something else (its source included).
struct PolicyChange {
  std::optional<PolicyRow> before, after;  // one of them at least
};

// In the order of the new table; what is gone stands at the end.
std::vector<PolicyChange> Compare(const goldeneagle::v1::PolicyTable& before,
                                  const goldeneagle::v1::PolicyTable& after);

// Text format, as the file that was installed would be written: one row a block, Chinese as it is.
std::string TextOf(const goldeneagle::v1::PolicyTable& table);

}  // namespace eagle::client
