#include "adapters/housing_fund/kind.h"

#include <algorithm>

#include "adapters/housing_fund/desk.h"
#include "adapters/housing_fund/files.h"
#include "adapters/housing_fund/rules.h"
#include "adapters/housing_fund/schema.h"

namespace eagle::fund {
namespace {

constexpr bank::AccountKind kAccountKinds[] = {{"HOUSING_FUND", "HOUSING_FUND", sdk::AccountClass::kDemand}};
constexpr bank::AssetClass kAssetClasses[] = {
    {"HOUSING_FUND", "住房公积金 personal housing fund accounts, loans, withdrawal conditions"}};

// FREEZE for DEPOSIT is declared for directories that were made when every freeze of money counted as one of deposits.
constexpr bank::Ability kAbilities[] = {{"HOUSING_FUND", v1::ACTION_INQUIRE}, {"HOUSING_FUND", v1::ACTION_FREEZE},
                                        {"HOUSING_FUND", v1::ACTION_RENEW},   {"HOUSING_FUND", v1::ACTION_RELEASE},
                                        {"HOUSING_FUND", v1::ACTION_DEDUCT},  {"DEPOSIT", v1::ACTION_FREEZE}};

constexpr bank::Zero kZeros[] = {
    {"an account of a member has no row of the fund's",
     "SELECT count(*) FROM accounts WHERE kind <> 'INTERNAL' AND account NOT IN (SELECT account FROM fund_accounts)"},
    {"a row of the fund's belongs to no account of a member",
     "SELECT count(*) FROM fund_accounts JOIN accounts USING (account) WHERE kind = 'INTERNAL'"},
    {"a contribution was booked nowhere, or on another account",
     "SELECT count(*) FROM fund_contributions WHERE NOT EXISTS (SELECT 1 FROM bookings JOIN entries USING (booking)"
     " WHERE bookings.request = fund_contributions.request AND entries.account = fund_contributions.account"
     " AND amount > 0)"},
    {"a month was paid that the account doesn't show",
     "SELECT count(*) FROM fund_contributions JOIN fund_accounts USING (account) WHERE month > paid_until"},
    {"a loan is repaid and owed", "SELECT count(*) FROM fund_loans WHERE (repaid_us IS NOT NULL) AND outstanding > 0"},
};

}  // namespace

bool IsFundAccount(std::string_view number) {
  return number.size() >= 8 && number.size() <= 30 &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

const bank::Kind kFund = {.name = "fund",
                          .office = "a housing fund",
                          .adapter = "cn.goldeneagle.housing_fund",
                          .account_kinds = kAccountKinds,
                          .asset_classes = kAssetClasses,
                          .abilities = kAbilities,
                          .is_account = IsFundAccount,
                          .account_form = "is no account number: 8 to 30 digits",
                          .application_id = 0x47456866,  // "GEhf"
                          .tables = kFundSchema,
                          .zeros = kZeros,
                          .further_files = MakeFundFiles,
                          .describe = Describe,
                          .barred = BarredNow,
                          .commands = kFundCommands,
                          .add_words = AddFundWords};

}  // namespace eagle::fund
