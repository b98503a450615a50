#include "adapters/file/fields.h"

#include <algorithm>
#include <span>

#include "absl/strings/str_cat.h"
#include "adapters/file/batch.h"
#include "server/base/bytes.h"

namespace eagle::file {
namespace {

enum class Form { kText, kCode, kAccount, kNumber, kFlag, kAmount, kDay, kInstant };

struct FieldRule {
  std::string_view name;
  Form form = Form::kText;
  bool required = false;
};
struct ElementRule {
  std::string_view name;
  std::span<const FieldRule> fields;
  std::span<const std::string_view> rows;  // elements that may stand in it
};

constexpr size_t kCodeBytesMax = 64, kAccountBytesMax = 64, kDigitsMax = 9;
constexpr bool kRequired = true;

constexpr FieldRule kCxfkxx[] = {{"BDHM", Form::kCode, kRequired},
                                 {"CXJG", Form::kCode, kRequired},
                                 {"CXFW"},
                                 {"YYDM", Form::kCode},
                                 {"YY"},
                                 {"LXR"},
                                 {"LXDH"},
                                 {"SFGZ", Form::kFlag}};
constexpr FieldRule kZhxx[] = {{"CCXH", Form::kNumber, kRequired},
                               {"KHZH", Form::kAccount, kRequired},
                               {"ZHMC"},
                               {"PPFS", Form::kCode},
                               {"CCLB", Form::kCode},
                               {"ZHZT", Form::kCode},
                               {"KHWD"},
                               {"KHWDDM", Form::kCode},
                               {"KHRQ", Form::kDay},
                               {"XHRQ", Form::kDay},
                               {"BZ", Form::kCode, kRequired},
                               {"YE", Form::kAmount},
                               {"KYYE", Form::kAmount},
                               {"GLZJZH", Form::kAccount},
                               {"FKSJ", Form::kInstant},
                               {"TXDZ"},
                               {"YZBM"},
                               {"LXDH"},
                               {"BEIZ"}};
constexpr FieldRule kGlxx[] = {{"GLXH", Form::kNumber, kRequired},
                               {"ZKHZH", Form::kAccount},
                               {"GLZHLB", Form::kCode},
                               {"GLZHHM", Form::kAccount},
                               {"BZ", Form::kCode},
                               {"YE", Form::kAmount},
                               {"KYYE", Form::kAmount},
                               {"BEIZ"}};
constexpr FieldRule kDjxx[] = {{"CSXH", Form::kNumber, kRequired},
                               {"DJJZRQ", Form::kDay},
                               {"DJJG", Form::kText, kRequired},
                               {"DJWH", Form::kText, kRequired},
                               {"DJJE", Form::kAmount},
                               {"JRCPBH", Form::kCode},
                               {"BEIZ"}};
constexpr FieldRule kQlxx[] = {{"XH", Form::kNumber, kRequired},
                               {"QLLX", Form::kCode, kRequired},
                               {"QLR"},
                               {"QLJE", Form::kAmount},
                               {"QLRDZ"},
                               {"QLRLXFS"}};
constexpr FieldRule kJrxx[] = {{"ZCXH", Form::kNumber, kRequired},
                               {"JRCPBH", Form::kAccount, kRequired},
                               {"ZCMC"},
                               {"ZCLX", Form::kCode},
                               {"CPXSZL", Form::kCode},
                               {"DQH", Form::kCode},
                               {"LCZH", Form::kAccount},
                               {"ZJHKZH", Form::kAccount},
                               {"ZCGLR"},
                               {"BZ", Form::kCode, kRequired},
                               {"SE"},
                               {"KYSE"},
                               {"JLDW"},
                               {"ZCDWJG"},
                               {"ZCZJE", Form::kAmount},
                               {"SHR", Form::kDay},
                               {"FKSJ", Form::kInstant},
                               {"BEIZ"}};
constexpr FieldRule kKzfkxx[] = {{"BDHM", Form::kCode, kRequired},
                                 {"KZJG", Form::kCode, kRequired},
                                 {"YYDM", Form::kCode},
                                 {"YY"},
                                 {"LXR"},
                                 {"LXDH"},
                                 {"SFGZ", Form::kFlag},
                                 {"ZXSJ", Form::kInstant},
                                 {"DJBH", Form::kCode},
                                 {"LHSW", Form::kNumber},
                                 {"CSKSRQ", Form::kDay},
                                 {"CSJSRQ", Form::kDay},
                                 {"SFJS", Form::kFlag},
                                 {"BBH", Form::kNumber},
                                 {"KHZT", Form::kCode},
                                 {"KHJE", Form::kAmount},
                                 {"HXLS", Form::kCode},
                                 {"HXSJ", Form::kInstant},
                                 {"JYLSH", Form::kCode},
                                 {"QRSJ", Form::kInstant}};
constexpr FieldRule kSjxx[] = {{"BDHM", Form::kCode, kRequired},
                               {"SJ", Form::kCode, kRequired},
                               {"SJSJ", Form::kInstant, kRequired},
                               {"DJBH", Form::kCode, kRequired},
                               {"BBH", Form::kNumber, kRequired},
                               {"LHSW", Form::kNumber},
                               {"CSKSRQ", Form::kDay},
                               {"CSJSRQ", Form::kDay},
                               {"SFJS", Form::kFlag}};
constexpr FieldRule kDzfk[] = {
    {"BB", Form::kCode, kRequired},  {"PCMC", Form::kCode, kRequired},    {"SCSJ", Form::kInstant},
    {"DZR", Form::kDay, kRequired},  {"JZSJ", Form::kInstant, kRequired}, {"KZXH", Form::kNumber, kRequired},
    {"SFZW", Form::kFlag, kRequired}};
constexpr FieldRule kDzfkxx[] = {{"BDHM", Form::kCode, kRequired}, {"DJBH", Form::kCode, kRequired},
                                 {"BBH", Form::kNumber},           {"LHSW", Form::kNumber, kRequired},
                                 {"CSKSRQ", Form::kDay},           {"CSJSRQ", Form::kDay}};
constexpr FieldRule kKzxx[] = {{"CCXH", Form::kNumber, kRequired},
                               {"KHZH", Form::kAccount, kRequired},
                               {"GLZHHM", Form::kAccount},
                               {"JRCPBH", Form::kCode},
                               {"LCZH", Form::kAccount},
                               {"KZNR", Form::kCode},
                               {"KZZT", Form::kCode, kRequired},
                               {"BZ", Form::kCode, kRequired},
                               {"YE", Form::kAmount},
                               {"KYYE", Form::kAmount},
                               {"DJXE", Form::kAmount},
                               {"SKJE", Form::kAmount},
                               {"CESKJE", Form::kAmount},
                               {"SYKZJE", Form::kAmount},
                               {"SKSE"},
                               {"WNKZYYDM", Form::kCode},
                               {"WNKZYY"},
                               {"BEIZ"}};

constexpr std::string_view kInCxfkxx[] = {"ZHXX", "JRXX"}, kInZhxx[] = {"GLXX", "DJXX", "QLXX"},
                           kInJrxx[] = {"DJXX", "QLXX"}, kInKzfkxx[] = {"KZXX", "DJXX"}, kInKzxx[] = {"DJXX", "QLXX"},
                           kInDzfk[] = {"DZFKXX"}, kInDzfkxx[] = {"KZXX"};
constexpr ElementRule kElements[] = {{"CXFKXX", kCxfkxx, kInCxfkxx},
                                     {"ZHXX", kZhxx, kInZhxx},
                                     {"GLXX", kGlxx, {}},
                                     {"DJXX", kDjxx, {}},
                                     {"QLXX", kQlxx, {}},
                                     {"JRXX", kJrxx, kInJrxx},
                                     {"KZFKXX", kKzfkxx, kInKzfkxx},
                                     {"SJXX", kSjxx, kInKzfkxx},
                                     {"KZXX", kKzxx, kInKzxx},
                                     {"DZFK", kDzfk, kInDzfk},
                                     {"DZFKXX", kDzfkxx, kInDzfkxx}};

const ElementRule* RuleOf(std::string_view name) {
  for (const ElementRule& rule : kElements) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

bool IsAsciiWord(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || more.find(c) != more.npos;
  });
}

// What is wrong with a value that is there; empty when nothing is.
std::string WrongForm(Form form, std::string_view value) {
  switch (form) {
    case Form::kText:
      return "";
    case Form::kCode:
      return value.size() <= kCodeBytesMax && IsAsciiWord(value, "-_./")
                 ? ""
                 : "must be a code: at most 64 of A-Z a-z 0-9 - _ . /";
    case Form::kAccount:
      // The texts that some systems write here for "no account" or "check failed" must never pass for a number.
      return value.size() <= kAccountBytesMax && IsAsciiWord(value, "-")
                 ? ""
                 : "must be a number: at most 64 of A-Z a-z 0-9 -";
    case Form::kNumber:
      return value.size() <= kDigitsMax && value.find_first_not_of("0123456789") == value.npos
                 ? ""
                 : "must be a whole number of at most 9 digits";
    case Form::kFlag:
      return value == "0" || value == "1" ? "" : "must be 0 or 1";
    case Form::kAmount:
      return ParseAmount(value) ? "" : "must be an amount such as 60000.00, at most 10,000,000,000,000";
    case Form::kDay:
      return ParseDay(value) ? "" : "must be a day such as 2026-09-28";
    case Form::kInstant:
      return ParseInstant(value) ? "" : "must be an instant such as 2026-09-28T09:10:00+08:00";
  }
  return "";
}

void CheckElement(const Element& element, const ElementRule& rule, Faults& faults) {
  for (const FieldRule& field : rule.fields) {
    const std::string_view value = element.At(field.name);
    if (value.empty()) {
      if (field.required) faults.Add(FaultCode::kFieldMissing, element.Place(field.name), "is required");
    } else if (const std::string wrong = WrongForm(field.form, value); !wrong.empty()) {
      faults.Add(FaultCode::kFieldInvalid, element.Place(field.name), wrong);
    }
  }
  for (const auto& [name, value] : element.fields) {
    const bool known =
        std::any_of(rule.fields.begin(), rule.fields.end(), [&](const FieldRule& field) { return field.name == name; });
    if (!known) faults.Add(FaultCode::kFieldUnknown, element.Place(name), "this element has no such field");
  }
  for (const Element& row : element.rows) {
    const ElementRule* row_rule = RuleOf(row.name);
    const bool fits = std::find(rule.rows.begin(), rule.rows.end(), row.name) != rule.rows.end();
    if (row_rule == nullptr || !fits) {
      faults.Add(FaultCode::kElementUnknown, row.Place(), absl::StrCat("doesn't belong in ", element.name));
    } else {
      CheckElement(row, *row_rule, faults);
    }
  }
}

}  // namespace

void CheckFields(const Element& answer, Faults& faults) {
  if (const ElementRule* rule = RuleOf(answer.name)) return CheckElement(answer, *rule, faults);
  faults.Add(FaultCode::kElementUnknown, answer.Place(), "no answer of these files");
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  absl::CivilDay day;
  constexpr size_t kDaySize = 10;
  if (text.size() != kDaySize || !absl::ParseCivilTime(ToAbsl(text), &day)) return std::nullopt;
  return day;
}

std::optional<absl::Time> ParseInstant(std::string_view text) {
  absl::Time at;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec, ToAbsl(text), &at, &error) || at == absl::InfiniteFuture() ||
      at == absl::InfinitePast())
    return std::nullopt;
  return at;
}

}  // namespace eagle::file
