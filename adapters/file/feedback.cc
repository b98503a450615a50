#include "adapters/file/feedback.h"

#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/file/batch.h"
#include "adapters/file/fields.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::file {
namespace {

constexpr size_t kPriorMeasuresMax = 32;
// Results 查询结果, 控制结果: one list for both kinds of answers.
constexpr std::string_view kFoundOrDone = "1", kNothingOrNotDone = "2", kError = "3", kReturned = "4", kAmbiguous = "5",
                           kExemptHeld = "6";
// 控制结果 of one account.
constexpr std::string_view kRowDone = "1", kRowNotDone = "2", kRowPartly = "3", kRowQueued = "4";
// 扣划状态.
constexpr std::string_view kBooked = "O", kSent = "C", kRefused = "R", kFailed = "F";

int64_t AmountAt(const Element& row, std::string_view field) { return ParseAmount(row.At(field)).value_or(0); }
uint32_t NumberAt(const Element& row, std::string_view field) {
  uint32_t value = 0;
  return absl::SimpleAtoi(ToAbsl(row.At(field)), &value) ? value : 0;
}

class FeedbackReader {
 public:
  FeedbackReader(const Element& row, const v1::Order& order, const Edge& edge, Faults& faults)
      : row_(row), order_(order), edge_(edge), faults_(faults) {}

  Feedback Read() {
    CheckFields(row_, faults_);
    if (!faults_.empty()) return {};
    const bool inquiry = order_.action() == v1::ACTION_INQUIRE;
    CheckNumbers("ZHXX"), CheckNumbers("KZXX");
    Feedback out;
    out.answer = inquiry ? Inquiry() : Control();
    if (const auto at = ParseInstant(row_.At("ZXSJ"))) out.answer.effect_at = *at;
    if (!faults_.empty()) return {};
    NoteInvalid(sdk::CheckAnswer(order_, out.answer));
    if (order_.action() == v1::ACTION_FREEZE && row_.At("KZJG") == kFoundOrDone) out.unit_reference = row_.At("DJBH");
    return out;
  }

  sdk::RegisterChange ReadChange() {
    static constexpr std::pair<std::string_view, v1::MeasureChange> kChanges[] = {{"1", v1::MEASURE_CHANGE_INFLOW},
                                                                                  {"2", v1::MEASURE_CHANGE_PROMOTED},
                                                                                  {"3", v1::MEASURE_CHANGE_LAPSED},
                                                                                  {"4", v1::MEASURE_CHANGE_REDUCED}};
    CheckFields(row_, faults_);
    if (!faults_.empty()) return {};
    CheckNumbers("KZXX");
    sdk::RegisterChange out{.kind = sdk::RegisterChange::Kind::kEvent};
    for (const auto& [code, change] : kChanges) {
      if (row_.At("SJ") == code) out.change = change;
    }
    if (out.change == v1::MEASURE_CHANGE_UNSPECIFIED)
      Wrong(FaultCode::kResultUnknown, row_, "SJ", "must be 1 inflow, 2 promoted, 3 lapsed or 4 reduced");
    for (const Element* each : row_.RowsNamed("KZXX")) CheckRow(*each);
    out.at = *ParseInstant(row_.At("SJSJ"));
    PutMeasure("SKJE", *out.item.mutable_measure());
    const v1::MeasureState& measure = out.item.measure();
    out.item.set_outcome(measure.ended()                       ? v1::OUTCOME_NOT_CONTROLLED
                         : IsQueued()                          ? v1::OUTCOME_WAITLISTED
                         : measure.unfunded_minor_units() == 0 ? v1::OUTCOME_CONTROLLED
                                                               : v1::OUTCOME_PARTLY_CONTROLLED);
    if (measure.ended()) out.item.set_reason("LAPSED");
    if (!faults_.empty()) return {};
    NoteInvalid(sdk::CheckEvent(out.change, out.item));
    return out;
  }

