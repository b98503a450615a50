// The rows of the fund's own tables, typed, over one open transaction of the core. Rules are elsewhere.
//
// Threads: as the core's tables.
//
//   FundTables tables(work.tables);
//   for (const Condition& condition : tables.ConditionsOf(account)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapters/bank/tables.h"

namespace eagle::fund {

// 个人账户: what a member's account has beside its money.
struct Member {
  std::string account;
  std::string status_code;  // as it came: 01 normal, 02 sealed off; others are kept raw
  std::string employer;
  int64_t base = 0;                                  // 缴存基数, minor units a month
  int64_t personal_rate = 0, employer_rate = 0;      // 缴存比例, hundredths of a per cent
  int64_t personal_amount = 0, employer_amount = 0;  // 月缴存额, minor units
  std::string paid_until;                            // 2026-09; empty: nothing was paid yet
  std::string linked_bank, linked_account;           // both may be empty
};

// 提取条件: one row of the table of grounds.
struct Ground {
  std::string ground;  // RETIREMENT
  std::string chinese, english;
  bool for_court = false;  // the money is then at the member's free disposal, so a court may take it
  std::string source;
};

// A ground that is on record for an account.
struct Condition {
  std::string account;
  Ground ground;
  std::string document;  // the paper that proves it
  std::string since;     // 2026-09-28
  std::optional<absl::Time> ended_at;
};

struct Loan {
  std::string loan, account, opened_on;
  int64_t outstanding = 0;  // minor units
  std::optional<absl::Time> repaid_at;
};

struct Contribution {
  std::string request, account, month;
};

class FundTables {
 public:
  explicit FundTables(bank::Tables& tables) : database_(tables.database()) {}

  void AddMember(const Member& row);
  std::optional<Member> FindMember(std::string_view account);
  void PutPaidUntil(std::string_view account, std::string_view month);

  void AddContribution(const Contribution& row);
  std::optional<Contribution> FindContribution(std::string_view request);

  void AddGround(const Ground& row);
  std::optional<Ground> FindGround(std::string_view ground);
  void AddBar(std::string_view bar, bool applies, std::string_view source);
  bool Applies(std::string_view bar);

  void AddCondition(const Condition& row);  // by the code of its ground
  void EndCondition(const Condition& row, absl::Time at);
  std::vector<Condition> ConditionsOf(std::string_view account);  // ended ones too; by day, then code

  void AddLoan(const Loan& row);
  void Repay(std::string_view loan, absl::Time at);
  std::optional<Loan> FindLoan(std::string_view loan);
  std::vector<Loan> LoansOf(std::string_view account);

 private:
  bank::Database& database_;
};

}  // namespace eagle::fund
