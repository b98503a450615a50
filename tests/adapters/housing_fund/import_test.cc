// Import of a fund: whole or not at all, every fault with its line, in the fund's own files, too.
#include "adapters/bank/import.h"

#include <filesystem>
#include <set>

#include "server/base/reason.h"
#include "tests/adapters/housing_fund/fund_world.h"

namespace eagle::fund {
namespace {

// Fields of the violations when these files replace those of the demo.
std::set<std::string> Faults(const Arguments& files) {
  TempFolder folder;
  const std::string csv = folder / "csv";
  CopyDemo(csv);
  for (const auto& [name, text] : files) WriteText(csv + "/" + name, text);
  Fund fund("");
  const absl::Status status = bank::Import(fund.core(), csv).status();
  if (status.ok()) return {};
  EXPECT_EQ(ReasonOf(status), Reason::kFieldInvalid) << status;
  EXPECT_EQ(fund.core().Look([](const bank::Work& work) {
    EXPECT_TRUE(work.tables.IsEmpty()) << "nothing was imported";
    EXPECT_EQ(work.tables.Number("SELECT (SELECT count(*) FROM fund_accounts) + (SELECT count(*) FROM fund_grounds)"),
              0);
    return absl::OkStatus();
  }),
            absl::OkStatus());
  std::set<std::string> fields;
  for (const Violation& violation : FailureOf(status).violations) fields.insert(violation.field);
  return fields;
}
using Fields = std::set<std::string>;

constexpr char kMembers[] =
    "account,status_code,employer,base,personal_rate,employer_rate,personal_amount,employer_amount,paid_until,"
    "linked_bank,linked_account\n";

TEST(FundImport, TheDemoFundIsRight) {
  Fund fund("");
  const absl::StatusOr<bank::Imported> imported = bank::Import(fund.core(), DemoFolder());
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->customers, 5u);
  EXPECT_EQ(imported->accounts, 9u);
  EXPECT_EQ(imported->measures, 1u);
  fund.ExpectBooksAgree();
  EXPECT_EQ(ReasonOf(bank::Import(fund.core(), DemoFolder()).status()), Reason::kNotEmpty);
}

TEST(FundImport, EveryFaultIsNamedWithItsLine) {
  EXPECT_EQ(
      Faults({{"members.csv", std::string(kMembers) + "990070000101,02,甲,1,12,12,1,1,2026-08,,\n" +
                                  "990070000101,01,,x,101,-1,1,1.234,2026-8,北陵商业银行,\n" +
                                  "990070090001,01,乙,1,12,12,1,1,,,\n" + "990070000202,07,丙,1,12,12,1,1,,,\n"}}),
      (Fields{"members.csv:2 status_code", "members.csv:3 account", "members.csv:3 employer", "members.csv:3 base",
              "members.csv:3 personal_rate", "members.csv:3 employer_rate", "members.csv:3 employer_amount",
              "members.csv:3 paid_until", "members.csv:3 linked_account", "members.csv:4 account",
              // 990070000303, 404 and 505 have no row.
              "members.csv", "loans.csv:3 account", "conditions.csv:2 account"}));
  EXPECT_EQ(Faults({{"grounds.csv", "ground,chinese,english,for_court,source\nretires,退休,,perhaps,\n"}}),
            (Fields{"grounds.csv:2 ground", "grounds.csv:2 english", "grounds.csv:2 for_court", "grounds.csv:2 source",
                    "conditions.csv:2 ground"}));
  EXPECT_EQ(Faults({{"bars.csv", "bar,applies,source\nLOAN_OUTSTANDING,yes,\nRAIN,no,甲\nLOAN_OUTSTANDING,no,甲\n"}}),
            (Fields{"bars.csv:2 source", "bars.csv:3 bar", "bars.csv:4 bar", "bars.csv"}))
      << "and whether a condition is asked for must be said";
  EXPECT_EQ(
      Faults({{"loans.csv",
               "loan,account,opened_on,outstanding\n,990070000101,2019-04-17,1\nL,9,2019-4-17,-1\n"
               "L,990070000101,2019-04-17,1\n"},
              {"conditions.csv",
               "account,ground,document,since\n990070000101,RETIREMENT,,2026-09-01\n"
               "990070000101,WISH,D,yesterday\n"}}),
      (Fields{"loans.csv:2 loan", "loans.csv:3 account", "loans.csv:3 opened_on", "loans.csv:3 outstanding",
              "loans.csv:4 loan", "conditions.csv:2 document", "conditions.csv:3 ground", "conditions.csv:3 since"}));
}

TEST(FundImport, FaultsOfTheCoresFilesAreNamedWithThoseOfTheFund) {
  EXPECT_EQ(Faults({{"measures.csv", "measure\n"}, {"bars.csv", "bar\n"}}), (Fields{"measures.csv:1", "bars.csv:1"}));
  EXPECT_EQ(Faults({{"accounts.csv",
                     "account,kind,currency,nature,joint,status,opened_on,branch,holders,balance\n"
                     "99007-1,DEMAND,CNY,HOUSING_FUND,no,NORMAL,2012-07-01,甲,F0001,1\n"},
                    {"members.csv", kMembers},
                    {"loans.csv", "loan,account,opened_on,outstanding\n"},
                    {"conditions.csv", "account,ground,document,since\n"},
                    {"measures.csv",
                     "measure,authority,document,accounts,limit,inflow,whole_account,served_at,first_day,last_day\n"}}),
            (Fields{"accounts.csv:2 account", "accounts.csv:2 kind", "accounts.csv", "members.csv"}));
}

TEST(FundImport, ACoreOfABankIsNoCoreOfAFund) {
  TempFolder folder;
  { bank::Bank beiling("beiling", bank::kBeiling, folder / "core.db"); }
  bank::HeldClock clock;
  EXPECT_EQ(ReasonOf(bank::BankCore::Open(folder / "core.db", kCentre, clock, bank::Shanghai(), kFund).status()),
            Reason::kStorageUnusable);
}

}  // namespace
}  // namespace eagle::fund
