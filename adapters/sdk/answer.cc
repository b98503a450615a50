#include "adapters/sdk/answer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

constexpr size_t kAnswerBytesMax = 60 * 1024;  // a receipt is a member of at most 64 KiB
constexpr size_t kItemFraming = 8;

struct Allowed {
  v1::Action action;
  AnswerKind kind;
  v1::Outcome outcome;
};
// Which outcome may answer what, and how. What is not listed is refused.
constexpr Allowed kAllowed[] = {
    {v1::ACTION_INQUIRE, AnswerKind::kFinal, v1::OUTCOME_FOUND},
    {v1::ACTION_INQUIRE, AnswerKind::kFinal, v1::OUTCOME_NIL},
    {v1::ACTION_INQUIRE, AnswerKind::kFinal, v1::OUTCOME_AMBIGUOUS},
    {v1::ACTION_INQUIRE, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_INQUIRE, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_CONTROLLED},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_PARTLY_CONTROLLED},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_WAITLISTED},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_NOT_CONTROLLED},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_EXEMPT_HELD},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_AMBIGUOUS},
    {v1::ACTION_FREEZE, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_FREEZE, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_RENEW, AnswerKind::kFinal, v1::OUTCOME_RENEWED},
    {v1::ACTION_RENEW, AnswerKind::kFinal, v1::OUTCOME_NOT_RENEWED},
    {v1::ACTION_RENEW, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_RENEW, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_RELEASE, AnswerKind::kFinal, v1::OUTCOME_RELEASED},
    {v1::ACTION_RELEASE, AnswerKind::kFinal, v1::OUTCOME_NOT_CONTROLLED},
    {v1::ACTION_RELEASE, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_RELEASE, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_TRANSFER_TITLE, AnswerKind::kFinal, v1::OUTCOME_TRANSFERRED},
    {v1::ACTION_TRANSFER_TITLE, AnswerKind::kFinal, v1::OUTCOME_NOT_TRANSFERRED},
    {v1::ACTION_TRANSFER_TITLE, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_TRANSFER_TITLE, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_LOCATE, AnswerKind::kFinal, v1::OUTCOME_LOCATING},
    {v1::ACTION_LOCATE, AnswerKind::kFinal, v1::OUTCOME_NOT_LOCATING},
    {v1::ACTION_LOCATE, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_LOCATE, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_DEDUCT, AnswerKind::kFinal, v1::OUTCOME_DEDUCTED},
    {v1::ACTION_DEDUCT, AnswerKind::kFinal, v1::OUTCOME_NOT_DEDUCTED},
    {v1::ACTION_DEDUCT, AnswerKind::kFinal, v1::OUTCOME_EXEMPT_HELD},
    {v1::ACTION_DEDUCT, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_DEDUCT, AnswerKind::kProgress, v1::OUTCOME_SENT_NOT_CONFIRMED},
    {v1::ACTION_DEDUCT, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_CONTROLLED},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_PARTLY_CONTROLLED},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_WAITLISTED},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_NOT_CONTROLLED},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_EXEMPT_HELD},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_AMBIGUOUS},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kFinal, v1::OUTCOME_ERROR},
    {v1::ACTION_EXTRACT_INCOME, AnswerKind::kUnderReview, v1::OUTCOME_UNDER_REVIEW},
};

bool IsAllowed(v1::Action action, AnswerKind kind, v1::Outcome outcome) {
  return std::any_of(std::begin(kAllowed), std::end(kAllowed), [&](const Allowed& row) {
    return row.action == action && row.kind == kind && row.outcome == outcome;
  });
}

bool NeedsReason(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_NOT_CONTROLLED || outcome == v1::OUTCOME_NOT_DEDUCTED ||
         outcome == v1::OUTCOME_NOT_RENEWED || outcome == v1::OUTCOME_NOT_TRANSFERRED ||
         outcome == v1::OUTCOME_NOT_LOCATING || outcome == v1::OUTCOME_ERROR || outcome == v1::OUTCOME_EXEMPT_HELD ||
         outcome == v1::OUTCOME_AMBIGUOUS;
}

