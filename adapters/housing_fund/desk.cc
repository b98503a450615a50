#include "adapters/housing_fund/desk.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "adapters/bank/counter.h"
#include "adapters/bank/counter_command.h"
#include "adapters/bank/desk.h"
#include "adapters/housing_fund/files.h"
#include "adapters/housing_fund/rules.h"
#include "adapters/housing_fund/tables.h"
#include "server/base/civil_day.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::fund {
namespace {

using bank::Made;
using bank::Work;
using sdk::CounterRequest;
using sdk::Json;
using sdk::Put;

constexpr size_t kDocumentBytes = 128;

absl::StatusOr<Member> MemberIn(FundTables& tables, const CounterRequest& request) {
  EAGLE_ASSIGN_OR_RETURN(const std::string account, request.Required("account"));
  std::optional<Member> member = tables.FindMember(account);
  if (!member) return Fail(Reason::kNotFound, "no member has such an account").With("account", account);
  return *std::move(member);
}

Made Details(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const Member member, MemberIn(tables, request));
  EAGLE_ASSIGN_OR_RETURN(const bank::AccountView view, bank::Show(work, member.account));
  Json out;
  Put(out, "account", member.account);
  Put(out, "holder", view.holders.empty() ? "" : view.holders.front().name);
  Put(out, "status_code", member.status_code);
  Put(out, "opened_on", view.account.opened_on);
  Put(out, "employer", member.employer);
  Put(out, "base", MoneyText(member.base));
  Put(out, "personal_rate", MoneyText(member.personal_rate) + "%");
  Put(out, "employer_rate", MoneyText(member.employer_rate) + "%");
  Put(out, "personal_amount", MoneyText(member.personal_amount));
  Put(out, "employer_amount", MoneyText(member.employer_amount));
  Put(out, "paid_until", member.paid_until);
  Put(out, "linked_bank", member.linked_bank);
  Put(out, "linked_account", member.linked_account);
  Put(out, "balance", MoneyText(view.balance));
  Put(out, "available", MoneyText(view.available));
  Put(out, "frozen", MoneyText(view.controlled));
  Put(out, "loan_outstanding", MoneyText(Owed(tables, member.account)));
  Put(out, "withdrawal_condition_met", ConditionMet(work, tables, member.account));
  const std::optional<bank::Bar> bar = BarredNow(work, view.account);
  Put(out, "deduction_barred_by", bar ? bar->reason : "");
  for (const Condition& row : tables.ConditionsOf(member.account)) {
    Json& shown = sdk::AddTo(out, "conditions");
    Put(shown, "ground", row.ground.ground);
    Put(shown, "chinese", row.ground.chinese);
    Put(shown, "for_court", row.ground.for_court);
    Put(shown, "document", row.document);
    Put(shown, "since", row.since);
    Put(shown, "ended", row.ended_at.has_value());
    Put(shown, "source", row.ground.source);
  }
  for (const Loan& row : tables.LoansOf(member.account)) {
    Json& shown = sdk::AddTo(out, "loans");
    Put(shown, "loan", row.loan);
    Put(shown, "opened_on", row.opened_on);
    Put(shown, "outstanding", MoneyText(row.outstanding));
  }
  return out;
}

Made Contribute(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const Member member, MemberIn(tables, request));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, bank::AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string month, request.Required("month"));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  if (!IsMonth(month))
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At("month", "must be a month such as 2026-09");
  const std::optional<Contribution> done = tables.FindContribution(name);
  if (done && (done->account != member.account || done->month != month))
    return Fail(Reason::kRequestIdReused, "this request was used for another contribution").With("month", done->month);
  if (!done && work.tables.BookingOfRequest(name))
    return Fail(Reason::kRequestIdReused, "this request was used for another booking");
  EAGLE_RETURN_IF_ERROR(bank::Deposit(work, member.account, amount, name));
  if (!done) tables.AddContribution({name, member.account, month});
  if (month > member.paid_until) tables.PutPaidUntil(member.account, month);
  return bank::AccountNow(work, member.account);
}

// The condition that the request names, when it is on record.
std::optional<Condition> OnRecord(FundTables& tables, const std::string& account, const std::string& ground,
                                  const std::string& document) {
  for (Condition& row : tables.ConditionsOf(account)) {
    if (row.ground.ground == ground && row.document == document) return std::move(row);
  }
  return std::nullopt;
}

