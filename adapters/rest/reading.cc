#include "adapters/rest/reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::rest {
namespace {

constexpr uint32_t kMeasures = kControls | kChanges | kPositions;
constexpr uint32_t kAfterwards =
    kRenew | kRelease | kDeduct | kChanges | kPositions;  // speak of a measure that stood before
constexpr size_t kTextBytesMax = 16 * 1024;

absl::Status Invalid(const std::string& pointer, std::string_view why) {
  return Fail(Reason::kFieldInvalid, absl::StrCat(pointer, " ", ToAbsl(why)));
}

}  // namespace

const std::vector<ReadRow>& AnswerRows() {
  static const auto* const kRows = new std::vector<ReadRow>{
      {"code", ReadKind::kText, kAllCalls, kAllCalls, "the result code, as [[codes]] has it"},
      {"text", ReadKind::kText, kAllCalls, 0, "words to the code"},
      {"operation", ReadKind::kText, kOrders | kFind | kChanges | kPositions, kChanges | kPositions,
       "the operation, given back"},
      {"subject_number", ReadKind::kText, kOrders, 0, "whom it speaks of: must be the order's subject"},
      {"account", ReadKind::kText, kFreezeAccount, kFreezeAccount, "which account: must be the order's"},
      {"asset", ReadKind::kText, kFreezeAsset, kFreezeAsset, "which thing: must be the order's"},
      {"currency", ReadKind::kText, kFreezes | kDeduct, 0, "ISO 4217: must be the order's"},
      {"to_account", ReadKind::kText, kDeduct, kDeduct, "where the money went: must be the order's account"},
      {"reference", ReadKind::kText, kMeasures, kMeasures, "冻结编号, the agency's own number of the measure"},
      {"requested", ReadKind::kAmount, kMeasures, kAfterwards, "the limit that stands; without it that of the freeze"},
      {"controlled", ReadKind::kAmount, kMeasures, kMeasures, "实际控制金额"},
      {"unfunded", ReadKind::kAmount, kMeasures, 0, "without it: requested - controlled"},
      {"rank", ReadKind::kWhole, kMeasures, kFreezes | kChanges | kPositions, "轮候顺位, 1 = first"},
      {"effective_from", ReadKind::kTime, kMeasures, 0, "措施始期"},
      {"effective_to", ReadKind::kTime, kMeasures, kRenew, "措施终期"},
      {"ended", ReadKind::kFlag, kAfterwards, 0, "whether the measure has ended; without it: nothing is left of it"},
      {"revision", ReadKind::kWhole, kMeasures, 0, "count of changes to this measure"},
      {"shares", ReadKind::kList, kMeasures, 0, "account by account, see .share"},
      {"prior", ReadKind::kList, kMeasures, 0, "在先冻结, see .prior_measure"},
      {"amount", ReadKind::kAmount, kDeduct | kChanges, kDeduct, "what was moved"},
      {"booking", ReadKind::kText, kDeduct | kChanges, kDeduct, "核心流水, the booking's number"},
      {"payment", ReadKind::kText, kDeduct | kChanges, 0, "the payment system's number"},
      {"booked_at", ReadKind::kTime, kDeduct | kChanges, 0, "when it left the debtor's account"},
      {"settled_at", ReadKind::kTime, kDeduct | kChanges, 0, "when it was on the court's account"},
      {"effect_at", ReadKind::kTime, kControls | kChanges, kChanges, "when something changed"},
      {"findings", ReadKind::kList, kInquire, kInquire, "what was found, see .finding"},
      {"searched_scope", ReadKind::kText, kInquire, kInquire, "which systems were searched"},
      {"answer", ReadKind::kText, kFind, kFind, "where the first answer lies, as its call would have given it"},
      {"list", ReadKind::kList, kChanges | kPositions, kChanges | kPositions,
       "the changes, or what stands; all of a change or measure counts from one of them"},
      {"as_of", ReadKind::kTime, kPositions, 0, "the instant at which all of it stands; without it: when it was asked"},
      {"sequence", ReadKind::kWhole, kChanges, kChanges, "its running number, without reuse"},
  };
  return *kRows;
}

