#include "adapters/vehicle/kind.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/register/records.h"

namespace eagle::vehicle {
namespace {

using registry::Field;
using registry::Form;

// The reply of the vehicle register. Its owner SYR, SFZMMC, SFZMHM is the holder, its identification number CLSBDH the
// unit number, its mark of mortgage DYBJ a row of mortgages.csv.
constexpr Field kFields[] = {
    {.name = "plate_number",
     .column = "plate_number",
     .code = "HPHM",
     .chinese = "号牌号码",
     .english = "plate number"},
    {.name = "plate_kind", .column = "plate_kind", .code = "HPZL", .chinese = "号牌种类", .english = "kind of plate"},
    {.name = "engine_number",
     .column = "engine_number",
     .code = "FDJH",
     .chinese = "发动机号",
     .english = "engine number"},
    {.name = "brand", .column = "brand", .code = "CLPP1", .chinese = "品牌", .english = "brand"},
    {.name = "model", .column = "model", .code = "CLXH", .chinese = "型号", .english = "model"},
    {.name = "vehicle_kind",
     .column = "vehicle_kind",
     .code = "CLLX",
     .chinese = "车辆类型",
     .english = "kind of vehicle"},
    {.name = "colour", .column = "colour", .code = "CSYS", .chinese = "颜色", .english = "colour"},
    {.name = "used_for", .column = "used_for", .code = "SYXZ", .chinese = "使用性质", .english = "use"},
    {.name = "first_registered_on",
     .column = "first_registered_on",
     .code = "CCDJRQ",
     .chinese = "初次登记日期",
     .english = "first registered on",
     .form = Form::kDay},
    {.name = "inspected_until",
     .column = "inspected_until",
     .code = "YXQZ",
     .chinese = "检验有效期止",
     .english = "inspected until",
     .form = Form::kDay,
     .required = false},
    {.name = "scrapped_on",
     .column = "scrapped_on",
     .code = "QZBFQZ",
     .chinese = "强制报废期止",
     .english = "to be scrapped on",
     .form = Form::kDay,
     .required = false},
    {.name = "issuing_office",
     .column = "issuing_office",
     .code = "FZJG",
     .chinese = "发证机关",
     .english = "issuing office"},
    {.name = "managing_office",
     .column = "managing_office",
     .code = "GLBM",
     .chinese = "管理部门",
     .english = "managing office"},
    {.name = "states", .column = "states", .code = "ZT", .chinese = "机动车状态", .english = "states, a letter each"},
};

bool IsTest(std::string_view number) { return registry::HasRegion99(number, 1); }

constexpr registry::TermLimit kTerms[] = {
    {.months_max = 24, .source = "interpretation of the Civil Procedure Law art 485: movables, 2 years"}};

constexpr registry::Thing kThings[] = {{.asset_kind = "VEHICLE",
                                        .chinese = "机动车",
                                        .english = "motor vehicle",
                                        .is_number = IsVin,
                                        .number_form = "17 characters, the ninth a check character",
                                        .in_test_range = IsTest,
                                        .terms = kTerms,
                                        .movable = true}};

// What the registry refuses while a file seal 档案查封 stands; the car still moves. Source: provisions on the
// registration of motor vehicles (2021).
constexpr registry::BlockedAct kBlockedActs[] = {{"TRANSFER", "转让登记"},
                                                 {"CHANGE", "变更登记"},
                                                 {"MORTGAGE", "抵押登记"},
                                                 {"MORTGAGE_RELEASE", "解除抵押登记"},
                                                 {"CANCELLATION", "注销登记"}};

// B moved out, C stolen, E cancelled, H customs supervised, J suspect, M forced cancel, N hit-and-run: whether there is
// a vehicle to seal here is for a person to say. A normal, D out of use, G offences open, I accident open, K sealed,
// L held and O locked hinder no seal.
constexpr std::string_view kStatesForAClerk = "BCEHJMN";

std::string ClerkNeeded(const registry::Kind& kind, const registry::Unit& unit) {
  for (const char state : registry::ValueOf(kind, unit, "states")) {
    if (kStatesForAClerk.find(state) != std::string_view::npos)
      return absl::StrCat("the vehicle has the state ", std::string(1, state), ": a clerk looks");
  }
  return "";
}

// Value of a character for the check: digits themselves, letters by the standard's table.
int ValueOf(char c) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  constexpr int kValues[] = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9};
  if (c >= '0' && c <= '9') return c - '0';
  const size_t place = kLetters.find(c);
  return place == std::string_view::npos ? -1 : kValues[place];
}

}  // namespace

bool IsVin(std::string_view text) {
  constexpr int kWeights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  constexpr size_t kCheckAt = 8;
  constexpr char kChina = 'L';
  if (text.size() != std::size(kWeights)) return false;
  int sum = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const int value = ValueOf(text[i]);
    if (value < 0) return false;
    sum += kWeights[i] * value;
  }
  return text.front() != kChina || text[kCheckAt] == "0123456789X"[sum % 11];
}

// A court may order without a clerk: the seal is of the file, at once, and a later court's waits behind it.
const registry::Kind kVehicle = {
    .name = "vehicle",
    .office = "a vehicle registry",
    .adapter = "cn.goldeneagle.vehicle",
    .things = kThings,
    .fields = kFields,
    .extent = registry::Extent::kWhole,
    .charges = {.list = "mortgages", .creditor = "mortgagee", .chinese = "抵押权人"},
    .freeze = registry::Mode::kSemiAutomatic,
    .clerk_needed = ClerkNeeded,
    .blocked_acts = kBlockedActs,
    .kept = "only motor vehicles are kept here",
    .can = "a vehicle can be sealed, renewed, released, looked for and transferred",
    .searched = "机动车登记簿, all vehicles by owner (number in 18 and 15 digits, name), mortgages, seals",
};

}  // namespace eagle::vehicle