Made RecordCondition(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const Member member, MemberIn(tables, request));
  EAGLE_ASSIGN_OR_RETURN(const std::string ground, request.Required("ground"));
  EAGLE_ASSIGN_OR_RETURN(const std::string document, request.Required("document"));
  std::string since = request.Optional("since");
  const std::optional<Ground> row = tables.FindGround(ground);
  if (!row) return Fail(Reason::kNotFound, "the table of grounds has no such row").With("ground", ground);
  if (document.size() > kDocumentBytes)
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At("document", "at most 128 bytes");
  if (!since.empty() && !ParseCivilDay(since))
    return Fail(Reason::kFieldInvalid, "an argument can't be read").At("since", "must be a day such as 2026-09-28");
  if (const std::optional<Condition> done = OnRecord(tables, member.account, ground, document)) {
    if (done->ended_at)
      return Fail(Reason::kRequestIdReused, "the condition on this paper has ended: a new one needs a new paper");
    if (!since.empty() && since != done->since)
      return Fail(Reason::kRequestIdReused, "this paper is on record with another day").With("since", done->since);
  } else {
    if (since.empty()) since = absl::FormatCivilTime(absl::ToCivilDay(work.now, work.zone));
    Condition fresh{.account = member.account, .ground = *row, .document = document, .since = since};
    tables.AddCondition(fresh);
  }
  return Details(work, request);
}

Made EndCondition(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const Member member, MemberIn(tables, request));
  EAGLE_ASSIGN_OR_RETURN(const std::string ground, request.Required("ground"));
  EAGLE_ASSIGN_OR_RETURN(const std::string document, request.Required("document"));
  const std::optional<Condition> row = OnRecord(tables, member.account, ground, document);
  if (!row) return Fail(Reason::kNotFound, "no such condition is on record").With("ground", ground);
  if (!row->ended_at) tables.EndCondition(*row, work.now);
  return Details(work, request);
}

Made LoanRepaid(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const std::string number, request.Required("loan"));
  const std::optional<Loan> loan = tables.FindLoan(number);
  if (!loan) return Fail(Reason::kNotFound, "the fund has no such loan").With("loan", number);
  if (!loan->repaid_at) tables.Repay(number, work.now);
  CounterRequest of_account{.command = "details", .arguments = {}};
  Put(of_account.arguments, "account", loan->account);
  return Details(work, of_account);
}

// A member draws on the account for any ground of the table, for_court or not.
Made DrawOut(const Work& work, const CounterRequest& request) {
  FundTables tables(work.tables);
  EAGLE_ASSIGN_OR_RETURN(const Member member, MemberIn(tables, request));
  EAGLE_ASSIGN_OR_RETURN(const int64_t amount, bank::AmountIn(request));
  EAGLE_ASSIGN_OR_RETURN(const std::string name, request.Required("request"));
  const std::vector<Condition> rows = tables.ConditionsOf(member.account);
  const bool any = std::any_of(rows.begin(), rows.end(), [](const Condition& row) { return !row.ended_at; });
  if (!any && !work.tables.BookingOfRequest(name))
    return Fail(Reason::kAccountExempt, "no ground for a withdrawal is on record").With("rule", kConditionNotMet);
  EAGLE_RETURN_IF_ERROR(bank::Withdraw(work, member.account, amount, name));
  return bank::AccountNow(work, member.account);
}

constexpr bank::Command kCommandsOfFund[] = {
    {"contribute", Contribute, false},
    {"condition", RecordCondition, false},
    {"condition-ended", EndCondition, false},
    {"loan-repaid", LoanRepaid, false},
    {"details", Details, true},
    {"withdraw", DrawOut, false},
};

}  // namespace

const absl::Span<const bank::Command> kFundCommands = kCommandsOfFund;

void AddFundWords(bank::CounterCommand& words, CLI::App& app) {
  using Words = bank::CounterCommand;
  Words::Verb& contribute = words.Add(app, "contribute", "a contribution arrives");
  Words::Take(contribute, "account", "account", "account number");
  Words::Take(contribute, "amount", "amount", "amount, 1,920.00");
  Words::Take(contribute, "--month", "month", "the month it is for, 2026-09");
  Words::TakeRequest(contribute);
  for (const auto& [name, about] : {std::pair("condition", "a withdrawal condition is proved"),
                                    std::pair("condition-ended", "it holds no longer")}) {
    Words::Verb& verb = words.Add(app, name, about);
    Words::Take(verb, "account", "account", "account number");
    Words::Take(verb, "ground", "ground", "a code of grounds.csv: RETIREMENT");
    Words::Take(verb, "--document", "document", "the paper that proves it");
    if (std::string_view(name) == "condition") Words::Take(verb, "--since", "since", "day, 2026-09-28; today", false);
  }
  Words::Verb& repaid = words.Add(app, "loan-repaid", "nothing is owed on a housing loan any more");
  Words::Take(repaid, "loan", "loan", "number of the loan");
  Words::Verb& details = words.Add(app, "details", "all that the fund knows of an account");
  Words::Take(details, "account", "account", "account number");
}

}  // namespace eagle::fund
