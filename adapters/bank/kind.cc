#include "adapters/bank/kind.h"

#include "server/base/identity_number.h"

namespace eagle::bank {
namespace {

constexpr AccountKind kAccounts[] = {{"DEMAND", "DEPOSIT", sdk::AccountClass::kDemand},
                                     {"TIME", "DEPOSIT", sdk::AccountClass::kTime},
                                     {"PRODUCT", "WEALTH_PRODUCT", sdk::AccountClass::kProduct}};
constexpr AssetClass kAssets[] = {{"DEPOSIT", "demand and time deposits"}, {"WEALTH_PRODUCT", "wealth products"}};
constexpr Ability kAbilities[] = {{"DEPOSIT", v1::ACTION_INQUIRE},        {"DEPOSIT", v1::ACTION_FREEZE},
                                  {"DEPOSIT", v1::ACTION_RENEW},          {"DEPOSIT", v1::ACTION_RELEASE},
                                  {"DEPOSIT", v1::ACTION_DEDUCT},         {"WEALTH_PRODUCT", v1::ACTION_INQUIRE},
                                  {"WEALTH_PRODUCT", v1::ACTION_FREEZE},  {"WEALTH_PRODUCT", v1::ACTION_RENEW},
                                  {"WEALTH_PRODUCT", v1::ACTION_RELEASE}, {"WEALTH_PRODUCT", v1::ACTION_DEDUCT},
                                  {"INCOME", v1::ACTION_EXTRACT_INCOME},  {"INCOME", v1::ACTION_RENEW},
                                  {"INCOME", v1::ACTION_RELEASE}};

}  // namespace

const AccountKind* FindAccountKind(const Kind& kind, std::string_view account_kind) {
  for (const AccountKind& row : kind.account_kinds) {
    if (row.kind == account_kind) return &row;
  }
  return nullptr;
}

const Kind kBank = {.name = "bank",
                    .office = "a bank",
                    .adapter = "gov.goldeneagle.bank",
                    .account_kinds = kAccounts,
                    .asset_classes = kAssets,
                    .abilities = kAbilities,
                    .is_account = IsAccountNumber,
                    .account_form = "is no account number: check digit",
                    .application_id = 0x47456262};  // "GEbb"

}  // namespace eagle::bank