  v1::MeasureState ReadStanding() {
    CheckNumbers("KZXX");
    const auto rows = row_.RowsNamed("KZXX");
    if (rows.empty()) Wrong(FaultCode::kRowsMissing, row_, "", "a measure that stands lies on an account");
    for (const Element* each : rows) {
      if (each->At("KZZT") == kRowNotDone)
        Wrong(FaultCode::kResultUnknown, *each, "KZZT", "only what stands is stated");
      CheckRow(*each);
    }
    v1::MeasureState out;
    PutMeasure("SKJE", out);
    if (!IsQueued()) Need(row_, "CSJSRQ", "for a measure in effect");
    return out;
  }

 private:
  void NoteInvalid(const absl::Status& valid) {
    if (valid.ok()) return;
    for (const Violation& wrong : FailureOf(valid).violations)
      faults_.Add(FaultCode::kAnswerInvalid, row_.Place(), absl::StrCat(wrong.field, ": ", wrong.description));
  }
  void Wrong(FaultCode code, const Element& at, std::string_view field, std::string why) {
    faults_.Add(code, at.Place(field), std::move(why));
  }
  void Need(const Element& at, std::string_view field, std::string_view when) {
    if (at.At(field).empty()) Wrong(FaultCode::kFieldMissing, at, field, absl::StrCat("is required ", ToAbsl(when)));
  }
  void CheckNumbers(std::string_view name) {
    std::set<std::string_view> seen;
    for (const Element* each : row_.RowsNamed(name)) {
      if (!seen.insert(each->At("CCXH")).second)
        Wrong(FaultCode::kFieldInvalid, *each, "CCXH", "the answer has this number already");
    }
  }
  std::string Mapped(CodeList list, std::string_view code) const {
    return edge_.codes.WordOf(list, code).value_or(std::string(code));
  }
  std::string Currency(const Element& at) {
    const auto currency = edge_.codes.WordOf(CodeList::kCurrency, at.At("BZ"));
    if (!currency) Wrong(FaultCode::kFieldInvalid, at, "BZ", "the table of codes has no such currency");
    return currency.value_or("");
  }

  // The reason of what was not done: the contract's word, or the agency's own code as it is; the raw code and text stay
  // in the remark.
  void PutReason(const Element& at, std::string_view code_field, std::string_view text_field, v1::ItemResult& item) {
    const std::string_view code = at.At(code_field), text = at.At(text_field);
    const bool known = edge_.codes.WordOf(CodeList::kReason, code).has_value();
    item.set_reason(Mapped(CodeList::kReason, code));
    item.set_remark(absl::StrCat(known ? "" : "UNKNOWN ", ToAbsl(code), text.empty() ? "" : " ", ToAbsl(text)));
  }
  sdk::Answer One(v1::Outcome outcome) {
    Need(row_, "YYDM", "with this result");
    sdk::Answer answer;
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(outcome);
    PutReason(row_, "YYDM", "YY", item);
    return answer;
  }
  sdk::Answer Return() {
    Need(row_, "YYDM", "with a return");
    Need(row_, "LXR", "with a return"), Need(row_, "LXDH", "with a return");
    v1::ItemResult reason;
    PutReason(row_, "YYDM", "YY", reason);
    return sdk::Returned(reason.reason(),
                         absl::StrCat(reason.remark(), "; ", ToAbsl(row_.At("LXR")), " ", ToAbsl(row_.At("LXDH"))));
  }
  void NoRows(std::string_view why) {
    if (!row_.rows.empty()) Wrong(FaultCode::kRowsUnexpected, row_.rows.front(), "", std::string(why));
  }

  // ---- Inquiries

