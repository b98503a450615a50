#include "adapters/housing_fund/tables.h"

namespace eagle::fund {
namespace {

Loan ReadLoan(bank::Query& query) {
  Loan row;
  row.loan = query.Text(), row.account = query.Text(), row.opened_on = query.Text(), row.outstanding = query.Int();
  row.repaid_at = query.MaybeTime();
  return row;
}

}  // namespace

void FundTables::AddMember(const Member& row) {
  database_.Ask("INSERT INTO fund_accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(row.account)
      .Bind(row.status_code)
      .Bind(row.employer)
      .Bind(row.base)
      .Bind(row.personal_rate)
      .Bind(row.employer_rate)
      .Bind(row.personal_amount)
      .Bind(row.employer_amount)
      .Bind(row.paid_until)
      .Bind(row.linked_bank)
      .Bind(row.linked_account)
      .Run();
}

std::optional<Member> FundTables::FindMember(std::string_view account) {
  bank::Query query = database_.Ask(
      "SELECT account, status_code, employer, base, personal_rate, employer_rate, personal_amount, employer_amount,"
      " paid_until, linked_bank, linked_account FROM fund_accounts WHERE account = ?");
  if (!query.Bind(account).Row()) return std::nullopt;
  Member row;
  row.account = query.Text(), row.status_code = query.Text(), row.employer = query.Text(), row.base = query.Int();
  row.personal_rate = query.Int(), row.employer_rate = query.Int();
  row.personal_amount = query.Int(), row.employer_amount = query.Int();
  row.paid_until = query.Text(), row.linked_bank = query.Text(), row.linked_account = query.Text();
  return row;
}

void FundTables::PutPaidUntil(std::string_view account, std::string_view month) {
  database_.Ask("UPDATE fund_accounts SET paid_until = ? WHERE account = ?").Bind(month).Bind(account).Run();
}

void FundTables::AddContribution(const Contribution& row) {
  database_.Ask("INSERT INTO fund_contributions VALUES (?, ?, ?)")
      .Bind(row.request)
      .Bind(row.account)
      .Bind(row.month)
      .Run();
}

std::optional<Contribution> FundTables::FindContribution(std::string_view request) {
  bank::Query query = database_.Ask("SELECT request, account, month FROM fund_contributions WHERE request = ?");
  if (!query.Bind(request).Row()) return std::nullopt;
  Contribution row;
  row.request = query.Text(), row.account = query.Text(), row.month = query.Text();
  return row;
}

void FundTables::AddGround(const Ground& row) {
  database_.Ask("INSERT INTO fund_grounds VALUES (?, ?, ?, ?, ?)")
      .Bind(row.ground)
      .Bind(row.chinese)
      .Bind(row.english)
      .Bind(int64_t{row.for_court})
      .Bind(row.source)
      .Run();
}

std::optional<Ground> FundTables::FindGround(std::string_view ground) {
  bank::Query query =
      database_.Ask("SELECT ground, chinese, english, for_court, source FROM fund_grounds WHERE ground = ?");
  if (!query.Bind(ground).Row()) return std::nullopt;
  Ground row;
  row.ground = query.Text(), row.chinese = query.Text(), row.english = query.Text(), row.for_court = query.Int() != 0,
  row.source = query.Text();
  return row;
}

void FundTables::AddBar(std::string_view bar, bool applies, std::string_view source) {
  database_.Ask("INSERT INTO fund_bars VALUES (?, ?, ?)").Bind(bar).Bind(int64_t{applies}).Bind(source).Run();
}

bool FundTables::Applies(std::string_view bar) {
  bank::Query query = database_.Ask("SELECT applies FROM fund_bars WHERE bar = ?");
  return !query.Bind(bar).Row() || query.Int() != 0;  // the import sees to it that each has a row
}

void FundTables::AddCondition(const Condition& row) {
  database_.Ask("INSERT INTO fund_conditions VALUES (?, ?, ?, ?, NULL)")
      .Bind(row.account)
      .Bind(row.ground.ground)
      .Bind(row.document)
      .Bind(row.since)
      .Run();
}

void FundTables::EndCondition(const Condition& row, absl::Time at) {
  database_.Ask("UPDATE fund_conditions SET ended_us = ? WHERE account = ? AND ground = ? AND document = ?")
      .Bind(at)
      .Bind(row.account)
      .Bind(row.ground.ground)
      .Bind(row.document)
      .Run();
}

std::vector<Condition> FundTables::ConditionsOf(std::string_view account) {
  bank::Query query = database_.Ask(
      "SELECT account, ground, chinese, english, for_court, source, document, since, ended_us FROM fund_conditions"
      " JOIN fund_grounds USING (ground) WHERE account = ? ORDER BY since, ground, document");
  query.Bind(account);
  std::vector<Condition> out;
  while (query.Row()) {
    Condition& row = out.emplace_back();
    row.account = query.Text();
    row.ground.ground = query.Text(), row.ground.chinese = query.Text(), row.ground.english = query.Text();
    row.ground.for_court = query.Int() != 0, row.ground.source = query.Text();
    row.document = query.Text(), row.since = query.Text(), row.ended_at = query.MaybeTime();
  }
  return out;
}

void FundTables::AddLoan(const Loan& row) {
  database_.Ask("INSERT INTO fund_loans VALUES (?, ?, ?, ?, NULL)")
      .Bind(row.loan)
      .Bind(row.account)
      .Bind(row.opened_on)
      .Bind(row.outstanding)
      .Run();
}

void FundTables::Repay(std::string_view loan, absl::Time at) {
  database_.Ask("UPDATE fund_loans SET outstanding = 0, repaid_us = ? WHERE loan = ?").Bind(at).Bind(loan).Run();
}

std::optional<Loan> FundTables::FindLoan(std::string_view loan) {
  bank::Query query =
      database_.Ask("SELECT loan, account, opened_on, outstanding, repaid_us FROM fund_loans WHERE loan = ?");
  if (!query.Bind(loan).Row()) return std::nullopt;
  return ReadLoan(query);
}

std::vector<Loan> FundTables::LoansOf(std::string_view account) {
  bank::Query query = database_.Ask(
      "SELECT loan, account, opened_on, outstanding, repaid_us FROM fund_loans WHERE account = ? ORDER BY loan");
  query.Bind(account);
  std::vector<Loan> out;
  while (query.Row()) out.push_back(ReadLoan(query));
  return out;
}

}  // namespace eagle::fund