bool SpeaksOfAMeasure(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_CONTROLLED || outcome == v1::OUTCOME_PARTLY_CONTROLLED ||
         outcome == v1::OUTCOME_WAITLISTED;
}

bool IsPayment(v1::Outcome outcome) {
  return outcome == v1::OUTCOME_DEDUCTED || outcome == v1::OUTCOME_SENT_NOT_CONFIRMED;
}

// The return account is controlled, but not the product that the order names: never CONTROLLED, whatever is unfunded.
bool IsWithoutProduct(const v1::ItemResult& item) {
  return item.outcome() == v1::OUTCOME_PARTLY_CONTROLLED && item.reason() == "PRODUCT_NOT_CONTROLLED";
}

// What the measure says about itself; empty when it squares.
std::string WrongMeasure(const v1::MeasureState& measure, v1::Outcome outcome, bool without_product = false) {
  const int64_t requested = measure.requested_minor_units(), controlled = measure.controlled_minor_units(),
                unfunded = measure.unfunded_minor_units();
  if (measure.unit_reference().empty()) return "the unit's own number is missing";
  if (requested < 0 || controlled < 0 || unfunded < 0) return "an amount is negative";
  if (!measure.ended() && controlled + unfunded != requested)
    return "controlled and unfunded don't add up to requested";
  if (measure.ended() && (controlled != 0 || unfunded != 0)) return "an ended measure still controls something";
  // A measure by quantity may be of unknown value: then its amounts are 0, and the quantities say how much waits.
  const int64_t asked = measure.requested_quantity_e4(), held = measure.controlled_quantity_e4();
  if (held < 0 || held > asked) return "a quantity is negative, or more than was asked for";
  if (measure.ended() && held != 0) return "an ended measure still controls a quantity";
  const bool lacks = unfunded != 0 || (measure.requested_minor_units() == 0 && held < asked);
  if (outcome == v1::OUTCOME_CONTROLLED && lacks) return "CONTROLLED leaves nothing unfunded";
  if (outcome == v1::OUTCOME_PARTLY_CONTROLLED && !lacks && !without_product)
    return "PARTLY_CONTROLLED leaves a part unfunded";
  if (outcome == v1::OUTCOME_WAITLISTED && (controlled != 0 || held != 0)) return "WAITLISTED controls nothing";
  if (SpeaksOfAMeasure(outcome) && (measure.rank() == 0 || measure.ended())) return "a measure that stands has a rank";
  if (measure.shares().empty()) return "";
  int64_t share_controlled = 0, share_unfunded = 0;
  int unfunded_shares = 0;
  for (const v1::MeasureShare& share : measure.shares()) {
    if (share.controlled_minor_units() < 0 || share.unfunded_minor_units() < 0) return "a share is negative";
    share_controlled += share.controlled_minor_units();
    share_unfunded += share.unfunded_minor_units();
    if (share.unfunded_minor_units() > 0) ++unfunded_shares;
  }
  if (share_controlled != controlled || share_unfunded != unfunded) return "the shares don't add up";
  return unfunded_shares > 1 ? "the unfunded part lies on several accounts" : "";
}

// Movements are told when they were asked for, each a movement, in the order in which they were booked.
std::string WrongTransactions(const v1::Order& order, const v1::Finding& finding) {
  if (!finding.has_transactions()) return "";
  if (!order.inquire().has_transactions()) return "nobody asked what moved on the account";
  const v1::Transaction* before = nullptr;
  for (const v1::Transaction& one : finding.transactions().list()) {
    if (one.reference().empty() || !one.has_booked_at() || one.amount_minor_units() == 0)
      return "a transaction has a number, a time and an amount other than 0";
    if (before != nullptr && trust::TimeOf(one.booked_at()) < trust::TimeOf(before->booked_at()))
      return "transactions stand in the order in which they were booked";
    before = &one;
  }
  return "";
}