const std::vector<ReadRow>& FindingRows() {
  static const auto* const kRows = new std::vector<ReadRow>{
      {"asset_kind", ReadKind::kText, kInquire, kInquire, "DEPOSIT, LAND ..."},
      {"number", ReadKind::kText, kInquire, kInquire, "account, land unit ..."},
      {"holder_name", ReadKind::kText, kInquire, 0, "as the agency has it"},
      {"matched_by", ReadKind::kText, kInquire, 0, "NAME_AND_18, NAME_AND_15, NAME_AND_CODE"},
      {"status", ReadKind::kText, kInquire, 0, "NORMAL, FROZEN, DORMANT ..."},
      {"currency", ReadKind::kText, kInquire, 0, "ISO 4217"},
      {"balance", ReadKind::kAmount, kInquire, 0, "余额; absent: unknown, never zero"},
      {"available", ReadKind::kAmount, kInquire, 0, "可用余额"},
      {"share_numerator", ReadKind::kWhole, kInquire, 0, "the subject's share"},
      {"share_denominator", ReadKind::kWhole, kInquire, 0, "see share_numerator"},
      {"co_ownership", ReadKind::kText, kInquire, 0, "SOLE, JOINT, BY_SHARES"},
      {"description", ReadKind::kText, kInquire, 0, "branch, location"},
      {"as_of", ReadKind::kTime, kInquire, 0, "when it was so; absent: now"},
      {"prior", ReadKind::kList, kInquire, 0, "在先冻结, see .prior_measure"},
  };
  return *kRows;
}

const std::vector<ReadRow>& ShareRows() {
  static const auto* const kRows = new std::vector<ReadRow>{
      {"account", ReadKind::kText, kMeasures, kMeasures, "账号"},
      {"controlled", ReadKind::kAmount, kMeasures, kMeasures, "what of it lies here"},
      {"unfunded", ReadKind::kAmount, kMeasures, 0, "above zero on one account at most; absent: 0"},
  };
  return *kRows;
}

const std::vector<ReadRow>& PriorRows() {
  static const auto* const kRows = new std::vector<ReadRow>{
      {"authority", ReadKind::kText, kMeasures | kInquire, kMeasures | kInquire, "在先冻结机关"},
      {"document", ReadKind::kText, kMeasures | kInquire, 0, "文号"},
      {"amount", ReadKind::kAmount, kMeasures | kInquire, 0, "absent: unknown"},
      {"ends_at", ReadKind::kTime, kMeasures | kInquire, 0, "absent: unknown"},
  };
  return *kRows;
}

// ---- Source ----

Source Source::Parse(std::string_view text, ReadKind kind, const CodeMaps& maps, const Wrong& wrong) {
  Source out;
  if (!text.empty() && text[0] == '=') {
    out.literal_ = text.substr(1);
    if (kind == ReadKind::kFlag && *out.literal_ != "true" && *out.literal_ != "false") {
      wrong("", "is =true or =false, or a pointer");
    } else if (kind != ReadKind::kText && kind != ReadKind::kFlag) {
      wrong("", "can't be the same always: name a pointer, as \"/amount\"");
    } else if (out.literal_->empty()) {
      wrong("", "says nothing");
    }
    return out;
  }
  const size_t bar = text.find('|');
  out.shown_ = text.substr(0, bar);
  const auto path = ParsePointer(out.shown_);
  if (!path) {
    wrong("", "is a JSON pointer (\"/a/b\") or a fixed text (\"=TEXT\")");
    return out;
  }
  out.path_ = *path;
  if (bar == std::string_view::npos) return out;
  const std::string filter(text.substr(bar + 1));
  const std::string word = filter.substr(0, filter.find(':'));
  if (kind == ReadKind::kTime && (word == "time" || word == "day" || word == "end_of_day")) {
    if (const auto form = ParseTimeForm(filter, "", wrong)) out.form_ = *form;
  } else if (kind == ReadKind::kText && word == "map") {
    const auto map = maps.find(std::string_view(filter).substr(std::min<size_t>(4, filter.size())));
    if (map == maps.end()) {
      wrong("", absl::StrCat("there is no table [maps.", filter.substr(std::min<size_t>(4, filter.size())), "]"));
    } else {
      out.map_ = map->second;
    }
  } else {
    wrong("", absl::StrCat("\"", filter, "\" doesn't go with this"));
  }
  return out;
}

absl::StatusOr<std::optional<std::string>> Source::Text(const JsonValue& root) const {
  if (literal_) return std::optional<std::string>(*literal_);
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull) return std::optional<std::string>();
  if (value->kind != JsonValue::Kind::kText && value->kind != JsonValue::Kind::kNumber)
    return Invalid(shown_, "is neither a text nor a number");
  if (value->text.size() > kTextBytesMax) return Invalid(shown_, "is longer than 16 KiB");
  if (map_ == nullptr) return std::optional<std::string>(value->text);
  const auto row = map_->find(value->text);
  // What the table doesn't have is kept as it came, beside a word that says so.
  return std::optional<std::string>(row == map_->end() ? "UNKNOWN " + value->text : row->second);
}

