#include "adapters/rest/facts.h"

#include "adapters/sdk/encumbrance/term.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"

namespace eagle::rest {
namespace {

using Value = std::optional<FactValue>;

constexpr uint32_t kOnMeasure = kRenew | kRelease | kDeduct;
constexpr uint32_t kWithTerm = kFreezes | kRenew;
constexpr uint32_t kMonthsInYear = 12;

Value TextOf(std::string text) {
  if (text.empty()) return std::nullopt;
  FactValue value;
  value.text = std::move(text);
  return value;
}
Value NumberOf(int64_t number) {
  FactValue value;
  value.number = number;
  return value;
}
Value TimeOf(absl::Time time) {
  FactValue value;
  value.time = time;
  return value;
}

std::string Without(std::string_view prefix, const std::string& name) {
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

const v1::OfficerRef* Officer(const Facts& facts, int place) {
  return place < facts.order->officers_size() ? &facts.order->officers(place) : nullptr;
}
template <int kPlace>
Value OfficerCode(const Facts& facts) {
  const v1::OfficerRef* officer = Officer(facts, kPlace);
  return officer == nullptr ? std::nullopt : TextOf(officer->officer());
}
template <int kPlace>
Value WorkId(const Facts& facts) {
  const v1::OfficerRef* officer = Officer(facts, kPlace);
  return officer == nullptr ? std::nullopt : TextOf(officer->work_id_no());
}
template <int kPlace>
Value DutyCard(const Facts& facts) {
  const v1::OfficerRef* officer = Officer(facts, kPlace);
  return officer == nullptr ? std::nullopt : TextOf(officer->duty_card_no());
}

const v1::Instrument* Paper(const Facts& facts, std::string_view category) {
  for (const v1::Instrument& instrument : facts.order->instruments()) {
    if (instrument.category() == category) return &instrument;
  }
  return nullptr;
}
Value PaperTitle(const Facts& facts, std::string_view category) {
  const v1::Instrument* paper = Paper(facts, category);
  return paper == nullptr ? std::nullopt : TextOf(paper->title());
}
Value PaperDigest(const Facts& facts, std::string_view category) {
  const v1::Instrument* paper = Paper(facts, category);
  return paper == nullptr ? std::nullopt : TextOf(HexEncode(paper->digest()));
}

const v1::Term& TermOf(const Facts& facts) {
  return facts.order->has_renew() ? facts.order->renew().term() : facts.order->freeze().term();
}
// The day on which the order arrived, if the measure takes effect then. The agency's own day of effect governs.
absl::CivilDay FirstDay(const Facts& facts) { return absl::ToCivilDay(facts.arrival.at, facts.zone); }
Value DayOf(absl::CivilDay day, const Facts& facts) { return TimeOf(absl::FromCivil(day, facts.zone)); }
Value LastDay(const Facts& facts) {
  const v1::Term& term = facts.order->freeze().term();
  return DayOf(sdk::LastDayOf({term.months(), term.years()}, FirstDay(facts)), facts);
}

const std::vector<FactRow>* MakeFacts() {
  return new std::vector<FactRow>{
      {kOperation, FactKind::kText, kOrders | kFind, "the name of this piece of work for ever: order/agency/step",
       [](const Facts& f) { return TextOf(f.operation->Text()); }},
      {"order.id", FactKind::kText, kOrders | kFind, "the order's own id",
       [](const Facts& f) { return TextOf(UuidText(f.operation->order_id)); }},
      {"order.step", FactKind::kWhole, kOrders | kFind, "which leg of the order; 0: the only one",
       [](const Facts& f) { return NumberOf(f.operation->step); }},
      {"agency", FactKind::kText, kOrders | kFind, "the agency's code",
       [](const Facts& f) { return TextOf(f.operation->agency); }},
      {"order.digest", FactKind::kText, kOrders, "SHA-256 of the signed order, hexadecimal",
       [](const Facts& f) { return TextOf(HexEncode(f.order_digest)); }},
      {"arrival.time", FactKind::kTime, kOrders, "when the order reached the inbox: its rank",
       [](const Facts& f) { return TimeOf(f.arrival.at); }},
      {"arrival.sequence", FactKind::kWhole, kOrders, "its running number there",
       [](const Facts& f) { return NumberOf(static_cast<int64_t>(f.arrival.sequence)); }},
      {"court", FactKind::kText, kOrders, "the court's code", [](const Facts& f) { return TextOf(f.order->court()); }},
      {"case_number", FactKind::kText, kOrders, "执行案号",
       [](const Facts& f) { return TextOf(f.order->case_number()); }},
      {"action", FactKind::kText, kOrders, "INQUIRE, FREEZE, RENEW, RELEASE, DEDUCT",
       [](const Facts& f) { return TextOf(Without("ACTION_", v1::Action_Name(f.order->action()))); }},
      {"urgency", FactKind::kText, kOrders, "NORMAL, URGENT",
       [](const Facts& f) { return TextOf(Without("URGENCY_", v1::Urgency_Name(f.order->urgency()))); }},
      {"purpose", FactKind::kText, kOrders, "EXECUTION, PRESERVATION",
       [](const Facts& f) { return TextOf(f.order->purpose()); }},
      {"legal_basis", FactKind::kText, kOrders, "the article relied on",
       [](const Facts& f) { return TextOf(f.order->legal_basis()); }},
      {"subject.name", FactKind::kText, kOrders, "the respondent 被执行人",
       [](const Facts& f) { return TextOf(f.order->subject().name()); }},
      {"subject.id_kind", FactKind::kText, kOrders, "CITIZEN_ID, UNIFIED_CREDIT_CODE, PASSPORT ...",
       [](const Facts& f) { return TextOf(f.order->subject().id_kind()); }},
      {"subject.id_number", FactKind::kText, kOrders, "证件号码",
       [](const Facts& f) { return TextOf(f.order->subject().id_number()); }},
      {"handler.code", FactKind::kText, kOrders, "承办人", OfficerCode<0>},
      {"handler.work_id_no", FactKind::kText, kOrders, "工作证编号", WorkId<0>},
      {"handler.duty_card_no", FactKind::kText, kOrders, "执行公务证编号", DutyCard<0>},
      {"cosigner.code", FactKind::kText, kOrders, "第二承办人", OfficerCode<1>},
      {"cosigner.work_id_no", FactKind::kText, kOrders, "工作证编号", WorkId<1>},
      {"cosigner.duty_card_no", FactKind::kText, kOrders, "执行公务证编号", DutyCard<1>},
      {"ruling.title", FactKind::kText, kOrders, "裁定书文号", [](const Facts& f) { return PaperTitle(f, "RULING"); }},
      {"ruling.digest", FactKind::kText, kOrders, "SHA-256 of the ruling",
       [](const Facts& f) { return PaperDigest(f, "RULING"); }},
      {"notice.title", FactKind::kText, kOrders, "协助执行通知书文号",
       [](const Facts& f) { return PaperTitle(f, "ASSISTANCE_NOTICE"); }},
      {"notice.digest", FactKind::kText, kOrders, "SHA-256 of the notice",
       [](const Facts& f) { return PaperDigest(f, "ASSISTANCE_NOTICE"); }},
      {"freeze.currency", FactKind::kText, kFreezes, "ISO 4217",
       [](const Facts& f) { return TextOf(f.order->freeze().currency()); }},
      {"freeze.limit", FactKind::kAmount, kFreezes, "the definite amount",
       [](const Facts& f) { return NumberOf(f.order->freeze().limit_minor_units()); }},
      {"freeze.inflow", FactKind::kText, kFreezes, "CAPTURE, NONE",
       [](const Facts& f) {
         return f.order->freeze().inflow() == v1::INFLOW_UNSPECIFIED
                    ? std::nullopt
                    : TextOf(Without("INFLOW_", v1::Inflow_Name(f.order->freeze().inflow())));
       }},
      {"freeze.whole_account", FactKind::kFlag, kFreezePerson, "whether whole accounts are barred",
       [](const Facts& f) { return NumberOf(f.order->freeze().person_at_agency().whole_account() ? 1 : 0); }},
      {"freeze.account", FactKind::kText, kFreezeAccount, "账号",
       [](const Facts& f) { return TextOf(f.order->freeze().account().account_number()); }},
      {"freeze.asset_kind", FactKind::kText, kFreezeAsset, "LAND, VEHICLE, EQUITY ...",
       [](const Facts& f) { return TextOf(f.order->freeze().asset().asset_kind()); }},
      {"freeze.asset", FactKind::kText, kFreezeAsset, "the register's number of the thing",
       [](const Facts& f) { return TextOf(f.order->freeze().asset().unit_number()); }},
      {"freeze.share_numerator", FactKind::kWhole, kFreezeAsset, "the respondent's share",
       [](const Facts& f) { return NumberOf(f.order->freeze().asset().share_numerator()); }},
      {"freeze.share_denominator", FactKind::kWhole, kFreezeAsset, "see freeze.share_numerator",
       [](const Facts& f) { return NumberOf(f.order->freeze().asset().share_denominator()); }},
      {"freeze.first_day", FactKind::kTime, kFreezes, "the day of arrival, if it takes effect then",
       [](const Facts& f) { return DayOf(FirstDay(f), f); }},
      {"freeze.last_day", FactKind::kTime, kFreezes, "the last day of the term counted from that day", LastDay},
      {"term.months", FactKind::kWhole, kWithTerm, "the term in months, years counted as twelve",
       [](const Facts& f) { return NumberOf(TermOf(f).months() + int64_t{kMonthsInYear} * TermOf(f).years()); }},
      {"measure.operation", FactKind::kText, kOnMeasure, "the operation that made the measure",
       [](const Facts& f) {
         return f.freeze_operation == nullptr ? std::nullopt : TextOf(f.freeze_operation->Text());
       }},
      {"measure.order", FactKind::kText, kOnMeasure, "the order that made it",
       [](const Facts& f) {
         return f.freeze_operation == nullptr ? std::nullopt : TextOf(UuidText(f.freeze_operation->order_id));
       }},
      {kMeasureReference, FactKind::kText, kOnMeasure, "the agency's own number of the measure: `find` is asked for it",
       [](const Facts& f) { return TextOf(f.measure_reference); }},
      {"release.whole", FactKind::kFlag, kRelease, "whether the whole measure ends",
       [](const Facts& f) { return NumberOf(f.order->release().amount_minor_units() == 0 ? 1 : 0); }},
      {"release.amount", FactKind::kAmount, kRelease, "the part of the limit given up; absent for the whole",
       [](const Facts& f) {
         const int64_t amount = f.order->release().amount_minor_units();
         return amount == 0 ? std::nullopt : NumberOf(amount);
       }},
      {"release.ground", FactKind::kText, kRelease, "DEBT_PAID, SURPLUS, WITHDRAWN ...",
       [](const Facts& f) { return TextOf(f.order->release().ground()); }},
      {"deduct.currency", FactKind::kText, kDeduct, "ISO 4217",
       [](const Facts& f) { return TextOf(f.order->deduct().currency()); }},
      {"deduct.amount", FactKind::kAmount, kDeduct, "what is to be moved",
       [](const Facts& f) { return NumberOf(f.order->deduct().amount_minor_units()); }},
      {"deduct.up_to", FactKind::kFlag, kDeduct, "whether less will do",
       [](const Facts& f) { return NumberOf(f.order->deduct().up_to() ? 1 : 0); }},
      {"deduct.account_name", FactKind::kText, kDeduct, "执行款专户户名",
       [](const Facts& f) { return TextOf(f.order->deduct().account().account_name()); }},
      {"deduct.account_bank", FactKind::kText, kDeduct, "the code of the bank that keeps it",
       [](const Facts& f) { return TextOf(f.order->deduct().account().bank()); }},
      {"deduct.account", FactKind::kText, kDeduct, "执行款专户账号",
       [](const Facts& f) { return TextOf(f.order->deduct().account().account_number()); }},
      {"changes.after", FactKind::kWhole, kChanges, "the number of the last change that is known",
       [](const Facts& f) { return NumberOf(static_cast<int64_t>(f.changes_after)); }},
      {"changes.limit", FactKind::kWhole, kChanges, "how many changes at most",
       [](const Facts& f) { return NumberOf(static_cast<int64_t>(f.changes_limit)); }},
      {"positions.day", FactKind::kText, kPositions, "the day that is stated, 2026-09-28",
       [](const Facts& f) { return TextOf(f.positions_day); }},
  };
}

}  // namespace

const std::vector<FactRow>& AllFacts() {
  static const std::vector<FactRow>* const kFacts = MakeFacts();
  return *kFacts;
}

const FactRow* FactNamed(std::string_view name) {
  for (const FactRow& row : AllFacts()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace eagle::rest
