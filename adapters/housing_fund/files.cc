#include "adapters/housing_fund/files.h"

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "adapters/housing_fund/kind.h"
#include "adapters/housing_fund/rules.h"
#include "adapters/housing_fund/tables.h"
#include "server/base/civil_day.h"

namespace eagle::fund {
namespace {

using bank::ImportFiles;

const std::vector<std::string> kMemberColumns = {"account",       "status_code",   "employer",        "base",
                                                 "personal_rate", "employer_rate", "personal_amount", "employer_amount",
                                                 "paid_until",    "linked_bank",   "linked_account"};
const std::vector<std::string> kGroundColumns = {"ground", "chinese", "english", "for_court", "source"};
const std::vector<std::string> kBarColumns = {"bar", "applies", "source"};
const std::vector<std::string> kLoanColumns = {"loan", "account", "opened_on", "outstanding"};
const std::vector<std::string> kConditionColumns = {"account", "ground", "document", "since"};
constexpr int64_t kWholeRate = 100'00;  // a hundred per cent

class FundFiles : public bank::FurtherFiles {
 public:
  absl::Status Read(ImportFiles& files) override {
    for (const auto& [name, columns, required] :
         {std::tuple("members.csv", &kMemberColumns, true), std::tuple("grounds.csv", &kGroundColumns, true),
          std::tuple("bars.csv", &kBarColumns, true), std::tuple("loans.csv", &kLoanColumns, false),
          std::tuple("conditions.csv", &kConditionColumns, false)}) {
      EAGLE_ASSIGN_OR_RETURN(sdk::CsvTable table, files.File(name, *columns, required));
      tables_.push_back(std::move(table));
    }
    return absl::OkStatus();
  }

  void Judge(ImportFiles& files, const std::map<std::string, bank::AccountRow>& accounts) override {
    Members(files, tables_[0], accounts);
    Grounds(files, tables_[1]);
    Bars(files, tables_[2]);
    Loans(files, tables_[3]);
    Conditions(files, tables_[4]);
  }

  void Write(const bank::Work& work) const override {
    FundTables tables(work.tables);
    for (const Member& row : members_) tables.AddMember(row);
    for (const Ground& row : grounds_) tables.AddGround(row);
    for (const BarRow& row : bars_) tables.AddBar(row.bar, row.applies, row.source);
    for (const Loan& row : loans_) tables.AddLoan(row);
    for (const Condition& row : conditions_) tables.AddCondition(row);
  }

 private:
  struct BarRow {
    std::string bar;
    bool applies;
    std::string source;
  };

  void Members(ImportFiles& files, const sdk::CsvTable& table,
               const std::map<std::string, bank::AccountRow>& accounts) {
    for (const sdk::CsvRow& row : table.rows) {
      const auto account = accounts.find(row.At("account"));
      const bool of_member = account != accounts.end() && account->second.kind != bank::kInternal;
      files.Expect(of_member, row, "account", "must be a member's account of accounts.csv");
      files.Expect(!of_member || (account->second.currency == "CNY" && !account->second.joint), row, "account",
                   "a member's account is in CNY and has one holder");
      files.Expect(of_account_.insert(row.At("account")).second, row, "account", "is in the file twice");
      files.ExpectText(row, "status_code");
      const StatusCode* code = FindStatusCode(row.At("status_code"));
      files.Expect(code == nullptr || !of_member || account->second.status == code->status, row, "status_code",
                   absl::StrCat("goes with the status ", code == nullptr ? "" : code->status, " in accounts.csv"));
      files.ExpectText(row, "employer");
      files.Expect(row.At("paid_until").empty() || IsMonth(row.At("paid_until")), row, "paid_until",
                   "must be a month such as 2026-09, or empty");
      files.Expect(row.At("linked_bank").empty() == row.At("linked_account").empty(), row, "linked_account",
                   "bank and account are both given, or neither");
      files.Expect(row.At("linked_bank").size() + row.At("linked_account").size() <= 160, row, "linked_account",
                   "is too long");
      members_.push_back({row.At("account"), row.At("status_code"), row.At("employer"), files.Amount(row, "base"),
                          Rate(files, row, "personal_rate"), Rate(files, row, "employer_rate"),
                          files.Amount(row, "personal_amount"), files.Amount(row, "employer_amount"),
                          row.At("paid_until"), row.At("linked_bank"), row.At("linked_account")});
    }
    for (const auto& [number, account] : accounts) {
      if (account.kind != bank::kInternal && of_account_.count(number) == 0)
        files.Wrong("members.csv", absl::StrCat("has no row for the account ", number));
    }
  }

