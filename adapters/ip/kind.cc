#include "adapters/ip/kind.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/register/records.h"

namespace eagle::ip {
namespace {

using registry::Field;
using registry::Form;
using registry::Stage;

// No real interface is known: names of our own. The type is the asset kind, the number the unit number, the owner the
// holder with his share.
constexpr Field kFields[] = {
    {.name = "title", .column = "title", .code = "", .chinese = "名称", .english = "name", .bytes_max = 256},
    {.name = "right_kind",
     .column = "right_kind",
     .code = "",
     .chinese = "类型",
     .english = "kind of patent, class of trademark"},
    {.name = "filed_on",
     .column = "filed_on",
     .code = "",
     .chinese = "申请日",
     .english = "filed on",
     .form = Form::kDay},
    {.name = "granted_on",
     .column = "granted_on",
     .code = "",
     .chinese = "授权公告日",
     .english = "granted on",
     .form = Form::kDay},
    {.name = "legal_status", .column = "legal_status", .code = "", .chinese = "法律状态", .english = "legal status"},
    {.name = "fee_until",
     .column = "fee_until",
     .code = "",
     .chinese = "年费缴至",
     .english = "annual fee paid until",
     .form = Form::kDay,
     .required = false},
    {.name = "valid_until",
     .column = "valid_until",
     .code = "",
     .chinese = "有效期至",
     .english = "valid until",
     .form = Form::kDay},
    {.name = "licences",
     .column = "licences",
     .code = "",
     .chinese = "许可备案",
     .english = "licences on file",
     .bytes_max = 256,
     .required = false},
};

constexpr const char* kExecution = "interpretation of the Civil Procedure Law art 485: other property rights, 3 years";
constexpr registry::TermLimit kPatentTerms[] = {
    {.stage = Stage::kPreservation, .months_max = 6, .source = "provisions on patent disputes (2015) art 13"},
    {.months_max = 36, .source = kExecution}};
constexpr registry::TermLimit kTrademarkTerms[] = {
    {.stage = Stage::kPreservation, .months_max = 12, .source = "interpretation on preserving trademarks (2020) art 2"},
    {.months_max = 36, .source = kExecution}};

bool IsTestPatent(std::string_view number) { return registry::HasRegion99(number, 2); }
bool IsTestTrademark(std::string_view number) { return number.size() == 8 && registry::HasRegion99(number, 0); }

constexpr registry::Thing kThings[] = {{.asset_kind = "PATENT",
                                        .chinese = "专利权",
                                        .english = "patent",
                                        .is_number = IsPatentNumber,
                                        .number_form = "a patent as ZL990110000017.7",
                                        .in_test_range = IsTestPatent,
                                        .terms = kPatentTerms},
                                       {.asset_kind = "TRADEMARK",
                                        .chinese = "商标权",
                                        .english = "registered trademark",
                                        .is_number = IsTrademarkNumber,
                                        .number_form = "a trademark as 99000013",
                                        .in_test_range = IsTestTrademark,
                                        .terms = kTrademarkTerms}};

// An order names the acts that it blocks. Source: interpretation on preserving trademarks (2020) art 1; provisions on
// patent disputes (2015) art 13.
constexpr registry::BlockedAct kBlockedActs[] = {{"TRANSFER", "转让"},     {"CHANGE", "变更"},
                                                 {"PLEDGE", "质押"},       {"LICENCE", "许可备案"},
                                                 {"CANCELLATION", "注销"}, {"ABANDONMENT", "放弃", "PATENT"}};

// A right that isn't plainly in force may end on its own: a person says whether there is something to preserve.
std::string ClerkNeeded(const registry::Kind& kind, const registry::Unit& unit) {
  const std::string& status = registry::ValueOf(kind, unit, "legal_status");
  return status == "有效" ? "" : absl::StrCat("the right has the status ", status, ": a clerk looks");
}

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool IsPatentNumber(std::string_view text) {
  constexpr int kWeights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  constexpr size_t kDigitsAt = 2, kDigits = std::size(kWeights);
  if (text.size() != kDigitsAt + kDigits + 2 || text.substr(0, kDigitsAt) != "ZL") return false;
  const std::string_view digits = text.substr(kDigitsAt, kDigits);
  if (!AreDigits(digits) || text[kDigitsAt + kDigits] != '.') return false;
  int sum = 0;
  for (size_t i = 0; i < kDigits; ++i) sum += kWeights[i] * (digits[i] - '0');
  return text.back() == "0123456789X"[sum % 11];
}

bool IsTrademarkNumber(std::string_view text) {
  if (!text.empty() && text.front() == 'G') text.remove_prefix(1);
  if (!text.empty() && text.back() >= 'A' && text.back() <= 'Z') text.remove_suffix(1);
  return text.size() >= 3 && text.size() <= 8 && AreDigits(text);
}

// The term counts from the day on which the office receives the notice, and the texts forbid preserving a right twice.
// Sources: as at the terms; trademarks art 3. Whether the office keeps a queue for later courts is practice that could
// not be checked.
const registry::Kind kIp = {
    .name = "ip",
    .office = "an intellectual property office",
    .adapter = "cn.goldeneagle.ip",
    .things = kThings,
    .fields = kFields,
    .extent = registry::Extent::kWhole,
    .charges = {.list = "pledges", .creditor = "pledgee", .chinese = "质权人"},
    .keeps_waitlist = false,
    .counted_from = registry::CountedFrom::kReceipt,
    .freeze = registry::Mode::kSemiAutomatic,
    .clerk_needed = ClerkNeeded,
    .blocked_acts = kBlockedActs,
    .sealed = "PRESERVED",
    .pending = "PRESERVATION_PENDING",
    .kept = "only patents and registered trademarks are kept here",
    .can = "a patent or trademark can be preserved, renewed, released and transferred",
    .searched =
        "专利登记簿, 商标注册簿, all rights by owner (number in 18 and 15 digits, name), pledges, preservations",
};

}  // namespace eagle::ip
