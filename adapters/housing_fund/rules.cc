#include "adapters/housing_fund/rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/base/assert.h"
#include "server/base/money.h"

namespace eagle::fund {
namespace {

constexpr StatusCode kStatusCodes[] = {{"01", "正常", "normal", "NORMAL"}, {"02", "封存", "sealed off", "DORMANT"}};

std::string StatusText(const std::string& code) {
  const StatusCode* known = FindStatusCode(code);
  return known == nullptr ? code : absl::StrCat(code, " ", known->chinese, " ", known->english);
}

// "met 是 (RETIREMENT 离休、退休)"; grounds that only serve the member's own purpose are told, too.
std::string ConditionText(const bank::Work& work, FundTables& tables, const std::string& account) {
  std::string grounds;
  for (const Condition& row : tables.ConditionsOf(account)) {
    if (row.ended_at) continue;
    absl::StrAppend(&grounds, grounds.empty() ? "" : ", ", row.ground.ground, " ", row.ground.chinese, " ", row.since);
  }
  return absl::StrCat(ConditionMet(work, tables, account) ? "met 是" : "not met 否", grounds.empty() ? "" : " (",
                      grounds, grounds.empty() ? "" : ")");
}

}  // namespace

const StatusCode* FindStatusCode(std::string_view code) {
  const auto* found = std::find_if(std::begin(kStatusCodes), std::end(kStatusCodes),
                                   [&](const StatusCode& row) { return row.code == code; });
  return found == std::end(kStatusCodes) ? nullptr : found;
}

bool ConditionMet(const bank::Work& work, FundTables& tables, std::string_view account) {
  const std::string today = absl::FormatCivilTime(absl::ToCivilDay(work.now, work.zone));
  const std::vector<Condition> rows = tables.ConditionsOf(account);
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Condition& row) { return row.ground.for_court && !row.ended_at && row.since <= today; });
}

int64_t Owed(FundTables& tables, std::string_view account) {
  int64_t owed = 0;
  for (const Loan& loan : tables.LoansOf(account)) owed += loan.outstanding;
  return owed;
}

std::optional<bank::Bar> BarredNow(const bank::Work& work, const bank::AccountRow& account) {
  FundTables tables(work.tables);
  if (tables.Applies(kConditionNotMet) && !ConditionMet(work, tables, account.account)) {
    return bank::Bar{kConditionNotMet, "no withdrawal condition holds for account " + account.account +
                                           ": nothing was done, the freeze stays (不符合提取条件，冻结继续有效)"};
  }
  if (const int64_t owed = Owed(tables, account.account); owed > 0 && tables.Applies(kLoanOutstanding)) {
    return bank::Bar{kLoanOutstanding,
                     absl::StrCat(MoneyText(owed), " are owed on a housing loan that account ", account.account,
                                  " secures: nothing was done, the freeze stays (公积金贷款未结清，冻结继续有效)")};
  }
  return std::nullopt;
}

void Describe(const bank::Work& work, const bank::AccountRow& account, v1::Finding& finding) {
  FundTables tables(work.tables);
  const std::optional<Member> member = tables.FindMember(account.account);
  GATEWAY_ASSERT(member.has_value(), "the import gives every account its row of members.csv");
  const int64_t frozen = finding.balance_minor_units() - finding.available_minor_units();
  std::string text = absl::StrCat(account.branch, "; account status 个人账户状态: ", StatusText(member->status_code),
                                  "; opened on 开户日期: ", account.opened_on);
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&text, "; ", label, ": ", value);
  };
  add("employer 单位名称", member->employer);
  add("monthly base 缴存基数", MoneyText(member->base));
  add("personal rate 个人缴存比例", MoneyText(member->personal_rate) + "%");
  add("employer rate 单位缴存比例", MoneyText(member->employer_rate) + "%");
  add("personal monthly amount 个人月缴存额", MoneyText(member->personal_amount));
  add("employer monthly amount 单位月缴存额", MoneyText(member->employer_amount));
  add("paid until 缴至年月", member->paid_until);
  add("linked account 关联银行账户",
      absl::StrCat(member->linked_bank, member->linked_bank.empty() ? "" : " ", member->linked_account));
  add("loan outstanding 公积金贷款余额", MoneyText(Owed(tables, account.account)));
  add("withdrawal condition 提取条件", ConditionText(work, tables, account.account));
  add("frozen 冻结金额", MoneyText(frozen));
  finding.set_description(text);
}

}  // namespace eagle::fund
