#include "adapters/land/kind.h"

namespace eagle::land {
namespace {

using registry::Field;
using registry::Form;

// Land inquiry reply, lists JSYDSYQ and FDCQ. Codes that we have not seen in a real message are left empty.
constexpr Field kFields[] = {
    {.name = "location",
     .column = "location",
     .code = "ZL",
     .chinese = "坐落",
     .english = "location",
     .bytes_max = 256},
    {.name = "use", .column = "use", .code = "", .chinese = "用途", .english = "use"},
    {.name = "nature", .column = "nature", .code = "", .chinese = "权利性质", .english = "nature of the right"},
    {.name = "area",
     .column = "area_square_metres",
     .code = "",
     .chinese = "面积",
     .english = "area",
     .form = Form::kDecimal,
     .after = " m2"},
    {.name = "registered_on",
     .column = "registered_on",
     .code = "",
     .chinese = "登记时间",
     .english = "registered on",
     .form = Form::kDay,
     .told = false},
};

bool IsTest(std::string_view number) { return registry::HasRegion99(number, 0); }

constexpr registry::TermLimit kTerms[] = {
    {.months_max = 36, .source = "interpretation of the Civil Procedure Law art 485: immovables, 3 years"},
    // The older rule 法发〔2004〕5号 had two years, lengthened once by one; offices now take the limit of immovables.
    {.pre_seal = true,
     .months_max = 36,
     .source = "interpretation of the Civil Procedure Law art 485, in place of the joint notice on land (2004)"}};

// What the registry doesn't enter while a seal or pre-seal stands. Source: joint notice on assisting in execution on
// land and houses (法发〔2004〕5号): no mortgage, transfer or other change of right.
constexpr registry::BlockedAct kBlockedActs[] = {
    {"TRANSFER", "转移登记"}, {"CHANGE", "变更登记"}, {"MORTGAGE", "抵押登记"}, {"CANCELLATION", "注销登记"}};

constexpr registry::Thing kThings[] = {{.asset_kind = "LAND",
                                        .chinese = "不动产",
                                        .english = "land and buildings",
                                        .is_number = IsUnitNumber,
                                        .number_form = "28 characters, as 990101001002GB00123F00010012",
                                        .in_test_range = IsTest,
                                        .terms = kTerms}};

}  // namespace

bool IsUnitNumber(std::string_view text) {
  // d digit, L letter, K kind of thing.
  constexpr std::string_view kShape = "ddddddddddddLLdddddKdddddddd";
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = kShape[i] == 'd'   ? c >= '0' && c <= '9'
                      : kShape[i] == 'L' ? c >= 'A' && c <= 'Z'
                                         : c == 'F' || c == 'L' || c == 'Q' || c == 'W';
    if (!fits) return false;
  }
  return text[19] != 'W' || text.substr(20) == "00000000";
}

// A registry reviews each order before it registers a seal; renewal and release need nobody.
const registry::Kind kLand = {
    .name = "land",
    .office = "a land registry",
    .adapter = "cn.goldeneagle.land",
    .things = kThings,
    .fields = kFields,
    .labelled = false,
    .extent = registry::Extent::kPart,
    .charges = {.list = "mortgages", .creditor = "mortgagee", .chinese = "抵押权人"},
    .freeze = registry::Mode::kManual,
    .blocked_acts = kBlockedActs,
    .keeps_notices = true,
    .kept = "only land and buildings are kept here",
    .can = "land can be sealed, renewed, released and transferred",
    .searched = "不动产登记簿, all units by holder (number in 18 and 15 digits, name), mortgages, seals",
};

}  // namespace eagle::land
