// When the fund pays out: the bars of a deduction, and what a finding tells of an account.
//
// A freeze needs nothing but money. A deduction ends what the money was saved for, so it waits until a withdrawal
// condition (提取条件) holds of which the table says that it puts the money at the member's free disposal, and until no
// housing loan of the fund (公积金贷款) is owed, which the account secures. Both bars are rows of this fund's data with
// their source: funds differ. What the court's purpose says doesn't lift them; the fund's own record does.
//
// Source: 住房公积金管理条例 (2019) art 24; domain A13. Threads: as the tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/bank/book.h"
#include "adapters/housing_fund/tables.h"

namespace eagle::fund {

namespace v1 = ::goldeneagle::v1;

inline constexpr char kConditionNotMet[] = "WITHDRAWAL_CONDITION_NOT_MET", kLoanOutstanding[] = "LOAN_OUTSTANDING";

// The codes of 个人账户状态 that have been seen, with the status of the core that goes with each.
struct StatusCode {
  const char *code, *chinese, *english, *status;
};
// Null when the code is unknown: it is kept as it came.
const StatusCode* FindStatusCode(std::string_view code);

// Whether a condition that lets a court take the money is on record and in force at `work.now`.
bool ConditionMet(const bank::Work& work, FundTables& tables, std::string_view account);
// What is owed to the fund on loans that the account secures, in minor units.
int64_t Owed(FundTables& tables, std::string_view account);

// WITHDRAWAL_CONDITION_NOT_MET before LOAN_OUTSTANDING; nothing: a deduction may take money of the account now.
std::optional<bank::Bar> BarredNow(const bank::Work& work, const bank::AccountRow& account);

// Adds employer, base, rates, amounts, loan, condition ... to the finding's description.
void Describe(const bank::Work& work, const bank::AccountRow& account, v1::Finding& finding);

}  // namespace eagle::fund