  sdk::Answer Inquiry() {
    const std::string_view result = row_.At("CXJG");
    sdk::Answer answer;
    if (result == kFoundOrDone) {
      answer = FoundAssets();
    } else if (result == kNothingOrNotDone) {
      // The word that must never come of a failure: whatever else the answer says of an error contradicts it.
      NoRows("an answer that found nothing has no accounts");
      if (!row_.At("YYDM").empty() || !row_.At("YY").empty())
        Wrong(FaultCode::kNilWithError, row_, "YYDM", "nothing found, and an error: send result 3");
      answer.items.emplace_back().set_outcome(v1::OUTCOME_NIL);
    } else if (result == kError) {
      NoRows("an error says nothing about accounts");
      return One(v1::OUTCOME_ERROR);
    } else if (result == kReturned) {
      NoRows("a return has no accounts");
      return Return();
    } else if (result == kAmbiguous) {
      NoRows("what is ambiguous has no accounts");
      answer = One(v1::OUTCOME_AMBIGUOUS);
    } else {
      Wrong(FaultCode::kResultUnknown, row_, "CXJG", "must be 1 found, 2 nothing, 3 error, 4 returned or 5 ambiguous");
    }
    Need(row_, "CXFW", "with what was searched");
    answer.searched_scope = row_.At("CXFW");
    return answer;
  }

  sdk::Answer FoundAssets() {
    sdk::Answer answer;
    if (row_.rows.empty()) Wrong(FaultCode::kRowsMissing, row_, "", "an answer that found something names it");
    if (row_.rows.size() > sdk::kItemsMax)
      return sdk::FailedAnswer("TOO_MANY_ACCOUNTS", "more accounts than one receipt can name");
    for (const Element& each : row_.rows) {
      v1::ItemResult& item = answer.items.emplace_back();
      item.set_outcome(v1::OUTCOME_FOUND);
      each.name == "ZHXX" ? PutAccount(each, *item.mutable_finding()) : PutProduct(each, *item.mutable_finding());
    }
    return answer;
  }
  void PutAccount(const Element& row, v1::Finding& finding) {
    finding.set_asset_kind("DEPOSIT");
    finding.set_asset_number(std::string(row.At("KHZH")));
    finding.set_matched_by(Mapped(CodeList::kMatch, row.At("PPFS")));
    finding.set_status(Mapped(CodeList::kStatus, row.At("ZHZT")));
    finding.set_description(
        absl::StrCat(ToAbsl(row.At("KHWD")), row.At("BEIZ").empty() ? "" : " ", ToAbsl(row.At("BEIZ"))));
    if (row.At("YE").empty() != row.At("KYYE").empty())
      Wrong(FaultCode::kFieldMissing, row, "YE", "balance and available go together, or both are unknown");
    PutCommon(row, "YE", "KYYE", finding);
  }
  void PutProduct(const Element& row, v1::Finding& finding) {
    finding.set_asset_kind("WEALTH_PRODUCT");
    finding.set_asset_number(std::string(row.At("JRCPBH")));
    finding.set_description(absl::StrCat(ToAbsl(row.At("ZCMC")), " ", ToAbsl(row.At("SE")), ToAbsl(row.At("JLDW"))));
    PutCommon(row, "ZCZJE", "ZCZJE", finding);
  }
  void PutCommon(const Element& row, std::string_view balance, std::string_view available, v1::Finding& finding) {
    finding.set_holder_name(row.At("ZHMC").empty() ? order_.subject().name() : std::string(row.At("ZHMC")));
    finding.set_currency(Currency(row));
    finding.set_balance_known(!row.At(balance).empty());
    finding.set_balance_minor_units(AmountAt(row, balance));
    finding.set_available_minor_units(AmountAt(row, available));
    if (!row.RowsNamed("QLXX").empty()) finding.set_co_ownership("JOINT");
    if (const auto at = ParseInstant(row.At("FKSJ"))) *finding.mutable_as_of() = trust::TimestampOf(*at);
    for (const v1::PriorMeasure& prior : Priors(row)) *finding.add_prior_measures() = prior;
  }
  std::vector<v1::PriorMeasure> Priors(const Element& row) {
    std::vector<v1::PriorMeasure> out;
    for (const Element* each : row.RowsNamed("DJXX")) {
      if (out.size() == kPriorMeasuresMax) break;
      v1::PriorMeasure& prior = out.emplace_back();
      prior.set_authority(std::string(each->At("DJJG")));
      prior.set_document_number(std::string(each->At("DJWH")));
      prior.set_amount_minor_units(AmountAt(*each, "DJJE"));
      if (const auto day = ParseDay(each->At("DJJZRQ"))) *prior.mutable_ends_at() = trust::TimestampOf(EndOf(*day));
    }
    return out;
  }
  // The first instant that a measure with this last day doesn't cover.
  absl::Time EndOf(absl::CivilDay last) const { return absl::FromCivil(last + 1, edge_.zone); }