std::string WrongItem(const v1::Order& order, const Answer& answer, const v1::ItemResult& item, bool first) {
  const v1::Outcome outcome = item.outcome();
  if (!IsAllowed(order.action(), answer.kind, outcome))
    return absl::StrCat(v1::Outcome_Name(outcome), " doesn't fit this order and answer");
  if (NeedsReason(outcome) && item.reason().empty()) return "a reason is missing";
  const bool changes =
      outcome == v1::OUTCOME_RELEASED || outcome == v1::OUTCOME_RENEWED || outcome == v1::OUTCOME_TRANSFERRED;
  if (!first && (SpeaksOfAMeasure(outcome) || IsPayment(outcome) || changes)) {
    return "only the first item speaks of the measure or payment";
  }
  if ((outcome == v1::OUTCOME_FOUND) != item.has_finding()) return "a finding goes with FOUND";
  if (std::string wrong = WrongTransactions(order, item.finding()); !wrong.empty()) return wrong;
  if (SpeaksOfAMeasure(outcome) || changes) {
    if (!item.has_measure()) return "the measure is missing";
    const bool makes = order.has_freeze() || order.has_extract_income();
    const int64_t limit =
        order.has_freeze() ? order.freeze().limit_minor_units() : order.extract_income().limit_minor_units();
    if (makes && item.measure().requested_minor_units() > limit) return "more than the limit of the order";
    if (outcome == v1::OUTCOME_CONTROLLED && item.reason() == "PRODUCT_NOT_CONTROLLED")
      return "CONTROLLED says that the product is, too";
    if (outcome == v1::OUTCOME_RELEASED && order.release().amount_minor_units() == 0 && !item.measure().ended()) {
      return "what was released whole has ended";
    }
    if (outcome == v1::OUTCOME_RENEWED && (item.measure().ended() || !item.measure().has_effective_to()))
      return "what was renewed stands, and has its new end";
    if (outcome == v1::OUTCOME_TRANSFERRED && !item.measure().ended()) return "a measure ends with the transfer";
  }
  if (item.has_measure()) {
    if (std::string wrong = WrongMeasure(item.measure(), outcome, IsWithoutProduct(item)); !wrong.empty()) return wrong;
  }
  if (item.has_sighting()) return "a sighting is an event";
  if (IsPayment(outcome)) {
    const v1::DeductionState& deduction = item.deduction();
    if (deduction.booking_reference().empty()) return "the booking reference is missing";
    if (deduction.amount_minor_units() <= 0 || deduction.amount_minor_units() > order.deduct().amount_minor_units()) {
      return "the amount isn't the one ordered";
    }
    if (!deduction.has_measure()) return "the measure after the deduction is missing";
  }
  if (item.deduction().has_measure()) return WrongMeasure(item.deduction().measure(), outcome);
  return "";
}

// Where a thing was met, so that a person finds it; what is held is also there for the court to take over, until when.
std::string WrongSighting(v1::MeasureChange change, const v1::ItemResult& item) {
  if (!IsSighting(change)) return item.has_sighting() ? "a sighting goes with SIGHTED and SEIZED" : "";
  const v1::Sighting& sighting = item.sighting();
  if (!sighting.has_seen_at() || sighting.place().empty() || sighting.seen_by().empty())
    return "a sighting says when, where and by whom";
  if (change == v1::MEASURE_CHANGE_SEIZED && !sighting.held()) return "what was seized is held";
  if (sighting.held() && (sighting.custody_place().empty() || !sighting.has_collect_by()))
    return "what is held says where, and until when it is kept";
  return "";
}

absl::Status Invalid(std::string_view field, std::string_view why) {
  return Fail(Reason::kAnswerInvalid, "the register's answer can't be signed").At(field, why);
}

}  // namespace

Answer FailedAnswer(const std::string& reason, const std::string& remark) {
  Answer answer;
  v1::ItemResult& item = answer.items.emplace_back();
  item.set_outcome(v1::OUTCOME_ERROR);
  item.set_reason(reason);
  item.set_remark(remark);
  return answer;
}