  static int64_t Rate(ImportFiles& files, const sdk::CsvRow& row, std::string_view column) {
    const int64_t rate = files.Amount(row, column);
    files.Expect(rate <= kWholeRate, row, column, "must be a rate in per cent, such as 12 or 8.50");
    return rate;
  }

  void Grounds(ImportFiles& files, const sdk::CsvTable& table) {
    for (const sdk::CsvRow& row : table.rows) {
      files.Expect(bank::IsCode(row.At("ground")), row, "ground", "must be a code such as RETIREMENT");
      files.Expect(ground_codes_.insert(row.At("ground")).second, row, "ground", "is in the file twice");
      for (const char* column : {"chinese", "english"}) files.ExpectText(row, column);
      ExpectSource(files, row);
      grounds_.push_back(
          {row.At("ground"), row.At("chinese"), row.At("english"), files.YesOrNo(row, "for_court"), row.At("source")});
    }
  }

  void Bars(ImportFiles& files, const sdk::CsvTable& table) {
    std::set<std::string> seen;
    for (const sdk::CsvRow& row : table.rows) {
      files.Expect(bank::IsOneOf(row.At("bar"), {kConditionNotMet, kLoanOutstanding}), row, "bar",
                   absl::StrCat("must be ", kConditionNotMet, " or ", kLoanOutstanding));
      files.Expect(seen.insert(row.At("bar")).second, row, "bar", "is in the file twice");
      ExpectSource(files, row);
      bars_.push_back({row.At("bar"), files.YesOrNo(row, "applies"), row.At("source")});
    }
    for (const char* bar : {kConditionNotMet, kLoanOutstanding}) {
      if (seen.count(bar) == 0) files.Wrong("bars.csv", absl::StrCat("must say whether ", bar, " applies"));
    }
  }

  void Loans(ImportFiles& files, const sdk::CsvTable& table) {
    std::set<std::string> seen;
    for (const sdk::CsvRow& row : table.rows) {
      files.ExpectText(row, "loan");
      files.Expect(seen.insert(row.At("loan")).second, row, "loan", "is in the file twice");
      ExpectMember(files, row);
      files.Expect(ParseCivilDay(row.At("opened_on")).has_value(), row, "opened_on",
                   "must be a day such as 2019-03-08");
      loans_.push_back(
          {row.At("loan"), row.At("account"), row.At("opened_on"), files.Amount(row, "outstanding"), std::nullopt});
    }
  }

  void Conditions(ImportFiles& files, const sdk::CsvTable& table) {
    std::set<std::vector<std::string>> seen;
    for (const sdk::CsvRow& row : table.rows) {
      ExpectMember(files, row);
      files.Expect(ground_codes_.count(row.At("ground")) != 0, row, "ground", "must be a ground of grounds.csv");
      files.ExpectText(row, "document");
      files.Expect(ParseCivilDay(row.At("since")).has_value(), row, "since", "must be a day such as 2026-03-01");
      files.Expect(seen.insert({row.At("account"), row.At("ground"), row.At("document")}).second, row, "document",
                   "proves this ground for this account already");
      Condition condition{.account = row.At("account"), .document = row.At("document"), .since = row.At("since")};
      condition.ground.ground = row.At("ground");
      conditions_.push_back(std::move(condition));
    }
  }

  void ExpectMember(ImportFiles& files, const sdk::CsvRow& row) const {
    files.Expect(of_account_.count(row.At("account")) != 0, row, "account", "must be an account of members.csv");
  }
  // Articles are cited with their words, so a source may be longer than other texts.
  static void ExpectSource(ImportFiles& files, const sdk::CsvRow& row) {
    files.Expect(!row.At("source").empty() && row.At("source").size() <= 512, row, "source",
                 "must have 1 to 512 bytes");
  }

  std::vector<sdk::CsvTable> tables_;  // in the order of Read
  std::set<std::string> of_account_, ground_codes_;
  std::vector<Member> members_;
  std::vector<Ground> grounds_;
  std::vector<BarRow> bars_;
  std::vector<Loan> loans_;
  std::vector<Condition> conditions_;
};

}  // namespace

std::unique_ptr<bank::FurtherFiles> MakeFundFiles() { return std::make_unique<FundFiles>(); }

bool IsMonth(std::string_view text) {
  absl::CivilMonth month;
  return text.size() == 7 && absl::ParseCivilTime(std::string(text), &month);
}

}  // namespace eagle::fund
