// Which accounts an order means, and why others may not be used.
//
// Threads: as the tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/book.h"
#include "adapters/sdk/ports.h"

namespace eagle::bank {

v1::ItemResult Refused(v1::Outcome outcome, std::string_view reason, std::string_view remark);
inline v1::ItemResult NotControlled(std::string_view reason, std::string_view remark) {
  return Refused(v1::OUTCOME_NOT_CONTROLLED, reason, remark);
}

// The accounts that a measure may use, in order, and what is to be said about the others.
struct Target {
  std::vector<std::string> scope;
  std::vector<v1::ItemResult> notes;
  std::string product;  // that the order names: used before the others of the scope
};
// Of a FREEZE: everything of the person, one account, or a product with its return account.
Target TargetOf(const Work& work, const v1::Order& order);
// One account, when it is the respondent's and may be used by this FREEZE or EXTRACT_INCOME.
Target TargetOfAccount(const Work& work, const v1::Order& order, const std::string& number);

// What is the same for every measure that an order makes.
MeasureRow RowOf(const sdk::Request& request, const Target& target);

}  // namespace eagle::bank
