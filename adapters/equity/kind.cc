#include "adapters/equity/kind.h"

#include "server/base/identity_number.h"

namespace eagle::equity {
namespace {

using registry::Field;
using registry::Form;

// The reply of the business register; uniSCID is the unit number, inv, cerType and cerNO the holder, the ratio his
// share, the subscribed amount that share of the registered capital.
constexpr Field kFields[] = {
    {.name = "company_name",
     .column = "company_name",
     .code = "entName",
     .chinese = "企业名称",
     .english = "company",
     .bytes_max = 256},
    {.name = "registration_number",
     .column = "registration_number",
     .code = "regNO",
     .chinese = "注册号",
     .english = "registration number",
     .required = false},
    {.name = "registered_capital",
     .column = "registered_capital",
     .code = "",
     .chinese = "注册资本",
     .english = "registered capital",
     .form = Form::kDecimal},
    {.name = "capital_currency",
     .column = "capital_currency",
     .code = "regCapCur",
     .chinese = "币种",
     .english = "currency of the capital"},
    {.name = "established_on",
     .column = "established_on",
     .code = "",
     .chinese = "成立日期",
     .english = "established on",
     .form = Form::kDay},
    {.name = "business_state",
     .column = "business_state",
     .code = "",
     .chinese = "经营状态",
     .english = "state of the business"},
};
constexpr Field kHolderFields[] = {
    {.name = "holder_kind",
     .column = "holder_kind",
     .code = "invType",
     .chinese = "股东类型",
     .english = "kind of holder"},
    {.name = "paid",
     .column = "paid",
     .code = "",
     .chinese = "实缴数额",
     .english = "paid in",
     .form = Form::kDecimal,
     .goes_with_share = true},
};

bool IsTest(std::string_view number) { return registry::HasRegion99(number, 2); }

constexpr registry::TermLimit kTerms[] = {
    {.months_max = 36, .source = "interpretation of the Civil Procedure Law art 485: other property rights, 3 years"}};

constexpr registry::Thing kThings[] = {{.asset_kind = "EQUITY",
                                        .chinese = "股权",
                                        .english = "equity of a company that isn't listed",
                                        .is_number = IsUnifiedCreditCode,
                                        .number_form = "unified social credit code, 18 characters",
                                        .in_test_range = IsTest,
                                        .terms = kTerms}};

// While a quantity is frozen it is neither transferred nor pledged; the rest is free. Source: enforcement against
// equity (2021) arts 4 to 8.
constexpr registry::BlockedAct kBlockedActs[] = {{"TRANSFER", "股权转让登记"}, {"PLEDGE", "股权出质登记"}};

}  // namespace

// A freeze takes effect when it is published (2021 provisions art 6), and a clerk publishes (auditState): manual.
const registry::Kind kEquity = {
    .name = "equity",
    .office = "a business registry",
    .adapter = "cn.goldeneagle.equity",
    .things = kThings,
    .fields = kFields,
    .holder_fields = kHolderFields,
    .extent = registry::Extent::kQuantity,
    .whole_field = "registered_capital",
    .charges = {.list = "pledges", .creditor = "pledgee", .chinese = "质权人", .by_holder = true},
    .freeze = registry::Mode::kManual,
    .blocked_acts = kBlockedActs,
    .sealed = "FROZEN",
    .pending = "FREEZE_PENDING",
    .kept = "only equity of companies that aren't listed is kept here",
    .can = "equity can be frozen, renewed, released and transferred",
    .searched = "企业登记簿, all holders of equity (number in 18 and 15 digits, name), pledges, freezes",
};

}  // namespace eagle::equity