absl::StatusOr<std::optional<int64_t>> Source::Amount(const JsonValue& root, AmountStyle style) const {
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull) return std::optional<int64_t>();
  if (value->kind != JsonValue::Kind::kText && value->kind != JsonValue::Kind::kNumber)
    return Invalid(shown_, "is no amount");
  const auto amount = ExactAmount(value->text, style);
  if (!amount) return Invalid(shown_, "is no exact amount");
  return amount;
}

absl::StatusOr<std::optional<int64_t>> Source::Whole(const JsonValue& root) const {
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull) return std::optional<int64_t>();
  const auto whole = value->kind == JsonValue::Kind::kText || value->kind == JsonValue::Kind::kNumber
                         ? ExactWhole(value->text)
                         : std::nullopt;
  if (!whole) return Invalid(shown_, "is no whole number");
  return whole;
}

absl::StatusOr<std::optional<bool>> Source::Flag(const JsonValue& root) const {
  if (literal_) return std::optional<bool>(*literal_ == "true");
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull) return std::optional<bool>();
  if (value->kind != JsonValue::Kind::kFlag) return Invalid(shown_, "is neither true nor false");
  return std::optional<bool>(value->flag);
}

absl::StatusOr<std::optional<absl::Time>> Source::Time(const JsonValue& root, absl::TimeZone zone) const {
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull) return std::optional<absl::Time>();
  const auto time = value->kind == JsonValue::Kind::kText || value->kind == JsonValue::Kind::kNumber
                        ? ExactTime(value->text, form_, zone)
                        : std::nullopt;
  if (!time) return Invalid(shown_, "is no time of the form that the template says");
  return time;
}

absl::StatusOr<const std::vector<JsonValue>*> Source::List(const JsonValue& root) const {
  const JsonValue* value = Value(root);
  if (value == nullptr || value->kind == JsonValue::Kind::kNull)
    return static_cast<const std::vector<JsonValue>*>(nullptr);
  if (value->kind != JsonValue::Kind::kList) return Invalid(shown_, "is no list");
  return &value->items;
}

// ---- Reader ----

const Source* Reader::Find(std::string_view name) const {
  const auto found = sources_.find(name);
  return found == sources_.end() ? nullptr : &found->second;
}

void Reader::Fail(std::string why) {
  if (wrong_.empty()) wrong_ = std::move(why);
}
void Reader::Missing(std::string_view name) { Fail(absl::StrCat(ToAbsl(name), " is missing")); }

template <typename T>
std::optional<T> Reader::Take(absl::StatusOr<std::optional<T>> value, std::string_view name) {
  if (value.ok()) return *std::move(value);
  Fail(absl::StrCat(ToAbsl(name), ": ", FailureOf(value.status()).message));
  return std::nullopt;
}

std::optional<std::string> Reader::Text(std::string_view name) {
  const Source* source = Find(name);
  return source == nullptr ? std::nullopt : Take(source->Text(root_), name);
}
std::optional<int64_t> Reader::Amount(std::string_view name) {
  const Source* source = Find(name);
  return source == nullptr ? std::nullopt : Take(source->Amount(root_, style_), name);
}
std::optional<int64_t> Reader::Whole(std::string_view name) {
  const Source* source = Find(name);
  return source == nullptr ? std::nullopt : Take(source->Whole(root_), name);
}
std::optional<bool> Reader::Flag(std::string_view name) {
  const Source* source = Find(name);
  return source == nullptr ? std::nullopt : Take(source->Flag(root_), name);
}
std::optional<absl::Time> Reader::Time(std::string_view name) {
  const Source* source = Find(name);
  return source == nullptr ? std::nullopt : Take(source->Time(root_, zone_), name);
}
const std::vector<JsonValue>* Reader::List(std::string_view name) {
  const Source* source = Find(name);
  if (source == nullptr) return nullptr;
  const auto list = source->List(root_);
  if (list.ok()) return *list;
  Fail(absl::StrCat(ToAbsl(name), ": ", FailureOf(list.status()).message));
  return nullptr;
}

std::string Reader::TextNeeded(std::string_view name) {
  std::optional<std::string> text = Text(name);
  if (!text || text->empty()) Missing(name);
  return text.value_or("");
}
int64_t Reader::AmountNeeded(std::string_view name) {
  const std::optional<int64_t> amount = Amount(name);
  if (!amount) Missing(name);
  return amount.value_or(0);
}
int64_t Reader::WholeNeeded(std::string_view name) {
  const std::optional<int64_t> whole = Whole(name);
  if (!whole) Missing(name);
  return whole.value_or(0);
}
absl::Time Reader::TimeNeeded(std::string_view name) {
  const std::optional<absl::Time> time = Time(name);
  if (!time) Missing(name);
  return time.value_or(absl::UnixEpoch());
}

}  // namespace eagle::rest