v1::Outcome NotDoneOutcome(v1::Action action) {
  switch (action) {
    case v1::ACTION_DEDUCT:
      return v1::OUTCOME_NOT_DEDUCTED;
    case v1::ACTION_RENEW:
      return v1::OUTCOME_NOT_RENEWED;
    case v1::ACTION_TRANSFER_TITLE:
      return v1::OUTCOME_NOT_TRANSFERRED;
    case v1::ACTION_LOCATE:
      return v1::OUTCOME_NOT_LOCATING;
    case v1::ACTION_INQUIRE:
      return v1::OUTCOME_ERROR;  // a search that wasn't made says nothing about assets
    default:
      return v1::OUTCOME_NOT_CONTROLLED;
  }
}

absl::Status CheckAnswer(const v1::Order& order, const Answer& answer) {
  if (answer.kind == AnswerKind::kReturned) {
    if (answer.return_reason.empty()) return Invalid("return_reason", "a return needs a reason");
    return answer.items.empty() ? absl::OkStatus() : Invalid("items", "a return has no items");
  }
  if (answer.items.empty() || answer.items.size() > kItemsMax) return Invalid("items", "an answer has 1 to 256 items");
  bool searched = false, nil = false;
  size_t bytes = answer.searched_scope.size();
  for (size_t i = 0; i < answer.items.size(); ++i) {
    const v1::ItemResult& item = answer.items[i];
    const std::string wrong = WrongItem(order, answer, item, i == 0);
    if (!wrong.empty()) return Invalid(absl::StrCat("items[", i, "]"), wrong);
    bytes += item.ByteSizeLong() + kItemFraming;
    nil = nil || item.outcome() == v1::OUTCOME_NIL;
    searched = searched || nil || item.outcome() == v1::OUTCOME_FOUND || item.outcome() == v1::OUTCOME_AMBIGUOUS;
  }
  if (bytes > kAnswerBytesMax) return Invalid("items", "more than one receipt holds");
  if (nil && answer.items.size() > 1) return Invalid("items", "NIL stands alone");
  if (order.action() == v1::ACTION_INQUIRE && searched && answer.searched_scope.empty()) {
    return Invalid("searched_scope", "say which systems were searched");
  }
  return absl::OkStatus();
}

absl::Status CheckEvent(v1::MeasureChange change, const v1::ItemResult& item) {
  if (change == v1::MEASURE_CHANGE_UNSPECIFIED || !v1::MeasureChange_IsValid(change))
    return Invalid("change", "not a change of a measure");
  if (!item.has_measure()) return Invalid("item.measure", "an event tells where the measure stands");
  const bool ended = item.measure().ended(), extracted = change == v1::MEASURE_CHANGE_EXTRACTED;
  if (ended != (change == v1::MEASURE_CHANGE_LAPSED) && !extracted)
    return Invalid("item.measure", "LAPSED ends a measure, the others don't");
  if (extracted && (!IsAmount(item.deduction().amount_minor_units()) || item.deduction().booking_reference().empty() ||
                    !item.deduction().has_settled_at() || !item.deduction().has_measure())) {
    return Invalid("item.deduction", "EXTRACTED tells of a payment that the court has: amount, booking, time, measure");
  }
  if (ended ? item.outcome() != v1::OUTCOME_NOT_CONTROLLED : !SpeaksOfAMeasure(item.outcome())) {
    return Invalid("item.outcome",
                   "CONTROLLED, PARTLY_CONTROLLED or WAITLISTED while it stands, NOT_CONTROLLED when it ended");
  }
  if (const std::string wrong = WrongSighting(change, item); !wrong.empty()) return Invalid("item.sighting", wrong);
  if (change == v1::MEASURE_CHANGE_CONVERTED && item.measure().pre_seal())
    return Invalid("item.measure", "what was converted is a seal");
  const std::string wrong = WrongMeasure(item.measure(), item.outcome(), IsWithoutProduct(item));
  if (item.ByteSizeLong() > kAnswerBytesMax) return Invalid("item", "more than one receipt holds");
  return wrong.empty() ? absl::OkStatus() : Invalid("item.measure", wrong);
}

std::string PersonKey(const v1::Identity& identity) {
  if (const auto old = OldCitizenNumber(identity.id_number())) return *old;
  return identity.id_number();
}

}  // namespace eagle::sdk