  // ---- Controls

  sdk::Answer Control() {
    const std::string_view result = row_.At("KZJG");
    if (result == kFoundOrDone) return Done();
    if (result == kNothingOrNotDone) return NotDone();
    NoRows("only what was done, or refused account by account, has rows");
    if (result == kError) return One(v1::OUTCOME_ERROR);
    if (result == kReturned) return Return();
    if (result == kAmbiguous) return One(v1::OUTCOME_AMBIGUOUS);
    if (result == kExemptHeld) return One(v1::OUTCOME_EXEMPT_HELD);
    Wrong(FaultCode::kResultUnknown, row_, "KZJG",
          "must be 1 done, 2 not done, 3 error, 4 returned, 5 ambiguous or 6 exempt");
    return {};
  }

  sdk::Answer NotDone() {
    static constexpr std::pair<v1::Action, v1::Outcome> kOutcomes[] = {{v1::ACTION_FREEZE, v1::OUTCOME_NOT_CONTROLLED},
                                                                       {v1::ACTION_RENEW, v1::OUTCOME_NOT_RENEWED},
                                                                       {v1::ACTION_RELEASE, v1::OUTCOME_NOT_CONTROLLED},
                                                                       {v1::ACTION_DEDUCT, v1::OUTCOME_NOT_DEDUCTED}};
    sdk::Answer answer;
    for (const auto& [action, outcome] : kOutcomes) {
      if (action == order_.action()) answer = One(outcome);
    }
    for (const Element* each : row_.RowsNamed("KZXX")) {
      if (each->At("KZZT") != kRowNotDone || AmountAt(*each, "SKJE") > 0)
        Wrong(FaultCode::kAmountsDiffer, *each, "KZZT", "the whole was not done, this account was");
    }
    AddRefusedRows(answer);
    return answer;
  }

  sdk::Answer Done() {
    if (row_.RowsNamed("KZXX").empty() && row_.At("SFJS") != "1")
      Wrong(FaultCode::kRowsMissing, row_, "", "what was done is told account by account");
    for (const Element* each : row_.RowsNamed("KZXX")) CheckRow(*each);
    if (order_.action() == v1::ACTION_DEDUCT) return Deducted();
    sdk::Answer answer;
    v1::ItemResult& item = answer.items.emplace_back();
    v1::MeasureState& measure = *item.mutable_measure();
    PutMeasure("SKJE", measure);
    switch (order_.action()) {
      case v1::ACTION_FREEZE:
        item.set_outcome(Frozen(measure));
        break;
      case v1::ACTION_RENEW:
        item.set_outcome(v1::OUTCOME_RENEWED);
        Need(row_, "CSJSRQ", "with the new end");
        break;
      default:
        item.set_outcome(v1::OUTCOME_RELEASED);
    }
    AddRefusedRows(answer);
    return answer;
  }

  v1::Outcome Frozen(const v1::MeasureState& measure) {
    const int64_t told = measure.controlled_minor_units() + measure.unfunded_minor_units();
    if (told != order_.freeze().limit_minor_units())
      Wrong(FaultCode::kAmountsDiffer, row_, "JE",
            absl::StrCat("SKJE and CESKJE add up to ", AmountText(told), ", asked were ",
                         AmountText(order_.freeze().limit_minor_units())));
    if (IsQueued()) return v1::OUTCOME_WAITLISTED;
    Need(row_, "CSJSRQ", "for a freeze in effect");
    return measure.unfunded_minor_units() == 0 ? v1::OUTCOME_CONTROLLED : v1::OUTCOME_PARTLY_CONTROLLED;
  }
  bool IsQueued() const {
    size_t queued = 0, done = 0;
    for (const Element* each : row_.RowsNamed("KZXX")) {
      if (each->At("KZZT") == kRowQueued) ++queued;
      if (each->At("KZZT") == kRowDone || each->At("KZZT") == kRowPartly) ++done;
    }
    return queued > 0 && done == 0;
  }

  // What one account says must agree with itself.
  void CheckRow(const Element& row) {
    const std::string_view state = row.At("KZZT");
    const int64_t controlled = AmountAt(row, "SKJE"), unfunded = AmountAt(row, "CESKJE");
    Currency(row);
    if (state == kRowNotDone) {
      Need(row, "WNKZYYDM", "where nothing was controlled");
      if (controlled + unfunded > 0) Wrong(FaultCode::kAmountsDiffer, row, "SKJE", "not controlled, and an amount");
      return;
    }
    if (state != kRowDone && state != kRowPartly && state != kRowQueued)
      return Wrong(FaultCode::kResultUnknown, row, "KZZT", "must be 1 done, 2 not done, 3 partly or 4 queued");
    Need(row, "SKJE", "where something was controlled"), Need(row, "CESKJE", "where something was controlled");
    if (state == kRowQueued && controlled > 0)
      Wrong(FaultCode::kAmountsDiffer, row, "SKJE", "queued, and an amount in effect");
    if (order_.action() == v1::ACTION_FREEZE && row.Has("DJXE") && AmountAt(row, "DJXE") != controlled + unfunded)
      Wrong(FaultCode::kAmountsDiffer, row, "DJXE", "the limit is SKJE + CESKJE");
  }

  // Where the measure stands, account by account; `controlled` is the field that holds what is controlled now.
  void PutMeasure(std::string_view controlled, v1::MeasureState& measure) {
    Need(row_, "DJBH", "for what was done");
    measure.set_unit_reference(std::string(row_.At("DJBH")));
    measure.set_revision(NumberAt(row_, "BBH"));
    for (const v1::PriorMeasure& prior : Priors(row_)) *measure.add_prior_measures() = prior;
    const bool ended = row_.At("SFJS") == "1";
    measure.set_ended(ended);
    int64_t controlled_sum = 0, unfunded_sum = 0;
    for (const Element* each : row_.RowsNamed("KZXX")) {
      if (each->At("KZZT") == kRowNotDone) continue;
      const int64_t now = AmountAt(*each, controlled), unfunded = AmountAt(*each, "CESKJE");
      controlled_sum += now, unfunded_sum += unfunded;
      if (ended && now + unfunded > 0)
        Wrong(FaultCode::kAmountsDiffer, *each, controlled, "an ended measure holds nothing");
      if (ended) continue;
      v1::MeasureShare& share = *measure.add_shares();
      share.set_asset_number(std::string(each->At("KHZH")));
      share.set_controlled_minor_units(now), share.set_unfunded_minor_units(unfunded);
    }
    if (ended) return;
    measure.set_controlled_minor_units(controlled_sum), measure.set_unfunded_minor_units(unfunded_sum);
    measure.set_requested_minor_units(controlled_sum + unfunded_sum);
    Need(row_, "LHSW", "for a measure that stands");
    measure.set_rank(NumberAt(row_, "LHSW"));
    if (IsQueued()) return;
    Need(row_, "CSKSRQ", "for a measure in effect");
    if (const auto from = ParseDay(row_.At("CSKSRQ")))
      *measure.mutable_effective_from() = trust::TimestampOf(absl::FromCivil(*from, edge_.zone));
    if (const auto to = ParseDay(row_.At("CSJSRQ"))) *measure.mutable_effective_to() = trust::TimestampOf(EndOf(*to));
  }

  sdk::Answer Deducted() {
    const std::string_view state = row_.At("KHZT");
    if (state == kRefused || state == kFailed) {
      if (!row_.RowsNamed("KZXX").empty())
        Wrong(FaultCode::kRowsUnexpected, row_, "KHZT", "refused or failed: send KZJG 2");
      return One(v1::OUTCOME_NOT_DEDUCTED);
    }
    if (state != kBooked && state != kSent)
      Wrong(FaultCode::kNotFinal, row_, "KHZT", "tell it when it is booked (O), sent (C), refused (R) or failed (F)");
    sdk::Answer answer{.kind = state == kSent ? sdk::AnswerKind::kProgress : sdk::AnswerKind::kFinal};
    v1::ItemResult& item = answer.items.emplace_back();
    item.set_outcome(state == kSent ? v1::OUTCOME_SENT_NOT_CONFIRMED : v1::OUTCOME_DEDUCTED);
    v1::DeductionState& deduction = *item.mutable_deduction();
    Need(row_, "KHJE", "for a deduction"), Need(row_, "HXLS", "for a deduction");
    deduction.set_amount_minor_units(AmountAt(row_, "KHJE"));
    deduction.set_booking_reference(std::string(row_.At("HXLS")));
    deduction.set_payment_reference(std::string(row_.At("JYLSH")));
    if (const auto at = ParseInstant(row_.At("HXSJ"))) *deduction.mutable_booked_at() = trust::TimestampOf(*at);
    if (const auto at = ParseInstant(row_.At("QRSJ"))) *deduction.mutable_settled_at() = trust::TimestampOf(*at);
    int64_t taken = 0;
    for (const Element* each : row_.RowsNamed("KZXX")) taken += AmountAt(*each, "SKJE");
    if (taken != deduction.amount_minor_units())
      Wrong(FaultCode::kAmountsDiffer, row_, "KHJE", absl::StrCat("the accounts' SKJE add up to ", AmountText(taken)));
    PutMeasure("SYKZJE", *deduction.mutable_measure());
    return answer;
  }

  // Accounts that were not controlled beside others that were.
  void AddRefusedRows(sdk::Answer& answer) {
    if (order_.action() != v1::ACTION_FREEZE) return;
    for (const Element* each : row_.RowsNamed("KZXX")) {
      if (each->At("KZZT") != kRowNotDone) continue;
      v1::ItemResult& item = answer.items.emplace_back();
      item.set_outcome(v1::OUTCOME_NOT_CONTROLLED);
      PutReason(*each, "WNKZYYDM", "WNKZYY", item);
      item.set_remark(absl::StrCat(ToAbsl(each->At("KHZH")), ": ", item.remark()));
    }
  }

  const Element& row_;
  const v1::Order& order_;
  const Edge& edge_;
  Faults& faults_;
};

}  // namespace

Feedback ReadFeedback(const Element& row, const v1::Order& order, const Edge& edge, Faults& faults) {
  return FeedbackReader(row, order, edge, faults).Read();
}

sdk::RegisterChange ReadEvent(const Element& row, const Edge& edge, Faults& faults) {
  v1::Order freeze;  // only a freeze has events
  freeze.set_action(v1::ACTION_FREEZE);
  return FeedbackReader(row, freeze, edge, faults).ReadChange();
}

v1::MeasureState ReadPosition(const Element& row, const Edge& edge, Faults& faults) {
  v1::Order freeze;  // only a freeze makes what stands
  freeze.set_action(v1::ACTION_FREEZE);
  return FeedbackReader(row, freeze, edge, faults).ReadStanding();
}

}  // namespace eagle::file
